/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Bounds that the compiler of policies, the kernel and the agent share. */
#ifndef _UAPI_KIDOBAN_LIMITS_H
#define _UAPI_KIDOBAN_LIMITS_H

#define KB_BLOB_MAX		(1024 * 1024)	/* bytes of one compiled policy */
#define KB_SIGNATURE_MAX	(16 * 1024)	/* bytes of one detached CMS signature */
#define KB_CERT_MAX		(8 * 1024)	/* bytes of one DER certificate */
#define KB_KEYS_PER_RING_MAX	16
#define KB_RULES_MAX		4096		/* media rules of one policy */
#define KB_RULE_LIST_MAX	64		/* entries of one list inside a rule */
#define KB_PART_MAX		(32 * 1024)	/* bytes of one KB_A_BLOB part */

/* Strings: longest accepted length in bytes, without the terminating NUL. */
#define KB_MUNICIPALITY_MAX	15
#define KB_GROUP_MAX		63
#define KB_LABEL_MAX		127
#define KB_TELL_MAX		511
#define KB_USB_SERIAL_MAX	255
#define KB_USB_PORT_MAX		127

/* What one USB device may show before it is refused as too complex. */
#define KB_USB_INTERFACES_MAX	32		/* USB_MAXINTERFACES, drivers/usb/core */
#define KB_USB_ALTS_MAX		256		/* alternate settings over all interfaces */

#define KB_EVENTS_MAX		2048		/* events the kernel keeps for late readers */

#endif
