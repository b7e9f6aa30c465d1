// SPDX-License-Identifier: GPL-2.0-only
/* The generic netlink family: what userland may ask, and who. */
#include "netlink.h"

#include <kidoban/policy.h>
#include <linux/module.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>
#include <uapi/kidoban/netlink.h>

#include "event.h"
#include "isolate.h"
#include "lease.h"
#include "netlink_net.h"
#include "path.h"
#include "policy.h"
#include "roster.h"
#include "trust.h"

/*
 * A sentence for the extended ack must outlive the handler, and the ack is
 * built after it: sentences with numbers in them take turns in these.
 */
static char kb_ack_texts[16][sizeof_field(struct kb_blob_error, text)];
static atomic_t kb_ack_next;

void kb_netlink_ack(struct genl_info *info, const char *text)
{
	unsigned int i = (unsigned int)atomic_inc_return(&kb_ack_next);
	char *slot = kb_ack_texts[i % ARRAY_SIZE(kb_ack_texts)];

	if (!info->extack)
		return;
	strscpy(slot, text, sizeof(kb_ack_texts[0]));
	info->extack->_msg = slot;
}

static const struct nla_policy trust_add_policy[] = {
	[KB_A_RING] = NLA_POLICY_MAX(NLA_U8, KB_RING_MAX - 1),
	[KB_A_CERT] = NLA_POLICY_RANGE(NLA_BINARY, 1, KB_CERT_MAX),
};

static const struct nla_policy trust_seal_policy[] = {
	[KB_A_MUNICIPALITY] = { .type = NLA_NUL_STRING, .len = KB_MUNICIPALITY_MAX },
	[KB_A_GROUP] = { .type = NLA_NUL_STRING, .len = KB_GROUP_MAX },
	[KB_A_EPOCH] = { .type = NLA_U32 },
	[KB_A_SERIAL_NO] = { .type = NLA_U32 },
};

static const struct nla_policy policy_load_policy[] = {
	/* not a range: its bounds are s16 */
	[KB_A_BLOB] = { .type = NLA_BINARY, .len = KB_PART_MAX },
	[KB_A_SIG_AUTHOR] = NLA_POLICY_RANGE(NLA_BINARY, 1, KB_SIGNATURE_MAX),
	[KB_A_SIG_APPROVER] = NLA_POLICY_RANGE(NLA_BINARY, 1, KB_SIGNATURE_MAX),
};

static const struct nla_policy event_dump_policy[] = {
	[KB_A_SEQ] = { .type = NLA_U64 },
};

static int missing(struct genl_info *info, const char *what)
{
	kb_netlink_ack(info, what);
	return -EINVAL;
}

static int trust_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *cert = info->attrs[KB_A_CERT];
	const char *why = "out of memory";
	enum kb_ring ring;
	int err;

	if (!cert || !info->attrs[KB_A_RING])
		return missing(info, "a ring and a certificate are needed");
	ring = nla_get_u8(info->attrs[KB_A_RING]);
	err = kb_trust_add(ring, nla_data(cert), nla_len(cert), &why);
	if (err)
		kb_netlink_ack(info, why);
	else
		kb_event_trust(ring);
	return err;
}

static int trust_seal(struct sk_buff *skb, struct genl_info *info)
{
	struct kb_terminal terminal = {};
	const char *why = "";
	int err;

	if (!info->attrs[KB_A_MUNICIPALITY] || !info->attrs[KB_A_GROUP] ||
	    !info->attrs[KB_A_EPOCH] || !info->attrs[KB_A_SERIAL_NO])
		return missing(info, "municipality, group, epoch and serial are needed");
	nla_strscpy(terminal.municipality, info->attrs[KB_A_MUNICIPALITY],
		    sizeof(terminal.municipality));
	nla_strscpy(terminal.group, info->attrs[KB_A_GROUP], sizeof(terminal.group));
	terminal.floor_epoch = nla_get_u32(info->attrs[KB_A_EPOCH]);
	terminal.floor_serial = nla_get_u32(info->attrs[KB_A_SERIAL_NO]);
	err = kb_trust_seal(&terminal, &why);
	if (err)
		kb_netlink_ack(info, why);
	else
		kb_event_sealed();
	return err;
}

