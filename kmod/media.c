// SPDX-License-Identifier: GPL-2.0-only
/* The media gate: no driver touches a USB interface before its verdict (M1, M2, M6, M7). */
#include "media.h"

#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>

#include "latch.h"
#include "roster.h"
#include "subject.h"

/*
 * Locks, outermost first: the USB device's lock, the roster's, the event
 * log's. A notifier for an interface being added or removed runs under the
 * device's lock; a notifier for a binding under the interface's as well.
 */

static struct workqueue_struct *media_wq;
static kb_compat_bus_ptr media_bus;

/* Takes a driver off a device or an interface, from a context that holds no lock. */
struct kb_release {
	struct work_struct work;
	struct device *dev;		/* owned reference */
};

static void release_work(struct work_struct *work)
{
	struct kb_release *release = container_of(work, struct kb_release, work);

	device_release_driver(release->dev);
	put_device(release->dev);
	kfree(release);
}

/* Without memory the driver stays, behind a bolt that lets no transfer through. */
static void release_later(struct device *dev)
{
	struct kb_release *release = kmalloc(sizeof(*release), GFP_KERNEL);

	if (!release)
		return;
	INIT_WORK(&release->work, release_work);
	release->dev = get_device(dev);
	queue_work(media_wq, &release->work);
}

/* Type names, not types: the USB core exports neither. */
static bool is_interface(const struct device *dev)
{
	return dev->type && dev->type->name && !strcmp(dev->type->name, "usb_interface");
}

static bool is_device(const struct device *dev)
{
	return dev->type && dev->type->name && !strcmp(dev->type->name, "usb_device");
}

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

static void judge_interface(struct usb_device *udev, struct usb_host_config *config,
			    struct kb_active *active, const struct kb_usb_device *dev,
			    unsigned int index, bool again)
{
	struct usb_interface *intf = config->interface[index];
	struct kb_entry *entry = kb_roster_find(intf);
	struct kb_usb_verdict verdict;
	bool fresh = !entry;

	if (entry && !again)
		return;
	if (!entry)
		entry = kb_roster_add(intf, config->desc.bConfigurationValue);
	if (!entry) {
		if (gate_mode(active) == KB_GATE_ENFORCE)
			kb_latch_bolt(intf);
		return;
	}
	decide(active, dev, index, NULL, &verdict);
	kb_roster_judge(entry, active, dev->interfaces[index].classes, &verdict, fresh);
	/*
	 * A sibling that is not registered yet could be claimed by the driver
	 * of one that is: bolt it now, latch it when its turn comes.
	 */
	if (kb_entry_refused(entry) && !entry->closed && !device_is_registered(&intf->dev)) {
		entry->was_authorized = intf->authorized;
		kb_latch_bolt(intf);
	}
}

/* Judges all interfaces of a configuration; those with a verdict only when @again. */
static void judge_config(struct usb_device *udev, struct usb_host_config *config, bool again)
{
	struct kb_active *active = kb_policy_get();
	struct kb_subject *subject = kb_subject_new(udev, config);
	unsigned int i;

	kb_roster_lock();
	kb_roster_drop_device(udev, config);
	for (i = 0; i < config->desc.bNumInterfaces; i++) {
		if (subject)
			judge_interface(udev, config, active, &subject->dev, i, again);
		else if (gate_mode(active) == KB_GATE_ENFORCE)
			kb_latch_bolt(config->interface[i]);	/* no memory: closed */
	}
	kb_roster_unlock();
	kfree(subject);
	kb_policy_put(active);
}

enum kb_step { KB_STEP_NONE, KB_STEP_RELEASE, KB_STEP_ATTACH };

/* Makes the latch agree with the verdict. Device lock held, interface registered. */
static enum kb_step apply(struct usb_interface *intf)
{
	struct kb_entry *entry;
	bool refused, closed, was_authorized;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (!entry) {
		kb_roster_unlock();
		return KB_STEP_NONE;
	}
	refused = kb_entry_refused(entry);
	closed = entry->closed;
	if (refused && !closed && intf->authorized)
		entry->was_authorized = true;
	was_authorized = entry->was_authorized;
	entry->closed = refused;
	entry->bolted = false;
	kb_roster_unlock();

	/* Outside the roster's lock: swapping the file waits for a writer who may want it. */
	if (refused == closed)
		return KB_STEP_NONE;
	if (refused && kb_latch_close(intf))
		dev_err(&intf->dev, "kidoban: closed, but its file \"authorized\" is missing\n");
	if (!refused && kb_latch_open(intf, was_authorized))
		dev_err(&intf->dev, "kidoban: opened, but its file \"authorized\" is missing\n");
	return refused ? KB_STEP_RELEASE : KB_STEP_ATTACH;
}

