// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: a USB device that stays in the office is plugged in. */
#include <errno.h>
#include <libudev.h>

#include "agent/place/dock_match.h"
#include "agent/place/providers.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"
#include "policy/sysfs.h"

KB_DEFINE_CLEANUP(struct udev_enumerate *, udev_enumerate_unref)
KB_DEFINE_CLEANUP(struct udev_device *, udev_device_unref)
KB_DEFINE_CLEANUP(struct kb_sysfs_device *, free)

enum dock {
	DOCK_OTHER,
	DOCK_REFUSED,			/* it is the one, but may not be used */
	DOCK_THERE
};

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	struct udev *udev;
	struct udev_monitor *monitor;
	sd_event_source *io;
	bool asked, there, refused;	/* .refused: it is there, but not authorised */
};

/* May it be used, with one interface at least? The media gate refuses them one by one. */
static bool is_authorised(struct udev_device *device, const struct kb_sysfs_device *usb)
{
	const char *config = udev_device_get_sysattr_value(device, "bConfigurationValue"), *value;
	char name[160];
	u32 i;

	value = udev_device_get_sysattr_value(device, "authorized");
	if (!config || !value || strcmp(value, "1"))
		return false;
	for (i = 0; i < usb->usb.n_interfaces; i++) {
		snprintf(name, sizeof(name), "%s:%s.%u/authorized", usb->name, config,
			 usb->usb.interfaces[i].number);
		value = udev_device_get_sysattr_value(device, name);
		if (value && !strcmp(value, "1"))
			return true;
	}
	return false;
}

/* Port and descriptors come from where the media gate's own picture of a device comes from. */
static enum dock judge(struct kb_provider *provider, const char *syspath)
{
	KB_CLEANUP(udev_device_unref_p) struct udev_device *device =
		udev_device_new_from_syspath(provider->udev, syspath);
	KB_CLEANUP(free_p) struct kb_sysfs_device *usb = NULL;

	if (!device || !udev_device_get_sysname(device) ||
	    kb_sysfs_read_one(KB_SYSFS_ROOT, udev_device_get_sysname(device), &usb))
		return DOCK_OTHER;
	if (!kb_dock_match(provider->evidence, usb))
		return DOCK_OTHER;
	return is_authorised(device, usb) ? DOCK_THERE : DOCK_REFUSED;
}

static void look(struct kb_provider *provider)
{
	KB_CLEANUP(udev_enumerate_unref_p) struct udev_enumerate *list =
		udev_enumerate_new(provider->udev);
	struct udev_list_entry *entry;
	enum dock dock;

	provider->there = provider->refused = false;
	provider->asked = list && udev_enumerate_add_match_subsystem(list, "usb") >= 0 &&
			  udev_enumerate_add_match_sysattr(list, "idVendor", NULL) >= 0 &&
			  udev_enumerate_scan_devices(list) >= 0;
	if (!provider->asked)
		return;
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(list)) {
		dock = judge(provider, udev_list_entry_get_name(entry));
		provider->there |= dock == DOCK_THERE;
		provider->refused |= dock == DOCK_REFUSED;
	}
}

/* Authorisation is no event of its own, but interfaces come and go with it. */
static int on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_provider *provider = userdata;
	bool there = provider->there, refused = provider->refused;
	struct udev_device *device;

	(void)source;
	(void)fd;
	(void)revents;
	/* what it says is known from sysfs; none at all means that some were lost */
	while ((device = udev_monitor_receive_device(provider->monitor)))
		udev_device_unref(device);
	look(provider);
	if (there != provider->there || refused != provider->refused)
		provider->around->changed(provider->around->userdata);
	return 0;
}

static int watch(struct kb_provider *provider)
{
	int r;

	provider->udev = udev_new();
	/* the kernel's own notices: they come without a running udevd, too */
	provider->monitor = provider->udev ?
				    udev_monitor_new_from_netlink(provider->udev, "kernel") : NULL;
	if (!provider->monitor)
		return -ENOMEM;
	r = udev_monitor_filter_add_match_subsystem_devtype(provider->monitor, "usb", NULL);
	if (r >= 0)
		r = udev_monitor_enable_receiving(provider->monitor);
	if (r >= 0)
		r = sd_event_add_io(provider->around->event, &provider->io,
				    udev_monitor_get_fd(provider->monitor), EPOLLIN, on_event,
				    provider);
	return r < 0 ? r : 0;
}

static void stop(struct kb_provider *provider)
{
	sd_event_source_disable_unref(provider->io);
	udev_monitor_unref(provider->monitor);
	udev_unref(provider->udev);
	free(provider);
}

static int start(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		 struct kb_provider **ret)
{
	struct kb_provider *provider = calloc(1, sizeof(*provider));
	int r;

	if (!provider)
		return -ENOMEM;
	provider->evidence = evidence;
	provider->around = around;
	r = watch(provider);
	if (r) {
		stop(provider);
		return r;
	}
	look(provider);
	*ret = provider;
	return 0;
}

static void refresh(struct kb_provider *provider)
{
	look(provider);
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	(void)now_usec;
	*ret = (struct kb_finding){};
	if (!provider->asked) {
		kb_detail(ret, _("the USB devices are not known"));
	} else if (provider->there) {
		ret->presence = KB_PRESENCE_PRESENT;
		kb_detail(ret, _("the USB device of the place is plugged in"));
	} else {
		ret->presence = KB_PRESENCE_ABSENT;
		kb_detail(ret, "%s", provider->refused ?
					     _("the USB device of the place is plugged in, but not allowed") :
					     _("the USB device of the place is not plugged in"));
	}
}

static void doubt(struct kb_provider *provider)
{
	look(provider);
}

const struct kb_provider_ops kb_provider_dock = {
	.kind = KB_EVIDENCE_DOCK, .start = start, .stop = stop, .refresh = refresh,
	.evaluate = evaluate, .doubt = doubt,
};
