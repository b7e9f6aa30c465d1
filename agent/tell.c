// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of the kernel -> journal, each once, gaps counted. */
#include <syslog.h>

#include "agent/daemon.h"
#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/state.h"
#include "policy/i18n.h"

void kb_tell_resume(struct kb_daemon *daemon, bool fresh)
{
	struct kb_cursor cursor = {};

	/* numbers start anew with the module */
	if (fresh || kb_cursor_read(daemon->state_dir, &cursor))
		cursor.seq = 0;
	daemon->cursor = cursor.seq;
	daemon->told_cursor = UINT64_MAX;
}

static void keep_cursor(struct kb_daemon *daemon)
{
	int r;

	if (daemon->cursor == daemon->told_cursor)
		return;
	r = kb_cursor_write(daemon->state_dir, daemon->cursor);
	if (r)
		kb_journal(LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE,
			   _("cannot remember the last event in %s: %s"), daemon->state_dir,
			   strerror(-r));
	else
		daemon->told_cursor = daemon->cursor;
}

/* From the kernel's store: what is missing here is missing for good. */
static int on_stored(const struct kb_record *record, void *userdata)
{
	struct kb_daemon *daemon = userdata;
	int r = 0;

	if (record->seq <= daemon->cursor)
		return 0;
	kb_renew_notice(daemon, record);
	if (record->seq > daemon->cursor + 1) {
		r = kb_journal_lost(daemon->cursor + 1, record->seq - 1);
		if (r < 0)
			return r;
		daemon->lost += record->seq - 1 - daemon->cursor;
	}
	r = kb_journal_record(record);
	if (r < 0)
		return r;
	daemon->cursor = record->seq;
	return 0;
}

static int on_live(const struct kb_record *record, void *userdata)
{
	struct kb_daemon *daemon = userdata;
	int r;

	if (record->seq <= daemon->cursor && !daemon->connected)
		return 0;
	kb_renew_notice(daemon, record);
	/* where to go on is known only when trust is sealed */
	if (daemon->connected)
		daemon->catch_up = true;
	if (daemon->catch_up)
		return 0;
	if (record->seq > daemon->cursor + 1) {
		daemon->catch_up = true;	/* the kernel may still hold what was not delivered */
		return 0;
	}
	r = kb_journal_record(record);
	if (r < 0)
		return r;
	daemon->cursor = record->seq;
	return 0;
}

int kb_tell_catch_up(struct kb_daemon *daemon)
{
	struct kb_fault why = {};
	struct kb_status status;
	int r = kb_wire_status(daemon->wire, &status, &why);

	/* a module that counts lower than we remember is another one */
	if (!r && status.event_seq < daemon->cursor)
		daemon->cursor = 0;
	daemon->catch_up = false;
	if (!r)
		r = kb_wire_events(daemon->wire, daemon->cursor + 1, on_stored, daemon, &why);
	keep_cursor(daemon);
	if (r)
		kb_journal(LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE, _("cannot read events: %s"),
			   why.text[0] ? why.text : strerror(-r));
	return r;
}

int kb_tell_live(struct kb_daemon *daemon)
{
	struct kb_fault why = {};
	int r = kb_wire_receive(daemon->events, on_live, daemon, &why);

	if (r == -ENOBUFS) {
		daemon->catch_up = true;
		r = 0;
	}
	if (!r && daemon->catch_up)
		return daemon->connected ? 0 : kb_tell_catch_up(daemon);
	keep_cursor(daemon);
	return r;
}
