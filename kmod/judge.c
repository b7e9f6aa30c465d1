// SPDX-License-Identifier: GPL-2.0-only
/* The judge: puts interfaces to the decision core and holds those it refuses. */
#include "judge.h"

#include "latch.h"
#include "roster.h"
#include "subject.h"

static enum kb_gate_mode gate_mode(const struct kb_active *active)
{
	return active ? active->policy->media_mode : KB_GATE_OFF;
}

/* The core's answer, or "nothing is asked" while the gate is off. */
static void decide(const struct kb_active *active, const struct kb_usb_device *dev,
		   unsigned int index, const char *driver, struct kb_usb_verdict *ret)
{
	const struct kb_policy *policy = gate_mode(active) == KB_GATE_OFF ? NULL : active->policy;

	if (driver)
		kb_usb_decide_bind(policy, dev, index, driver, ret);
	else
		kb_usb_decide(policy, dev, index, ret);
}

/* The roster's lock is held for this and the next. */
static void bolt(struct kb_entry *entry)
{
	if (entry->hold == KB_HOLD_NONE) {
		entry->was_authorized = entry->intf->authorized;
		entry->hold = KB_HOLD_BOLT;
	}
	kb_latch_bolt(entry->intf);
}

static void unbolt(struct kb_entry *entry)
{
	entry->hold = KB_HOLD_NONE;
	kb_latch_unbolt(entry->intf, entry->was_authorized);
}

/* No memory to judge it: refused until it can be, except for the machine's own ports. */
static void refuse_unjudged(struct usb_interface *intf, struct kb_active *active)
{
	static const struct kb_usb_verdict refused = { KB_ACTION_REFUSE, KB_REASON_COMPLEX };
	struct kb_entry *entry = kb_roster_find(intf);

	if (gate_mode(active) != KB_GATE_ENFORCE || !interface_to_usbdev(intf)->parent)
		return;
	if (!entry) {
		kb_latch_bolt(intf);
		return;
	}
	/* the verdict before may be another policy's */
	kb_roster_judge(entry, active, entry->classes, &refused, false);
	bolt(entry);
}

/* The core's answer for @entry, which is @dev's interface @index. */
static void judge_entry(struct kb_entry *entry, struct kb_active *active,
			const struct kb_usb_device *dev, unsigned int index, bool fresh)
{
	struct kb_usb_verdict verdict;

	decide(active, dev, index, NULL, &verdict);
	kb_roster_judge(entry, active, dev->interfaces[index].classes, &verdict, fresh);
	/*
	 * At once, before the latch: an interface that is not registered yet
	 * could be claimed by the driver of a sibling that is.
	 */
	if (kb_entry_refused(entry))
		bolt(entry);
}

static void judge_interface(struct usb_host_config *config, struct kb_active *active,
			    const struct kb_usb_device *dev, unsigned int index, bool again)
{
	struct usb_interface *intf = config->interface[index];
	struct kb_entry *entry = kb_roster_find(intf);
	bool fresh = !entry;

	if (entry && !again)
		return;
	if (!entry)
		entry = kb_roster_add(intf, config->desc.bConfigurationValue);
	if (entry)
		judge_entry(entry, active, dev, index, fresh);
	else
		refuse_unjudged(intf, active);
}

static void judge(struct usb_device *udev, const struct usb_interface *again, bool all)
{
	struct usb_host_config *config = udev->actconfig;
	struct kb_subject *subject;
	struct kb_active *active;
	unsigned int i;

	if (!config)
		return;
	active = kb_policy_get();
	subject = kb_subject_new(udev, config);
	kb_roster_lock();
	kb_roster_drop_device(udev, config);
	for (i = 0; i < config->desc.bNumInterfaces; i++) {
		if (subject)
			judge_interface(config, active, &subject->dev, i,
					all || config->interface[i] == again);
		else if (all || config->interface[i] == again ||
			 !kb_roster_find(config->interface[i]))
			refuse_unjudged(config->interface[i], active);
	}
	kb_roster_unlock();
	kfree(subject);
	kb_policy_put(active);
}

void kb_judge_new(struct usb_device *udev, const struct usb_interface *again)
{
	judge(udev, again, false);
}

