/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices whose descriptors do not say what they are, but which are known by number. */
#ifndef KB_CORE_IDS_H
#define KB_CORE_IDS_H

#include <kidoban/usb.h>

/* What kernel drivers, or libmtp, are known to make of a device. */
enum kb_known_kind {
	KB_KNOWN_STORAGE,
	KB_KNOWN_MTP,
	KB_KNOWN_NETWORK,
	KB_KNOWN_WWAN,
	KB_KNOWN_WIRELESS,
	KB_KNOWN_SERIAL,
	KB_KNOWN_MAX
};

/* Which of the fields below an entry looks at, besides the vendor. */
#define KB_KNOWN_PRODUCT	1u
#define KB_KNOWN_CLASS		2u
#define KB_KNOWN_SUBCLASS	4u
#define KB_KNOWN_PROTOCOL	8u
#define KB_KNOWN_NUMBER		16u	/* bInterfaceNumber */

struct kb_known {
	u16 vendor, product;
	u8 class, subclass, protocol, number;
	u8 match;			/* KB_KNOWN_* above */
	u8 kind;			/* enum kb_known_kind */
};

/*
 * Classes that the table of known devices gives one alternate setting of
 * interface @number; 0 when it is not known. An entry that names no interface
 * class speaks about interfaces that do not explain themselves only (ff, 00
 * and communication classes), never about, say, the keyboard in a modem.
 */
u32 kb_usb_known_classes(const struct kb_usb_device *dev, u8 number,
			 const struct kb_usb_alt *alt);

#endif
