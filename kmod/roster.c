// SPDX-License-Identifier: GPL-2.0-only
/* The roster: every USB interface present, with the verdict it got. */
#include "roster.h"

#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <net/netlink.h>
#include <uapi/kidoban/netlink.h>

#include "event.h"
#include "subject.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static struct {
	struct mutex lock;		/* after a device's lock, before the event log's */
	struct list_head entries;	/* kb_entry.node, ascending ids */
	u64 last_id;
	unsigned int noio;		/* of the holder */
	struct kb_roster_counts counts;
} roster = {
	.lock = __MUTEX_INITIALIZER(roster.lock),
	.entries = LIST_HEAD_INIT(roster.entries),
};

void kb_roster_lock(void)
{
	mutex_lock(&roster.lock);
	roster.noio = memalloc_noio_save();
}

void kb_roster_unlock(void)
{
	unsigned int noio = roster.noio;

	mutex_unlock(&roster.lock);
	memalloc_noio_restore(noio);
}

struct kb_entry *kb_roster_find(const struct usb_interface *intf)
{
	struct kb_entry *entry;

	lockdep_assert_held(&roster.lock);
	list_for_each_entry(entry, &roster.entries, node)
		if (entry->intf == intf)
			return entry;
	return NULL;
}

struct kb_entry *kb_roster_first(void)
{
	lockdep_assert_held(&roster.lock);
	return list_first_entry_or_null(&roster.entries, struct kb_entry, node);
}

struct kb_entry *kb_roster_add(struct usb_interface *intf, u8 configuration)
{
	struct kb_entry *entry;

	lockdep_assert_held(&roster.lock);
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return NULL;
	entry->id = ++roster.last_id;
	entry->intf = usb_get_intf(intf);
	entry->configuration = configuration;
	list_add_tail(&entry->node, &roster.entries);
	roster.counts.present++;
	return entry;
}

static enum kb_gate_mode mode_of(const struct kb_active *judge)
{
	return judge ? judge->policy->media_mode : KB_GATE_OFF;
}

const char *kb_entry_name(const struct kb_entry *entry)
{
	return dev_name(&entry->intf->dev);
}

enum kb_gate_mode kb_entry_mode(const struct kb_entry *entry)
{
	return mode_of(entry->judge);
}

u32 kb_entry_line(const struct kb_entry *entry)
{
	if (!entry->judge || entry->verdict.reason != KB_REASON_RULE)
		return 0;
	return entry->judge->policy->rules[entry->verdict.rule].line;
}

bool kb_entry_refused(const struct kb_entry *entry)
{
	return entry->verdict.action == KB_ACTION_REFUSE && mode_of(entry->judge) == KB_GATE_ENFORCE;
}

static void report(struct kb_entry *entry, enum kb_event_type type,
		   const struct kb_usb_verdict *verdict, const char *driver)
{
	struct sk_buff *skb = kb_event_begin(type);

	if (skb)
		kb_event_end(skb, kb_roster_put(skb, entry, verdict, driver));
}

void kb_roster_drop(struct kb_entry *entry)
{
	lockdep_assert_held(&roster.lock);
	if (kb_entry_refused(entry))
		report(entry, KB_EVENT_GONE, &entry->verdict, NULL);
	list_del(&entry->node);
	roster.counts.present--;
	kb_policy_put(entry->judge);
	usb_put_intf(entry->intf);
	kfree(entry);
}

static bool belongs(const struct usb_interface *intf, const struct usb_host_config *config)
{
	unsigned int i;

	for (i = 0; config && i < config->desc.bNumInterfaces; i++)
		if (config->interface[i] == intf)
			return true;
	return false;
}

void kb_roster_drop_device(const struct usb_device *udev, const struct usb_host_config *keep)
{
	struct kb_entry *entry, *next;

	lockdep_assert_held(&roster.lock);
	list_for_each_entry_safe(entry, next, &roster.entries, node)
		if (interface_to_usbdev(entry->intf) == udev && !belongs(entry->intf, keep))
			kb_roster_drop(entry);
}

static void count(const struct kb_usb_verdict *verdict, enum kb_gate_mode mode)
{
	if (verdict->action == KB_ACTION_ALLOW)
		roster.counts.allowed++;
	else if (mode == KB_GATE_ENFORCE)
		roster.counts.refused++;
	else
		roster.counts.audited++;
}

void kb_roster_judge(struct kb_entry *entry, struct kb_active *judge, u32 classes,
		     const struct kb_usb_verdict *verdict, bool fresh)
{
	enum kb_gate_mode mode = mode_of(judge);
	bool changed = fresh || entry->verdict.action != verdict->action ||
		       mode_of(entry->judge) != mode;

	lockdep_assert_held(&roster.lock);
	kb_policy_put(entry->judge);
	entry->judge = kb_policy_hold(judge);
	entry->classes = classes;
	entry->verdict = *verdict;
	if (!changed || mode == KB_GATE_OFF)
		return;
	count(verdict, mode);
	trace_verdict(entry);
	report(entry, KB_EVENT_VERDICT, verdict, NULL);
}

