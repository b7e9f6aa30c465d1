// SPDX-License-Identifier: GPL-2.0-only
/* The link gate: no network interface rises before its verdict (N1). */
#include "link.h"

#include <linux/etherdevice.h>
#include <linux/hashtable.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "association.h"
#include "bypass.h"
#include "link_report.h"
#include "link_subject.h"
#include "path.h"
#include "policy.h"
#include "trace.h"

/*
 * Everything here runs under RTNL, which comes after the policy's lock and
 * before the event log's. Interfaces are closed from work items and from
 * kb_link_reevaluate(), never by the notifier: newer kernels call it with the
 * device's own lock held.
 */

#define KB_LINK_HASH_BITS	8

static void close_work(struct work_struct *work);

static struct {
	DECLARE_HASHTABLE(hash, KB_LINK_HASH_BITS);	/* by device; written under RTNL, read under RCU */
	struct list_head order;		/* kb_link.order, ascending ids */
	u64 last_id;
	struct kb_link_counts counts;	/* written under RTNL */
	struct work_struct close;
	bool leaving;			/* the module goes: nothing to report */
} links = {
	.order = LIST_HEAD_INIT(links.order),
	.close = __WORK_INITIALIZER(links.close, close_work),
};

struct kb_link *kb_link_find(const struct net_device *dev)
{
	struct kb_link *link;

	hash_for_each_possible_rcu(links.hash, link, node, (unsigned long)dev, lockdep_rtnl_is_held())
		if (link->dev == dev)
			return link;
	return NULL;
}

static enum kb_gate_mode mode_of(const struct kb_active *active)
{
	return active ? active->policy->link.mode : KB_GATE_OFF;
}

enum kb_gate_mode kb_link_mode(const struct kb_link *link)
{
	return mode_of(link->active);
}

bool kb_link_refused(const struct kb_link *link)
{
	return link->verdict.action == KB_ACTION_REFUSE &&
	       mode_of(link->active) == KB_GATE_ENFORCE;
}

static void add_count(u64 *count)
{
	WRITE_ONCE(*count, *count + 1);
}

void kb_link_unprove_all(void)
{
	struct kb_link *link;
	unsigned int i;

	rcu_read_lock();
	hash_for_each_rcu(links.hash, i, link, node)
		kb_association_forget(link);
	rcu_read_unlock();
}

/* --- Verdicts */

/*
 * Redirection out of a loopback device, which cannot be closed, goes to any
 * device; out of one that belongs to a user namespace only to its own network
 * namespace, or every user could close the terminal's links.
 */
static bool is_tainted(const struct kb_link *link)
{
	const struct net *net = dev_net(link->dev);
	const struct kb_link *other;

	list_for_each_entry(other, &links.order, order)
		if (other->state.loopback && other->bypass &&
		    (dev_net(other->dev) == net ||
		     dev_net(other->dev)->user_ns == &init_user_ns))
			return true;
	return false;
}

/* The core's answer for @link if its address were @mac (NULL: as it is), and ours for what passes by. */
static void decide(const struct kb_active *active, const struct kb_link *link, const u8 *mac,
		   struct kb_link_verdict *ret)
{
	const struct kb_policy *policy = mode_of(active) == KB_GATE_OFF ? NULL : active->policy;
	struct kb_netdev subject;

	kb_link_subject(link, &subject);
	if (mac)
		ether_addr_copy(subject.mac, mac);
	kb_link_decide(policy, &subject, ret);
	if (policy && policy->link.bypass == KB_ACTION_REFUSE && !link->state.loopback &&
	    ret->action == KB_ACTION_ALLOW && (link->bypass || is_tainted(link)))
		*ret = (struct kb_link_verdict){ KB_ACTION_REFUSE, KB_REASON_BYPASS };
}

/* Whoever reads sees a closed link before anything else changes, and indices only with their policy. */
static void show_packets(struct kb_link *link, const struct kb_active *before)
{
	bool allowed = !kb_link_refused(link);
	u16 rule = KB_INDEX_NONE;

	if (link->verdict.action == KB_ACTION_ALLOW && link->verdict.reason == KB_REASON_RULE)
		rule = link->verdict.rule;
	if (!allowed)
		WRITE_ONCE(link->state.allowed, false);
	/* the same once more: no packet meanwhile finds a link without a name, and is refused */
	if (before != link->active || rule != link->state.rule) {
		WRITE_ONCE(link->judged, 0);
		smp_wmb();	/* pairs with kb_link_view() */
		WRITE_ONCE(link->state.rule, rule);
		kb_association_carry(link, before);
		/* pairs with kb_link_view() */
		smp_store_release(&link->judged, link->active ? link->active->generation : 0);
	}
	if (allowed)
		WRITE_ONCE(link->state.allowed, true);
}