void kb_judge_all(struct usb_device *udev)
{
	judge(udev, NULL, true);
}

/* Closes and never opens: that needs the device's lock. */
static void cut_entry(struct kb_entry *entry, struct kb_active *active,
		      const struct kb_subject *subject, unsigned int index)
{
	struct kb_usb_verdict verdict = { .action = KB_ACTION_REFUSE };

	if (subject)
		decide(active, &subject->dev, index, NULL, &verdict);
	if (verdict.action != KB_ACTION_REFUSE)
		return;
	if (subject)
		judge_entry(entry, active, &subject->dev, index, false);
	else
		refuse_unjudged(entry->intf, active);
	if (kb_entry_refused(entry))
		kb_latch_silence(entry->intf);
}

/*
 * Descriptors and serial live as long as the device. The configuration in use
 * may be changing, so its interfaces are only compared with those in the
 * roster, which holds references.
 */
void kb_judge_cut(struct usb_device *udev)
{
	struct usb_host_config *config = READ_ONCE(udev->actconfig);
	struct kb_subject *subject;
	struct kb_active *active;
	struct kb_entry *entry;
	unsigned int i;

	if (!config)
		return;
	active = kb_policy_get();
	if (gate_mode(active) != KB_GATE_ENFORCE)
		goto put;
	subject = kb_subject_new(udev, config);
	kb_roster_lock();
	for (i = 0; i < config->desc.bNumInterfaces; i++) {
		entry = kb_roster_find(READ_ONCE(config->interface[i]));
		if (entry)
			cut_entry(entry, active, subject, i);
	}
	kb_roster_unlock();
	kfree(subject);
put:
	kb_policy_put(active);
}

static void close_latch(struct usb_interface *intf)
{
	if (kb_latch_close(intf))
		dev_err(&intf->dev, "kidoban: closed, but its file \"authorized\" is not ours\n");
}

static void open_latch(struct usb_interface *intf, bool authorized)
{
	if (kb_latch_open(intf, authorized))
		dev_err(&intf->dev, "kidoban: opened, but its file \"authorized\" is missing\n");
}

/* What changes, and the bookkeeping for it; the latch itself waits for no lock of ours. */
static enum kb_hold set_hold(struct kb_entry *entry, bool registered)
{
	enum kb_hold before = entry->hold;

	if (!kb_entry_refused(entry)) {
		if (before == KB_HOLD_BOLT)
			unbolt(entry);
		entry->hold = KB_HOLD_NONE;
	} else if (registered) {
		bolt(entry);
		entry->hold = KB_HOLD_CLOSED;
	}
	return before;
}

enum kb_step kb_judge_hold(struct usb_interface *intf)
{
	bool registered = device_is_registered(&intf->dev), authorized;
	enum kb_hold before, now;
	struct kb_entry *entry;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (!entry) {
		kb_roster_unlock();
		return KB_STEP_NONE;
	}
	before = set_hold(entry, registered);
	now = entry->hold;
	authorized = entry->was_authorized;
	kb_roster_unlock();

	/* Outside the roster's lock: swapping the file waits for a writer who may want it. */
	if (now == KB_HOLD_CLOSED && before != KB_HOLD_CLOSED) {
		close_latch(intf);
		return KB_STEP_RELEASE;
	}
	if (now != KB_HOLD_NONE || before == KB_HOLD_NONE || !registered)
		return KB_STEP_NONE;
	if (before == KB_HOLD_CLOSED)
		open_latch(intf, authorized);
	return KB_STEP_ATTACH;
}

bool kb_judge_free(struct usb_interface *intf)
{
	enum kb_hold before = KB_HOLD_NONE;
	struct kb_entry *entry;
	bool authorized = false;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (entry) {
		before = entry->hold;
		authorized = entry->was_authorized;
		entry->hold = KB_HOLD_NONE;
	}
	kb_roster_unlock();
	if (before == KB_HOLD_CLOSED && device_is_registered(&intf->dev))
		open_latch(intf, authorized);
	else if (before != KB_HOLD_NONE)
		kb_latch_unbolt(intf, authorized);
	return before != KB_HOLD_NONE;
}

