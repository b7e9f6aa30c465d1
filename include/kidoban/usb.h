/* SPDX-License-Identifier: GPL-2.0-only */
/* The media gate's question (a USB device) and its answer (a verdict). */
#ifndef KIDOBAN_USB_H
#define KIDOBAN_USB_H

#include <kidoban/types.h>
#include <uapi/kidoban/blob.h>
#include <uapi/kidoban/class.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/netlink.h>

struct kb_policy;

/* One alternate setting (USB 2.0, 9.6.5). */
struct kb_usb_alt {
	u8 class, subclass, protocol;
	bool named_mtp;			/* its iInterface string is "MTP" (libmtp's way) */
};

/* One USB interface of the configuration in use. */
struct kb_usb_interface {
	u8 number;			/* bInterfaceNumber */
	u16 first_alt, n_alts;		/* slice of kb_usb_device.alts; n_alts >= 1 */
	u32 classes;			/* filled by kb_usb_classify() */
};

/*
 * A device as the decision sees it. The caller fills everything but the
 * classes; strings are borrowed and stay the caller's.
 */
struct kb_usb_device {
	u16 vendor, product;
	u8 class, subclass, protocol;	/* bDeviceClass ... */
	bool root_hub;
	bool overflow;			/* had more than the arrays hold: refused */
	const char *serial;		/* NULL when the device has none */
	const char *port;		/* "pci-0000:00:14.0/2.1", never NULL */
	unsigned int n_interfaces;
	unsigned int n_alts;
	u32 classes;			/* union over the interfaces, by kb_usb_classify() */
	struct kb_usb_interface interfaces[KB_USB_INTERFACES_MAX];
	struct kb_usb_alt alts[KB_USB_ALTS_MAX];
};

struct kb_usb_verdict {
	enum kb_action action;
	enum kb_reason reason;
	u32 rule;			/* index into kb_policy.rules, with KB_REASON_RULE */
};

/* Masked ids, class triples and counts of a rule, in host byte order. */
struct kb_usb_id {
	u16 vendor, vendor_mask, product, product_mask;
};

struct kb_usb_triple {
	u8 class, subclass, protocol, mask;	/* mask: KB_TRIPLE_* */
};

struct kb_usb_count {
	u8 class, min, max;		/* class: enum kb_class, or KB_CLASS_MAX = every interface */
};

/* One rule. Lists are slices owned by the policy; label and tell may be NULL. */
struct kb_usb_rule {
	enum kb_action action;
	u32 line;
	u32 classes;			/* 0 = not a condition */
	u32 has;			/* 0 = not a condition */
	u8 n_ids, n_serials, n_ports, n_triples, n_counts;
	const struct kb_usb_id *ids;
	const char *const *serials;
	const char *const *ports;
	const struct kb_usb_triple *triples;
	const struct kb_usb_count *counts;
	const char *label;
	const char *tell;
};

/* Appends an interface with no alternate settings yet. -ENOSPC marks @dev as overflowed. */
int kb_usb_device_add_interface(struct kb_usb_device *dev, u8 number);
/* Appends an alternate setting to the interface added last. -ENOSPC as above. */
int kb_usb_device_add_alt(struct kb_usb_device *dev, const struct kb_usb_alt *alt);

/* Fills the class masks of @dev from descriptors, names and the table of known ids. */
void kb_usb_classify(struct kb_usb_device *dev);

/*
 * Classes that a kernel driver of this name may make out of what it binds to
 * ('-' and '_' are equal); 0 = no opinion. Drivers of one family have all of its
 * classes, because an MBIM modem is offered to Ethernet drivers first.
 */
u32 kb_usb_driver_classes(const char *driver);

/*
 * Judges interface @index of a classified @dev. @policy NULL allows
 * (KB_REASON_NONE: installing enforces nothing). Does not look at the gate's
 * mode. Never fails: what cannot be judged is refused.
 *
 * First matching rule decides. An allow rule's classes (and triples) must
 * cover every class (every alternate setting) of the interface; a refuse
 * rule's need to meet one. Hubs that no rule refuses are allowed.
 */
void kb_usb_decide(const struct kb_policy *policy, const struct kb_usb_device *dev,
		   unsigned int index, struct kb_usb_verdict *ret);

/*
 * Judges a driver binding to the interface: like kb_usb_decide() with the
 * classes of @driver added to the interface's, unless it has one of them
 * already. KB_REASON_DRIVER when only the driver makes the difference. Never
 * allows what kb_usb_decide() refuses.
 */
void kb_usb_decide_bind(const struct kb_policy *policy, const struct kb_usb_device *dev,
			unsigned int index, const char *driver, struct kb_usb_verdict *ret);

/*
 * True when @port ("pci-0000:00:14.0/2.1") is covered by @pattern: equal, or
 * the pattern ends in a star that follows the slash (everything behind that
 * controller) or a dot (everything behind that port). "pci-0000:00:14.0/2.*"
 * covers ".../2.1" and ".../2.1.3", not ".../2" and not ".../21".
 */
bool kb_usb_port_match(const char *pattern, const char *port);

/* Name of a class as policy text writes it ("storage"), NULL when out of range. */
const char *kb_class_name(enum kb_class class);
/* Class of that name, -ENOENT when there is none. */
int kb_class_by_name(const char *name);

#endif
