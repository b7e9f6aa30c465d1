/* SPDX-License-Identifier: GPL-2.0-only */
/* The path gate: netfilter hooks in every namespace, and on every interface's way out. */
#ifndef KB_PATH_H
#define KB_PATH_H

#include <linux/types.h>

struct kb_active;
struct kb_link;
struct kb_policy;
struct sk_buff;

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