static void count(const struct kb_link *link)
{
	if (link->verdict.action == KB_ACTION_ALLOW)
		add_count(&links.counts.allowed);
	else if (mode_of(link->active) == KB_GATE_ENFORCE)
		add_count(&links.counts.refused);
	else
		add_count(&links.counts.audited);
}

/* Consumes @active. @fresh: judged for the first time. */
static void note_verdict(struct kb_link *link, struct kb_active *active,
			 const struct kb_link_verdict *verdict, bool fresh)
{
	bool changed = fresh || link->verdict.action != verdict->action ||
		       mode_of(link->active) != mode_of(active);
	struct kb_active *before = link->active;

	link->active = active;
	link->verdict = *verdict;
	show_packets(link, before);
	kb_policy_put(before);
	/* a loopback device is nothing to tell of */
	if (!changed || mode_of(active) == KB_GATE_OFF || link->state.loopback)
		return;
	count(link);
	trace_link(link);
	kb_link_report(KB_EVENT_LINK, link, NULL);
}

static void judge(struct kb_link *link, bool fresh)
{
	struct kb_active *active = kb_policy_get();
	struct kb_link_verdict verdict;

	decide(active, link, NULL, &verdict);
	note_verdict(link, active, &verdict, fresh);
}

/* Writes as show_packets() does, for kb_link_view(). */
static void foresee(struct kb_link *link, struct kb_active *next)
{
	struct kb_link_verdict verdict;
	u16 rule = KB_INDEX_NONE;

	decide(next, link, NULL, &verdict);
	if (verdict.action == KB_ACTION_ALLOW && verdict.reason == KB_REASON_RULE)
		rule = verdict.rule;
	WRITE_ONCE(link->next.judged, 0);
	smp_wmb();	/* pairs with kb_link_view() */
	WRITE_ONCE(link->next.allowed, verdict.action == KB_ACTION_ALLOW ||
					       mode_of(next) != KB_GATE_ENFORCE);
	WRITE_ONCE(link->next.rule, rule);
	WRITE_ONCE(link->next.profile, kb_association_under(link, next));
	/* pairs with kb_link_view() */
	smp_store_release(&link->next.judged, next->generation);
}

void kb_link_foresee(struct kb_active *next)
{
	struct kb_link *link;

	rtnl_lock();
	list_for_each_entry(link, &links.order, order)
		foresee(link, next);
	rtnl_unlock();
}

static void override(const struct kb_link *link, const char *by)
{
	add_count(&links.counts.overrides);
	kb_link_report(KB_EVENT_LINK_OVERRIDE, link, by);
}

/* --- Closing */

static bool must_close(const struct kb_link *link)
{
	return kb_link_refused(link) && link->dev->flags & IFF_UP;
}

/* Closing one may take others with it, so each is looked up anew, behind the last. */
static struct kb_link *next_to_close(u64 last)
{
	struct kb_link *link;

	list_for_each_entry(link, &links.order, order)
		if (link->id > last && must_close(link))
			return link;
	return NULL;
}

static void close_refused(void)
{
	struct kb_link *link;
	u64 last = 0;

	ASSERT_RTNL();
	while ((link = next_to_close(last))) {
		last = link->id;
		dev_close(link->dev);
	}
}

static void close_work(struct work_struct *work)
{
	rtnl_lock();
	close_refused();
	rtnl_unlock();
}

static void close_later(const struct kb_link *link)
{
	if (must_close(link))
		schedule_work(&links.close);
}

static bool wants_look(const struct kb_active *active)
{
	return active && (active->policy->link.mode != KB_GATE_OFF ||
			  active->policy->paths.mode != KB_GATE_OFF);
}

/* Reports what changed; true when something did. */
static bool find_bypass(struct kb_link *link)
{
	u32 mask = kb_bypass_find(link->dev);

	if (mask == link->bypass)
		return false;
	link->bypass = mask;
	kb_link_report(KB_EVENT_BYPASS, link, NULL);
	return true;
}

/* All are looked at before the first is judged: what a loopback device carries is every link's matter. */
static bool find_all_bypass(void)
{
	struct kb_link *link;
	bool changed = false;

	list_for_each_entry(link, &links.order, order)
		changed |= find_bypass(link);
	return changed;
}

