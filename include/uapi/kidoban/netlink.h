/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The generic netlink family "kidoban": commands, attributes, events, errors. */
#ifndef _UAPI_KIDOBAN_NETLINK_H
#define _UAPI_KIDOBAN_NETLINK_H

#define KB_GENL_NAME		"kidoban"
#define KB_GENL_VERSION		1
#define KB_GENL_GROUP_EVENTS	"events"

/*
 * Every command needs CAP_NET_ADMIN in the initial user namespace, and the
 * family exists in the initial network namespace only. Refusals by kidoban
 * carry an extended-ack sentence; -EPERM comes from generic netlink, without. Attributes of a command that are not listed with it
 * are refused (-EINVAL), as are wrong lengths (-ERANGE, -EINVAL).
 */
enum kb_cmd {
	KB_CMD_UNSPEC,
	KB_CMD_TRUST_ADD,	/* RING, CERT */
	KB_CMD_TRUST_SEAL,	/* MUNICIPALITY, GROUP, EPOCH, SERIAL (the last two: replay floor) */
	KB_CMD_POLICY_LOAD,	/* BLOB..., SIG_AUTHOR, SIG_APPROVER */
	KB_CMD_POLICY_GET,	/* dump -> BLOB parts in order; -ENODATA without a policy */
	KB_CMD_STATUS_GET,	/* -> see enum kb_attr, (S) */
	KB_CMD_DEVICE_DUMP,	/* dump -> one message a USB interface, (D) */
	KB_CMD_EVENT_DUMP,	/* dump, SEQ = first wanted -> KB_CMD_EVENT messages */
	KB_CMD_EVENT,		/* from the kernel only: multicast and dump, (E) */
	__KB_CMD_MAX,
	KB_CMD_MAX = __KB_CMD_MAX - 1
};

/*
 * What each command answers besides 0. The sentence in the extended ack says more.
 *
 * all		-EPERM		no CAP_NET_ADMIN in the initial user namespace
 *		-EINVAL		attribute missing, unknown or malformed
 * TRUST_ADD	-EROFS		trust is sealed until the module is loaded anew
 *		-EBADMSG	not a DER X.509 certificate
 *		-ENOPKG		its algorithm is unknown to this kernel (P-256 on 6.1: use RSA)
 *		-EEXIST		the same key stands in a ring already
 *		-ENOSPC		KB_KEYS_PER_RING_MAX reached
 * TRUST_SEAL	-EROFS		sealed already
 *		-ENOKEY		no author key was added
 * POLICY_LOAD	-ENOKEY		trust is not sealed, or no trusted key made the signature
 *		-EKEYREJECTED	signature does not match the bytes
 *		-ENODATA	approver signature needed and missing
 *		-EBADMSG	signature or blob malformed
 *		-EMSGSIZE	blob larger than KB_BLOB_MAX
 *		-EPROTONOSUPPORT blob format or module level newer than this module
 *		-EXDEV		made for another municipality or group
 *		-EKEYEXPIRED	policy expired
 *		-ETIME		policy not yet valid
 *		-ESTALE		(epoch, serial) not greater than the one in force or the floor
 *		-EALREADY	exactly this policy is in force (nothing to do)
 *		-ENOMEM
 * POLICY_GET	-ENODATA	no policy in force
 */