/* Joins the BLOB parts of a message. The parser keeps only the last of equal attributes. */
static int join_parts(struct genl_info *info, void **ret_blob, size_t *ret_len)
{
	const struct nlattr *attr;
	size_t len = 0;
	u8 *blob;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		if (nla_type(attr) == KB_A_BLOB)
			len += nla_len(attr);
	if (!len)
		return missing(info, "a policy blob is needed");
	if (len > KB_BLOB_MAX) {
		kb_netlink_ack(info, "policy blob larger than 1 MiB");
		return -EMSGSIZE;
	}
	blob = kvmalloc(len, GFP_KERNEL);
	if (!blob)
		return -ENOMEM;
	*ret_blob = blob;
	*ret_len = len;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KB_A_BLOB)
			continue;
		memcpy(blob, nla_data(attr), nla_len(attr));
		blob += nla_len(attr);
	}
	return 0;
}

static int policy_load(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *author = info->attrs[KB_A_SIG_AUTHOR];
	struct nlattr *approver = info->attrs[KB_A_SIG_APPROVER];
	struct kb_policy_offer offer = {};
	struct kb_blob_error why = {};
	void *blob;
	int err;

	if (!author)
		return missing(info, "an author signature is needed");
	err = join_parts(info, &blob, &offer.blob_len);
	if (err)
		return err;
	offer.blob = blob;
	offer.author = nla_data(author);
	offer.author_len = nla_len(author);
	if (approver) {
		offer.approver = nla_data(approver);
		offer.approver_len = nla_len(approver);
	}
	err = kb_policy_load(&offer, &why);
	if (err)
		kb_netlink_ack(info, why.text);
	kvfree(blob);
	return err;
}

struct kb_blob_cursor {
	struct kb_active *active;	/* owned for the dump */
	size_t offset;
};
static_assert(sizeof(struct kb_blob_cursor) <= sizeof_field(struct netlink_callback, ctx));

static int policy_get_start(struct netlink_callback *cb)
{
	struct kb_blob_cursor *cursor = (void *)cb->ctx;

	cursor->offset = 0;
	cursor->active = kb_policy_get();
	return 0;
}

/* As much of the blob as one message of the dump takes. */
static int policy_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kb_blob_cursor *cursor = (void *)cb->ctx;
	const struct kb_policy *policy;
	size_t room, left;
	void *header;

	/* Not in start(): some kernels have no extended ack there. */
	if (!cursor->active) {
		NL_SET_ERR_MSG(cb->extack, "no policy is in force");
		return -ENODATA;
	}
	policy = cursor->active->policy;
	left = policy->blob_len - cursor->offset;
	if (!left)
		return 0;
	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &kb_genl_family,
			     NLM_F_MULTI, KB_CMD_POLICY_GET);
	if (!header)
		return -EMSGSIZE;
	if (skb_tailroom(skb) <= (int)nla_total_size(0))
		return -EMSGSIZE;
	room = skb_tailroom(skb) - nla_total_size(0) - NLA_ALIGNTO;
	room = min3(room, left, (size_t)KB_PART_MAX);
	if (nla_put(skb, KB_A_BLOB, room, policy->blob + cursor->offset)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	cursor->offset += room;
	return skb->len;
}

static int policy_get_done(struct netlink_callback *cb)
{
	struct kb_blob_cursor *cursor = (void *)cb->ctx;

	kb_policy_put(cursor->active);
	return 0;
}

static int put_policy(struct sk_buff *skb, const struct kb_active *active)
{
	const struct kb_policy *policy = active->policy;

	if (nla_put_u32(skb, KB_A_EPOCH, policy->header.epoch) ||
	    nla_put_u32(skb, KB_A_SERIAL_NO, policy->header.serial) ||
	    nla_put_u8(skb, KB_A_BUILTIN, active->builtin) ||
	    nla_put_u8(skb, KB_A_MODE_MEDIA, policy->media_mode) ||
	    nla_put_u8(skb, KB_A_MODE_LINK, policy->link.mode) ||
	    nla_put_u8(skb, KB_A_MODE_PATH, policy->paths.mode) ||
	    nla_put_u32(skb, KB_A_RULES, policy->n_rules) ||
	    nla_put_u32(skb, KB_A_LINK_RULES, policy->link.n_rules) ||
	    nla_put_u32(skb, KB_A_PATH_RULES, policy->paths.n_rules) ||
	    nla_put_u32(skb, KB_A_NETWORKS, policy->paths.n_networks) ||
	    nla_put_u32(skb, KB_A_PREFIXES, policy->paths.n_prefixes) ||
	    nla_put_u64_64bit(skb, KB_A_EXPIRES, policy->header.expires, KB_A_PAD) ||
	    nla_put_u8(skb, KB_A_EXPIRED, ktime_get_real_seconds() >= policy->header.expires) ||
	    nla_put_u64_64bit(skb, KB_A_GENERATION, active->generation, KB_A_PAD) ||
	    nla_put(skb, KB_A_BLOB_SHA256, sizeof(active->sha256), active->sha256))
		return -EMSGSIZE;
	return 0;
}

