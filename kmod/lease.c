// SPDX-License-Identifier: GPL-2.0-only
/* The agent's lease: what it says of the terminal, and for how long that holds. */
#include "lease.h"

#include <kidoban/policy.h>
#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>
#include <net/netlink.h>

#include "event.h"
#include "flow.h"
#include "link.h"
#include "policy.h"

/* Without a lease, by whether the terminal is isolated. Expiry allocates nothing. */
static struct kb_lease_view no_lease[2] = {
	{ .contexts[0] = { .zone = KB_INDEX_NONE } },
	{ .contexts[0] = { .zone = KB_INDEX_NONE, .isolated = true } },
};

struct kb_lease_view __rcu *kb_lease_view = RCU_INITIALIZER(&no_lease[0]);

static struct {
	struct mutex change;		/* renewals, or a policy following another; outside lock */
	spinlock_t lock;		/* _bh; guards all but the timer's and the work's insides */
	ktime_t end;			/* of the lease, CLOCK_BOOTTIME */
	struct hrtimer timer;		/* CLOCK_BOOTTIME: asleep time counts */
	struct work_struct after;	/* says that a lease ran out */
	bool asleep;			/* from before the tasks freeze until they are awake again */
	bool isolated;
} lease = {
	.change = __MUTEX_INITIALIZER(lease.change),
	.lock = __SPIN_LOCK_UNLOCKED(lease.lock),
};

const struct kb_context *kb_lease_context_else(const struct kb_lease_view *view, u64 generation)
{
	/* 0 is no generation, though it stands where there is no second one */
	if (generation && view->generations[1] == generation)
		return &view->contexts[1];
	return &no_lease[view->contexts[0].isolated].contexts[0];
}

static bool is_static(const struct kb_lease_view *view)
{
	return view >= no_lease && view < no_lease + ARRAY_SIZE(no_lease);
}

/* Publishes @next and returns a copy of what it replaced. Lock held. */
static struct kb_context swap_view(struct kb_lease_view *next)
{
	struct kb_lease_view *old = rcu_replace_pointer(kb_lease_view, next, lockdep_is_held(&lease.lock));
	struct kb_context was = old->contexts[0];

	if (!is_static(old))
		kfree_rcu(old, rcu);
	return was;
}

static void report(const struct kb_context *context)
{
	struct sk_buff *skb = kb_event_begin(KB_EVENT_LEASE);

	if (!skb)
		return;
	kb_event_end(skb, nla_put_u8(skb, KB_A_LEASE, context->leased) ||
			  (context->zone != KB_INDEX_NONE &&
			   nla_put_u32(skb, KB_A_ZONE, context->zone)));
}

/* Does @now close anything that @was had open? */
static bool tightened(const struct kb_context *was, const struct kb_context *now)
{
	return (was->leased && !now->leased) || (now->isolated && !was->isolated) ||
	       (was->leased && was->zone != now->zone) || (was->schedules & ~now->schedules);
}

/* Ends the lease; true when there was one. Any context but hard interrupts. */
static bool end_lease(void)
{
	struct kb_context was;

	spin_lock_bh(&lease.lock);
	was = swap_view(&no_lease[lease.isolated]);
	kb_link_unprove_all();
	spin_unlock_bh(&lease.lock);
	return was.leased;
}

/* A renewal may have come between the timer's end and its function. */
static bool renewed(void)
{
	bool ret;

	spin_lock_bh(&lease.lock);
	ret = ktime_before(ktime_get_boottime(), lease.end);
	spin_unlock_bh(&lease.lock);
	return ret;
}

static enum hrtimer_restart expire(struct hrtimer *timer)
{
	/* Only the paths close here; telling and cutting may sleep. */
	if (!renewed() && end_lease())
		schedule_work(&lease.after);
	return HRTIMER_NORESTART;
}

static void after_expiry(struct work_struct *work)
{
	report(&no_lease[0].contexts[0]);
	kb_flow_rejudge();
}

static void end_now(void)
{
	hrtimer_cancel(&lease.timer);
	if (end_lease()) {
		report(&no_lease[0].contexts[0]);
		kb_flow_rejudge();
	}
}

/* Lock held. */
static struct kb_context begin_lease(struct kb_lease_view *next,
				     const struct kb_lease_offer *offer)
{
	next->generations[0] = offer->generation;
	next->contexts[0] = (struct kb_context){
		.leased = true,
		.isolated = lease.isolated,
		.zone = offer->zone,
		.schedules = offer->schedules,
	};
	lease.end = ktime_add(ktime_get_boottime(), ktime_set(offer->ttl, 0));
	hrtimer_start(&lease.timer, lease.end, HRTIMER_MODE_ABS_SOFT);
	return swap_view(next);
}

static int renew(const struct kb_lease_offer *offer)
{
	struct kb_lease_view *next = kzalloc(sizeof(*next), GFP_KERNEL);
	struct kb_context was, now;
	bool asleep;

	if (!next)
		return -ENOMEM;
	spin_lock_bh(&lease.lock);
	asleep = lease.asleep;
	if (!asleep) {
		was = begin_lease(next, offer);
		now = next->contexts[0];
	}
	spin_unlock_bh(&lease.lock);
	if (asleep) {
		kfree(next);
		return -EBUSY;
	}
	if (!was.leased || was.zone != now.zone)
		report(&now);
	if (tightened(&was, &now))
		kb_flow_rejudge();
	return 0;
}

