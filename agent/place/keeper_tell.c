// SPDX-License-Identifier: GPL-2.0-or-later
/* What happened to the place, for the journal and for place.json (P1, P2). */
#include <errno.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/place/account.h"
#include "agent/place/keeper_parts.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/render.h"

#define FIELDS_MAX	32
#define PIECE_SIZE	320

/* One event's fields; the texts they borrow live as long. */
struct fields {
	struct kb_journal_field list[FIELDS_MAX];
	size_t n;
	char names[KB_EVIDENCE_MAX][16];
	char pieces[KB_EVIDENCE_MAX][PIECE_SIZE];
};

static void add(struct fields *f, const char *name, const char *value)
{
	if (f->n < FIELDS_MAX)
		f->list[f->n++] = (struct kb_journal_field){ name, value };
}

static const char *shown(const struct kb_place *place)
{
	return place->label && place->label[0] ? place->label : place->name;
}

static u32 pieces(const struct kb_tracked *t)
{
	return t->place->n_evidence > KB_EVIDENCE_MAX ? 0 : t->place->n_evidence;
}

/* The full list, one field a piece: "beacon beacon-1 (cryptographic): absent, no answer". */
static void add_evidence(struct fields *f, const struct kb_tracked *t)
{
	char text[80];
	u32 i;

	for (i = 0; i < pieces(t); i++) {
		const struct kb_evidence *e = &t->place->evidence[i];

		kb_evidence_text(e, text, sizeof(text));
		snprintf(f->names[i], sizeof(f->names[i]), "EVIDENCE_%u", i + 1);
		snprintf(f->pieces[i], sizeof(f->pieces[i]), "%s (%s): %s%s%s", text,
			 kb_evidence_class_name(kb_evidence_class(e->kind)),
			 kb_presence_name(t->findings[i].presence),
			 t->findings[i].detail[0] ? ", " : "", t->findings[i].detail);
		add(f, f->names[i], f->pieces[i]);
	}
}

/* "access points: 0 of 3; beacon beacon-1: no answer": those that are (not) there. */
static void describe(const struct kb_tracked *t, bool present, char *ret, size_t size)
{
	size_t used = 0;
	char text[80];
	u32 i;

	ret[0] = '\0';
	for (i = 0; i < pieces(t) && used < size; i++) {
		const struct kb_finding *f = &t->findings[i];

		if ((f->presence == KB_PRESENCE_PRESENT && !f->veto) != present)
			continue;
		kb_evidence_text(&t->place->evidence[i], text, sizeof(text));
		used += (size_t)snprintf(ret + used, size - used, "%s%s%s%s", used ? "; " : "",
					 text, f->detail[0] ? ": " : "", f->detail);
	}
}

static const char *audit_note(const struct kb_keeper *keeper)
{
	return keeper->policy->place_mode == KB_GATE_AUDIT
		       ? _(" (only reported: place is in audit mode)")
		       : "";
}

static void tell_entered(const struct kb_keeper *keeper, const struct kb_tracked *t,
			 struct fields *f)
{
	char there[768];

	describe(t, true, there, sizeof(there));
	kb_journal_fields(LOG_NOTICE, KB_MESSAGE_ZONE_ENTERED, f->list, f->n, _("in %s: %s%s"),
			  shown(t->place), there, audit_note(keeper));
}

static void tell_left(const struct kb_keeper *keeper, const struct kb_tracked *t, struct fields *f)
{
	const char *veto = kb_tracker_veto(keeper->tracker);
	char gone[768];

	describe(t, false, gone, sizeof(gone));
	if (veto)
		add(f, "VETO", veto);
	if (t->quorum->standing == KB_STANDING_GRACE)
		kb_journal_fields(LOG_WARNING, KB_MESSAGE_ZONE_LEFT, f->list, f->n,
				  _("left %s: %s; its paths stay open for %u s%s"), shown(t->place),
				  veto ?: gone, t->place->grace, audit_note(keeper));
	else
		kb_journal_fields(LOG_WARNING, KB_MESSAGE_ZONE_LEFT, f->list, f->n,
				  _("left %s: %s%s"), shown(t->place), veto ?: gone,
				  audit_note(keeper));
}