/* Would the policy refuse this interface to this driver? Fails closed without memory. */
static bool refused_to(struct usb_interface *intf, struct kb_active *active, const char *driver,
		       struct kb_usb_verdict *ret)
{
	struct usb_device *udev = interface_to_usbdev(intf);
	struct kb_subject *subject;
	unsigned int i;

	ret->action = KB_ACTION_REFUSE;
	ret->reason = KB_REASON_DRIVER;
	if (!udev->actconfig)
		return true;
	subject = kb_subject_new(udev, udev->actconfig);
	for (i = 0; subject && i < subject->dev.n_interfaces; i++)
		if (udev->actconfig->interface[i] == intf)
			decide(active, &subject->dev, i, driver, ret);
	kfree(subject);
	return ret->action == KB_ACTION_REFUSE;
}

/*
 * A driver that stores or networks reaches for an interface allowed as
 * something else (new_id, bind). The bolt holds until a driver that may comes.
 * An interface that somebody else deauthorised needs no bolt and gets none.
 */
static void check_driver(struct kb_entry *entry, const char *driver)
{
	struct kb_usb_verdict verdict;
	bool extra = kb_usb_driver_classes(driver) & ~entry->classes;

	if (gate_mode(entry->judge) == KB_GATE_OFF ||
	    (entry->hold == KB_HOLD_NONE && !entry->intf->authorized))
		return;
	if (extra && refused_to(entry->intf, entry->judge, driver, &verdict)) {
		kb_roster_override(entry, driver, &verdict);
		if (gate_mode(entry->judge) == KB_GATE_ENFORCE)
			bolt(entry);
	} else if (entry->hold == KB_HOLD_BOLT) {
		unbolt(entry);
	}
}

/* An interface that there was no memory to note is refused while the gate enforces. */
static void bolt_unknown(struct usb_interface *intf)
{
	struct kb_active *active = kb_policy_get();

	refuse_unjudged(intf, active);
	kb_policy_put(active);
}

void kb_judge_bind(struct usb_interface *intf, const char *driver)
{
	struct kb_entry *entry;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (!entry) {
		bolt_unknown(intf);
	} else if (!kb_entry_refused(entry)) {
		check_driver(entry, driver);
	} else if (intf->authorized) {
		/* closed, and yet somebody drew the bolt */
		bolt(entry);
		kb_roster_override(entry, driver, &entry->verdict);
	}
	kb_roster_unlock();
}

bool kb_judge_held(struct usb_interface *intf)
{
	struct kb_entry *entry;
	bool held;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	held = entry && (kb_entry_refused(entry) || entry->hold == KB_HOLD_BOLT);
	if (held)
		bolt(entry);
	kb_roster_unlock();
	return held;
}

bool kb_judge_silence(struct usb_interface *intf)
{
	bool held = kb_judge_held(intf);

	if (held)
		kb_latch_silence(intf);
	return held;
}

/* Each interface of each configuration must be allowed to it. */
static bool device_refused(struct usb_device *udev, struct kb_active *active, const char *driver)
{
	struct kb_usb_verdict verdict = { .action = KB_ACTION_ALLOW };
	unsigned int c, i;

	for (c = 0; c < udev->descriptor.bNumConfigurations; c++) {
		struct kb_subject *subject = kb_subject_new(udev, &udev->config[c]);

		if (!subject)
			return true;
		for (i = 0; i < subject->dev.n_interfaces; i++) {
			decide(active, &subject->dev, i, driver, &verdict);
			if (verdict.action == KB_ACTION_REFUSE)
				break;
		}
		kfree(subject);
		if (verdict.action == KB_ACTION_REFUSE)
			return true;
	}
	return false;
}

bool kb_judge_device(struct usb_device *udev, const char *driver)
{
	struct kb_active *active;
	bool refused;

	if (!kb_usb_driver_classes(driver))
		return true;
	active = kb_policy_get();
	refused = gate_mode(active) == KB_GATE_ENFORCE && device_refused(udev, active, driver);
	kb_policy_put(active);
	if (refused) {
		dev_notice(&udev->dev, "kidoban: %s may not take this device\n", driver);
		kb_roster_override_device(udev, driver);
	}
	return !refused;
}
