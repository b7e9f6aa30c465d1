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
	/* Module level 2. Names are referred to by their index: the n-th of their kind is n - 1. */
	KB_BLOB_LINK,			/* nest kb_link_attr (needed with mode.link) */
	KB_BLOB_LINK_RULE,		/* nest kb_link_rule_attr (list, 0..KB_LINK_RULES_MAX) */
	KB_BLOB_NETWORK,		/* nest kb_network_attr (list, 0..KB_NETWORKS_MAX) */
	KB_BLOB_PREFIXES,		/* nest kb_prefixes_attr (list) */
	KB_BLOB_PROFILE,		/* nest kb_profile_attr (list, 0..KB_PROFILES_MAX) */
	KB_BLOB_ZONE,			/* nest kb_zone_attr (list, 0..KB_ZONES_MAX) */
	KB_BLOB_SCHEDULE,		/* nest kb_schedule_attr (list, 0..KB_SCHEDULES_MAX) */
	KB_BLOB_PATHS,			/* nest kb_paths_attr (needed with mode.path) */
	KB_BLOB_PATH_RULE,		/* nest kb_path_rule_attr (list, 0..KB_PATH_RULES_MAX) */
	/* Module level 3. */
	KB_BLOB_AGENT,			/* 4..KB_AGENT_PART_MAX bytes for the agent, agent.h (list, 0..KB_AGENT_PARTS_MAX) */
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

/*
 * What a module can do; a policy that needs more is refused, never half
 * obeyed. 1: media gate. 2: link gate, path gate, lease. 3: parts for the
 * agent. Policies name the lowest level that has all they use.
 */
#define KB_MODULE_LEVEL		3

