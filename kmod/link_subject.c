// SPDX-License-Identifier: GPL-2.0-only
/* From the kernel's network device to the decision core's. */
#include "link_subject.h"

#include <linux/etherdevice.h>
#include <linux/usb.h>
#include <net/rtnetlink.h>

#include "subject.h"

static bool on_bus(const struct device *dev, const char *bus)
{
	return !strcmp(dev->bus->name, bus);
}

/*
 * The device that hangs on a real bus, NULL for what exists in memory only.
 * Class devices have no bus, virtio and auxiliary devices stand for the device
 * above them.
 */
static struct device *bus_device(const struct net_device *dev)
{
	struct device *parent = dev->dev.parent;

	while (parent && (!parent->bus || on_bus(parent, "virtio") || on_bus(parent, "auxiliary")))
		parent = parent->parent;
	return parent;
}

static enum kb_link_bus bus_of(const struct device *dev)
{
	if (!dev)
		return KB_LINK_BUS_VIRTUAL;
	if (on_bus(dev, "pci"))
		return KB_LINK_BUS_PCI;
	if (on_bus(dev, "usb"))
		return KB_LINK_BUS_USB;
	if (on_bus(dev, "platform"))
		return KB_LINK_BUS_PLATFORM;
	return KB_LINK_BUS_OTHER;
}

/* Type names, not types: the USB core exports neither. */
static struct usb_device *usb_device_of(struct device *dev)
{
	const char *type = dev->type && dev->type->name ? dev->type->name : "";

	if (!strcmp(type, "usb_interface"))
		return interface_to_usbdev(to_usb_interface(dev));
	return !strcmp(type, "usb_device") ? to_usb_device(dev) : NULL;
}

static void read_path(struct kb_link *link, struct device *dev)
{
	struct usb_device *udev = link->bus == KB_LINK_BUS_USB ? usb_device_of(dev) : NULL;

	static_assert(KB_BUS_PATH_MAX == KB_USB_PORT_MAX);
	if (udev)
		kb_subject_port(udev, link->path, sizeof(link->path));
	else if (dev)
		snprintf(link->path, sizeof(link->path), "%s-%s", dev->bus->name, dev_name(dev));
	else
		link->path[0] = '\0';
}

/* A device that is registered keeps its parent bound, so the driver stays while we look. */
static void read_driver(struct kb_link *link)
{
	const struct device *parent = link->dev->dev.parent;
	const struct device_driver *driver = parent ? READ_ONCE(parent->driver) : NULL;

	strscpy(link->driver, driver ? driver->name : "", sizeof(link->driver));
}

static bool is_wireless(const struct net_device *dev)
{
#if IS_ENABLED(CONFIG_CFG80211)
	if (dev->ieee80211_ptr)
		return true;
#endif
#ifdef CONFIG_WIRELESS_EXT
	if (dev->wireless_handlers)
		return true;
#endif
	return false;
}

static void read_kind(struct kb_link *link)
{
	const struct net_device *dev = link->dev;
	const struct kb_link_traits traits = {
		.rtnl_kind = dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : NULL,
		.devtype = dev->dev.type ? dev->dev.type->name : NULL,
		.driver = link->driver,
		.bus = link->bus,
		.type = dev->type,
		.wireless = is_wireless(dev),
		/* each namespace has one, made by nobody and of no kind */
		.loopback = dev->flags & IFF_LOOPBACK && !dev->rtnl_link_ops && !dev->dev.parent,
	};

	link->kind = kb_link_classify(&traits);
}

void kb_link_subject_read(struct kb_link *link)
{
	const struct net_device *dev = link->dev;
	struct device *parent = bus_device(dev);

	link->bus = bus_of(parent);
	read_path(link, parent);
	read_driver(link);
	read_kind(link);
	link->has_perm_mac = dev->addr_len == ETH_ALEN && !is_zero_ether_addr(dev->perm_addr);
	if (link->has_perm_mac)
		ether_addr_copy(link->perm_mac, dev->perm_addr);
}

void kb_link_subject(const struct kb_link *link, struct kb_netdev *ret)
{
	*ret = (struct kb_netdev){
		.ifname = link->dev->name,
		.path = link->path,
		.driver = link->driver,
		.kind = link->kind,
		.bus = link->bus,
		.has_mac = link->dev->addr_len == ETH_ALEN,
		.has_perm_mac = link->has_perm_mac,
	};
	if (ret->has_mac)
		ether_addr_copy(ret->mac, link->dev->dev_addr);
	if (ret->has_perm_mac)
		ether_addr_copy(ret->perm_mac, link->perm_mac);
}
