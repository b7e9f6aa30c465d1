/* SPDX-License-Identifier: GPL-2.0-only */
/* The link gate's question (a network interface) and its answer (N1). */
#ifndef KIDOBAN_LINK_H
#define KIDOBAN_LINK_H

#include <kidoban/types.h>
#include <uapi/kidoban/blob.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/link.h>
#include <uapi/kidoban/netlink.h>

struct kb_policy;

/* An interface as the decision sees it. Strings are borrowed, never NULL. */
struct kb_netdev {
	const char *ifname;
	const char *path;		/* "pci-0000:00:03.0", "pci-0000:00:14.0/2.1" (USB), "" = none */
	const char *driver;		/* "" = none */
	enum kb_link_kind kind;
	enum kb_link_bus bus;
	bool has_mac, has_perm_mac;	/* six-byte addresses only */
	u8 mac[6];			/* in use */
	u8 perm_mac[6];			/* permanent: what rules match */
};

struct kb_link_mac {
	u8 value[6], mask[6];
};

struct kb_link_rule {
	enum kb_action action;
	u32 line;
	u32 kinds, buses;		/* 0 = not a condition */
	bool random_mac;
	u8 n_paths, n_drivers, n_ifnames, n_macs;
	const char *const *paths;
	const char *const *drivers;
	const char *const *ifnames;
	const struct kb_link_mac *macs;
	const char *name;		/* NULL or what paths call it */
	const char *tell;		/* may be NULL */
};

/* Part of kb_policy; arrays are the policy's. */
struct kb_link_policy {
	enum kb_gate_mode mode;
	enum kb_action def;		/* when no rule matches */
	enum kb_action bypass;		/* allow = report only */
	const char *tell;		/* may be NULL */
	u32 n_rules;
	struct kb_link_rule *rules;
};

struct kb_link_verdict {
	enum kb_action action;
	enum kb_reason reason;		/* NONE, LOOPBACK, RULE, DEFAULT, ADDRESS */
	u32 rule;			/* index, with RULE, and with ADDRESS the rule that would allow */
};

/*
 * Judges @dev. @policy NULL, or its mode off, allows (KB_REASON_NONE). Does
 * not look at the mode otherwise. First matching rule decides; an allow rule
 * without random_mac turns into a refusal (KB_REASON_ADDRESS) when @dev has a
 * permanent address and uses another.
 */
void kb_link_decide(const struct kb_policy *policy, const struct kb_netdev *dev,
		    struct kb_link_verdict *ret);

/*
 * Can any interface of this kind be allowed? What cannot be is not even created.
 * (Judged by allow rules' kind and bus = virtual only; no policy: true.)
 */
bool kb_link_kind_possible(const struct kb_policy *policy, enum kb_link_kind kind);

/*
 * Kind from what the kernel knows: @rtnl_kind of rtnl_link_ops ("vlan"; NULL = none),
 * @devtype ("wlan", "wwan", "bluetooth"; NULL = none), driver name, wireless = has a
 * cfg80211 device, @type = ARPHRD_*, @ppp. tun and tap share the rtnl kind "tun":
 * ARPHRD_ETHER is a tap.
 */
struct kb_link_traits {
	const char *rtnl_kind, *devtype, *driver;
	enum kb_link_bus bus;
	u16 type;			/* ARPHRD_*, linux/if_arp.h */
	bool wireless, loopback;
};
enum kb_link_kind kb_link_classify(const struct kb_link_traits *traits);

/* Names as policy text writes them ("bluetooth", "pci"); NULL / -ENOENT when there is none. */
const char *kb_link_kind_name(enum kb_link_kind kind);
int kb_link_kind_by_name(const char *name);
const char *kb_link_bus_name(enum kb_link_bus bus);
int kb_link_bus_by_name(const char *name);

#endif
