// SPDX-License-Identifier: GPL-2.0-or-later
/* Carrying out and coming back, recorded over every restart (P2). */
#include "agent/place/carry.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "agent/paths.h"
#include "agent/state.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

struct kb_carry {
	struct kb_grants grants;
	kb_carry_fn tell;
	void *userdata;
	struct kb_carry_state state;
};

static const char *const names[] = {
	[KB_WHERE_NONE] = "none", [KB_WHERE_IN] = "in", [KB_WHERE_OUT] = "out",
};

const char *kb_whereabouts_name(enum kb_whereabouts where)
{
	return where <= KB_WHERE_OUT ? names[where] : "none";
}

int kb_carry_read(const char *state_dir, struct kb_carry_state *ret)
{
	struct kb_carry_state state = {};
	char where[8] = "", grant[KB_GRANT_ID_LEN + 1] = "";
	KB_FREE char *text = NULL;
	unsigned int overdue, i;
	int end = 0;
	int r = kb_state_read(state_dir, KB_CARRY_FILE, &text);

	if (r)
		return r;
	if (sscanf(text, "kidoban-carry 1\nwhere %7s\nsince %" SCNu64 "\ngrant %32s\nuntil %" SCNu64
		   "\noverdue %u\nzone %n", where, &state.since, grant, &state.until, &overdue, &end) != 5 ||
	    !end || strlen(text + end) > KB_NAME_MAX + 1)
		return -EBADMSG;
	for (i = 0; i <= KB_WHERE_OUT && strcmp(names[i], where); i++)
		;
	if (i > KB_WHERE_OUT || (strcmp(grant, "-") && !kb_grant_id_ok(grant)))
		return -EBADMSG;
	state.where = (enum kb_whereabouts)i;
	state.overdue = overdue;
	if (strcmp(grant, "-"))
		memcpy(state.grant, grant, sizeof(grant));
	snprintf(state.zone, sizeof(state.zone), "%.*s", (int)strcspn(text + end, "\n"),
		 text + end);
	*ret = state;
	return 0;
}

static int keep(struct kb_carry *carry)
{
	const struct kb_carry_state *s = &carry->state;
	char body[384];

	snprintf(body, sizeof(body),
		 "kidoban-carry 1\nwhere %s\nsince %" PRIu64 "\ngrant %s\nuntil %" PRIu64
		 "\noverdue %u\nzone %s\n", names[s->where], s->since, s->grant[0] ? s->grant : "-",
		 s->until, s->overdue, s->zone);
	return kb_state_write(carry->grants.state_dir, KB_CARRY_FILE, body);
}

int kb_carry_new(const struct kb_grants *grants, kb_carry_fn tell, void *userdata,
		 struct kb_carry **ret, struct kb_fault *ret_fault)
{
	struct kb_carry *carry = calloc(1, sizeof(*carry));
	int r;

	if (!carry)
		return -ENOMEM;
	*carry = (struct kb_carry){ .grants = *grants, .tell = tell, .userdata = userdata };
	r = kb_carry_read(grants->state_dir, &carry->state);
	*ret = carry;
	if (r && r != -ENOENT)
		return kb_fault(ret_fault, -EBADMSG,
				_("where this terminal was is not known any more: %s cannot be read: %s"),
				KB_CARRY_FILE, strerror(-r));
	return 0;
}

void kb_carry_free(struct kb_carry *carry)
{
	free(carry);
}

const struct kb_carry_state *kb_carry_state(const struct kb_carry *carry)
{
	return &carry->state;
}

int kb_carry_in(struct kb_carry *carry, const char *zone, u64 now)
{
	struct kb_carry_state before = carry->state;
	bool late = before.overdue || (before.grant[0] && now >= before.until);

	if (before.where == KB_WHERE_IN && !strcmp(before.zone, zone))
		return 0;
	carry->state = (struct kb_carry_state){ .where = KB_WHERE_IN, .since = now };
	snprintf(carry->state.zone, sizeof(carry->state.zone), "%s", zone);
	if (before.where == KB_WHERE_OUT)
		carry->tell(late ? KB_CARRY_RETURNED_LATE : KB_CARRY_RETURNED, &before, NULL,
			    carry->userdata);
	return keep(carry);
}

/* A grant that cannot be judged is none: leaving is an alarm then. */
int kb_carry_out(struct kb_carry *carry, u64 now)
{
	struct kb_grant_row grant;
	bool granted;

	if (carry->state.where != KB_WHERE_IN)
		return 0;
	granted = !kb_grants_find(&carry->grants, now, &grant, NULL);
	carry->state.where = KB_WHERE_OUT;
	carry->state.since = now;
	if (granted) {
		memcpy(carry->state.grant, grant.grant.id, sizeof(carry->state.grant));
		carry->state.until = grant.grant.until;
	}
	carry->tell(granted ? KB_CARRY_OUT_GRANTED : KB_CARRY_OUT_ALARM, &carry->state,
		    granted ? &grant : NULL, carry->userdata);
	return keep(carry);
}

int kb_carry_forget(struct kb_carry *carry)
{
	if (carry->state.where == KB_WHERE_NONE)
		return 0;
	carry->state = (struct kb_carry_state){};
	return keep(carry);
}

u64 kb_carry_due(const struct kb_carry *carry)
{
	const struct kb_carry_state *s = &carry->state;

	return s->where == KB_WHERE_OUT && s->grant[0] && !s->overdue ? s->until : 0;
}

int kb_carry_tick(struct kb_carry *carry, u64 now)
{
	u64 due = kb_carry_due(carry);
	struct kb_grant_row grant;

	if (!due || now < due)
		return 0;
	if (!kb_grants_find(&carry->grants, now, &grant, NULL)) {
		memcpy(carry->state.grant, grant.grant.id, sizeof(carry->state.grant));
		carry->state.until = grant.grant.until;
		return keep(carry);
	}
	carry->state.overdue = true;
	carry->tell(KB_CARRY_OVERDUE, &carry->state, NULL, carry->userdata);
	return keep(carry);
}
