// SPDX-License-Identifier: GPL-2.0-only
/* Isolation: the terminal talks to nobody but its collector, until a signature releases it (N6). */
#include "isolate.h"

#include <kidoban/policy.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <net/netlink.h>
#include <uapi/kidoban/netlink.h>

#include "event.h"
#include "lease.h"
#include "trust.h"

static struct {
	struct mutex lock;		/* guards on and name; before the lease's and the log's */
	bool on;
	u8 name[KB_ISOLATION_LEN];
} isolation = {
	.lock = __MUTEX_INITIALIZER(isolation.lock),
};

/* No rule, no network: everything is refused. Prepared by the first isolation. */
static struct kb_policy nothing = {
	.paths = {
		.mode = KB_GATE_ENFORCE,
		.dhcp = KB_ACTION_ALLOW,
	},
};

const struct kb_policy *kb_isolate_policy(void)
{
	return &nothing;
}

static void report(bool on)
{
	struct sk_buff *skb = kb_event_begin(KB_EVENT_ISOLATE);

	if (skb)
		kb_event_end(skb, nla_put_u8(skb, KB_A_ISOLATED, on) ||
				  nla_put(skb, KB_A_ISOLATION, sizeof(isolation.name),
					  isolation.name));
}

static int begin(const u8 name[KB_ISOLATION_LEN])
{
	int err = 0;

	if (isolation.on)
		return -EALREADY;
	if (!nothing.paths.classes)
		err = kb_path_prepare(&nothing.paths, NULL, 0);
	if (err)
		return err;
	memcpy(isolation.name, name, sizeof(isolation.name));
	isolation.on = true;
	kb_lease_isolate(true);
	report(true);
	return 0;
}

int kb_isolate_begin(const u8 name[KB_ISOLATION_LEN])
{
	int err;

	mutex_lock(&isolation.lock);
	err = begin(name);
	mutex_unlock(&isolation.lock);
	return err;
}

static int check_order(const struct kb_order *order, size_t len, const char **ret_why)
{
	if (!isolation.on) {
		*ret_why = "the terminal is not isolated";
		return -ENOENT;
	}
	if (len != sizeof(*order) || memcmp(order->magic, KB_ORDER_MAGIC, sizeof(order->magic)) ||
	    order->action != cpu_to_le32(KB_ORDER_RELEASE) || order->reserved) {
		*ret_why = "this is no order of release";
		return -EBADMSG;
	}
	if (memcmp(order->isolation, isolation.name, sizeof(isolation.name))) {
		*ret_why = "the order releases another isolation; quote the one that status shows";
		return -ESTALE;
	}
	return 0;
}

int kb_isolate_release(const void *order, size_t len, const void *signature, size_t signature_len,
		       const char **ret_why)
{
	int err;

	if (!kb_trust_terminal()) {
		*ret_why = "trust is not sealed yet; start kidoband";
		return -ENOKEY;
	}
	mutex_lock(&isolation.lock);
	err = kb_trust_verify(KB_RING_AUTHOR, order, len, signature, signature_len, ret_why);
	if (!err)
		err = check_order(order, len, ret_why);
	if (!err) {
		isolation.on = false;
		kb_lease_isolate(false);
		report(false);
	}
	mutex_unlock(&isolation.lock);
	return err;
}

bool kb_isolate_status(u8 ret_name[KB_ISOLATION_LEN])
{
	bool on;

	mutex_lock(&isolation.lock);
	on = isolation.on;
	if (on)
		memcpy(ret_name, isolation.name, sizeof(isolation.name));
	mutex_unlock(&isolation.lock);
	return on;
}

/* The hooks are gone. */
void kb_isolate_exit(void)
{
	kb_path_release(&nothing.paths);
}
