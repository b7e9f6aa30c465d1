/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carry-out grants that were applied on this terminal (P2). */
#ifndef AGENT_PLACE_GRANTS_H
#define AGENT_PLACE_GRANTS_H

#include "policy/carry.h"

/* Who judges a grant: this terminal. */
struct kb_grants {
	const char *config_dir, *state_dir;	/* terminal.yaml, trust/grant; grants/ */
};

enum kb_grant_state {
	KB_GRANT_GOOD,			/* holds now */
	KB_GRANT_EARLY,			/* not yet */
	KB_GRANT_OVER,			/* held until a while ago */
	KB_GRANT_ENDED,			/* somebody ended it */
	KB_GRANT_BAD			/* not for this terminal, not signed by a key that is trusted now, damaged */
};

/* One of those that were applied. */
struct kb_grant_row {
	struct kb_grant grant;		/* with KB_GRANT_BAD maybe .id only */
	enum kb_grant_state state;
	char signer[256];		/* its certificate's subject */
	char why[256];			/* when it does not hold */
};

/*
 * Verifies @data and keeps it as STATE/grants/ID.grant. One that begins later is kept as well.
 * -EBADMSG, -ENOKEY, -EKEYREJECTED: not signed by the grant ring; -EXDEV: another terminal's;
 * -EKEYEXPIRED: it held until before @now; -EALREADY: applied already, or ended here before (told
 * apart in
 * the sentence); else what writing answers. *ret (may be NULL) is filled on success only.
 */
int kb_grants_apply(const struct kb_grants *grants, const void *data, size_t len, u64 now,
		    struct kb_grant_row *ret, struct kb_fault *ret_fault);
/* Ends one for good: it cannot be applied again. -ENOENT: never applied; -EALREADY: ended. */
int kb_grants_end(const struct kb_grants *grants, const char *id, u64 now,
		  struct kb_fault *ret_fault);
/* All of them, by number; *ret is malloc'ed. 0 rows without the directory. */
int kb_grants_list(const struct kb_grants *grants, u64 now, struct kb_grant_row **ret,
		   size_t *ret_n, struct kb_fault *ret_fault);
/* The one that holds longest at @now, verified anew. -ENOENT when none does. */
int kb_grants_find(const struct kb_grants *grants, u64 now, struct kb_grant_row *ret,
		   struct kb_fault *ret_fault);

const char *kb_grant_state_name(enum kb_grant_state state);	/* "good", "early" ... */

#endif
