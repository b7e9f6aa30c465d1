/* SPDX-License-Identifier: GPL-2.0-only */
/* A USB device made of descriptors, plugged into dummy_hcd, and a host driver that wants it all. */
#ifndef KB_TESTS_GADGET_H
#define KB_TESTS_GADGET_H

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/usb.h>
#include <linux/usb/composite.h>

#define KB_GADGET_VENDOR	0x1209	/* pid.codes, for tests */
#define KB_GADGET_PRODUCT	0x0001
#define KB_GADGET_INTERFACES	4
#define KB_GADGET_DEADLINE	(10 * HZ)

/* One interface without endpoints; @name is its string, or NULL. */
struct kb_gadget_interface {
	u8 class, subclass, protocol;
	const char *name;
};

struct kb_gadget_function {
	struct usb_function f;
	struct usb_interface_descriptor desc;
	struct usb_descriptor_header *list[2];
};

struct kb_gadget {
	struct usb_composite_driver driver;
	struct usb_device_descriptor dev_desc;
	struct usb_configuration configs[2];
	unsigned int n_configs, n_interfaces;
	const struct kb_gadget_interface *interfaces;
	struct kb_gadget_function functions[2][KB_GADGET_INTERFACES];
	struct usb_string strings[KB_GADGET_INTERFACES + 2];	/* [0] is the serial */
	struct usb_gadget_strings table;
	struct usb_gadget_strings *tables[2];
};

static int kb_gadget_function_bind(struct usb_configuration *c, struct usb_function *f)
{
	struct kb_gadget_function *own = container_of(f, struct kb_gadget_function, f);
	int id = usb_interface_id(c, f);

	if (id < 0)
		return id;
	own->desc.bInterfaceNumber = id;
	own->list[0] = (void *)&own->desc;
	return usb_assign_descriptors(f, own->list, own->list, NULL, NULL);
}

static void kb_gadget_function_unbind(struct usb_configuration *c, struct usb_function *f)
{
	usb_free_all_descriptors(f);
}

static int kb_gadget_set_alt(struct usb_function *f, unsigned int intf, unsigned int alt)
{
	return 0;
}

static void kb_gadget_disable(struct usb_function *f)
{
}

static int kb_gadget_config_bind(struct usb_configuration *c)
{
	struct kb_gadget *g = container_of(c->cdev->driver, struct kb_gadget, driver);
	struct kb_gadget_function *own = g->functions[c - g->configs];
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < g->n_interfaces; i++, own++) {
		own->desc = (struct usb_interface_descriptor){
			.bLength = USB_DT_INTERFACE_SIZE,
			.bDescriptorType = USB_DT_INTERFACE,
			.bInterfaceClass = g->interfaces[i].class,
			.bInterfaceSubClass = g->interfaces[i].subclass,
			.bInterfaceProtocol = g->interfaces[i].protocol,
			.iInterface = g->interfaces[i].name ? g->strings[i + 1].id : 0,
		};
		own->f.name = "kidoban_test";
		own->f.bind = kb_gadget_function_bind;
		own->f.unbind = kb_gadget_function_unbind;
		own->f.set_alt = kb_gadget_set_alt;
		own->f.disable = kb_gadget_disable;
		err = usb_add_function(c, &own->f);
	}
	return err;
}

static int kb_gadget_bind(struct usb_composite_dev *cdev)
{
	struct kb_gadget *g = container_of(cdev->driver, struct kb_gadget, driver);
	unsigned int i;
	int err = 0;

	for (i = 0; i <= g->n_interfaces; i++) {
		int id = usb_string_id(cdev);

		if (id < 0)
			return id;
		g->strings[i].id = id;
		g->strings[i].s = i && g->interfaces[i - 1].name ? g->interfaces[i - 1].name :
				  "4C530001";
	}
	cdev->desc.iSerialNumber = g->strings[0].id;
	for (i = 0; !err && i < g->n_configs; i++) {
		g->configs[i].label = "kidoban test";
		g->configs[i].bConfigurationValue = i + 1;
		g->configs[i].bmAttributes = USB_CONFIG_ATT_ONE | USB_CONFIG_ATT_SELFPOWER;
		err = usb_add_config(cdev, &g->configs[i], kb_gadget_config_bind);
	}
	return err;
}

static int kb_gadget_unbind(struct usb_composite_dev *cdev)
{
	return 0;
}

/* Pulls the plug; NULL is fine. */
static inline void kb_gadget_unplug(struct kb_gadget *g)
{
	if (!g)
		return;
	usb_composite_unregister(&g->driver);
	kfree(g);
}

/* Plugs in a device of @n interfaces, the same in each of @n_configs configurations. */
static inline struct kb_gadget *kb_gadget_plug(const struct kb_gadget_interface *interfaces,
					       unsigned int n, unsigned int n_configs)
{
	struct kb_gadget *g = kzalloc(sizeof(*g), GFP_KERNEL);
	int err;

	if (!g)
		return ERR_PTR(-ENOMEM);
	g->interfaces = interfaces;
	g->n_interfaces = n;
	g->n_configs = n_configs;
	g->table = (struct usb_gadget_strings){ .language = 0x0409, .strings = g->strings };
	g->tables[0] = &g->table;
	g->driver = (struct usb_composite_driver){
		.name = "kidoban_test",
		.strings = g->tables,
		.max_speed = USB_SPEED_HIGH,
		.bind = kb_gadget_bind,
		.unbind = kb_gadget_unbind,
	};
	g->dev_desc = (struct usb_device_descriptor){
		.bLength = USB_DT_DEVICE_SIZE,
		.bDescriptorType = USB_DT_DEVICE,
		.bcdUSB = cpu_to_le16(0x0200),
		.idVendor = cpu_to_le16(KB_GADGET_VENDOR),
		.idProduct = cpu_to_le16(KB_GADGET_PRODUCT),
	};
	g->driver.dev = &g->dev_desc;
	err = usb_composite_probe(&g->driver);
	if (err) {
		kfree(g);
		return ERR_PTR(err);
	}
	return g;
}

static int kb_gadget_is_ours(struct usb_device *udev, void *data)
{
	struct usb_device **found = data;

	if (le16_to_cpu(udev->descriptor.idVendor) != KB_GADGET_VENDOR)
		return 0;
	*found = usb_get_dev(udev);
	return 1;
}

/* The device as the host sees it, with a reference; NULL when it is not there. */
static inline struct usb_device *kb_gadget_seen(void)
{
	struct usb_device *udev = NULL;

	usb_for_each_dev(&udev, kb_gadget_is_ours);
	return udev;
}

/* Waits until the host has configured it: drivers have had their turn. */
static inline struct usb_device *kb_gadget_await(void)
{
	unsigned long end = jiffies + KB_GADGET_DEADLINE;

	while (time_before(jiffies, end)) {
		struct usb_device *udev = kb_gadget_seen();
		bool ready;

		if (udev) {
			/* configuring happens under this lock */
			usb_lock_device(udev);
			ready = udev->actconfig && udev->state == USB_STATE_CONFIGURED;
			usb_unlock_device(udev);
			if (ready)
				return udev;
			usb_put_dev(udev);
		}
		msleep(20);
	}
	return NULL;
}

/* Waits until the host has let go of it. */
static inline bool kb_gadget_await_gone(void)
{
	unsigned long end = jiffies + KB_GADGET_DEADLINE;

	while (time_before(jiffies, end)) {
		struct usb_device *udev = kb_gadget_seen();

		if (!udev)
			return true;
		usb_put_dev(udev);
		msleep(20);
	}
	return false;
}

#endif