void kb_roster_override(struct kb_entry *entry, const char *by,
			const struct kb_usb_verdict *verdict)
{
	lockdep_assert_held(&roster.lock);
	roster.counts.overrides++;
	report(entry, KB_EVENT_OVERRIDE, verdict, by);
}

/* Rule, line, label and the sentence for staff. */
static int put_rule(struct sk_buff *skb, const struct kb_policy *policy,
		    const struct kb_usb_verdict *verdict)
{
	const struct kb_usb_rule *rule;

	if (verdict->reason != KB_REASON_RULE) {
		if (verdict->action == KB_ACTION_REFUSE && policy->media_tell)
			return nla_put_string(skb, KB_A_TELL, policy->media_tell);
		return 0;
	}
	rule = &policy->rules[verdict->rule];
	if (nla_put_u32(skb, KB_A_RULE, verdict->rule) ||
	    nla_put_u32(skb, KB_A_LINE, rule->line) ||
	    (rule->label && nla_put_string(skb, KB_A_LABEL, rule->label)) ||
	    (rule->tell && nla_put_string(skb, KB_A_TELL, rule->tell)))
		return -EMSGSIZE;
	return 0;
}

static int put_usb_device(struct sk_buff *skb, struct usb_device *udev)
{
	char port[KB_USB_PORT_MAX + 1];

	kb_subject_port(udev, port, sizeof(port));
	if (nla_put_string(skb, KB_A_DEVICE, dev_name(&udev->dev)) ||
	    nla_put_string(skb, KB_A_PORT, port) ||
	    nla_put_u16(skb, KB_A_VENDOR, le16_to_cpu(udev->descriptor.idVendor)) ||
	    nla_put_u16(skb, KB_A_PRODUCT, le16_to_cpu(udev->descriptor.idProduct)) ||
	    (udev->serial && *udev->serial &&
	     nla_put_string(skb, KB_A_USB_SERIAL, udev->serial)))
		return -EMSGSIZE;
	return 0;
}

void kb_roster_override_device(struct usb_device *udev, const char *driver)
{
	struct sk_buff *skb;

	kb_roster_lock();
	roster.counts.overrides++;
	skb = kb_event_begin(KB_EVENT_OVERRIDE);
	if (skb)
		kb_event_end(skb, put_usb_device(skb, udev) ||
				  nla_put_u8(skb, KB_A_ACTION, KB_ACTION_REFUSE) ||
				  nla_put_u8(skb, KB_A_REASON, KB_REASON_DRIVER) ||
				  nla_put_string(skb, KB_A_DRIVER, driver));
	kb_roster_unlock();
}

int kb_roster_put(struct sk_buff *skb, const struct kb_entry *entry,
		  const struct kb_usb_verdict *verdict, const char *driver)
{
	const struct usb_interface_descriptor *desc = &entry->intf->cur_altsetting->desc;
	const u8 triple[3] = { desc->bInterfaceClass, desc->bInterfaceSubClass,
			       desc->bInterfaceProtocol };

	if (put_usb_device(skb, interface_to_usbdev(entry->intf)) ||
	    nla_put_u8(skb, KB_A_INTERFACE, desc->bInterfaceNumber) ||
	    nla_put_u8(skb, KB_A_CONFIGURATION, entry->configuration) ||
	    nla_put(skb, KB_A_TRIPLE, sizeof(triple), triple) ||
	    nla_put_u32(skb, KB_A_CLASSES, entry->classes) ||
	    nla_put_u8(skb, KB_A_ACTION, verdict->action) ||
	    nla_put_u8(skb, KB_A_REASON, verdict->reason) ||
	    nla_put_u8(skb, KB_A_MODE_MEDIA, mode_of(entry->judge)) ||
	    (driver && nla_put_string(skb, KB_A_DRIVER, driver)))
		return -EMSGSIZE;
	return entry->judge ? put_rule(skb, entry->judge->policy, verdict) : 0;
}

int kb_roster_each(u64 *last, int (*put)(const struct kb_entry *entry, void *data), void *data)
{
	struct kb_entry *entry;
	int err = 0;

	kb_roster_lock();
	list_for_each_entry(entry, &roster.entries, node) {
		if (entry->id <= *last)
			continue;
		err = put(entry, data);
		if (err)
			break;
		*last = entry->id;
	}
	kb_roster_unlock();
	return err;
}

void kb_roster_count(struct kb_roster_counts *ret)
{
	kb_roster_lock();
	*ret = roster.counts;
	ret->memory = (size_t)ret->present * sizeof(struct kb_entry);
	kb_roster_unlock();
}