static void judge_all(void)
{
	struct kb_link *link;

	list_for_each_entry(link, &links.order, order)
		judge(link, false);
	close_refused();
}

bool kb_link_look(void)
{
	struct kb_active *active = kb_policy_get();
	bool wanted = wants_look(active);

	rtnl_lock();
	if (wanted && find_all_bypass())
		judge_all();
	rtnl_unlock();
	kb_policy_put(active);
	return wanted;
}

void kb_link_reevaluate(void)
{
	struct kb_active *active = kb_policy_get();

	rtnl_lock();
	if (wants_look(active))
		find_all_bypass();
	judge_all();
	rtnl_unlock();
	if (wants_look(active))
		kb_bypass_watch();
	kb_policy_put(active);
}

/* --- What the kernel tells us. RTNL held throughout. */

static void drop(struct kb_link *link)
{
	kb_path_detach(link);
	hash_del_rcu(&link->node);
	list_del(&link->order);
	WRITE_ONCE(links.counts.present, links.counts.present - 1);
	if (kb_link_refused(link) && !links.leaving)
		kb_link_report(KB_EVENT_LINK_GONE, link, NULL);
	kb_policy_put(link->active);
	kfree_rcu(link, rcu);
}

static struct kb_link *new_link(struct net_device *dev)
{
	struct kb_link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (!link)
		return NULL;
	link->dev = dev;
	kb_link_subject_read(link);
	link->state.loopback = link->kind == KB_LINK_LOOPBACK;
	link->state.wireless = link->kind == KB_LINK_WIFI;
	link->state.rule = KB_INDEX_NONE;
	kb_association_next(link);
	return link;
}

/* An interface that cannot be noted is none: nobody would know what it is. */
static int add(struct net_device *dev)
{
	struct kb_link *link = new_link(dev);
	int err;

	if (!link)
		return -ENOMEM;
	link->id = ++links.last_id;
	judge(link, true);
	hash_add_rcu(links.hash, &link->node, (unsigned long)dev);
	list_add_tail(&link->order, &links.order);
	WRITE_ONCE(links.counts.present, links.counts.present + 1);
	err = kb_path_attach(link);
	if (err)
		drop(link);
	return err;
}

static bool enforces(void)
{
	struct kb_active *active = kb_policy_get();
	bool yes = mode_of(active) == KB_GATE_ENFORCE;

	kb_policy_put(active);
	return yes;
}

/*
 * Somebody asked for a device that no rule can allow: it is not even made.
 * What comes with each namespace or with a module (tunl0, sit0, bond0) is made,
 * or there would be no namespaces, and never rises.
 */
static bool refuses_creation(const struct kb_link *link)
{
	struct kb_active *active;
	bool refused;

	if (!link->dev->rtnl_link_ops || link->bus != KB_LINK_BUS_VIRTUAL ||
	    link->kind == KB_LINK_LOOPBACK)
		return false;
	if (!kb_compat_link_requested(link->dev) && link->kind != KB_LINK_TUN &&
	    link->kind != KB_LINK_TAP && link->kind != KB_LINK_PPP)
		return false;
	active = kb_policy_get();
	refused = mode_of(active) == KB_GATE_ENFORCE &&
		  !kb_link_kind_possible(active->policy, link->kind);
	kb_policy_put(active);
	return refused;
}

static int before_creation(struct net_device *dev)
{
	struct kb_link *link;
	int err = 0;

	if (!enforces())
		return 0;
	/* not registered anywhere: only to be judged and told of */
	link = new_link(dev);
	if (!link)
		return -ENOMEM;
	if (refuses_creation(link)) {
		decide(link->active = kb_policy_get(), link, NULL, &link->verdict);
		override(link, "create");
		kb_policy_put(link->active);
		err = -EPERM;
	}
	kfree(link);
	return err;
}

/*
 * Its name, its address, and what hangs on it may be others than at the last
 * verdict. A device that netpoll uses is let up and closed again from a work
 * item: __dev_open() blocks netpoll before it asks, and does not unblock it
 * when told no; the next attempt would then wait for ever, with RTNL held.
 */
static int before_up(struct kb_link *link)
{
	find_bypass(link);
	judge(link, false);
	if (!kb_link_refused(link))
		return 0;
	override(link, "up");
	return link->bypass & KB_BYPASS_NETPOLL ? 0 : -EPERM;
}

