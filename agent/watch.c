// SPDX-License-Identifier: GPL-2.0-or-later
/* Notices when a bundle or the trust is replaced. */
#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <syslog.h>

#include "agent/daemon.h"
#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/paths.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

/*
 * Complete files arrive by rename or by the close after writing. A file that is
 * read half-written is refused, and its close brings us here again.
 */
#define CHANGES (IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR)
/* In the trust tree a new ring's directory counts as well. */
#define TRUST_CHANGES (CHANGES | IN_CREATE)

static bool matters(const char *name)
{
	size_t len = strlen(name);

	return !strcmp(name, KB_BUNDLE_FILE) || !strcmp(name, KB_TERMINAL_FILE) ||
	       !strcmp(name, KB_TRUST_DIR) ||
	       (len > 4 && !strcmp(name + len - 4, ".der"));
}

static int on_change(sd_event_source *source, const struct inotify_event *notice, void *userdata)
{
	struct kb_daemon *daemon = userdata;

	(void)source;
	if (!(notice->mask & (IN_ISDIR | IN_Q_OVERFLOW | IN_IGNORED)) &&
	    (!notice->len || !matters(notice->name)))
		return 0;
	kb_daemon_attempt(daemon);
	return 0;
}

static int arm(struct kb_daemon *daemon, int slot, const char *dir, uint32_t mask)
{
	int r;

	daemon->watches[slot] = sd_event_source_unref(daemon->watches[slot]);
	r = sd_event_add_inotify(daemon->event, &daemon->watches[slot], dir, mask, on_change, daemon);
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		kb_journal(LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE, _("cannot watch %s: %s"), dir,
			   strerror(-r));
	return r;
}

int kb_watch_arm(struct kb_daemon *daemon)
{
	static const char *const rings[] = { "author", "approver", "grant" };
	KB_FREE char *trust = kb_path_join(daemon->config_dir, KB_TRUST_DIR);
	int i, r;

	if (!trust)
		return -ENOMEM;
	r = arm(daemon, 0, daemon->state_dir, CHANGES);
	if (r >= 0)
		r = arm(daemon, 1, daemon->config_dir, TRUST_CHANGES);
	if (r >= 0)
		r = arm(daemon, 2, trust, TRUST_CHANGES);
	for (i = 0; r >= 0 && i < 3; i++) {
		KB_FREE char *ring = kb_path_join(trust, rings[i]);

		r = ring ? arm(daemon, 3 + i, ring, CHANGES) : -ENOMEM;
	}
	return r < 0 ? r : 0;
}

void kb_watch_disarm(struct kb_daemon *daemon)
{
	int i;

	for (i = 0; i < KB_WATCHES_MAX; i++)
		daemon->watches[i] = sd_event_source_unref(daemon->watches[i]);
}
