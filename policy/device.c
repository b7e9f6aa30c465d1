// SPDX-License-Identifier: GPL-2.0-or-later
/* USB devices described in words. */
#include "policy/device.h"

#include "policy/scalar.h"

#define EVERY_PART	(KB_TRIPLE_CLASS | KB_TRIPLE_SUBCLASS | KB_TRIPLE_PROTOCOL)

static const struct kb_usb_alt typical[KB_CLASS_MAX] = {
	[KB_CLASS_STORAGE] = { 0x08, 0x06, 0x50, false },
	[KB_CLASS_MTP] = { 0x06, 0x01, 0x01, false },
	[KB_CLASS_KEYBOARD] = { 0x03, 0x01, 0x01, false },
	[KB_CLASS_MOUSE] = { 0x03, 0x01, 0x02, false },
	[KB_CLASS_HID] = { 0x03, 0x00, 0x00, false },
	[KB_CLASS_HUB] = { 0x09, 0x00, 0x00, false },
	[KB_CLASS_SMARTCARD] = { 0x0b, 0x00, 0x00, false },
	[KB_CLASS_AUDIO] = { 0x01, 0x01, 0x00, false },
	[KB_CLASS_VIDEO] = { 0x0e, 0x01, 0x00, false },
	[KB_CLASS_PRINTER] = { 0x07, 0x01, 0x02, false },
	[KB_CLASS_NETWORK] = { 0x02, 0x06, 0x00, false },
	[KB_CLASS_WWAN] = { 0x02, 0x0e, 0x00, false },
	[KB_CLASS_WIRELESS] = { 0xe0, 0x01, 0x01, false },
	[KB_CLASS_SERIAL] = { 0x02, 0x02, 0x01, false },
	[KB_CLASS_FIRMWARE] = { 0xfe, 0x01, 0x01, false },
	[KB_CLASS_BILLBOARD] = { 0x11, 0x00, 0x00, false },
	[KB_CLASS_VENDOR] = { 0xff, 0x00, 0x00, false },
	[KB_CLASS_OTHER] = { 0xdc, 0x01, 0x01, false },
};

void kb_device_typical(enum kb_class class, struct kb_usb_alt *ret)
{
	*ret = typical[class];
}

static int parse_alt(char *text, struct kb_usb_alt *ret)
{
	char *space = strchr(text, ' ');
	struct kb_usb_triple triple;
	struct kb_usb_alt alt;
	int class;

	if (space)
		*space++ = '\0';
	class = kb_class_by_name(text);
	if (class >= 0) {
		alt = typical[class];
	} else {
		if (kb_scalar_triple(text, &triple) < 0 || triple.mask != EVERY_PART)
			return -EINVAL;
		alt = (struct kb_usb_alt){ .class = triple.class,
					   .subclass = triple.subclass,
					   .protocol = triple.protocol };
	}
	if (space) {
		if (strcmp(space, "MTP"))
			return -EINVAL;
		alt.named_mtp = true;
	}
	*ret = alt;
	return 0;
}

int kb_device_interface_parse(const char *text, struct kb_device_interface *ret)
{
	struct kb_device_interface interface = { 0 };
	const char *plus;
	char alt[32];
	size_t len;

	do {
		plus = strchrnul(text, '+');
		len = plus - text;
		if (len >= sizeof(alt) || interface.n_alts == KB_DEVICE_ALTS_MAX)
			return -EINVAL;
		memcpy(alt, text, len);
		alt[len] = '\0';
		if (parse_alt(alt, &interface.alts[interface.n_alts++]) < 0)
			return -EINVAL;
		text = plus + 1;
	} while (*plus);
	*ret = interface;
	return 0;
}

int kb_device_id_parse(const char *text, struct kb_usb_device *ret)
{
	const char *colon = strchr(text, ':');
	struct kb_usb_id id;
	char ids[16];
	size_t len;

	if (!colon)
		return -EINVAL;
	len = strchrnul(colon + 1, ':') - text;
	if (len >= sizeof(ids))
		return -EINVAL;
	memcpy(ids, text, len);
	ids[len] = '\0';
	if (kb_scalar_usb(ids, &id) < 0 || id.vendor_mask != 0xffff || id.product_mask != 0xffff)
		return -EINVAL;
	if (text[len] == ':' && !text[len + 1])
		return -EINVAL;
	ret->vendor = id.vendor;
	ret->product = id.product;
	if (text[len] == ':')
		ret->serial = text + len + 1;
	return 0;
}

int kb_device_add(struct kb_usb_device *device, const struct kb_device_interface *interface)
{
	unsigned int i;
	int r;

	r = kb_usb_device_add_interface(device, device->n_interfaces);
	for (i = 0; !r && i < interface->n_alts; i++)
		r = kb_usb_device_add_alt(device, &interface->alts[i]);
	return r;
}

void kb_device_class_names(uint32_t classes, char *ret, size_t size)
{
	size_t used = 0;
	int class;

	snprintf(ret, size, "-");
	for (class = 0; class < KB_CLASS_MAX && used < size; class++)
		if (classes & KB_CLASS_BIT(class))
			used += snprintf(ret + used, size - used, "%s%s", used ? ", " : "",
					 kb_class_name(class));
}