/* One device, judged anew, with no lock held on entry. */
static void reevaluate_device(struct usb_device *udev)
{
	struct usb_interface *release[KB_USB_INTERFACES_MAX];
	struct usb_host_config *config;
	unsigned int i, n = 0;
	u32 attach = 0;

	usb_lock_device(udev);
	config = udev->actconfig;
	if (config && udev->state != USB_STATE_NOTATTACHED) {
		judge_config(udev, config, true);
		for (i = 0; i < config->desc.bNumInterfaces; i++) {
			struct usb_interface *intf = config->interface[i];
			enum kb_step step;

			if (!device_is_registered(&intf->dev))
				continue;
			step = apply(intf);
			if (step == KB_STEP_RELEASE)
				release[n++] = usb_get_intf(intf);
			else if (step == KB_STEP_ATTACH)
				attach |= BIT(i);
		}
		/* All are open before the first driver looks for its siblings. */
		for (i = 0; i < config->desc.bNumInterfaces; i++)
			if (attach & BIT(i) && device_attach(&config->interface[i]->dev) < 0)
				dev_dbg(&config->interface[i]->dev, "kidoban: no driver attached\n");
	}
	usb_unlock_device(udev);

	for (i = 0; i < n; i++) {
		device_release_driver(&release[i]->dev);
		usb_put_intf(release[i]);
	}
}

struct kb_present {
	struct usb_device **devs;
	unsigned int n, size;
};

static int collect(struct usb_device *udev, void *data)
{
	struct kb_present *present = data;

	if (present->n < present->size)
		present->devs[present->n] = usb_get_dev(udev);
	present->n++;
	return 0;
}

/* Walks over references taken beforehand: unbinding a hub removes what hangs on it. */
void kb_media_reevaluate(void)
{
	struct kb_present present = { .size = 64 };
	unsigned int i;

	for (;;) {
		present.n = 0;
		present.devs = kvmalloc_array(present.size, sizeof(*present.devs),
					      GFP_KERNEL | __GFP_NOFAIL);
		usb_for_each_dev(&present, collect);
		if (present.n <= present.size)
			break;
		for (i = 0; i < present.size; i++)
			usb_put_dev(present.devs[i]);
		kvfree(present.devs);
		present.size = present.n + 16;
	}
	for (i = 0; i < present.n; i++) {
		reevaluate_device(present.devs[i]);
		usb_put_dev(present.devs[i]);
	}
	kvfree(present.devs);
}

void kb_media_override(struct usb_interface *intf, const char *by)
{
	struct kb_entry *entry;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (entry)
		kb_roster_override(entry, by, &entry->verdict);
	kb_roster_unlock();
}

static void interface_added(struct usb_interface *intf)
{
	struct usb_device *udev = interface_to_usbdev(intf);

	/* actconfig is set before the interfaces of a configuration are added */
	judge_config(udev, udev->actconfig, false);
	apply(intf);
}

static void interface_removed(struct usb_interface *intf)
{
	struct kb_entry *entry;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (entry)
		kb_roster_drop(entry);
	kb_roster_unlock();
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
 */
static void check_driver(struct kb_entry *entry, const char *driver)
{
	struct kb_usb_verdict verdict;
	bool extra = kb_usb_driver_classes(driver) & ~entry->classes;

	if (gate_mode(entry->judge) == KB_GATE_OFF)
		return;
	if (extra && refused_to(entry->intf, entry->judge, driver, &verdict)) {
		kb_roster_override(entry, driver, &verdict);
		if (entry->judge->policy->media_mode == KB_GATE_ENFORCE) {
			entry->bolted = true;
			kb_latch_bolt(entry->intf);
		}
	} else if (entry->bolted) {
		entry->bolted = false;
		kb_latch_unbolt(entry->intf);
	}
}

/* Just before a driver's probe. A closed interface whose bolt was drawn is bolted again. */
static void interface_binding(struct usb_interface *intf, const char *driver)
{
	struct kb_entry *entry;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (entry && !kb_entry_refused(entry)) {
		check_driver(entry, driver);
	} else if (entry && intf->authorized) {
		kb_latch_bolt(intf);
		kb_roster_override(entry, driver, &entry->verdict);
	}
	kb_roster_unlock();
}

/* A driver that did not ask (usbfs, a sibling's claim) holds what it must not. */
static void interface_bound(struct usb_interface *intf)
{
	struct kb_entry *entry;
	bool release;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	release = entry && (kb_entry_refused(entry) || entry->bolted);
	if (release)
		kb_latch_bolt(intf);
	kb_roster_unlock();
	if (release)
		release_later(&intf->dev);
}

/* A driver that takes whole devices (usbip-host) must be allowed each interface of each configuration. */
static bool device_refused_to(struct usb_device *udev, struct kb_active *active,
			      const char *driver)
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

static void device_bound(struct usb_device *udev, const char *driver)
{
	struct kb_active *active;

	if (!kb_usb_driver_classes(driver))
		return;
	active = kb_policy_get();
	if (gate_mode(active) == KB_GATE_ENFORCE && device_refused_to(udev, active, driver)) {
		dev_notice(&udev->dev, "kidoban: %s may not take this device\n", driver);
		release_later(&udev->dev);
	}
	kb_policy_put(active);
}

static void device_event(struct usb_device *udev, unsigned long event)
{
	if (event == BUS_NOTIFY_BOUND_DRIVER) {
		device_bound(udev, udev->dev.driver->name);
	} else if (event == BUS_NOTIFY_DEL_DEVICE) {
		kb_roster_lock();
		kb_roster_drop_device(udev, NULL);
		kb_roster_unlock();
	}
}

static void interface_event(struct usb_interface *intf, unsigned long event)
{
	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		interface_added(intf);
		break;
	case BUS_NOTIFY_BIND_DRIVER:
		interface_binding(intf, intf->dev.driver->name);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		interface_bound(intf);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
		interface_removed(intf);
		break;
	}
}

