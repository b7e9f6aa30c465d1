// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the seeds of blob_fuzz: build/fuzz/blob_corpus tests/fuzz/corpus/blob_fuzz */
#include "../unit/blob_make.h"
#include "../unit/usb_text.h"

#include <stdio.h>

/* A keyboard with a disk in it, a hub, and a device as the first rule names it. */
static const u8 device[] = { 5,
			     0x00, 0x07, 0x81, 0x83,
			     0x02, 0x00, 0x00, 0x00,
			     0x03, 0x03, 0x01, 0x01,
			     0x0b, 0x08, 0x06, 0x50,
			     0x05, 0xff, 0x42, 0x01 };

static const struct {
	const char *name, *rules;
} policies[] = {
	{ "closed", "default=refuse" },
	{ "open", "default=allow" },
	{ "staff", "refuse has=keyboard,storage;allow class=hub,keyboard,mouse,smartcard,audio;"
		   "allow usb=0781:5583 serial=4C530001231120;refuse class=storage,mtp,network,wwan" },
	{ "ids", "allow usb=0781:5583,0951:*,*:1234,07*1:****;refuse usb=*:*" },
	{ "ports", "allow port=pci-0000:00:14.0/2.*,pci-0000:00:14.0/*;refuse port=pci-0000:00:14.0/2.1" },
	{ "interfaces", "allow interface=03/01/01,03/01/*,*/*/*;refuse interface=08/*/*" },
	{ "counts", "allow count=keyboard:1-1,interfaces:0-3;refuse count=storage:1-255" },
	{ "has", "refuse has=keyboard,mouse;refuse has=keyboard;allow" },
	{ "catchall", "allow;refuse" },
};

static void write_seed(const char *dir, const char *name, const void *blob, size_t len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file || fwrite(device, 1, sizeof(device), file) != sizeof(device) ||
	    fwrite(blob, 1, len, file) != len || fclose(file)) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct blob_make b;
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "usage: blob_corpus DIRECTORY\n");
		return 2;
	}
	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		struct kb_policy *policy = usb_text_policy(policies[i].rules);

		write_seed(argv[1], policies[i].name, policy->blob, policy->blob_len);
		kb_policy_free(policy);
	}
	blob_make_example(&b);
	write_seed(argv[1], "everything", b.bytes, b.len);
	write_seed(argv[1], "cut", b.bytes, b.len / 2);
	b.bytes[7] = '2';
	write_seed(argv[1], "magic", b.bytes, b.len);
	blob_make_free(&b);
	return 0;
}