int kb_lease_set(const struct kb_lease_offer *offer)
{
	int err = 0;

	mutex_lock(&lease.change);
	if (!kb_policy_is(offer->generation))
		err = -ESTALE;
	else if (offer->ttl)
		err = renew(offer);
	else
		end_now();
	mutex_unlock(&lease.change);
	return err;
}

static u16 carry_zone(const struct kb_path_policy *from, const struct kb_path_policy *to, u16 zone)
{
	u32 i;

	if (zone >= from->n_zones)
		return KB_INDEX_NONE;
	for (i = 0; i < to->n_zones; i++)
		if (!strcmp(to->zones[i].name, from->zones[zone].name))
			return i;
	return KB_INDEX_NONE;
}

/* A schedule's name is its text: equal names are open at equal times. */
static u64 carry_schedules(const struct kb_path_policy *from, const struct kb_path_policy *to,
			   u64 open)
{
	u64 ret = 0;
	u32 i, j;

	for (i = 0; i < to->n_schedules; i++)
		for (j = 0; j < from->n_schedules; j++)
			if ((open & BIT_ULL(j)) &&
			    !strcmp(from->schedules[j].name, to->schedules[i].name))
				ret |= BIT_ULL(i);
	return ret;
}

static void carry(struct kb_lease_view *next, const struct kb_active *from, const struct kb_active *to)
{
	const struct kb_path_policy *old_paths = &from->policy->paths;
	const struct kb_path_policy *new_paths = &to->policy->paths;
	const struct kb_lease_view *view;

	spin_lock_bh(&lease.lock);
	view = rcu_dereference_protected(kb_lease_view, lockdep_is_held(&lease.lock));
	if (is_static(view) || view->generations[0] != from->generation) {
		spin_unlock_bh(&lease.lock);
		kfree(next);
		return;
	}
	next->generations[0] = from->generation;
	next->contexts[0] = view->contexts[0];
	next->generations[1] = to->generation;
	next->contexts[1] = view->contexts[0];
	next->contexts[1].zone = carry_zone(old_paths, new_paths, next->contexts[0].zone);
	next->contexts[1].schedules = carry_schedules(old_paths, new_paths,
						      next->contexts[0].schedules);
	swap_view(next);
	spin_unlock_bh(&lease.lock);
}

void kb_lease_carry_begin(const struct kb_active *from, const struct kb_active *to)
{
	struct kb_lease_view *next = from ? kzalloc(sizeof(*next), GFP_KERNEL) : NULL;

	mutex_lock(&lease.change);
	/* Without memory nothing is carried: closed until the agent speaks again. */
	if (next)
		carry(next, from, to);
}

/* The next policy is in force: what was said about it comes first, so that it can be carried on. */
void kb_lease_carry_end(void)
{
	struct kb_lease_view *view, *next = kzalloc(sizeof(*next), GFP_KERNEL);

	spin_lock_bh(&lease.lock);
	view = rcu_dereference_protected(kb_lease_view, lockdep_is_held(&lease.lock));
	if (next && !is_static(view) && view->generations[1]) {
		next->generations[0] = view->generations[1];
		next->contexts[0] = view->contexts[1];
		swap_view(next);
		next = NULL;
	}
	spin_unlock_bh(&lease.lock);
	mutex_unlock(&lease.change);
	kfree(next);
}

u32 kb_lease_left(void)
{
	s64 left = 0;

	spin_lock_bh(&lease.lock);
	if (!is_static(rcu_dereference_protected(kb_lease_view, lockdep_is_held(&lease.lock))))
		left = ktime_ms_delta(lease.end, ktime_get_boottime());
	spin_unlock_bh(&lease.lock);
	return left > 0 ? left : 0;
}

void kb_lease_isolate(bool on)
{
	struct kb_lease_view *next = kzalloc(sizeof(*next), GFP_KERNEL | __GFP_NOFAIL);
	struct kb_lease_view *old;

	spin_lock_bh(&lease.lock);
	lease.isolated = on;
	old = rcu_dereference_protected(kb_lease_view, lockdep_is_held(&lease.lock));
	if (is_static(old)) {
		kfree(next);
		next = &no_lease[on];
	} else {
		*next = *old;
		next->contexts[0].isolated = on;
		next->contexts[1].isolated = on;
	}
	swap_view(next);
	spin_unlock_bh(&lease.lock);
	if (on)
		kb_flow_rejudge();
}

/*
 * A sleeping terminal may be carried away: its lease ends before tasks are
 * frozen, and none begins before they are awake again.
 */
static int on_sleep(struct notifier_block *nb, unsigned long event, void *data)
{
	bool asleep = event == PM_SUSPEND_PREPARE || event == PM_HIBERNATION_PREPARE ||
		      event == PM_RESTORE_PREPARE;

	spin_lock_bh(&lease.lock);
	lease.asleep = asleep;
	spin_unlock_bh(&lease.lock);
	if (asleep)
		end_now();
	return NOTIFY_DONE;
}

static struct notifier_block sleep_notifier = {
	.notifier_call = on_sleep,
};

int kb_lease_init(void)
{
	kb_compat_hrtimer_setup(&lease.timer, expire, CLOCK_BOOTTIME, HRTIMER_MODE_ABS_SOFT);
	INIT_WORK(&lease.after, after_expiry);
	return register_pm_notifier(&sleep_notifier);
}

void kb_lease_exit(void)
{
	unregister_pm_notifier(&sleep_notifier);
	hrtimer_cancel(&lease.timer);
	cancel_work_sync(&lease.after);
	end_lease();
	/* What kfree_rcu() still holds is plain memory: nothing to wait for. */
}