/*
 * A device that moved here when there was no memory to note it: nobody asks
 * whether it may move. Without its hook no packet of it would be judged. One
 * that is on its way out must not be noted: we have heard its last word.
 */
static int before_late_up(struct net_device *dev)
{
	int err;

	if (dev->reg_state != NETREG_REGISTERED)
		return enforces() ? -EPERM : 0;
	err = add(dev);
	return err ?: before_up(kb_link_find(dev));
}

static int before_linking(struct kb_link *lower, const struct netdev_notifier_changeupper_info *info)
{
	const struct kb_link *upper = kb_link_find(info->upper_dev);

	if (!info->linking)
		return 0;
	if (!lower || !upper)
		return enforces() ? -EPERM : 0;
	if (!kb_link_refused(lower) && !kb_link_refused(upper))
		return 0;
	override(kb_link_refused(lower) ? lower : upper, "enslave");
	return -EPERM;
}

/* Would the core refuse it for that address, and for nothing else? */
static int before_address(struct kb_link *link, const u8 *mac)
{
	struct kb_active *active;
	struct kb_link_verdict verdict;
	bool refused;

	/* on its way out a device gets its own address back; until it is noted again it cannot rise */
	if (!link || !link->has_perm_mac)
		return 0;
	active = kb_policy_get();
	decide(active, link, mac, &verdict);
	refused = mode_of(active) == KB_GATE_ENFORCE && verdict.action == KB_ACTION_REFUSE &&
		  verdict.reason == KB_REASON_ADDRESS;
	kb_policy_put(active);
	if (!refused)
		return 0;
	override(link, "address");
	return -EPERM;
}

/* Events that may be answered with no. */
static int ask(struct net_device *dev, struct kb_link *link, unsigned long event, void *info)
{
	const struct netdev_notifier_pre_changeaddr_info *address = info;

	switch (event) {
	case NETDEV_POST_INIT:
		return before_creation(dev);
	case NETDEV_REGISTER:
		return link ? 0 : add(dev);
	case NETDEV_PRE_UP:
		return link ? before_up(link) : before_late_up(dev);
	case NETDEV_PRECHANGEUPPER:
		return before_linking(link, info);
	case NETDEV_PRE_CHANGEADDR:
		return before_address(link, address->dev_addr);
	}
	return 0;
}

static void hear(struct kb_link *link, unsigned long event)
{
	switch (event) {
	case NETDEV_CHANGE:
		kb_association_notice(link);
		break;
	case NETDEV_UP:
	case NETDEV_DOWN:
		kb_association_next(link);
		close_later(link);
		break;
	case NETDEV_CHANGEADDR:
		kb_association_next(link);
		fallthrough;
	case NETDEV_CHANGENAME:
		judge(link, false);
		close_later(link);
		break;
	case NETDEV_UNREGISTER:
		drop(link);
		break;
	}
}

static int link_notify(struct notifier_block *nb, unsigned long event, void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct kb_link *link = kb_link_find(dev);
	int err = ask(dev, link, event, info);

	if (!err && link)
		hear(link, event);
	return notifier_from_errno(err);
}

/* First, so that nobody has to undo what we refuse. */
static struct notifier_block link_nb = {
	.notifier_call = link_notify,
	.priority = INT_MAX,
};

int kb_link_each(u64 *cursor, int (*fn)(const struct kb_link *link, void *data), void *data)
{
	struct kb_link *link;
	int err = 0;

	rtnl_lock();
	list_for_each_entry(link, &links.order, order) {
		if (link->id <= *cursor)
			continue;
		kb_association_notice(link);
		err = fn(link, data);
		if (err)
			break;
		*cursor = link->id;
	}
	rtnl_unlock();
	return err;
}

void kb_link_count(struct kb_link_counts *ret)
{
	ret->allowed = READ_ONCE(links.counts.allowed);
	ret->refused = READ_ONCE(links.counts.refused);
	ret->audited = READ_ONCE(links.counts.audited);
	ret->overrides = READ_ONCE(links.counts.overrides);
	ret->present = READ_ONCE(links.counts.present);
}

int kb_link_init(void)
{
	return register_netdevice_notifier(&link_nb);
}

/* Unregistering tells us once more that every device goes: nothing is left. */
void kb_link_exit(void)
{
	kb_bypass_stop();
	rtnl_lock();
	links.leaving = true;
	rtnl_unlock();
	unregister_netdevice_notifier(&link_nb);
	cancel_work_sync(&links.close);
}
