// SPDX-License-Identifier: GPL-2.0-only
/* The media gate: no driver touches a USB interface before its verdict (M1, M2, M6, M7). */
#include "media.h"

#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "event.h"
#include "judge.h"
#include "roster.h"

/*
 * Locks, outermost first: the USB device's, the interface's, the roster's, the
 * event log's. A notifier for an interface added or removed runs under the
 * device's lock; one for a binding under the interface's as well.
 */

#define KB_SWEEP_PATIENCE	(10 * HZ)
#define KB_SWEEP_SOON		(HZ / 20)
#define KB_LOCK_PATIENCE	(2 * HZ)
#define KB_LOCK_RETRY		(HZ / 20)

static kb_compat_bus_ptr media_bus;
/* Not ordered: work on a device whose lock somebody holds must hold up no other. */
static struct workqueue_struct *media_wq;

static void sweep_work(struct work_struct *work);

/*
 * A sweep judges everything present anew. Asked for by number, done up to a
 * number but for devices whose lock was not free, which are visited later.
 */
static struct {
	atomic_t asked, done, late;
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

/*
 * Drivers of interfaces count on the device's lock, which the driver core does
 * not take here. Those of devices need nothing of the hub's, and get nothing:
 * whoever holds that lock would keep them bound, and unlike an interface its
 * device, a device does not keep its hub from being freed.
 */
static void release_locked(struct device *dev)
{
	if (is_interface(dev))
		device_lock(dev->parent);
	device_release_driver(dev);
	if (is_interface(dev))
		device_unlock(dev->parent);
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

/*
 * Bound before there was a rule against this driver, or a new_id ago. The lock
 * because a driver that probes asynchronously comes and goes without the device's.
 */
static bool must_leave(struct usb_interface *intf)
{
	bool held = false;

	device_lock(&intf->dev);
	if (intf->dev.driver) {
		kb_judge_bind(intf, intf->dev.driver->name);
		held = kb_judge_held(intf);
	}
	device_unlock(&intf->dev);
	return held;
}

/* After a change of verdicts: holds, drivers off, drivers on, in this order. */
static void settle(struct usb_host_config *config)
{
	u32 open = 0;
	unsigned int i;

	for (i = 0; i < config->desc.bNumInterfaces; i++) {
		struct usb_interface *intf = config->interface[i];
		enum kb_step step = kb_judge_hold(intf);

		if (step == KB_STEP_NONE && must_leave(intf)) {
			device_release_driver(&intf->dev);
			step = KB_STEP_ATTACH;
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

/* A device whose lock was not free when the sweep came by. */
struct kb_late {
	struct work_struct work;
	struct usb_device *udev;	/* owned reference */
};

/*
 * A hostile device holds its lock for many seconds; a program that reads the
 * device's node into memory that never comes, for ever. After a while we stop
 * being patient and cut off what can be cut off from here, again and again
 * because a reset undoes it.
 */
static void late_work(struct work_struct *work)
{
	struct kb_late *late = container_of(work, struct kb_late, work);
	unsigned long end = jiffies + KB_LOCK_PATIENCE;

	while (!usb_trylock_device(late->udev)) {
		if (time_after(jiffies, end))
			kb_judge_cut(late->udev);
		schedule_timeout_idle(KB_LOCK_RETRY);
	}
	sweep_locked(late->udev);
	usb_unlock_device(late->udev);
	usb_put_dev(late->udev);
	kfree(late);
	if (atomic_dec_and_test(&sweep.late))
		wake_up_all(&sweep.wait);
}

/* Consumes the caller's reference. */
static void sweep_later(struct usb_device *udev)
{
	struct kb_late *late = kmalloc(sizeof(*late), GFP_KERNEL | __GFP_NOFAIL);

	INIT_WORK(&late->work, late_work);
	late->udev = udev;
	atomic_inc(&sweep.late);
	queue_work(media_wq, &late->work);
}

struct kb_present {
	struct usb_device **devs;	/* owned references */
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

static void sweep_all(void)
{
	struct kb_present present;
	unsigned int i;

	collect_all(&present);
	for (i = 0; i < present.n; i++) {
		struct usb_device *udev = present.devs[i];

		if (!usb_trylock_device(udev)) {
			sweep_later(udev);
			continue;
		}
		sweep_locked(udev);
		usb_unlock_device(udev);
		usb_put_dev(udev);
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

static bool swept(int asked)
{
	return atomic_read(&sweep.done) - asked >= 0 && !atomic_read(&sweep.late);
}

void kb_media_reevaluate(void)
{
	int asked = atomic_inc_return(&sweep.asked);

	queue_work(media_wq, &sweep.work);
	if (wait_event_timeout(sweep.wait, swept(asked), KB_SWEEP_SOON))
		return;
	/* a driver takes its time: nobody who wants to hear of the rest waits for it */
	kb_event_release();
	wait_event_timeout(sweep.wait, swept(asked), KB_SWEEP_PATIENCE);
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
	media_wq = alloc_workqueue("kidoban", WQ_UNBOUND, 0);
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
