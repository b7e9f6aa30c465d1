// SPDX-License-Identifier: GPL-2.0-only
/* The event log: numbered, kept for late readers, multicast to present ones. */
#include "event.h"

#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "policy.h"

/* Largest event: names, port, serial, label and sentence, with room for headers. */
#define KB_EVENT_SIZE	2048
/* More are not kept waiting, see kb_event_hold(). */
#define KB_EVENTS_HELD_MAX	64

struct kb_record {
	u64 seq;
	bool seen;			/* multicast to somebody or dumped */
	u32 len;
	u8 attrs[];			/* netlink attributes as they go out */
};

static struct {
	struct mutex lock;		/* innermost of ours; guards everything here */
	u64 seq;			/* of the newest event; record i lives in ring[seq % max] */
	u64 lost;
	size_t memory;
	bool multicast;
	bool hold;
	unsigned int n_held;
	struct sk_buff *held[KB_EVENTS_HELD_MAX];	/* owned, oldest first; none unless hold */
	u64 held_seq[KB_EVENTS_HELD_MAX];
	unsigned int noio;		/* of the holder, see lock_events() */
	void *header;			/* genetlink header of the event under way */
	struct kb_record *ring[KB_EVENTS_MAX];
} events = {
	.lock = __MUTEX_INITIALIZER(events.lock),
};

/* See kb_roster_lock(): events are reported where storage may depend on us. */
static void lock_events(void)
{
	mutex_lock(&events.lock);
	events.noio = memalloc_noio_save();
}

static void unlock_events(void)
{
	unsigned int noio = events.noio;

	mutex_unlock(&events.lock);
	memalloc_noio_restore(noio);
}

