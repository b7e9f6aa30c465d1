// SPDX-License-Identifier: GPL-2.0-or-later
/* Raw USB descriptors into the decision's structure (USB 2.0, chapter 9.6). */
#include "policy/descriptors.h"

#define DT_DEVICE		0x01
#define DT_CONFIG		0x02
#define DT_INTERFACE		0x04
#define DEVICE_LEN		18
#define CONFIG_LEN		9
#define INTERFACE_LEN		9

/* Settings in the order of the bytes; interfaces may be mixed. */
struct settings {
	unsigned int n;
	bool overflow;
	u8 numbers[KB_USB_ALTS_MAX];
	struct kb_usb_alt alts[KB_USB_ALTS_MAX];
};

static u16 get_le16(const u8 *bytes)
{
	return bytes[0] | bytes[1] << 8;
}

static void read_config(const u8 *bytes, size_t len, struct settings *settings)
{
	size_t at, step;

	for (at = bytes[0]; at + 2 <= len; at += step) {
		step = bytes[at];
		if (step < 2 || at + step > len)
			return;
		if (bytes[at + 1] != DT_INTERFACE || step < INTERFACE_LEN)
			continue;
		if (settings->n == KB_USB_ALTS_MAX) {
			settings->overflow = true;
			return;
		}
		settings->numbers[settings->n] = bytes[at + 2];
		settings->alts[settings->n++] = (struct kb_usb_alt){ .class = bytes[at + 5],
								     .subclass = bytes[at + 6],
								     .protocol = bytes[at + 7] };
	}
}

/* Bytes of the configuration at @bytes that are really there; 0 = not one. */
static size_t config_len(const u8 *bytes, size_t len)
{
	size_t total;

	if (len < CONFIG_LEN || bytes[0] < CONFIG_LEN || bytes[1] != DT_CONFIG)
		return 0;
	total = get_le16(bytes + 2);
	if (total < bytes[0])
		return 0;
	return total < len ? total : len;
}

static void add_interfaces(const struct settings *settings, struct kb_usb_device *device)
{
	bool done[256] = { false };
	unsigned int i, k;
	u8 number;

	for (i = 0; i < settings->n; i++) {
		number = settings->numbers[i];
		if (done[number])
			continue;
		done[number] = true;
		if (kb_usb_device_add_interface(device, number) < 0)
			return;
		for (k = i; k < settings->n; k++)
			if (settings->numbers[k] == number)
				kb_usb_device_add_alt(device, &settings->alts[k]);
	}
	if (settings->overflow)
		device->overflow = true;
}

int kb_descriptors_parse(const void *data, size_t len, uint8_t configuration,
			 struct kb_usb_device *ret)
{
	struct settings settings = { 0 };
	const u8 *bytes = data;
	size_t at, step;

	if (len < DEVICE_LEN || bytes[0] < DEVICE_LEN || bytes[0] > len || bytes[1] != DT_DEVICE)
		return -EBADMSG;
	for (at = bytes[0]; (step = config_len(bytes + at, len - at)); at += step) {
		if (configuration && bytes[at + 5] != configuration)
			continue;
		read_config(bytes + at, step, &settings);
		break;
	}
	ret->class = bytes[4];
	ret->subclass = bytes[5];
	ret->protocol = bytes[6];
	ret->vendor = get_le16(bytes + 8);
	ret->product = get_le16(bytes + 10);
	add_interfaces(&settings, ret);
	return 0;
}
