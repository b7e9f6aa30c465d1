/* SPDX-License-Identifier: GPL-2.0-only */
/* The path gate: netfilter hooks in every namespace, and on every interface's way out. */
#ifndef KB_PATH_H
#define KB_PATH_H

#include <linux/types.h>

struct kb_active;
struct kb_link;
struct kb_path_verdict;
struct kb_policy;

/* What packets and connections are judged by at this moment. Borrowed under RCU. */
struct kb_path_law {
	const struct kb_active *active;	/* in force, NULL = none */
	const struct kb_policy *policy;	/* its, or that of isolated terminals without one */
	u64 generation;			/* of active, 0 = none */
	bool isolated;
};

/* False when there is nothing to judge. Under RCU. */
bool kb_path_law(struct kb_path_law *ret);
/* Are refusals to be carried out, or only reported? */
bool kb_path_enforced(const struct kb_path_law *law);

int kb_path_init(void);
void kb_path_exit(void);

/* Puts the last look at what leaves on @link, takes it away again. RTNL held. 0 or -errno. */
int kb_path_attach(struct kb_link *link);
void kb_path_detach(struct kb_link *link);

/* Does this kernel have what @policy needs? 0 or -EOPNOTSUPP and *@ret_why. */
int kb_path_supports(const struct kb_policy *policy, const char **ret_why);

/* Counters since load. */
struct kb_path_counts {
	u64 allowed, refused, audited, cut;
};
void kb_path_count(struct kb_path_counts *ret);

#endif
