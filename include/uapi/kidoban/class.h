/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What an interface is for: the class names of the policy language, as bits. */
#ifndef _UAPI_KIDOBAN_CLASS_H
#define _UAPI_KIDOBAN_CLASS_H

/*
 * Bit numbers of a class mask (u32). They stand in compiled policies: never
 * renumber, only append. An interface has the union of the classes of all its
 * alternate settings.
 */
enum kb_class {
	KB_CLASS_STORAGE,	/* 08, UAS, and vendor devices usb-storage is known to drive */
	KB_CLASS_MTP,		/* 06 (PTP), interfaces named "MTP", known vendor-class phones */
	KB_CLASS_KEYBOARD,	/* 03/01/01 */
	KB_CLASS_MOUSE,		/* 03/01/02 */
	KB_CLASS_HID,		/* every other 03 */
	KB_CLASS_HUB,		/* 09 */
	KB_CLASS_SMARTCARD,	/* 0b */
	KB_CLASS_AUDIO,		/* 01 */
	KB_CLASS_VIDEO,		/* 0e, 10 */
	KB_CLASS_PRINTER,	/* 07 */
	KB_CLASS_NETWORK,	/* CDC ECM/NCM/EEM, RNDIS, tethering, known Ethernet and Wi-Fi */
	KB_CLASS_WWAN,		/* MBIM and known modems */
	KB_CLASS_WIRELESS,	/* e0 that is not RNDIS: Bluetooth, wireless USB */
	KB_CLASS_SERIAL,	/* CDC ACM and known USB-serial converters */
	KB_CLASS_FIRMWARE,	/* fe/01 DFU */
	KB_CLASS_BILLBOARD,	/* 11 */
	KB_CLASS_VENDOR,	/* ff of which nothing more is known */
	KB_CLASS_OTHER,		/* everything else */
	KB_CLASS_MAX
};

#define KB_CLASS_BIT(c)		(1u << (c))
#define KB_CLASS_ALL		((1u << KB_CLASS_MAX) - 1)
/* What stores or networks: never allowed by default, only by a rule (M1, M7, N1). */
#define KB_CLASS_HAZARD		(KB_CLASS_BIT(KB_CLASS_STORAGE) | KB_CLASS_BIT(KB_CLASS_MTP) | \
				 KB_CLASS_BIT(KB_CLASS_NETWORK) | KB_CLASS_BIT(KB_CLASS_WWAN) | \
				 KB_CLASS_BIT(KB_CLASS_WIRELESS))

#endif
