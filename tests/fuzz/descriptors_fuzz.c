// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes raw USB descriptors: whatever a device sends, the arrays hold it, and
 * what does not fit is judged as too complex.
 *
 * Input: one byte for the configuration, the descriptors.
 */
#include "policy/descriptors.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void must(bool held)
{
	if (!held)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct kb_usb_device device = { .port = "pci-0000:00:14.0/1" };
	unsigned int i, alts = 0;
	u8 *bytes;
	int r;

	if (!size)
		return 0;
	bytes = malloc(size);
	must(bytes);
	memcpy(bytes, data + 1, size - 1);
	r = kb_descriptors_parse(bytes, size - 1, data[0], &device);
	free(bytes);
	must(!r || r == -EBADMSG);
	must(device.n_interfaces <= KB_USB_INTERFACES_MAX && device.n_alts <= KB_USB_ALTS_MAX);
	for (i = 0; i < device.n_interfaces; i++) {
		must(device.interfaces[i].first_alt == alts);
		alts += device.interfaces[i].n_alts;
		must(device.interfaces[i].n_alts || device.overflow);
	}
	must(alts == device.n_alts);
	kb_usb_classify(&device);
	return 0;
}