static int put_trust(struct sk_buff *skb)
{
	const struct kb_terminal *terminal = kb_trust_terminal();

	if (nla_put_u8(skb, KB_A_SEALED, terminal != NULL) ||
	    nla_put_u32(skb, KB_A_KEYS_AUTHOR, kb_trust_count(KB_RING_AUTHOR)) ||
	    nla_put_u32(skb, KB_A_KEYS_APPROVER, kb_trust_count(KB_RING_APPROVER)) ||
	    nla_put_u32(skb, KB_A_KEYS_GRANT, kb_trust_count(KB_RING_GRANT)) ||
	    nla_put_string(skb, KB_A_MUNICIPALITY, terminal ? terminal->municipality : "") ||
	    nla_put_string(skb, KB_A_GROUP, terminal ? terminal->group : ""))
		return -EMSGSIZE;
	return 0;
}

static int put_counts(struct sk_buff *skb, const struct kb_active *active)
{
	struct kb_roster_counts counts;
	size_t event_memory;
	u64 seq, lost;

	kb_roster_count(&counts);
	kb_event_status(&seq, &lost, &event_memory);
	event_memory += counts.memory + (active ? active->policy->memory + sizeof(*active) : 0);
	if (nla_put_u64_64bit(skb, KB_A_ALLOWED, counts.allowed, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_REFUSED, counts.refused, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_AUDITED, counts.audited, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_OVERRIDES, counts.overrides, KB_A_PAD) ||
	    nla_put_u32(skb, KB_A_PRESENT, counts.present) ||
	    nla_put_u64_64bit(skb, KB_A_EVENT_SEQ, seq, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_EVENT_LOST, lost, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_MEMORY, event_memory, KB_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static int status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct kb_active *active = kb_policy_get();
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *header = msg ? genlmsg_put_reply(msg, info, &kb_genl_family, 0, KB_CMD_STATUS_GET) :
			     NULL;
	int err = -ENOMEM;

	if (!header)
		goto out;
	if (nla_put_u32(msg, KB_A_MODULE_LEVEL, KB_MODULE_LEVEL) ||
	    nla_put_string(msg, KB_A_MODULE_VERSION, KB_VERSION) ||
	    nla_put_u8(msg, KB_A_LOCK, kb_policy_locked()) ||
	    nla_put_u8(msg, KB_A_POLICY, active != NULL) || put_trust(msg) ||
	    put_counts(msg, active) || (active && put_policy(msg, active)) ||
	    kb_netlink_put_net(msg, active)) {
		err = -EMSGSIZE;
		goto out;
	}
	genlmsg_end(msg, header);
	err = genlmsg_reply(msg, info);
	msg = NULL;
out:
	nlmsg_free(msg);
	kb_policy_put(active);
	return err;
}

struct kb_device_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

/*
 * Name of the bound driver, which can be unloaded unless the interface is
 * locked. Its lock comes before the roster's, which is held: only try.
 */
static const char *driver_name(const struct kb_entry *entry, char *buf, size_t size)
{
	struct device *dev = &entry->intf->dev;
	const char *name = NULL;

	if (!device_trylock(dev))
		return NULL;
	if (dev->driver) {
		strscpy(buf, dev->driver->name, size);
		name = buf;
	}
	device_unlock(dev);
	return name;
}

static int put_entry(const struct kb_entry *entry, void *data)
{
	struct kb_device_dump *dump = data;
	char driver[64];
	void *header;

	header = genlmsg_put(dump->skb, NETLINK_CB(dump->cb->skb).portid,
			     dump->cb->nlh->nlmsg_seq, &kb_genl_family, NLM_F_MULTI,
			     KB_CMD_DEVICE_DUMP);
	if (!header)
		return -EMSGSIZE;
	if (kb_roster_put(dump->skb, entry, &entry->verdict,
			  driver_name(entry, driver, sizeof(driver)))) {
		genlmsg_cancel(dump->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(dump->skb, header);
	return 0;
}

static int device_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kb_device_dump dump = { .skb = skb, .cb = cb };
	u64 *last = (u64 *)cb->ctx;

	kb_roster_each(last, put_entry, &dump);
	return skb->len;
}

static int event_dump_start(struct netlink_callback *cb)
{
	const struct genl_dumpit_info *info = genl_dumpit_info(cb);
	struct nlattr **attrs = kb_compat_dump_attrs(info);
	u64 *seq = (u64 *)cb->ctx;

	*seq = attrs && attrs[KB_A_SEQ] ? nla_get_u64(attrs[KB_A_SEQ]) : 1;
	if (!*seq)
		*seq = 1;
	return 0;
}

static int event_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	kb_event_dump(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, (u64 *)cb->ctx);
	return skb->len;
}

static const struct genl_ops kb_ops[] = {
	{
		.cmd = KB_CMD_TRUST_ADD,
		.flags = GENL_ADMIN_PERM,
		.doit = trust_add,
		.policy = trust_add_policy,
		.maxattr = ARRAY_SIZE(trust_add_policy) - 1,
	},
	{
		.cmd = KB_CMD_TRUST_SEAL,
		.flags = GENL_ADMIN_PERM,
		.doit = trust_seal,
		.policy = trust_seal_policy,
		.maxattr = ARRAY_SIZE(trust_seal_policy) - 1,
	},
	{
		.cmd = KB_CMD_POLICY_LOAD,
		.flags = GENL_ADMIN_PERM,
		.doit = policy_load,
		.policy = policy_load_policy,
		.maxattr = ARRAY_SIZE(policy_load_policy) - 1,
	},
	{
		.cmd = KB_CMD_POLICY_GET,
		.flags = GENL_ADMIN_PERM,
		.start = policy_get_start,
		.dumpit = policy_get_dump,
		.done = policy_get_done,
	},
	{
		.cmd = KB_CMD_STATUS_GET,
		.flags = GENL_ADMIN_PERM,
		.doit = status_get,
	},
	{
		.cmd = KB_CMD_DEVICE_DUMP,
		.flags = GENL_ADMIN_PERM,
		.dumpit = device_dump,
	},
	{
		.cmd = KB_CMD_EVENT_DUMP,
		.flags = GENL_ADMIN_PERM,
		.start = event_dump_start,
		.dumpit = event_dump,
		.policy = event_dump_policy,
		.maxattr = ARRAY_SIZE(event_dump_policy) - 1,
	},
	{
		.cmd = KB_CMD_CONTEXT_SET,
		.flags = GENL_ADMIN_PERM,
		.doit = kb_netlink_context_set,
		.policy = kb_netlink_context_policy,
		.maxattr = KB_A_CONTEXT_LINK,
	},
	{
		.cmd = KB_CMD_LINK_DUMP,
		.flags = GENL_ADMIN_PERM,
		.dumpit = kb_netlink_link_dump,
	},
	{
		.cmd = KB_CMD_PATH_DUMP,
		.flags = GENL_ADMIN_PERM,
		.start = kb_netlink_path_start,
		.dumpit = kb_netlink_path_dump,
		.done = kb_netlink_path_done,
	},
	{
		.cmd = KB_CMD_ISOLATE,
		.flags = GENL_ADMIN_PERM,
		.doit = kb_netlink_isolate,
		.policy = kb_netlink_isolate_policy,
		.maxattr = KB_A_ORDER,
	},
};

static const struct genl_multicast_group kb_groups[] = {
	{ .name = KB_GENL_GROUP_EVENTS, KB_COMPAT_MCAST_CAP },
};

struct genl_family kb_genl_family = {
	.name = KB_GENL_NAME,
	.version = KB_GENL_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,		/* a load waits for drivers: hold up nobody else */
	.ops = kb_ops,
	.n_ops = ARRAY_SIZE(kb_ops),
	KB_COMPAT_RESV_START(KB_CMD_UNSPEC + 1)
	.mcgrps = kb_groups,
	.n_mcgrps = ARRAY_SIZE(kb_groups),
};

int kb_netlink_init(void)
{
	int err = genl_register_family(&kb_genl_family);

	if (!err)
		kb_event_unmute();
	return err;
}

void kb_netlink_exit(void)
{
	kb_event_mute();
	genl_unregister_family(&kb_genl_family);
}
