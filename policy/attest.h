/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a bundle what it says? Text against blob, signatures against trust. */
#ifndef POLICY_ATTEST_H
#define POLICY_ATTEST_H

#include <kidoban/policy.h>

#include "policy/bundle.h"
#include "policy/trust.h"

/*
 * Does the source text compile to exactly the blob? What the approver reads is
 * then what runs. -EBADMSG when the text is no policy, -EKEYREJECTED when it
 * gives other bytes, -ENOMEM.
 */
int kb_attest_source(const struct kb_bundle *bundle, struct kb_fault *ret_fault);

/* One thing looked at. */
struct kb_attest_item {
	const char *name;		/* for programs: "blob", "source", "author", ... */
	bool good;
	bool warning;			/* not good, but no reason to refuse */
	char text[512];			/* in the user's language */
};

#define KB_ATTEST_ITEMS_MAX 8

struct kb_attest {
	struct kb_policy *policy;	/* NULL when the blob cannot be read */
	struct kb_attest_item items[KB_ATTEST_ITEMS_MAX];
	unsigned int n_items;
	bool good;			/* a terminal with this trust would accept it now */
};

/*
 * Looks at everything in @bundle at time @now (seconds since 1970). The
 * outcome stands in *ret, which kb_attest_done() releases; only -ENOMEM fails.
 */
int kb_attest(const struct kb_bundle *bundle, const struct kb_trust *trust, u64 now,
	      struct kb_attest *ret);
void kb_attest_done(struct kb_attest *attest);

#endif