enum kb_attr {
	KB_A_UNSPEC,
	KB_A_PAD,
	KB_A_RING,		/* u8 enum kb_ring */
	KB_A_CERT,		/* binary, DER X.509, <= KB_CERT_MAX */
	KB_A_MUNICIPALITY,	/* string (S) */
	KB_A_GROUP,		/* string (S) */
	KB_A_EPOCH,		/* u32 (S)(E) of the policy in force */
	KB_A_SERIAL_NO,		/* u32 (S)(E) */
	KB_A_BLOB,		/* binary part, <= KB_PART_MAX, repeated, in order */
	KB_A_SIG_AUTHOR,	/* binary, detached CMS, DER */
	KB_A_SIG_APPROVER,	/* binary, the like */
	/* (S) status */
	KB_A_MODULE_LEVEL,	/* u32 KB_MODULE_LEVEL */
	KB_A_MODULE_VERSION,	/* string */
	KB_A_SEALED,		/* u8 0|1 */
	KB_A_KEYS_AUTHOR,	/* u32, number of keys */
	KB_A_KEYS_APPROVER,	/* u32 */
	KB_A_KEYS_GRANT,	/* u32 */
	KB_A_POLICY,		/* u8 0|1: one is in force; the five below only then */
	KB_A_MODE_MEDIA,	/* u8 enum kb_gate_mode (E: mode at the verdict) */
	KB_A_RULES,		/* u32 */
	KB_A_EXPIRES,		/* u64 seconds since 1970 */
	KB_A_EXPIRED,		/* u8 0|1: past EXPIRES by this kernel's clock (still enforced) */
	KB_A_LOCK,		/* u8 0|1: module cannot be unloaded */
	KB_A_BLOB_SHA256,	/* 32 bytes */
	KB_A_GENERATION,	/* u64, grows with every policy published */
	KB_A_ALLOWED,		/* u64 verdicts since load: interfaces allowed */
	KB_A_REFUSED,		/* u64 interfaces refused (enforce) */
	KB_A_AUDITED,		/* u64 interfaces that enforce would have refused (audit) */
	KB_A_OVERRIDES,		/* u64 attempts to use a refused interface all the same */
	KB_A_PRESENT,		/* u32 USB interfaces present now */
	KB_A_EVENT_SEQ,		/* u64 sequence number of the newest event, 0 = none */
	KB_A_EVENT_LOST,	/* u64 events that could not be kept or delivered */
	KB_A_MEMORY,		/* u64 bytes held for policy, devices and events */
	/* (E) events and (D) devices */
	KB_A_SEQ,		/* u64, 1, 2, 3 ... without gaps */
	KB_A_BOOTTIME,		/* u64 ns, CLOCK_BOOTTIME */
	KB_A_EVENT,		/* u8 enum kb_event_type */
	KB_A_DEVICE,		/* string: name on the bus, "1-2.1" */
	KB_A_INTERFACE,		/* u8 bInterfaceNumber */
	KB_A_CONFIGURATION,	/* u8 bConfigurationValue */
	KB_A_VENDOR,		/* u16 idVendor */
	KB_A_PRODUCT,		/* u16 idProduct */
	KB_A_USB_SERIAL,	/* string, only when the device has one */
	KB_A_PORT,		/* string, "pci-0000:00:14.0/2.1" */
	KB_A_TRIPLE,		/* 3 bytes: class, subclass, protocol of the current setting */
	KB_A_CLASSES,		/* u32 mask of enum kb_class */
	KB_A_ACTION,		/* u8 enum kb_action */
	KB_A_REASON,		/* u8 enum kb_reason */
	KB_A_RULE,		/* u32 index of the rule, only with KB_REASON_RULE */
	KB_A_LINE,		/* u32 its line in the policy text */
	KB_A_LABEL,		/* string, its label */
	KB_A_TELL,		/* string, what staff are told */
	KB_A_DRIVER,		/* string: driver that is bound (D) or tried to bind (E) */
	KB_A_ERRNO,		/* u32, positive errno of a refused load (E) */
	KB_A_TEXT,		/* string: sentence of a refused load (E) */
	__KB_A_MAX,
	KB_A_MAX = __KB_A_MAX - 1
};

enum kb_ring {
	KB_RING_AUTHOR,
	KB_RING_APPROVER,
	KB_RING_GRANT,
	KB_RING_MAX
};

enum kb_event_type {
	KB_EVENT_UNSPEC,
	KB_EVENT_VERDICT,	/* an interface appeared or was judged anew with another outcome */
	KB_EVENT_OVERRIDE,	/* somebody tried to use a refused interface; it was closed again */
	KB_EVENT_GONE,		/* a refused interface was unplugged */
	KB_EVENT_TRUST,		/* a key was added */
	KB_EVENT_SEALED,
	KB_EVENT_POLICY,	/* a policy came into force */
	KB_EVENT_POLICY_REFUSED,
	KB_EVENT_MAX
};

/* Why a verdict is what it is. */
enum kb_reason {
	KB_REASON_NONE,		/* no policy in force, or the gate is off: allowed */
	KB_REASON_RULE,		/* a rule matched: KB_A_RULE, KB_A_LINE */
	KB_REASON_DEFAULT,	/* no rule matched: media.default */
	KB_REASON_HAZARD,	/* no rule matched, default allows, but it stores or networks */
	KB_REASON_HUB,		/* a hub, which no rule refused */
	KB_REASON_COMPLEX,	/* more than KB_USB_ALTS_MAX alternate settings: refused */
	KB_REASON_DRIVER,	/* a driver that stores or networks reached for an interface allowed as something else */
	KB_REASON_MAX
};

#endif
