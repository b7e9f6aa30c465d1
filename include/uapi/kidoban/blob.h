/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The compiled policy ("blob"): a stream of attributes, the thing that is signed. */
#ifndef _UAPI_KIDOBAN_BLOB_H
#define _UAPI_KIDOBAN_BLOB_H

#include <linux/types.h>

/*
 * Layout. A blob is KB_BLOB_MAGIC followed by attributes. An attribute is
 *
 *	__le16 len	bytes of header and payload, without padding (>= 4)
 *	__le16 type	enum below; the two top bits are zero
 *	payload		padded with zero bytes to a multiple of four
 *
 * which is struct nlattr with a fixed byte order. Nested attributes use the
 * same layout in the payload; nothing nests deeper than KB_BLOB_DEPTH_MAX.
 * Integers are little-endian and have exactly their width. Strings are UTF-8
 * and end with exactly one NUL, which is the last byte of the payload.
 * Rules stand at the top level because a payload cannot exceed 64 KiB.
 *
 * A reader refuses: unknown types, a second copy of an attribute that is not
 * marked (list), lengths outside the bounds, padding that is not zero, bytes
 * after the last attribute, a missing attribute marked (needed).
 */
#define KB_BLOB_MAGIC		"KDBANP01"	/* 8 bytes, no NUL */
#define KB_BLOB_MAGIC_LEN	8
#define KB_BLOB_FORMAT		1
#define KB_BLOB_DEPTH_MAX	3

struct kb_attr_header {
	__le16 len;
	__le16 type;
};

enum kb_blob_attr {
	KB_BLOB_UNSPEC,
	KB_BLOB_HEADER,			/* nest kb_header_attr (needed, first) */
	KB_BLOB_MODE,			/* nest kb_mode_attr (needed) */
	KB_BLOB_MEDIA,			/* nest kb_media_attr (needed) */
	KB_BLOB_MEDIA_RULE,		/* nest kb_rule_attr (list, 0..KB_RULES_MAX) */
	KB_BLOB_ATTR_MAX		/* KB_BLOB_MAX is the size limit, limits.h */
};

enum kb_header_attr {
	KB_HEADER_UNSPEC,
	KB_HEADER_FORMAT,		/* u32 = KB_BLOB_FORMAT (needed) */
	KB_HEADER_MUNICIPALITY,		/* string 1..KB_MUNICIPALITY_MAX (needed) */
	KB_HEADER_GROUP,		/* string 1..KB_GROUP_MAX (needed) */
	KB_HEADER_EPOCH,		/* u32, key epoch (needed) */
	KB_HEADER_SERIAL,		/* u32 >= 1 (needed) */
	KB_HEADER_NOT_BEFORE,		/* u64, seconds since 1970-01-01 UTC (needed, 0 = always) */
	KB_HEADER_EXPIRES,		/* u64, the like (needed) */
	KB_HEADER_MIN_MODULE,		/* u32, lowest KB_MODULE_LEVEL that understands this (needed) */
	KB_HEADER_SOURCE_SHA256,	/* 32 bytes, of the source text (needed) */
	KB_HEADER_LOCK,			/* u8 0|1: module stays until a signed release (needed) */
	KB_HEADER_MAX
};

/* What a module can do; a policy that needs more is refused, never half obeyed. */
#define KB_MODULE_LEVEL		1

enum kb_mode_attr {
	KB_MODE_UNSPEC,
	KB_MODE_MEDIA,			/* u8 enum kb_gate_mode (needed) */
	KB_MODE_MAX
};

enum kb_gate_mode {
	KB_GATE_OFF,
	KB_GATE_AUDIT,			/* report what enforce would refuse, touch nothing */
	KB_GATE_ENFORCE,
	KB_GATE_MODE_MAX
};

enum kb_action {
	KB_ACTION_REFUSE,		/* zero, so that memory nobody filled refuses */
	KB_ACTION_ALLOW,
	KB_ACTION_MAX
};

enum kb_media_attr {
	KB_MEDIA_UNSPEC,
	KB_MEDIA_DEFAULT,		/* u8 enum kb_action (needed); allow never covers KB_CLASS_HAZARD */
	KB_MEDIA_TELL,			/* string 1..KB_TELL_MAX: sentence for refusals by default */
	KB_MEDIA_MAX
};

/*
 * One media rule. Conditions of different kinds must all hold; within a list
 * one match is enough. A rule without conditions matches everything.
 */
enum kb_rule_attr {
	KB_RULE_UNSPEC,
	KB_RULE_ACTION,			/* u8 enum kb_action (needed) */
	KB_RULE_LINE,			/* u32, line in the source text (needed) */
	KB_RULE_LABEL,			/* string 1..KB_LABEL_MAX */
	KB_RULE_TELL,			/* string 1..KB_TELL_MAX: what staff are told */
	KB_RULE_USB,			/* struct kb_blob_usb_id (list) */
	KB_RULE_SERIAL,			/* string 1..KB_USB_SERIAL_MAX, exact (list) */
	KB_RULE_PORT,			/* string 1..KB_USB_PORT_MAX, see kb_usb_port_match (list) */
	KB_RULE_CLASS,			/* u32 mask, non-zero: allow needs all, refuse needs one */
	KB_RULE_INTERFACE,		/* struct kb_blob_usb_triple (list): the like over alternate settings */
	KB_RULE_HAS,			/* u32 mask, non-zero: classes that the device has all of */
	KB_RULE_COUNT,			/* struct kb_blob_usb_count (list, all must hold) */
	KB_RULE_MAX
};

struct kb_blob_usb_id {			/* matches when (id & mask) == value, both fields */
	__le16 vendor;
	__le16 vendor_mask;
	__le16 product;
	__le16 product_mask;
};

struct kb_blob_usb_triple {
	__u8 class;
	__u8 subclass;
	__u8 protocol;
	__u8 mask;			/* bit 0: class counts, bit 1: subclass, bit 2: protocol */
};

#define KB_TRIPLE_CLASS		1u
#define KB_TRIPLE_SUBCLASS	2u
#define KB_TRIPLE_PROTOCOL	4u

struct kb_blob_usb_count {		/* interfaces of that class in the device: min <= n <= max */
	__u8 class;			/* enum kb_class; KB_CLASS_MAX counts every interface */
	__u8 min;
	__u8 max;
	__u8 reserved;			/* zero */
};

#endif
