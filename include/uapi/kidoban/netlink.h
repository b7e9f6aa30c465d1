/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The generic netlink family "kidoban": commands, attributes, events, errors. */
#ifndef _UAPI_KIDOBAN_NETLINK_H
#define _UAPI_KIDOBAN_NETLINK_H

#include <linux/types.h>

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
	KB_CMD_CONTEXT_SET,	/* GENERATION, LEASE_TTL, ZONE, SCHEDULES, CONTEXT_LINK...: the lease (P1) */
	KB_CMD_LINK_DUMP,	/* dump -> one message a network interface, (L) */
	KB_CMD_PATH_DUMP,	/* dump -> one message a path rule, (P) */
	KB_CMD_ISOLATE,		/* ISOLATION -> cut off; with ORDER, SIG_AUTHOR: release (N6) */
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
 *		-ESTALE		(epoch, serial) not greater than the one in force or the floor;
 *				the built-in policy has no age, any other may follow it
 *		-EALREADY	exactly this policy is in force (nothing to do)
 *		-ENOMEM
 *		-EOPNOTSUPP	the policy needs a hook that this kernel does not have
 * POLICY_GET	-ENODATA	no policy in force
 * PATH_DUMP	-ENODATA	no policy in force
 * CONTEXT_SET	-ENODATA	no policy in force
 *		-EBUSY		the machine is going to sleep: no lease until it woke up
 *		-ESTALE		GENERATION is not that of the policy in force: nothing was set
 *		-ERANGE		ttl of more than KB_LEASE_TTL_MAX, zone, schedule or profile that
 *				the policy does not have
 *		-ENOSPC		more than KB_CONTEXT_LINKS_MAX links
 *		(a link that is gone or has another generation is left closed, not an error)
 * ISOLATE	-EALREADY	isolated already
 *		-ENOENT		release, but not isolated
 *		-EBADMSG	order malformed
 *		-ESTALE		order of another isolation
 *		-ENOKEY, -EKEYREJECTED	as for POLICY_LOAD
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
	KB_A_GENERATION,	/* u64, grows with every policy published (S)(CONTEXT_SET) */
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
	/* Module level 2. */
	KB_A_MODE_LINK,		/* u8 enum kb_gate_mode (S)(E) */
	KB_A_MODE_PATH,		/* u8 enum kb_gate_mode (S)(E) */
	KB_A_LINK_RULES,	/* u32 (S) */
	KB_A_PATH_RULES,	/* u32 (S) */
	KB_A_NETWORKS,		/* u32 (S) */
	KB_A_PREFIXES,		/* u32 (S) */
	KB_A_LEASE_TTL,		/* u32 seconds (CONTEXT_SET; 0 ends the lease) */
	KB_A_LEASE,		/* u8 0|1: a lease is running (S)(E) */
	KB_A_LEASE_LEFT,	/* u32 ms until it ends (S) */
	KB_A_ZONE,		/* u32 index; absent = unknown (CONTEXT_SET)(S)(E) */
	KB_A_SCHEDULES,		/* u64 mask of open schedules (CONTEXT_SET)(S) */
	KB_A_CONTEXT_LINK,	/* nest: IFINDEX, LINK_GENERATION, PROFILE (CONTEXT_SET, repeated) */
	KB_A_IFINDEX,		/* u32 (L)(E) */
	KB_A_NETNS,		/* u64 inode of the network namespace (L)(E) */
	KB_A_LINK_GENERATION,	/* u32: grows whenever the association may have changed (L) */
	KB_A_PROFILE,		/* u32 index of the proven Wi-Fi profile (L); absent = none */
	KB_A_LINK,		/* string: name of the interface (L)(E) */
	KB_A_LINK_KIND,		/* u8 enum kb_link_kind (L)(E) */
	KB_A_LINK_BUS,		/* u8 enum kb_link_bus (L)(E) */
	KB_A_MAC,		/* 6 bytes, address in use (L)(E) */
	KB_A_PERM_MAC,		/* 6 bytes, permanent address (L)(E), when there is one */
	KB_A_LINK_UP,		/* u8 0|1 IFF_UP (L) */
	KB_A_LINK_OPEN,		/* u8 0|1: IP may pass (L): allowed, and proven where wireless */
	KB_A_BYPASS,		/* u32 mask KB_BYPASS_* (L)(E) */
	KB_A_NAME,		/* string: name of the path or link rule (P)(L)(E) */
	KB_A_PATH_KIND,		/* u8 enum kb_path_kind (P) */
	KB_A_PATH_OPEN,		/* u8 0|1: its lease, zone, hours and links hold now (P) */
	KB_A_PACKETS,		/* u64 packets it let through (P) */
	KB_A_BYTES,		/* u64 bytes it let through (P) */
	KB_A_REFUSALS,		/* u64 packets that met all of it but KB_A_REASON (P) */
	KB_A_DIRECTION,		/* u8 enum kb_direction (E) */
	KB_A_FAMILY,		/* u8 4|6 (E) */
	KB_A_SRC,		/* 4 or 16 bytes (E) */
	KB_A_DST,		/* 4 or 16 bytes (E) */
	KB_A_PROTO,		/* u8 IP protocol (E) */
	KB_A_SPORT,		/* u16 (E) */
	KB_A_DPORT,		/* u16 (E); ICMP: type << 8 | code */
	KB_A_UID,		/* u32 owner of the socket (E) */
	KB_A_PID,		/* u32 process, where known (E) */
	KB_A_COMM,		/* string: its name (E) */
	KB_A_CGROUP,		/* string: its control group (E) */
	KB_A_COUNT,		/* u32 like packets since the last such event (E) */
	KB_A_ISOLATED,		/* u8 0|1 (S)(E) */
	KB_A_ISOLATION,		/* 16 bytes: names this isolation (ISOLATE)(S)(E) */
	KB_A_ORDER,		/* binary: struct kb_order (ISOLATE) */
	KB_A_PATH_ALLOWED,	/* u64 packets judged and allowed (S) */
	KB_A_PATH_REFUSED,	/* u64 packets refused (S) */
	KB_A_PATH_AUDITED,	/* u64 packets that enforce would have refused (S) */
	KB_A_FLOWS_CUT,		/* u64 connections aborted because their path closed (S) */
	KB_A_BUILTIN,		/* u8 0|1: the policy in force is the module's own, signed by nobody (S)(E) */
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
	KB_EVENT_LINK,		/* a network interface appeared or was judged anew with another outcome */
	KB_EVENT_LINK_OVERRIDE,	/* somebody tried to use a refused interface: DRIVER says how ("up", "enslave", "address") */
	KB_EVENT_LINK_GONE,	/* a refused interface disappeared */
	KB_EVENT_BYPASS,	/* a link carries something that passes by the path gate */
	KB_EVENT_PACKET,	/* traffic was refused; COUNT says how much */
	KB_EVENT_LEASE,		/* the lease began or ended, the zone changed */
	KB_EVENT_ISOLATE,	/* isolated or released */
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
	/* Links. */
	KB_REASON_LOOPBACK,	/* allowed, always (links and packets) */
	KB_REASON_ADDRESS,	/* its MAC address is not its permanent one (N1) */
	KB_REASON_BYPASS,	/* it carries what passes by the path gate */
	/* Packets: what a refused one lacked, or what let an allowed one pass without a rule. */
	KB_REASON_PROTECTED,	/* to or from a protected network, and no path is for it (N2, N3) */
	KB_REASON_SERVICE,	/* a path leads there, for other services */
	KB_REASON_LEASE,	/* ... but no lease is running: is kidoband alive? */
	KB_REASON_ZONE,		/* ... but in another zone than the present one (P1) */
	KB_REASON_HOURS,	/* ... but not at this hour (N7) */
	KB_REASON_WRONG_LINK,	/* ... but over another link or Wi-Fi profile (W4) */
	KB_REASON_NEXT_HOP,	/* ... but through another next hop */
	KB_REASON_USER,		/* ... but for another user or group */
	KB_REASON_CGROUP,	/* ... but for another program (control group) */
	KB_REASON_PEER,		/* own segment, paths.peers (N4) */
	KB_REASON_OTHER,	/* paths.other */
	KB_REASON_INBOUND,	/* begun elsewhere, paths.inbound (N5) */
	KB_REASON_FORWARD,	/* forwarding is always off */
	KB_REASON_DISCOVERY,	/* multicast or broadcast, paths.discovery */
	KB_REASON_TUNNEL,	/* a tunnel that no rule names */
	KB_REASON_FRAGMENT,	/* a fragment to or from a place where ports count */
	KB_REASON_MALFORMED,	/* truncated, unknown headers, source routing */
	KB_REASON_EMBEDDED,	/* an IPv4 address in disguise that must not be on the wire */
	KB_REASON_LINK_CLOSED,	/* refused link, or a wireless one that nobody has proven (W4) */
	KB_REASON_ISOLATED,	/* the terminal is cut off (N6) */
	KB_REASON_NEIGHBOUR,	/* ARP, neighbour discovery, ICMP errors, EAPOL: allowed */
	KB_REASON_DHCP,		/* allowed by paths.dhcp */
	KB_REASON_REPLY,	/* answer to something that was allowed */
	KB_REASON_FRAME,	/* neither IP nor ARP nor EAPOL */
	KB_REASON_MAX
};

enum kb_direction {
	KB_DIRECTION_OUT,
	KB_DIRECTION_IN,
	KB_DIRECTION_FORWARD,
	KB_DIRECTION_MAX
};

#define KB_BYPASS_XDP		1u	/* XDP program */
#define KB_BYPASS_AF_XDP	2u	/* AF_XDP socket */
#define KB_BYPASS_TC		4u	/* clsact, ingress qdisc, tcx */
#define KB_BYPASS_NETPOLL	8u	/* netconsole and the like */

/* A signed order. The signature is an author's, over exactly these bytes. */
#define KB_ORDER_MAGIC		"KDBANO01"

struct kb_order {
	char magic[8];
	__le32 action;			/* enum kb_order_action */
	__le32 reserved;		/* zero */
	__u8 isolation[16];		/* which one to release; for isolate, its new name */
};

enum kb_order_action {
	KB_ORDER_RELEASE,
	KB_ORDER_ISOLATE,		/* an administrator's order; asks the agent, not the kernel, for no signature */
	KB_ORDER_MAX
};

#endif