void kb_keeper_tell_move(const struct kb_keeper *keeper, const struct kb_tracked *t,
			 enum kb_move move)
{
	const char *why = keeper->doubt ? _(keeper->doubt) : _("a clock went back");
	struct fields f = {};

	add(&f, "ZONE", t->place->name);
	add(&f, "LABEL", t->place->label);
	add(&f, "STANDING", kb_standing_name(t->quorum->standing));
	add(&f, "MODE", keeper->policy->place_mode == KB_GATE_AUDIT ? "audit" : "enforce");
	add_evidence(&f, t);
	if (move == KB_MOVE_ENTERED)
		tell_entered(keeper, t, &f);
	else if (move == KB_MOVE_LEFT)
		tell_left(keeper, t, &f);
	else
		kb_journal_fields(LOG_NOTICE, KB_MESSAGE_ZONE_LEFT, f.list, f.n,
				  _("nobody knows any more whether this is %s: %s%s"), shown(t->place), why,
				  audit_note(keeper));
}

void kb_keeper_tell_cut(const struct kb_tracked *t, int ended)
{
	char count[16];
	const struct kb_journal_field fields[] = { { "ZONE", t->place->name }, { "COUNT", count } };

	snprintf(count, sizeof(count), "%d", ended < 0 ? 0 : ended);
	if (ended < 0)
		kb_journal_fields(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, fields, 1,
				  _("left %s, but its screen-transfer clients could not be ended: %s"),
				  shown(t->place), strerror(-ended));
	else if (ended)
		kb_journal_fields(LOG_NOTICE, KB_MESSAGE_AGENT_NOTE, fields, 2,
				  _("left %s: %d processes of screen-transfer clients were ended"),
				  shown(t->place), ended);
}

static void tell_out(const struct kb_carry_state *state, const struct kb_grant_row *grant,
		     const struct kb_journal_field *fields, size_t n)
{
	char until[KB_DATE_SIZE];

	if (!grant) {
		kb_journal_fields(LOG_ALERT, KB_MESSAGE_CARRY_OUT, fields, n,
				  _("carried out of %s without a grant"), state->zone);
		return;
	}
	kb_render_date(state->until, true, until);
	kb_journal_fields(
		LOG_NOTICE, KB_MESSAGE_CARRY_OUT, fields, n,
		_("carried out of %s with grant %s, to be back by %s: %s (%s, approved by %s)"),
		state->zone, state->grant, until, grant->grant.reason, grant->grant.ticket,
		grant->grant.approver);
}

void kb_keeper_tell_carry(enum kb_carry_news news, const struct kb_carry_state *state,
			  const struct kb_grant_row *grant, void *userdata)
{
	const struct kb_journal_field fields[] = {
		{ "ZONE", state->zone },
		{ "GRANT", state->grant[0] ? state->grant : NULL },
		{ "TICKET", grant ? grant->grant.ticket : NULL },
		{ "APPROVER", grant ? grant->grant.approver : NULL },
		{ "PURPOSE", grant ? grant->grant.reason : NULL },
		{ "SIGNER", grant ? grant->signer : NULL },
	};
	const size_t n = sizeof(fields) / sizeof(fields[0]);
	char until[KB_DATE_SIZE];

	(void)userdata;
	kb_render_date(state->until, true, until);
	switch (news) {
	case KB_CARRY_OUT_GRANTED:
	case KB_CARRY_OUT_ALARM:
		tell_out(state, grant, fields, n);
		break;
	case KB_CARRY_OVERDUE:
		kb_journal_fields(LOG_ALERT, KB_MESSAGE_CARRY_RETURN, fields, n,
				  _("carried out of %s with grant %s and not back by %s"), state->zone,
				  state->grant, until);
		break;
	case KB_CARRY_RETURNED_LATE:
		kb_journal_fields(LOG_WARNING, KB_MESSAGE_CARRY_RETURN, fields, n,
				  _("back, later than grant %s said (%s); it was carried out of %s"),
				  state->grant, until, state->zone);
		break;
	case KB_CARRY_RETURNED:
		kb_journal_fields(LOG_NOTICE, KB_MESSAGE_CARRY_RETURN, fields, n,
				  state->grant[0]
					  ? _("back; it was carried out of %s with a grant")
					  : _("back; it was carried out of %s without a grant"),
				  state->zone);
		break;
	}
}

