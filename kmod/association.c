// SPDX-License-Identifier: GPL-2.0-only
/* What was proven of a wireless link, and for how long that holds (W4). */
#include "association.h"

#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "policy.h"

void kb_association_forget(struct kb_link *link)
{
	WRITE_ONCE(link->state.profile, KB_INDEX_NONE);
	WRITE_ONCE(link->next.profile, KB_INDEX_NONE);
}

void kb_association_next(struct kb_link *link)
{
	kb_association_forget(link);
	link->generation++;
	/* pairs with kb_link_view(): who sees the new count finds nothing proven */
	smp_store_release(&link->carrier_downs, atomic_read(&link->dev->carrier_down_count));
}

/* The carrier may have been lost and come back before anybody was told. */
void kb_association_notice(struct kb_link *link)
{
	if (atomic_read(&link->dev->carrier_down_count) != link->carrier_downs)
		kb_association_next(link);
}

/* The policy in force judged @link, it has that profile, and @link is associated at all. */
static bool can_prove(const struct kb_link *link, u16 profile)
{
	struct kb_active *active = kb_policy_get();
	bool current_one = active && active == link->active;

	kb_policy_put(active);
	return current_one && profile < link->active->policy->paths.n_profiles &&
	       netif_running(link->dev) && netif_carrier_ok(link->dev);
}

void kb_link_prove(int ifindex, u32 generation, u16 profile)
{
	struct net_device *dev = __dev_get_by_index(&init_net, ifindex);
	struct kb_link *link = dev ? kb_link_find(dev) : NULL;

	ASSERT_RTNL();
	if (!link || !link->state.wireless)
		return;
	kb_association_notice(link);
	/* not vouched for any more, or another association is: the present one is closed */
	if (profile == KB_INDEX_NONE || generation != link->generation)
		kb_association_forget(link);
	else if (can_prove(link, profile))
		WRITE_ONCE(link->state.profile, profile);
}

static bool same_association(const struct kb_link *link)
{
	/* pairs with kb_association_next() */
	return smp_load_acquire(&link->carrier_downs) ==
	       atomic_read(&link->dev->carrier_down_count);
}

/* What was foreseen of the policy of @generation, if it was. */
static void view_next(const struct kb_link *link, u64 generation, struct kb_path_link *ret)
{
	/* pairs with kb_link_foresee() */
	if (!generation || smp_load_acquire(&link->next.judged) != generation)
		return;
	/* both: what was foreseen may be old by now, what is in force may say no since */
	ret->allowed &= READ_ONCE(link->next.allowed);
	ret->rule = READ_ONCE(link->next.rule);
	if (same_association(link))
		ret->profile = READ_ONCE(link->next.profile);
	smp_rmb();	/* as below */
	if (READ_ONCE(link->next.judged) != generation)
		ret->rule = ret->profile = KB_INDEX_NONE;
}

void kb_link_view(const struct kb_link *link, u64 generation, struct kb_path_link *ret)
{
	u64 before;

	*ret = (struct kb_path_link){ .rule = KB_INDEX_NONE, .profile = KB_INDEX_NONE };
	if (!link)
		return;
	ret->loopback = link->state.loopback;
	ret->wireless = link->state.wireless;
	ret->allowed = READ_ONCE(link->state.allowed);
	before = smp_load_acquire(&link->judged);	/* pairs with show_packets() */
	if (before != generation) {
		view_next(link, generation, ret);
		return;
	}
	ret->rule = READ_ONCE(link->state.rule);
	if (same_association(link))
		ret->profile = READ_ONCE(link->state.profile);
	smp_rmb();	/* the indices are read between two looks at whose they are */
	if (READ_ONCE(link->judged) != before)
		ret->rule = ret->profile = KB_INDEX_NONE;
}

/* The profile of @to that has name and SSID of @from's @profile. */
static u16 same_profile(const struct kb_active *from, const struct kb_active *to, u16 profile)
{
	const struct kb_profile *old, *new;
	u32 i;

	if (!from || !to || profile == KB_INDEX_NONE)
		return KB_INDEX_NONE;
	old = &from->policy->paths.profiles[profile];
	for (i = 0; i < to->policy->paths.n_profiles; i++) {
		new = &to->policy->paths.profiles[i];
		if (!strcmp(old->name, new->name) && old->ssid_len == new->ssid_len &&
		    !memcmp(old->ssid, new->ssid, new->ssid_len))
			return i;
	}
	return KB_INDEX_NONE;
}

/* Not a plain store: the lease may end meanwhile, and what it took back stays so. */
void kb_association_carry(struct kb_link *link, const struct kb_active *before)
{
	u16 old = READ_ONCE(link->state.profile);
	u16 new = before == link->active ? old : same_profile(before, link->active, old);

	if (new != old)
		cmpxchg(&link->state.profile, old, new);
}

u16 kb_association_under(const struct kb_link *link, const struct kb_active *next)
{
	return same_profile(link->active, next, READ_ONCE(link->state.profile));
}
