// SPDX-License-Identifier: GPL-2.0-only
/* The media gate: no driver touches a USB interface before its verdict (M1, M2, M6, M7). */
#include "media.h"

#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "judge.h"
#include "roster.h"

/*
 * Locks, outermost first: the USB device's, the interface's, the roster's, the
 * event log's. A notifier for an interface added or removed runs under the
 * device's lock; one for a binding under the interface's as well.
 */

#define KB_SWEEP_PATIENCE	(10 * HZ)

static kb_compat_bus_ptr media_bus;
static struct workqueue_struct *media_wq;	/* ordered */

static void sweep_work(struct work_struct *work);

/* A sweep judges everything present anew. Asked for by number, done up to a number. */
static struct {
	atomic_t asked, done;
	struct work_struct work;
	wait_queue_head_t wait;
} sweep = {
	.work = __WORK_INITIALIZER(sweep.work, sweep_work),
	.wait = __WAIT_QUEUE_HEAD_INITIALIZER(sweep.wait),
};

/* Type names, not types: the USB core exports neither. */
static bool is_interface(const struct device *dev)
{
	return dev->type && dev->type->name && !strcmp(dev->type->name, "usb_interface");
}

static bool is_device(const struct device *dev)
{
	return dev->type && dev->type->name && !strcmp(dev->type->name, "usb_device");
}

/* A driver that takes a whole device away from its interfaces (usbip-host), or NULL. */
static const char *whole_driver(const struct usb_device *udev)
{
	struct device_driver *driver = udev->dev.driver;

	if (!driver || to_usb_device_driver(driver)->generic_subclass ||
	    !strcmp(driver->name, "usb"))
		return NULL;
	return driver->name;
}

/* Takes a driver off a device or an interface, from a context that holds no lock. */
struct kb_release {
	struct work_struct work;
	struct device *dev;		/* owned reference */
};

/* The driver core does not take the parent's lock here, which USB drivers count on. */
static void release_locked(struct device *dev)
{
	struct device *parent = dev->parent;

	if (parent)
		device_lock(parent);
	device_release_driver(dev);
	if (parent)
		device_unlock(parent);
}

