/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of the kernel's answers -> structs. No I/O, every length checked. */
#ifndef AGENT_DECODE_H
#define AGENT_DECODE_H

#include <kidoban/types.h>
#include <uapi/kidoban/blob.h>
#include <uapi/kidoban/class.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/link.h>
#include <uapi/kidoban/netlink.h>

#define KB_BUS_NAME_MAX		63	/* bytes of "1-2.1" and of a driver's name */
#define KB_SENTENCE_MAX		511	/* bytes of KB_A_TEXT */
#define KB_COMM_MAX		63	/* bytes of a process's name */
#define KB_ISOLATION_LEN	16	/* bytes of an isolation's name */

/* Which attributes a message had, one bit each. */
struct kb_have {
	u64 words[2];
};

static_assert(KB_A_MAX < 128, "struct kb_have keeps one bit an attribute");

static inline bool kb_has(struct kb_have have, unsigned int attr)
{
	return have.words[attr / 64] >> (attr % 64) & 1;
}

static inline void kb_have_add(struct kb_have *have, unsigned int attr)
{
	have->words[attr / 64] |= 1ull << (attr % 64);
}

/* Answer to KB_CMD_STATUS_GET. Fields of a policy are zero while there is none. */
struct kb_status {
	struct kb_have have;
	u32 module_level;
	char module_version[64];
	u8 sealed;
	char municipality[KB_MUNICIPALITY_MAX + 1], group[KB_GROUP_MAX + 1];
	u32 keys_author, keys_approver, keys_grant;
	u8 policy;			/* one is in force */
	u8 builtin;			/* ... and it is the module's own: nobody signed it */
	u32 epoch, serial;
	u8 mode_media;			/* enum kb_gate_mode */
	u32 rules;
	u64 expires;			/* seconds since 1970 */
	u8 expired, lock;
	u8 blob_sha256[32];
	u64 generation;
	u64 allowed, refused, audited, overrides;
	u32 present;
	u64 event_seq, event_lost, memory;
	u8 mode_link, mode_path;	/* enum kb_gate_mode */
	u32 link_rules, path_rules, networks, prefixes;
	u8 lease;			/* one is running */
	u32 lease_left;			/* ms */
	u32 zone;			/* index; KB_A_ZONE absent = unknown */
	u64 schedules;			/* open ones */
	u8 isolated;
	u8 isolation[KB_ISOLATION_LEN];
	u64 path_allowed, path_refused, path_audited, flows_cut;
};

/* An IP address in network byte order. */
struct kb_address {
	u8 len;				/* 0 (absent), 4 or 16 */
	u8 bytes[16];
};

/*
 * A USB interface and its verdict (device dump), a network interface and its
 * verdict (link dump), or something that happened (event).
 */
struct kb_record {
	struct kb_have have;
	u64 seq, boottime;		/* boottime: ns, CLOCK_BOOTTIME */
	u8 event;			/* enum kb_event_type, or what a newer module sends */
	char device[KB_BUS_NAME_MAX + 1];
	u8 interface, configuration;
	u16 vendor, product;
	char serial[KB_USB_SERIAL_MAX + 1];
	char port[KB_USB_PORT_MAX + 1];
	u8 triple[3];
	u32 classes;
	u8 action;			/* enum kb_action */
	u8 reason;			/* enum kb_reason, or what a newer module sends */
	u8 mode;			/* enum kb_gate_mode */
	u32 rule, line;
	char label[KB_LABEL_MAX + 1], tell[KB_TELL_MAX + 1];
	char driver[KB_BUS_NAME_MAX + 1];
	u32 errno_;
	char text[KB_SENTENCE_MAX + 1];
	u8 ring;
	char municipality[KB_MUNICIPALITY_MAX + 1], group[KB_GROUP_MAX + 1];
	u32 policy_epoch, policy_serial;
	u8 builtin;			/* the policy is the module's own */
	u8 blob_sha256[32];
	/* Links. */
	u8 mode_link, mode_path;	/* enum kb_gate_mode */
	u32 ifindex;
	u64 netns;			/* inode of its network namespace */
	char link[KB_IFNAME_MAX + 1];
	u8 link_kind, link_bus;		/* enum kb_link_kind, kb_link_bus, or what a newer module knows */
	u8 mac[6], perm_mac[6];
	u8 up, open;
	u32 link_generation, profile;
	u32 bypass;			/* KB_BYPASS_* */
	char name[KB_NAME_MAX + 1];	/* of the path or link rule */
	/* Packets, the lease and isolation. */
	u8 direction;			/* enum kb_direction */
	u8 family;			/* 4, 6 */
	struct kb_address src, dst;	/* as long as @family says */
	u8 proto;
	u16 sport, dport;		/* ICMP: dport is type << 8 | code */
	u32 uid, pid;
	char comm[KB_COMM_MAX + 1], cgroup[KB_CGROUP_MAX + 1];
	u32 count;			/* like packets since the last such event */
	u8 lease;
	u32 zone;
	u8 isolated;
	u8 isolation[KB_ISOLATION_LEN];
};

/* One path rule as it stands (path dump). */
struct kb_path_row {
	struct kb_have have;
	u32 rule, line;
	char name[KB_NAME_MAX + 1];
	u8 kind;			/* enum kb_path_kind, or what a newer module knows */
	u8 open;
	u8 reason;			/* enum kb_reason: what is missing, when closed */
	u64 packets, bytes, refusals;
};

/*
 * Each decodes the attributes of one message: struct nlattr after struct nlattr
 * in host byte order, @len bytes. 0, or -EBADMSG when an attribute is cut off,
 * has a wrong length, stands twice, is out of range, or when a needed one is
 * missing; *ret is then untouched. Attributes this program does not know are
 * skipped: a newer module may send more. Names of devices and ports are visible
 * ASCII; other strings may hold any byte, because devices write some of them.
 */
int kb_decode_status(const void *data, size_t len, struct kb_status *ret);
int kb_decode_device(const void *data, size_t len, struct kb_record *ret);
int kb_decode_link(const void *data, size_t len, struct kb_record *ret);
int kb_decode_path(const void *data, size_t len, struct kb_path_row *ret);
int kb_decode_event(const void *data, size_t len, struct kb_record *ret);

/*
 * Finds the parts of KB_CMD_POLICY_GET in one message and hands each to @part.
 * Its negative result ends the walk and is returned. -EBADMSG as above.
 */
int kb_decode_blob(const void *data, size_t len,
		   int (*part)(const void *bytes, size_t len, void *userdata), void *userdata);

/*
 * Finds the sentence of an extended acknowledgement: @data is the payload of
 * NLMSG_ERROR or NLMSG_DONE, @flags its nlmsg_flags. *ret_errno is negative or 0;
 * @ret_text is cut to @size and empty when there is none. -EBADMSG when malformed.
 */
int kb_decode_ack(const void *data, size_t len, u16 flags, bool done, int *ret_errno,
		  char *ret_text, size_t size);

#endif