/* Seconds since 1970 of a moment on CLOCK_BOOTTIME. */
static u64 wall_of(u64 usec, u64 now_usec)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (u64)now.tv_sec - (now_usec > usec ? (now_usec - usec) / 1000000 : 0);
}

static void fill_place(struct kb_account_place *ret, const struct kb_tracked *t, u64 now_usec)
{
	u32 i;

	snprintf(ret->zone, sizeof(ret->zone), "%s", t->place->name);
	snprintf(ret->label, sizeof(ret->label), "%s", t->place->label ?: "");
	snprintf(ret->standing, sizeof(ret->standing), "%s", kb_standing_name(t->quorum->standing));
	ret->since = t->quorum->since_usec ? wall_of(t->quorum->since_usec, now_usec) : 0;
	ret->need = t->place->need;
	ret->grace = t->place->grace;
	ret->lock = t->place->lock;
	ret->cut = t->place->cut;
	ret->n = pieces(t);
	for (i = 0; i < ret->n; i++) {
		const struct kb_evidence *e = &t->place->evidence[i];
		struct kb_account_piece *p = &ret->pieces[i];

		snprintf(p->kind, sizeof(p->kind), "%s", kb_evidence_name(e->kind));
		kb_evidence_text(e, p->text, sizeof(p->text));
		snprintf(p->presence, sizeof(p->presence), "%s",
			 kb_presence_name(t->findings[i].presence));
		snprintf(p->detail, sizeof(p->detail), "%s", t->findings[i].detail);
		p->class = kb_evidence_class(e->kind);
		p->hard = t->findings[i].hard;
		p->veto = t->findings[i].veto;
	}
}

static void put_zone(const struct kb_keeper *keeper, u16 zone, char *ret, size_t size)
{
	u32 i;

	for (i = 0; i < keeper->policy->n_places; i++)
		if (keeper->policy->places[i].zone == zone)
			snprintf(ret, size, "%s", keeper->policy->places[i].name);
}

static int write_account(const struct kb_keeper *keeper, u64 now_usec)
{
	KB_CLEANUP(kb_account_done) struct kb_account account = {};
	const char *veto = kb_tracker_veto(keeper->tracker);
	bool audit = keeper->policy->place_mode == KB_GATE_AUDIT;
	u32 i, n = kb_tracker_count(keeper->tracker);
	u16 zone = kb_tracker_zone(keeper->tracker);

	account.places = calloc(n + 1, sizeof(*account.places));
	if (!account.places)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		if (pieces(kb_tracker_at(keeper->tracker, i)))
			fill_place(&account.places[account.n++], kb_tracker_at(keeper->tracker, i),
				   now_usec);
	snprintf(account.mode, sizeof(account.mode), "%s", audit ? "audit" : "enforce");
	put_zone(keeper, zone, account.proven, sizeof(account.proven));
	put_zone(keeper, audit ? kb_tracker_likely(keeper->tracker) : zone, account.zone,
		 sizeof(account.zone));
	snprintf(account.veto, sizeof(account.veto), "%s", veto ?: "");
	account.written = wall_of(now_usec, now_usec);
	account.carry = *kb_carry_state(keeper->carry);
	return kb_account_write(&account, keeper->path);
}

void kb_keeper_write(const struct kb_keeper *keeper, u64 now_usec)
{
	int r = keeper->tracker ? write_account(keeper, now_usec) : kb_file_remove(keeper->path);

	if (r && r != -ENOENT)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot write %s: %s"),
			   keeper->path, strerror(-r));
}
