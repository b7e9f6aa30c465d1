// SPDX-License-Identifier: GPL-2.0-or-later
/* An interface of any class for a gadget, by FunctionFS. */
#include "interface.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

enum { FULL_SPEED_PACKET = 64, HIGH_SPEED_PACKET = 512, NAME_MAX_BYTES = 126 };

struct description {
	struct usb_interface_descriptor interface;
	struct usb_endpoint_descriptor_no_audio in;
	struct usb_endpoint_descriptor_no_audio out;
} __attribute__((packed));

struct descriptors {
	struct usb_functionfs_descs_head_v2 head;
	__le32 full_count;
	__le32 high_count;
	struct description full;
	struct description high;
} __attribute__((packed));

struct strings {
	struct usb_functionfs_strings_head head;
	__le16 language;
	char text[NAME_MAX_BYTES + 1];
} __attribute__((packed));

static void describe(struct description *to, const unsigned int triple[3], int named, int packet)
{
	*to = (struct description){
		.interface = {
			.bLength = sizeof(to->interface),
			.bDescriptorType = USB_DT_INTERFACE,
			.bNumEndpoints = 2,
			.bInterfaceClass = (__u8)triple[0],
			.bInterfaceSubClass = (__u8)triple[1],
			.bInterfaceProtocol = (__u8)triple[2],
			.iInterface = (__u8)named,
		},
		.in = {
			.bLength = sizeof(to->in),
			.bDescriptorType = USB_DT_ENDPOINT,
			.bEndpointAddress = 1 | USB_DIR_IN,
			.bmAttributes = USB_ENDPOINT_XFER_BULK,
			.wMaxPacketSize = htole16((__u16)packet),
		},
	};
	to->out = to->in;
	to->out.bEndpointAddress = 2 | USB_DIR_OUT;
}

static int write_strings(int fd, const char *name)
{
	struct strings strings = { .language = htole16(0x0409) };
	size_t size = sizeof(strings.head);

	strings.head.magic = htole32(FUNCTIONFS_STRINGS_MAGIC);
	if (*name) {
		strings.head.str_count = htole32(1);
		strings.head.lang_count = htole32(1);
		strcpy(strings.text, name);
		size += sizeof(strings.language) + strlen(name) + 1;
	}
	strings.head.length = htole32((__u32)size);
	return write(fd, &strings, size) < 0 ? -errno : 0;
}

int interface_hold(const char *dir, const char *what)
{
	struct descriptors descriptors = {
		.head = {
			.magic = htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2),
			.length = htole32(sizeof(descriptors)),
			.flags = htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC),
		},
		.full_count = htole32(3),
		.high_count = htole32(3),
	};
	__cleanup(close_fd) int fd = -1;
	unsigned int triple[3];
	char path[4096];
	const char *name;
	int end = 0;
	int err;

	if (sscanf(what, "%2x/%2x/%2x%n", &triple[0], &triple[1], &triple[2], &end) != 3)
		return -EINVAL;
	name = what + end;
	if (*name && *name++ != ':')
		return -EINVAL;
	if (strlen(name) > NAME_MAX_BYTES)
		return -EINVAL;
	describe(&descriptors.full, triple, *name != '\0', FULL_SPEED_PACKET);
	describe(&descriptors.high, triple, *name != '\0', HIGH_SPEED_PACKET);
	snprintf(path, sizeof(path), "%s/ep0", dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, &descriptors, sizeof(descriptors)) < 0)
		return -errno;
	err = write_strings(fd, name);
	if (err)
		return err;
	puts("ready");
	fflush(stdout);
	/* the gadget loses the interface when the last descriptor of it is closed */
	for (;;)
		pause();
}