static void release_work(struct work_struct *work)
{
	struct kb_release *release = container_of(work, struct kb_release, work);

	release_locked(release->dev);
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

/* Attaches drivers to the interfaces whose bit is set. Device lock held. */
static void attach(struct usb_host_config *config, u32 which)
{
	unsigned int i;

	for (i = 0; i < config->desc.bNumInterfaces; i++)
		if (which & BIT(i) && device_attach(&config->interface[i]->dev) < 0)
			dev_dbg(&config->interface[i]->dev, "kidoban: no driver attached\n");
}

/* After a change of verdicts: holds, drivers off, drivers on, in this order. */
static void settle(struct usb_host_config *config)
{
	u32 open = 0;
	unsigned int i;

	for (i = 0; i < config->desc.bNumInterfaces; i++) {
		struct usb_interface *intf = config->interface[i];
		enum kb_step step = kb_judge_hold(intf);

		/* Bound before there was a rule against this driver, or a new_id ago. */
		if (step == KB_STEP_NONE && intf->dev.driver) {
			kb_judge_bind(intf, intf->dev.driver->name);
			if (kb_judge_held(intf)) {
				device_release_driver(&intf->dev);
				step = KB_STEP_ATTACH;
			}
		}
		if (step == KB_STEP_RELEASE)
			device_release_driver(&intf->dev);
		else if (step == KB_STEP_ATTACH)
			open |= BIT(i);
	}
	/* All are open before the first driver looks for its siblings. */
	attach(config, open);
}

/* Device lock held. */
static void sweep_locked(struct usb_device *udev)
{
	if (udev->state == USB_STATE_NOTATTACHED)
		return;
	if (whole_driver(udev) && !kb_judge_device(udev, whole_driver(udev)))
		release_later(&udev->dev);
	if (!udev->actconfig)
		return;
	kb_judge_all(udev);
	settle(udev->actconfig);
}

struct kb_present {
	struct usb_device **devs;	/* owned references; an entry turns NULL when swept */
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

/* References taken beforehand: unbinding a hub removes what hangs on it. */
static void collect_all(struct kb_present *present)
{
	unsigned int i;

	present->size = 64;
	for (;;) {
		present->n = 0;
		present->devs = kvmalloc_array(present->size, sizeof(*present->devs),
					       GFP_KERNEL | __GFP_NOFAIL);
		usb_for_each_dev(present, collect);
		if (present->n <= present->size)
			return;
		for (i = 0; i < present->size; i++)
			usb_put_dev(present->devs[i]);
		kvfree(present->devs);
		present->size = present->n + 16;
	}
}

/* First those whose lock is free, so that one busy device does not hold up the others. */
static void sweep_all(void)
{
	struct kb_present present;
	unsigned int i;

	collect_all(&present);
	for (i = 0; i < present.n; i++) {
		struct usb_device *udev = present.devs[i];

		if (!usb_trylock_device(udev))
			continue;
		sweep_locked(udev);
		usb_unlock_device(udev);
		usb_put_dev(udev);
		present.devs[i] = NULL;
	}
	for (i = 0; i < present.n; i++) {
		if (!present.devs[i])
			continue;
		usb_lock_device(present.devs[i]);
		sweep_locked(present.devs[i]);
		usb_unlock_device(present.devs[i]);
		usb_put_dev(present.devs[i]);
	}
	kvfree(present.devs);
}

static void sweep_work(struct work_struct *work)
{
	int asked = atomic_read(&sweep.asked);

	sweep_all();
	atomic_set(&sweep.done, asked);
	wake_up_all(&sweep.wait);
}

void kb_media_reevaluate(void)
{
	int asked = atomic_inc_return(&sweep.asked);

	queue_work(media_wq, &sweep.work);
	wait_event_timeout(sweep.wait, atomic_read(&sweep.done) - asked >= 0, KB_SWEEP_PATIENCE);
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

static void interface_removed(struct usb_interface *intf)
{
	struct kb_entry *entry;

	kb_roster_lock();
	entry = kb_roster_find(intf);
	if (entry)
		kb_roster_drop(entry);
	kb_roster_unlock();
}

static void interface_event(struct usb_interface *intf, unsigned long event)
{
	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		kb_judge_new(interface_to_usbdev(intf), intf);
		kb_judge_hold(intf);
		break;
	case BUS_NOTIFY_BIND_DRIVER:
		kb_judge_bind(intf, intf->dev.driver->name);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		/* A driver that did not ask: usbfs, a sibling's claim. */
		if (kb_judge_silence(intf))
			release_later(&intf->dev);
		break;
	case BUS_NOTIFY_UNBOUND_DRIVER:
		/* Unbinding ends with endpoints enabled. */
		kb_judge_silence(intf);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		/* Not at DEL_DEVICE: until its files are gone, one of them may be ours. */
		interface_removed(intf);
		break;
	}
}

static void device_event(struct usb_device *udev, unsigned long event)
{
	if (event == BUS_NOTIFY_BOUND_DRIVER) {
		if (whole_driver(udev) && !kb_judge_device(udev, whole_driver(udev)))
			release_later(&udev->dev);
	} else if (event == BUS_NOTIFY_REMOVED_DEVICE) {
		kb_roster_lock();
		kb_roster_drop_device(udev, NULL);
		kb_roster_unlock();
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
	u32 open = 0;

	usb_lock_device(udev);
	config = udev->actconfig;
	for (i = 0; config && i < config->desc.bNumInterfaces; i++)
		if (kb_judge_free(config->interface[i]) &&
		    device_is_registered(&config->interface[i]->dev))
			open |= BIT(i);
	if (open)
		attach(config, open);
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