static int usb_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;

	if (is_interface(dev))
		interface_event(to_usb_interface(dev), event);
	else if (is_device(dev))
		device_event(to_usb_device(dev), event);
	return NOTIFY_DONE;
}

static struct notifier_block media_nb = { .notifier_call = usb_notify };

static int no_probe(struct usb_interface *intf, const struct usb_device_id *id)
{
	return -ENODEV;
}

static void no_disconnect(struct usb_interface *intf)
{
}

/*
 * usb_bus_type is not exported. A registered driver knows its bus; this one
 * matches nothing and is gone again before anybody sees it.
 */
static int find_bus(void)
{
	static const struct usb_device_id none[] = { {} };
	static struct usb_driver probe = {
		.name = "kidoban",
		.probe = no_probe,
		.disconnect = no_disconnect,
		.id_table = none,
		.no_dynamic_id = 1,
	};
	int err = usb_register(&probe);

	if (err)
		return err;
	media_bus = kb_compat_usb_driver_bus(&probe);
	usb_deregister(&probe);
	return media_bus ? 0 : -ENODEV;
}

int kb_media_init(void)
{
	int err = find_bus();

	if (err)
		return err;
	media_wq = alloc_ordered_workqueue("kidoban", 0);
	if (!media_wq)
		return -ENOMEM;
	/* Only the name of the pointer's type differs between kernels, not what is done with it. */
	err = bus_register_notifier((struct bus_type *)media_bus, &media_nb);
	if (err) {
		destroy_workqueue(media_wq);
		return err;
	}
	kb_media_reevaluate();
	return 0;
}

/* Opens what is closed on one device and forgets it. */
static void restore_device(struct usb_device *udev)
{
	struct usb_host_config *config;
	unsigned int i;
	u32 attach = 0;

	usb_lock_device(udev);
	config = udev->actconfig;
	for (i = 0; config && i < config->desc.bNumInterfaces; i++) {
		struct usb_interface *intf = config->interface[i];
		struct kb_entry *entry;

		kb_roster_lock();
		entry = kb_roster_find(intf);
		kb_roster_unlock();
		if (!entry || !(entry->closed || entry->bolted) ||
		    !device_is_registered(&intf->dev))
			continue;
		if (kb_latch_open(intf, entry->bolted || entry->was_authorized))
			dev_err(&intf->dev, "kidoban: its file \"authorized\" is missing\n");
		attach |= BIT(i);
	}
	for (i = 0; config && i < config->desc.bNumInterfaces; i++)
		if (attach & BIT(i) && device_attach(&config->interface[i]->dev) < 0)
			dev_dbg(&config->interface[i]->dev, "kidoban: no driver attached\n");
	usb_unlock_device(udev);

	kb_roster_lock();
	kb_roster_drop_device(udev, NULL);
	kb_roster_unlock();
}

void kb_media_exit(void)
{
	struct kb_entry *entry;
	struct usb_device *udev;

	bus_unregister_notifier((struct bus_type *)media_bus, &media_nb);
	destroy_workqueue(media_wq);
	for (;;) {
		kb_roster_lock();
		entry = kb_roster_first();
		udev = entry ? usb_get_dev(interface_to_usbdev(entry->intf)) : NULL;
		kb_roster_unlock();
		if (!udev)
			return;
		restore_device(udev);
		usb_put_dev(udev);
	}
}
