// SPDX-License-Identifier: GPL-2.0-only
/* Devices and drivers that are known by number or name. */
#include "ids.h"

static const struct kb_known known[] = {
	{ 0x0bda, 0x8153, 0xff, 0, 0, 0, KB_KNOWN_PRODUCT | KB_KNOWN_CLASS, KB_KNOWN_NETWORK },
};

u32 kb_usb_known_classes(const struct kb_usb_device *dev, u8 number,
			 const struct kb_usb_alt *alt)
{
	(void)dev; (void)number; (void)alt; (void)known;
	return 0;
}

u32 kb_usb_driver_classes(const char *driver)
{
	(void)driver;
	return 0;
}
