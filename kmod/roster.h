/* SPDX-License-Identifier: GPL-2.0-only */
/* The roster: every USB interface present, with the verdict it got. */
#ifndef KB_ROSTER_H
#define KB_ROSTER_H

#include <kidoban/usb.h>
#include <linux/list.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/usb.h>

#include "policy.h"

/* How an interface is held. */
enum kb_hold {
	KB_HOLD_NONE,
	KB_HOLD_BOLT,			/* not registered yet, or kept from one driver */
	KB_HOLD_CLOSED,			/* refused: latch closed */
};

struct kb_entry {
	struct list_head node;		/* in the roster, under its lock */
	u64 id;				/* 1, 2, 3 ... in order of appearance; a dump resumes by it */
	struct usb_interface *intf;	/* owned reference */
	u8 configuration;		/* bConfigurationValue */
	u32 classes;
	struct kb_usb_verdict verdict;
	struct kb_active *judge;	/* owned reference to the policy that decided, or NULL */
	enum kb_hold hold;		/* changed by judge.c only */
	bool was_authorized;		/* value to put back; valid while held */
};

/* What the roster has counted since the module was loaded. */
struct kb_roster_counts {
	u64 allowed, refused, audited, overrides;
	u32 present;
	size_t memory;
};

/*
 * Between these no allocation starts I/O: a disk may be reset, and its
 * driver bound anew, in order to free memory that a holder is waiting for.
 */
void kb_roster_lock(void);
void kb_roster_unlock(void);

/* All of these need the roster's lock. */
struct kb_entry *kb_roster_find(const struct usb_interface *intf);
struct kb_entry *kb_roster_add(struct usb_interface *intf, u8 configuration);
/* Drops one entry; reports KB_EVENT_GONE when it was refused. */
void kb_roster_drop(struct kb_entry *entry);
/* Drops what belongs to @udev except the interfaces of @keep (NULL: everything). */
void kb_roster_drop_device(const struct usb_device *udev, const struct usb_host_config *keep);
/* Any entry, NULL when the roster is empty. */
struct kb_entry *kb_roster_first(void);

/*
 * Notes a verdict; counts, traces and reports it when it differs from the one
 * before or when @fresh. Takes its own reference to @judge.
 */
void kb_roster_judge(struct kb_entry *entry, struct kb_active *judge, u32 classes,
		     const struct kb_usb_verdict *verdict, bool fresh);
/* Counts and reports that @by reached for a refused interface. */
void kb_roster_override(struct kb_entry *entry, const char *by,
			const struct kb_usb_verdict *verdict);

/* Reports that @driver reached for a whole device of which something is refused. */
void kb_roster_override_device(struct usb_device *udev, const char *driver);

/* Refused in enforce mode by the policy that judged last. */
bool kb_entry_refused(const struct kb_entry *entry);
/* What trace.h prints: "1-2:1.0", the mode and the rule's line (0 = no rule) of the verdict. */
const char *kb_entry_name(const struct kb_entry *entry);
enum kb_gate_mode kb_entry_mode(const struct kb_entry *entry);
u32 kb_entry_line(const struct kb_entry *entry);

/* Writes (D) attributes of one entry; -EMSGSIZE when @skb is full. @driver may be NULL. */
int kb_roster_put(struct sk_buff *skb, const struct kb_entry *entry,
		  const struct kb_usb_verdict *verdict, const char *driver);

/* These take the lock themselves. */
/* Calls @put for every entry with an id above *@last, in order; stops at its first error. */
int kb_roster_each(u64 *last, int (*put)(const struct kb_entry *entry, void *data), void *data);
void kb_roster_count(struct kb_roster_counts *ret);

#endif
