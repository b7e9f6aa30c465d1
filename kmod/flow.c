// SPDX-License-Identifier: GPL-2.0-only
/* Live connections: cut when their path closes. */
#include "flow.h"

#include <kidoban/policy.h>
#include <linux/rtnetlink.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/tcp.h>

#include "path.h"
#include "query.h"

#define KB_FLOW_BATCH	64
#define KB_FLOW_BUSY	16		/* retried in one go */
#define KB_FLOW_AGAIN	msecs_to_jiffies(10)
#define KB_FLOW_TRIES	300

/* A connection that must end. */
struct kb_failed {
	struct sock *sk;		/* counted reference */
	unsigned int hash;		/* of its ends: the socket may begin another one meanwhile */
	unsigned int tries;
	bool judged_anew;		/* what tracks it must go after it, not only before */
};

static struct {
	spinlock_t lock;		/* _bh; guards failed and n_failed */
	struct kb_failed failed[KB_FLOW_BATCH];
	unsigned int n_failed;
	struct delayed_work fail;
	struct work_struct rejudge;
	bool leaving;			/* nothing is judged anew any more */
	atomic64_t cuts;
} flows = {
	.lock = __SPIN_LOCK_UNLOCKED(flows.lock),
};

/*
 * Who is still connecting hears the same as from a refusal on the spot. False
 * when somebody is at work on the socket: a program may be for as long as it
 * likes (its pages come from a file system of its own), and nobody waits for it.
 */
static bool cut(struct sock *sk)
{
	if (sock_owned_by_user_nocheck(sk))
		return false;
	if (!tcp_abort(sk, READ_ONCE(sk->sk_state) == TCP_SYN_SENT ? ECONNREFUSED : ECONNABORTED))
		atomic64_inc(&flows.cuts);
	return true;
}

static bool take_failed(struct kb_failed *ret)
{
	bool any;

	spin_lock_bh(&flows.lock);
	any = flows.n_failed;
	if (any)
		*ret = flows.failed[--flows.n_failed];
	spin_unlock_bh(&flows.lock);
	return any;
}

/* Consumes the reference. No room means no hurry: the next packet that is refused comes here again. */
static void add_failed(const struct kb_failed *failed, unsigned long delay)
{
	struct sock *sk = failed->sk;
	unsigned int i;

	spin_lock_bh(&flows.lock);
	for (i = 0; i < flows.n_failed && flows.failed[i].sk != sk; i++)
		;
	if (i < flows.n_failed) {
		flows.failed[i].hash = failed->hash;
		flows.failed[i].judged_anew |= failed->judged_anew;
	} else if (i < KB_FLOW_BATCH) {
		flows.failed[flows.n_failed++] = *failed;
		sk = NULL;
	}
	spin_unlock_bh(&flows.lock);
	if (sk)
		sock_put(sk);
	if (delay)
		queue_delayed_work(system_wq, &flows.fail, delay);
	else
		mod_delayed_work(system_wq, &flows.fail, 0);
}

static void fail_work(struct work_struct *work)
{
	struct kb_failed failed, busy[KB_FLOW_BUSY];
	unsigned int i, n = 0;

	while (n < KB_FLOW_BUSY && take_failed(&failed)) {
		bool same = READ_ONCE(failed.sk->sk_hash) == failed.hash;

		if (same && !cut(failed.sk) && ++failed.tries < KB_FLOW_TRIES) {
			busy[n++] = failed;
			continue;
		}
		sock_put(failed.sk);
		/* until now its packets were tracked before they were refused */
		if (failed.judged_anew)
			kb_flow_rejudge();
	}
	for (i = 0; i < n; i++)
		add_failed(&busy[i], KB_FLOW_AGAIN);
}

static void fail_tcp(struct sock *sk)
{
	if (refcount_inc_not_zero(&sk->sk_refcnt))
		add_failed(&(struct kb_failed){ sk, READ_ONCE(sk->sk_hash) }, 0);
}

void kb_flow_fail(struct sock *sk)
{
	if (!sk || !sk_fullsock(sk) || !sk_is_inet(sk))
		return;
	/* a connected raw socket of that protocol is none: tcp_abort() would write behind its end */
	if (sk_is_tcp(sk)) {
		if (sk->sk_state != TCP_LISTEN && sk->sk_state != TCP_CLOSE)
			fail_tcp(sk);
	} else if (sk->sk_state == TCP_ESTABLISHED) {
		WRITE_ONCE(sk->sk_err, EPERM);
		sk_error_report(sk);
	}
}

/* --- TCP connections. */

/* Is @sk a connection that must not go on? RCU held. */
static bool must_cut(struct sock *sk, const struct kb_path_law *law)
{
	struct kb_path_verdict verdict;
	struct kb_query query;

	if (!kb_query_of_sock(&query, sk, law->generation))
		return false;
	kb_path_decide(law->policy, &query.query, &verdict);
	return verdict.action == KB_ACTION_REFUSE && kb_path_enforced(law);
}

/* Connections of one hash bucket that must go, at most KB_FLOW_BATCH, with references. */
static unsigned int pick(struct net *net, struct inet_hashinfo *hash, unsigned int slot,
			 struct sock **ret_batch)
{
	struct inet_ehash_bucket *bucket = &hash->ehash[slot];
	spinlock_t *lock = inet_ehash_lockp(hash, slot);
	struct hlist_nulls_node *node;
	struct kb_path_law law;
	unsigned int n = 0;
	struct sock *sk;
	bool judged;

