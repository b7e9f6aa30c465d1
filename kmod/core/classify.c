// SPDX-License-Identifier: GPL-2.0-only
/* From descriptors to classes: what every interface of a device is for. */
#include <kidoban/usb.h>

#include "ids.h"

#define BIT_OF(name)	KB_CLASS_BIT(KB_CLASS_##name)
#define ANY		-1
#define VENDOR_APPLE	0x05ac

/*
 * First match decides. Sources: USB-IF "Defined Class Codes"; USB CDC 1.2
 * table 4 with the PSTN, WMC, ECM, EEM, NCM and MBIM subclass documents; HID
 * 1.11, 4.2 and 4.3; rndis_host.c, adb's interface triples. A keyboard that
 * does not declare the boot protocol (03/00/00) is "hid": nothing short of its
 * report descriptor tells it from a game pad.
 */
static const struct class_entry {
	s32 vendor;		/* or ANY, as in all of these */
	u8 class;
	s32 subclass, protocol;
	u32 classes;
} class_entries[] = {
	{ ANY, 0x01, ANY, ANY, BIT_OF(AUDIO) },
	{ ANY, 0x02, 0x02, 0xff, BIT_OF(NETWORK) },	/* RNDIS */
	{ ANY, 0x02, 0x02, ANY, BIT_OF(SERIAL) },	/* abstract control model */
	{ ANY, 0x02, 0x06, ANY, BIT_OF(NETWORK) },	/* Ethernet (ECM) */
	{ ANY, 0x02, 0x07, ANY, BIT_OF(NETWORK) },	/* ATM */
	{ ANY, 0x02, 0x08, ANY, BIT_OF(WWAN) },		/* wireless handset control */
	{ ANY, 0x02, 0x09, ANY, BIT_OF(WWAN) },		/* device management of modems */
	{ ANY, 0x02, 0x0a, ANY, BIT_OF(NETWORK) },	/* mobile direct line: Ethernet in Linux */
	{ ANY, 0x02, 0x0b, ANY, BIT_OF(MTP) },		/* OBEX, which moves files */
	{ ANY, 0x02, 0x0c, ANY, BIT_OF(NETWORK) },	/* Ethernet emulation (EEM) */
	{ ANY, 0x02, 0x0d, ANY, BIT_OF(NETWORK) },	/* network control (NCM) */
	{ ANY, 0x02, 0x0e, ANY, BIT_OF(WWAN) },		/* mobile broadband (MBIM) */
	{ ANY, 0x02, 0xfe, ANY, BIT_OF(WWAN) },		/* Phonet */
	{ ANY, 0x03, 0x01, 0x01, BIT_OF(KEYBOARD) },
	{ ANY, 0x03, 0x01, 0x02, BIT_OF(MOUSE) },
	{ ANY, 0x03, ANY, ANY, BIT_OF(HID) },
	{ ANY, 0x06, ANY, ANY, BIT_OF(MTP) },
	{ ANY, 0x07, ANY, ANY, BIT_OF(PRINTER) },
	{ ANY, 0x08, ANY, ANY, BIT_OF(STORAGE) },
	{ ANY, 0x09, ANY, ANY, BIT_OF(HUB) },
	{ ANY, 0x0b, ANY, ANY, BIT_OF(SMARTCARD) },
	{ ANY, 0x0e, ANY, ANY, BIT_OF(VIDEO) },
	{ ANY, 0x10, ANY, ANY, BIT_OF(VIDEO) },
	{ ANY, 0x11, ANY, ANY, BIT_OF(BILLBOARD) },
	{ ANY, 0xe0, 0x01, 0x03, BIT_OF(NETWORK) },	/* RNDIS */
	{ ANY, 0xe0, ANY, ANY, BIT_OF(WIRELESS) },
	{ ANY, 0xef, 0x01, 0x01, BIT_OF(NETWORK) },	/* ActiveSync over RNDIS */
	{ ANY, 0xef, 0x04, ANY, BIT_OF(NETWORK) },	/* RNDIS, all media */
	{ ANY, 0xfe, 0x01, ANY, BIT_OF(FIRMWARE) },
	{ ANY, 0xfe, 0x02, ANY, BIT_OF(WIRELESS) },	/* IrDA bridge */
	{ ANY, 0xff, 0x42, 0x01, BIT_OF(MTP) },		/* adb: reads and writes files */
	{ ANY, 0xff, 0x42, 0x03, BIT_OF(MTP) },		/* fastboot: the like */
	{ VENDOR_APPLE, 0xff, 0xfd, 0x01, BIT_OF(NETWORK) },	/* tethering */
	{ VENDOR_APPLE, 0xff, 0xfe, 0x02, BIT_OF(MTP) },	/* usbmux: files and backups */
};