static struct sk_buff *begin_locked(enum kb_event_type type)
{
	struct sk_buff *skb = genlmsg_new(KB_EVENT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	events.header = genlmsg_put(skb, 0, 0, &kb_genl_family, 0, KB_CMD_EVENT);
	if (!events.header ||
	    nla_put_u64_64bit(skb, KB_A_SEQ, events.seq + 1, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_BOOTTIME, ktime_get_boottime_ns(), KB_A_PAD) ||
	    nla_put_u8(skb, KB_A_EVENT, type)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

/* Uses up a number. Its place held the record KB_EVENTS_MAX before, lost if nobody saw it. */
static struct kb_record **next_slot(void)
{
	struct kb_record **slot = &events.ring[++events.seq % KB_EVENTS_MAX];

	if (*slot) {
		if (!(*slot)->seen)
			events.lost++;
		events.memory -= struct_size(*slot, attrs, (*slot)->len);
		kfree(*slot);
		*slot = NULL;
	}
	return slot;
}

struct sk_buff *kb_event_begin(enum kb_event_type type)
{
	struct sk_buff *skb;

	lock_events();
	skb = begin_locked(type);
	if (!skb) {
		next_slot();
		events.lost++;
		unlock_events();
	}
	return skb;
}

static struct kb_record *keep(struct kb_record **slot, const struct sk_buff *skb)
{
	u32 len = skb_tail_pointer(skb) - (u8 *)events.header;
	struct kb_record *record;

	record = kmalloc(struct_size(record, attrs, len), GFP_KERNEL);
	if (!record) {
		events.lost++;
		return NULL;
	}
	record->seq = events.seq;
	record->seen = false;
	record->len = len;
	memcpy(record->attrs, events.header, len);
	events.memory += struct_size(record, attrs, len);
	*slot = record;
	return record;
}

/* Consumes @skb. */
static void send(struct sk_buff *skb, struct kb_record *record)
{
	if (!events.multicast)
		nlmsg_free(skb);
	else if (!genlmsg_multicast(&kb_genl_family, skb, 0, 0, GFP_KERNEL) && record)
		record->seen = true;
}

static void send_held(void)
{
	unsigned int i;

	for (i = 0; i < events.n_held; i++) {
		struct kb_record *record = events.ring[events.held_seq[i] % KB_EVENTS_MAX];

		if (record && record->seq != events.held_seq[i])
			record = NULL;
		send(events.held[i], record);
	}
	events.n_held = 0;
}

void kb_event_hold(void)
{
	lock_events();
	events.hold = true;
	unlock_events();
}

void kb_event_release(void)
{
	lock_events();
	events.hold = false;
	send_held();
	unlock_events();
}

void kb_event_end(struct sk_buff *skb, int err)
{
	/* The number is used up either way: a reader sees that one is missing. */
	struct kb_record **slot = next_slot();
	struct kb_record *record;

	if (err) {
		events.lost++;
		nlmsg_free(skb);
		goto unlock;
	}
	record = keep(slot, skb);
	genlmsg_end(skb, events.header);
	if (events.n_held == KB_EVENTS_HELD_MAX) {
		events.hold = false;
		send_held();
	}
	if (events.hold) {
		events.held_seq[events.n_held] = events.seq;
		events.held[events.n_held++] = skb;
	} else {
		send(skb, record);
	}
unlock:
	unlock_events();
}

void kb_event_trust(enum kb_ring ring)
{
	struct sk_buff *skb = kb_event_begin(KB_EVENT_TRUST);

	if (skb)
		kb_event_end(skb, nla_put_u8(skb, KB_A_RING, ring));
}

void kb_event_sealed(void)
{
	struct sk_buff *skb = kb_event_begin(KB_EVENT_SEALED);

	if (skb)
		kb_event_end(skb, 0);
}

void kb_event_policy(const struct kb_active *active)
{
	const struct kb_policy *policy = active->policy;
	struct sk_buff *skb = kb_event_begin(KB_EVENT_POLICY);

	if (!skb)
		return;
	kb_event_end(skb, nla_put_string(skb, KB_A_MUNICIPALITY, policy->header.municipality) ||
			  nla_put_string(skb, KB_A_GROUP, policy->header.group) ||
			  nla_put_u32(skb, KB_A_EPOCH, policy->header.epoch) ||
			  nla_put_u32(skb, KB_A_SERIAL_NO, policy->header.serial) ||
			  nla_put_u8(skb, KB_A_BUILTIN, active->builtin) ||
			  nla_put_u8(skb, KB_A_MODE_MEDIA, policy->media_mode) ||
			  nla_put_u8(skb, KB_A_MODE_LINK, policy->link.mode) ||
			  nla_put_u8(skb, KB_A_MODE_PATH, policy->paths.mode) ||
			  nla_put_u32(skb, KB_A_RULES, policy->n_rules) ||
			  nla_put_u8(skb, KB_A_LOCK, policy->header.lock) ||
			  nla_put(skb, KB_A_BLOB_SHA256, sizeof(active->sha256),
				  active->sha256));
}

void kb_event_policy_refused(int err, const char *text)
{
	struct sk_buff *skb = kb_event_begin(KB_EVENT_POLICY_REFUSED);

	if (!skb)
		return;
	kb_event_end(skb, nla_put_u32(skb, KB_A_ERRNO, -err) ||
			  nla_put_string(skb, KB_A_TEXT, text));
}

static int dump_record(struct sk_buff *skb, u32 portid, u32 nlseq, struct kb_record *record)
{
	void *header = genlmsg_put(skb, portid, nlseq, &kb_genl_family, NLM_F_MULTI, KB_CMD_EVENT);

	if (!header || skb_tailroom(skb) < record->len) {
		if (header)
			genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	skb_put_data(skb, record->attrs, record->len);
	genlmsg_end(skb, header);
	record->seen = true;
	return 0;
}

int kb_event_dump(struct sk_buff *skb, u32 portid, u32 nlseq, u64 *seq)
{
	int err = 0;

	lock_events();
	if (events.seq >= KB_EVENTS_MAX && *seq <= events.seq - KB_EVENTS_MAX)
		*seq = events.seq - KB_EVENTS_MAX + 1;
	for (; !err && *seq <= events.seq; ++*seq) {
		struct kb_record *record = events.ring[*seq % KB_EVENTS_MAX];

		if (record && record->seq == *seq)
			err = dump_record(skb, portid, nlseq, record);
		if (err)
			break;
	}
	unlock_events();
	return err;
}

void kb_event_status(u64 *ret_seq, u64 *ret_lost, size_t *ret_memory)
{
	lock_events();
	*ret_seq = events.seq;
	*ret_lost = events.lost;
	*ret_memory = events.memory;
	unlock_events();
}

static void set_multicast(bool on)
{
	lock_events();
	events.multicast = on;
	unlock_events();
}

void kb_event_unmute(void)
{
	set_multicast(true);
}

void kb_event_mute(void)
{
	set_multicast(false);
}

void kb_event_exit(void)
{
	unsigned int i;

	kb_event_release();
	for (i = 0; i < KB_EVENTS_MAX; i++) {
		kfree(events.ring[i]);
		events.ring[i] = NULL;
	}
}