	if (hlist_nulls_empty(&bucket->chain))
		return 0;
	rcu_read_lock();
	judged = kb_path_law(&law);
	spin_lock_bh(lock);
	sk_nulls_for_each(sk, node, &bucket->chain) {
		if (!judged || n == KB_FLOW_BATCH)
			break;
		/* what nobody holds any more says nothing but farewell, which is judged as it goes */
		if (!net_eq(sock_net(sk), net) || !sk_fullsock(sk) || sock_flag(sk, SOCK_DEAD) ||
		    !must_cut(sk, &law) ||
		    !refcount_inc_not_zero(&sk->sk_refcnt))
			continue;
		ret_batch[n++] = sk;
	}
	spin_unlock_bh(lock);
	rcu_read_unlock();
	return n;
}

/* Consumes the references. How many are gone from the chain; who is busy is tried again soon. */
static unsigned int cut_batch(struct sock **batch, unsigned int n)
{
	unsigned int i, gone = 0;

	for (i = 0; i < n; i++) {
		if (cut(batch[i])) {
			gone++;
			sock_put(batch[i]);
		} else {
			add_failed(&(struct kb_failed){ .sk = batch[i],
							.hash = READ_ONCE(batch[i]->sk_hash),
							.judged_anew = true },
				   KB_FLOW_AGAIN);
		}
	}
	return gone;
}

static void rejudge_tcp(struct net *net)
{
	struct inet_hashinfo *hash = net->ipv4.tcp_death_row.hashinfo;
	struct sock *batch[KB_FLOW_BATCH];
	unsigned int slot, n;

	for (slot = 0; slot <= hash->ehash_mask; slot++) {
		do {
			n = pick(net, hash, slot, batch);
			/* A full batch may have left some in the chain. */
		} while (cut_batch(batch, n) && n == KB_FLOW_BATCH);
		cond_resched();
	}
}

/* --- Entries of connection tracking: they would let nft's "established" pass what we refuse. */

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
/* Which link the entry's packets take is not known: any that lets them keeps it. RCU held. */
static bool tuple_closed(struct net *net, const struct nf_conntrack_tuple *tuple,
			 const struct kb_path_law *law)
{
	struct kb_path_verdict verdict;
	struct net_device *dev;
	struct kb_query query;

	for_each_netdev_rcu(net, dev) {
		if (!kb_query_of_tuple(&query, tuple, dev, law->generation) ||
		    !kb_query_protected(law->policy, &query.packet))
			return false;
		kb_path_decide(law->policy, &query.query, &verdict);
		if (!query.link.loopback &&
		    (verdict.action == KB_ACTION_ALLOW || !kb_path_enforced(law)))
			return false;
	}
	return true;
}

static int entry_closed(struct nf_conn *ct, void *data)
{
	struct kb_path_law law;
	bool closed;

	rcu_read_lock();
	closed = kb_path_law(&law) &&
		 tuple_closed(nf_ct_net(ct), &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple, &law);
	rcu_read_unlock();
	return closed;
}

static void rejudge_conntrack(struct net *net)
{
	struct nf_ct_iter_data data = { .net = net };
	typeof(&nf_ct_iterate_cleanup_net) iterate;

	/* Not our dependency: where it is not loaded, there are no entries. */
	iterate = symbol_get(nf_ct_iterate_cleanup_net);
	if (!iterate)
		return;
	iterate(entry_closed, &data);
	symbol_put(nf_ct_iterate_cleanup_net);
}
#else
static void rejudge_conntrack(struct net *net)
{
}
#endif

static void rejudge_work(struct work_struct *work)
{
	struct net *net, *held = NULL;

	/*
	 * Each is held by a reference and not by the lock: any user can keep a
	 * socket's lock (memory that never comes), and must not keep this one by it.
	 * One that goes has no sockets of users any more.
	 */
	down_read(&net_rwsem);
	for_each_net(net) {
		if (!maybe_get_net(net))
			continue;
		up_read(&net_rwsem);
		if (held)
			put_net(held);
		held = net;
		rejudge_tcp(net);
		rejudge_conntrack(net);
		down_read(&net_rwsem);
	}
	up_read(&net_rwsem);
	if (held)
		put_net(held);
}

void kb_flow_rejudge(void)
{
	if (!READ_ONCE(flows.leaving))
		schedule_work(&flows.rejudge);
}

u64 kb_flow_cuts(void)
{
	return atomic64_read(&flows.cuts);
}

void kb_flow_init(void)
{
	INIT_DELAYED_WORK(&flows.fail, fail_work);
	INIT_WORK(&flows.rejudge, rejudge_work);
}

/* The hooks are gone: nothing new comes. */
void kb_flow_exit(void)
{
	struct kb_failed failed;

	/* each of the two may queue the other, the first only until here */
	WRITE_ONCE(flows.leaving, true);
	cancel_delayed_work_sync(&flows.fail);
	cancel_work_sync(&flows.rejudge);
	cancel_delayed_work_sync(&flows.fail);
	while (take_failed(&failed))
		sock_put(failed.sk);
}
