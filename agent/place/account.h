/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent knows of the place, for people and programs: /run/kidoban/place.json (P1, P2). */
#ifndef AGENT_PLACE_ACCOUNT_H
#define AGENT_PLACE_ACCOUNT_H

#include <kidoban/place.h>

#include "agent/json.h"
#include "agent/place/carry.h"

#define KB_ACCOUNT_MAX	(1024 * 1024)	/* bytes of the file: KB_TEXT_MAX */

/* One piece of evidence. Words are those of kb_evidence_name(), kb_presence_name(). */
struct kb_account_piece {
	char kind[16], text[80], presence[16], detail[160];
	enum kb_evidence_class class;
	bool hard, veto;
};

struct kb_account_place {
	char zone[KB_NAME_MAX + 1], label[KB_LABEL_MAX + 1];	/* label "" = none */
	char standing[16];		/* kb_standing_name() */
	u64 since;			/* seconds since 1970, of the standing */
	u32 need, grace;
	bool lock, cut;
	u32 n;
	struct kb_account_piece pieces[KB_EVIDENCE_MAX];
};

struct kb_account {
	char mode[16];			/* "enforce", "audit", "off" */
	char zone[KB_NAME_MAX + 1];	/* told to the kernel, "" = none */
	char proven[KB_NAME_MAX + 1];	/* what enforce says, "" = none */
	char veto[160];			/* "" = none */
	u64 written;			/* seconds since 1970 */
	struct kb_carry_state carry;
	u32 n;
	struct kb_account_place *places;	/* owned */
};

void kb_account_done(struct kb_account *account);

/* Writes it so that readers see the old or the new file. */
int kb_account_write(const struct kb_account *account, const char *path);
/* Reads what kb_account_write() wrote. -ENOENT: no agent tells a place; -EBADMSG. */
int kb_account_read(const char *path, struct kb_account *ret);
/* As a JSON object, see kb_json_open(). */
void kb_account_put(struct kb_json *out, const char *key, const struct kb_account *account);

/*
 * What would change the standing, one sentence a line in the user's language: what is missing for
 * a place that
 * is not inside, what it would end without for one that is. *ret is malloc'ed, -ENOMEM.
 */
int kb_account_advice(const struct kb_account *account, const struct kb_account_place *place,
		      char **ret);
/* Pieces that are present. */
u32 kb_account_present(const struct kb_account_place *place);

#endif
