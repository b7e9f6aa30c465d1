// SPDX-License-Identifier: GPL-2.0-only
/* Names of interface classes, as policy text writes them. */
#include <kidoban/usb.h>

static const char *const class_names[KB_CLASS_MAX] = {
	[KB_CLASS_STORAGE] = "storage",
	[KB_CLASS_MTP] = "mtp",
	[KB_CLASS_KEYBOARD] = "keyboard",
	[KB_CLASS_MOUSE] = "mouse",
	[KB_CLASS_HID] = "hid",
	[KB_CLASS_HUB] = "hub",
	[KB_CLASS_SMARTCARD] = "smartcard",
	[KB_CLASS_AUDIO] = "audio",
	[KB_CLASS_VIDEO] = "video",
	[KB_CLASS_PRINTER] = "printer",
	[KB_CLASS_NETWORK] = "network",
	[KB_CLASS_WWAN] = "wwan",
	[KB_CLASS_WIRELESS] = "wireless",
	[KB_CLASS_SERIAL] = "serial",
	[KB_CLASS_FIRMWARE] = "firmware",
	[KB_CLASS_BILLBOARD] = "billboard",
	[KB_CLASS_VENDOR] = "vendor",
	[KB_CLASS_OTHER] = "other",
};

const char *kb_class_name(enum kb_class class)
{
	return (unsigned int)class < KB_CLASS_MAX ? class_names[class] : NULL;
}

int kb_class_by_name(const char *name)
{
	int class;

	for (class = 0; class < KB_CLASS_MAX; class++)
		if (!strcmp(name, class_names[class]))
			return class;
	return -ENOENT;
}
