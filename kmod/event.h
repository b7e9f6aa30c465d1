/* SPDX-License-Identifier: GPL-2.0-only */
/* The event log: numbered, kept for late readers, multicast to present ones. */
#ifndef KB_EVENT_H
#define KB_EVENT_H

#include <linux/skbuff.h>
#include <uapi/kidoban/netlink.h>

struct kb_active;

/*
 * Starts an event: takes the log's lock and writes number, time and type.
 * NULL (lock not held) when there is no memory; the loss is counted. The
 * caller adds its attributes and ends it with kb_event_end(). Sleeps.
 */
struct sk_buff *kb_event_begin(enum kb_event_type type);
/* Keeps and multicasts the event; with @err it is dropped and counted as lost. */
void kb_event_end(struct sk_buff *skb, int err);

/*
 * Between these, events are kept and numbered but not multicast yet: what they tell of is
 * finished before those who hear of it are woken. Only for moments; ends by itself when many
 * are waiting. Releasing twice is fine.
 */
void kb_event_hold(void);
void kb_event_release(void);

/* Whole events. */
void kb_event_trust(enum kb_ring ring);
void kb_event_sealed(void);
void kb_event_policy(const struct kb_active *active);
void kb_event_policy_refused(int err, const char *text);

/* Sends events from *@seq on into a dump; advances it. -EMSGSIZE: call again. */
int kb_event_dump(struct sk_buff *skb, u32 portid, u32 nlseq, u64 *seq);

/* Newest number, events that were overwritten unread or never kept, bytes held. */
void kb_event_status(u64 *ret_seq, u64 *ret_lost, size_t *ret_memory);

/* Multicasting is on between these; the log works without. */
void kb_event_unmute(void);
void kb_event_mute(void);
void kb_event_exit(void);

#endif
