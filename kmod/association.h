/* SPDX-License-Identifier: GPL-2.0-only */
/* What was proven of a wireless link, and for how long that holds (W4). */
#ifndef KB_ASSOCIATION_H
#define KB_ASSOCIATION_H

#include "link.h"

/* Nothing is proven of @link. Any context. */
void kb_association_forget(struct kb_link *link);
/* Another association may have begun: what was proven and what is under way is void. RTNL held. */
void kb_association_next(struct kb_link *link);
/* The like, if the carrier was lost since; it may be back before anybody was told. RTNL held. */
void kb_association_notice(struct kb_link *link);
/* @link was judged by another policy than @before: its profile goes on under its index there. RTNL held. */
void kb_association_carry(struct kb_link *link, const struct kb_active *before);
/* The profile that @link's would be under a policy to come, KB_INDEX_NONE = none. RTNL held. */
u16 kb_association_under(const struct kb_link *link, const struct kb_active *next);

#endif