static u32 described_classes(const struct kb_usb_device *dev, const struct kb_usb_alt *alt)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(class_entries); i++) {
		const struct class_entry *entry = &class_entries[i];

		if (entry->class == alt->class &&
		    (entry->vendor == ANY || entry->vendor == dev->vendor) &&
		    (entry->subclass == ANY || entry->subclass == alt->subclass) &&
		    (entry->protocol == ANY || entry->protocol == alt->protocol))
			return entry->classes;
	}
	return 0;
}

/*
 * Does the alternate setting control a data interface (0a)? What the data then
 * carry stands in the control interface's classes.
 */
static bool controls_data(const struct kb_usb_alt *alt)
{
	switch (alt->class) {
	case 0x02:
		return true;
	case 0xe0:
		return alt->subclass == 0x01 && alt->protocol == 0x03;
	case 0xef:
		return alt->subclass == 0x04 || (alt->subclass == 0x01 && alt->protocol == 0x01);
	default:
		return false;
	}
}

/* Classes that a data interface takes over: of the nearest control interface below it. */
static u32 inherited_classes(const struct kb_usb_device *dev, u8 number)
{
	const struct kb_usb_interface *nearest = NULL;
	u32 i, k;

	for (i = 0; i < dev->n_interfaces; i++) {
		const struct kb_usb_interface *intf = &dev->interfaces[i];

		if (intf->number >= number || (nearest && intf->number < nearest->number))
			continue;
		for (k = 0; k < intf->n_alts; k++)
			if (controls_data(&dev->alts[intf->first_alt + k]))
				nearest = intf;
	}
	return nearest ? nearest->classes : 0;
}

/* NCM 1.0 and MBIM 1.0 name themselves in the data interface's protocol, too. */
static u32 data_classes(const struct kb_usb_alt *alt)
{
	if (alt->protocol == 0x01)
		return BIT_OF(NETWORK);
	return alt->protocol == 0x02 ? BIT_OF(WWAN) : BIT_OF(SERIAL);
}

/* Bluetooth drivers reach for every interface of a device that calls itself wireless. */
static bool belongs_to_radio(const struct kb_usb_device *dev, const struct kb_usb_alt *alt)
{
	return dev->class == 0xe0 &&
	       (alt->class == 0x00 || alt->class == 0xfe || alt->class == 0xff);
}

static u32 alt_classes(const struct kb_usb_device *dev, const struct kb_usb_interface *intf,
		       const struct kb_usb_alt *alt)
{
	u32 classes = described_classes(dev, alt) | kb_usb_known_classes(dev, intf->number, alt);

	if (alt->named_mtp)
		classes |= BIT_OF(MTP);
	if (belongs_to_radio(dev, alt))
		classes |= BIT_OF(WIRELESS);
	if (alt->class == 0x0a)
		classes |= inherited_classes(dev, intf->number);
	if (classes)
		return classes;
	if (alt->class == 0x0a)
		return data_classes(alt);
	return alt->class == 0xff ? BIT_OF(VENDOR) : BIT_OF(OTHER);
}

static bool has_data(const struct kb_usb_device *dev, const struct kb_usb_interface *intf)
{
	u32 i;

	for (i = 0; i < intf->n_alts; i++)
		if (dev->alts[intf->first_alt + i].class == 0x0a)
			return true;
	return false;
}

/* Data interfaces come last, because they look at the classes of the others. */
void kb_usb_classify(struct kb_usb_device *dev)
{
	u32 pass, i, k;

	dev->classes = 0;
	for (i = 0; i < dev->n_interfaces; i++)
		dev->interfaces[i].classes = 0;
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < dev->n_interfaces; i++) {
			struct kb_usb_interface *intf = &dev->interfaces[i];

			if (has_data(dev, intf) != !!pass)
				continue;
			for (k = 0; k < intf->n_alts; k++)
				intf->classes |= alt_classes(dev, intf,
							     &dev->alts[intf->first_alt + k]);
			dev->classes |= intf->classes;
		}
	}
}