enum kb_mode_attr {
	KB_MODE_UNSPEC,
	KB_MODE_MEDIA,			/* u8 enum kb_gate_mode (needed) */
	KB_MODE_LINK,			/* u8, the like; absent = off */
	KB_MODE_PATH,			/* u8, the like; absent = off */
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

/* --- Link gate (N1) --- */

enum kb_link_attr {
	KB_LINK_UNSPEC,
	KB_LINK_DEFAULT,		/* u8 enum kb_action (needed) */
	KB_LINK_TELL,			/* string 1..KB_TELL_MAX */
	/*
	 * u8 enum kb_action (needed): what becomes of a link that carries an XDP
	 * program, an AF_XDP socket, a tc classifier (clsact, ingress, tcx) or
	 * netpoll, all of which pass by the path gate. allow = report only.
	 */
	KB_LINK_BYPASS,
	KB_LINK_ATTR_MAX
};

/* One link rule. Conditions of different kinds must all hold; in a list one match is enough. */
enum kb_link_rule_attr {
	KB_LINK_RULE_UNSPEC,
	KB_LINK_RULE_ACTION,		/* u8 enum kb_action (needed) */
	KB_LINK_RULE_LINE,		/* u32 (needed) */
	KB_LINK_RULE_NAME,		/* string 1..KB_NAME_MAX: what paths call this link; may repeat in other rules */
	KB_LINK_RULE_TELL,		/* string 1..KB_TELL_MAX */
	KB_LINK_RULE_KIND,		/* u32 mask of enum kb_link_kind, non-zero */
	KB_LINK_RULE_BUS,		/* u32 mask of enum kb_link_bus, non-zero */
	KB_LINK_RULE_PATH,		/* string 1..KB_BUS_PATH_MAX, as for KB_RULE_PORT (list) */
	KB_LINK_RULE_DRIVER,		/* string 1..KB_DRIVER_MAX, '-' equals '_' (list) */
	KB_LINK_RULE_IFNAME,		/* string 1..KB_IFNAME_MAX, may end in a star (list) */
	KB_LINK_RULE_MAC,		/* struct kb_blob_mac, of the permanent address (list) */
	KB_LINK_RULE_RANDOM_MAC,	/* u8 0|1: its address may differ from the permanent one */
	KB_LINK_RULE_MAX
};

struct kb_blob_mac {			/* matches when (address & mask) == value */
	__u8 value[6];
	__u8 mask[6];
};

/* --- Path gate (N2..N7, W4) --- */

enum kb_network_attr {
	KB_NETWORK_UNSPEC,
	KB_NETWORK_NAME,		/* string 1..KB_NAME_MAX (needed); "" never: unnamed ones are called by their text */
	KB_NETWORK_PROTECTED,		/* u8 0|1 (needed): refused unless a path permits */
	KB_NETWORK_MAX
};

/* Prefixes of one network; a large network has several of these. */
enum kb_prefixes_attr {
	KB_PREFIXES_UNSPEC,
	KB_PREFIXES_NETWORK,		/* u32 index of the network (needed, first) */
	KB_PREFIXES_V4,			/* struct kb_blob_prefix4 [1..KB_PREFIX_PART_MAX] */
	KB_PREFIXES_V6,			/* struct kb_blob_prefix6 [1..KB_PREFIX_PART_MAX] */
	KB_PREFIXES_ATTR_MAX
};

struct kb_blob_prefix4 {		/* bits behind the length are zero */
	__u8 addr[4];			/* network byte order */
	__u8 len;			/* 0..32 */
	__u8 reserved[3];		/* zero */
};

struct kb_blob_prefix6 {
	__u8 addr[16];
	__u8 len;			/* 0..128 */
	__u8 reserved[3];		/* zero */
};

enum kb_profile_attr {
	KB_PROFILE_UNSPEC,
	KB_PROFILE_NAME,		/* string 1..KB_NAME_MAX (needed), unlike every link's name */
	KB_PROFILE_SSID,		/* 1..32 bytes (needed) */
	KB_PROFILE_ATTR_MAX
};

enum kb_zone_attr {
	KB_ZONE_UNSPEC,
	KB_ZONE_NAME,			/* string 1..KB_NAME_MAX (needed) */
	KB_ZONE_LABEL,			/* string 1..KB_LABEL_MAX */
	KB_ZONE_ATTR_MAX
};

/* Open while one of its spans is. Times are Japan Standard Time (UTC+9, no summer time). */
enum kb_schedule_attr {
	KB_SCHEDULE_UNSPEC,
	KB_SCHEDULE_NAME,		/* string 1..KB_LABEL_MAX (needed): the text as written */
	KB_SCHEDULE_SPAN,		/* struct kb_blob_span (list, needed) */
	KB_SCHEDULE_ATTR_MAX
};

struct kb_blob_span {
	__u8 days;			/* bit 0 = Monday ... bit 6 = Sunday: the day on which it begins; non-zero */
	__u8 reserved;			/* zero */
	__le16 begin;			/* minute of the day, 0..1439 */
	__le16 end;			/* first minute that is too late, 1..1440; <= begin: of the next day */
};

enum kb_paths_attr {
	KB_PATHS_UNSPEC,
	KB_PATHS_OTHER,			/* u8 enum kb_action (needed): to what is neither protected nor a peer */
	KB_PATHS_PEERS,			/* u8 (needed): own segment, both ways (N4) */
	KB_PATHS_INBOUND,		/* u8 (needed): connections begun elsewhere (N5) */
	KB_PATHS_DISCOVERY,		/* u8 (needed): multicast and broadcast */
	KB_PATHS_DHCP,			/* u8 (needed): DHCP and DHCPv6 clients */
	KB_PATHS_SCREEN,		/* u32 mask KB_SCREEN_* that screen-transfer clients may share (needed, M6) */
	KB_PATHS_TELL,			/* string 1..KB_TELL_MAX */
	KB_PATHS_MAX
};

#define KB_SCREEN_CLIPBOARD	1u
#define KB_SCREEN_DRIVES	2u
#define KB_SCREEN_PRINTERS	4u
#define KB_SCREEN_SMARTCARD	8u
#define KB_SCREEN_SOUND		16u
#define KB_SCREEN_MICROPHONE	32u
#define KB_SCREEN_USB		64u
#define KB_SCREEN_ALL		127u

/* What a path rule opens. All rules allow; what none allows is judged by kb_paths_attr. */
enum kb_path_kind {
	KB_PATH_PATH,			/* to protected networks, to others, to peers */
	KB_PATH_ESSENTIAL,		/* DNS, NTP and the like: to others and peers, without lease */
	KB_PATH_COLLECTOR,		/* the like; stays open when isolated (N6) */
	KB_PATH_PEER,			/* out to the own segment, and answers */
	KB_PATH_INBOUND,		/* begun elsewhere: "to" is where it comes from, services are ours */
	KB_PATH_DISCOVERY,		/* multicast and broadcast, out and in */
	KB_PATH_TUNNEL,			/* tunnel protocols, to others and peers */
	KB_PATH_KIND_MAX
};

/*
 * Conditions as in other rules: all kinds present must hold, in a list one is
 * enough. Lists of indexes ascend. PATH, ESSENTIAL and COLLECTOR have TO; with
 * TUNNEL, ESSENTIAL, COLLECTOR and a PATH that reaches a protected network,
 * SERVICE must be there and name protocols. INBOUND and DISCOVERY ask for no
 * user, group and control group.
 */
enum kb_path_rule_attr {
	KB_PATH_RULE_UNSPEC,
	KB_PATH_RULE_KIND,		/* u8 enum kb_path_kind (needed) */
	KB_PATH_RULE_LINE,		/* u32 (needed) */
	KB_PATH_RULE_NAME,		/* string 1..KB_NAME_MAX (needed) */
	KB_PATH_RULE_TELL,		/* string 1..KB_TELL_MAX */
	KB_PATH_RULE_TO,		/* u32 index of a network (list); absent = anywhere, not for PATH */
	KB_PATH_RULE_SERVICE,		/* struct kb_blob_service (list) */
	KB_PATH_RULE_LINK,		/* u32 index of a link rule that has a name (list) */
	KB_PATH_RULE_PROFILE,		/* u32 index of a Wi-Fi profile (list); one of links or profiles must hold */
	KB_PATH_RULE_ZONE,		/* u32 index (list) */
	KB_PATH_RULE_SCHEDULE,		/* u32 index (list) */
	KB_PATH_RULE_NEXT_HOP,		/* 6 bytes, MAC of the next hop (list) */
	KB_PATH_RULE_USER,		/* struct kb_blob_ids (list) */
	KB_PATH_RULE_GROUP,		/* struct kb_blob_ids (list) */
	KB_PATH_RULE_CGROUP,		/* string 1..KB_CGROUP_MAX: path from the root, "kidoban-screen.slice" (list) */
	KB_PATH_RULE_MAX
};

struct kb_blob_service {
	__u8 proto;			/* IP protocol; 0 = every one, without ports */
	__u8 reserved;			/* zero */
	__le16 first, last;		/* ports (TCP, UDP, SCTP, DCCP), else 0..65535; ICMP: first = last = type */
};

struct kb_blob_ids {			/* numeric uid or gid */
	__le32 first, last;
};

#endif
