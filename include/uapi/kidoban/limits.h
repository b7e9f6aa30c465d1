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

/* Links, networks and paths. */
#define KB_LINK_RULES_MAX	256
#define KB_NETWORKS_MAX		256		/* named ones and those written inside rules */
#define KB_PREFIXES_MAX		16384		/* over all networks */
#define KB_PREFIX_PART_MAX	2048		/* prefixes in one KB_BLOB_PREFIXES */
#define KB_PATH_RULES_MAX	1024
#define KB_PROFILES_MAX		256		/* Wi-Fi profiles (SSIDs) */
#define KB_ZONES_MAX		256
#define KB_SCHEDULES_MAX	64
#define KB_CONTEXT_LINKS_MAX	64		/* links one CONTEXT_SET may speak of */
#define KB_LEASE_TTL_MAX	60		/* seconds */
#define KB_LEASE_TTL_DEFAULT	15
#define KB_PACKET_HEADERS_MAX	8		/* IPv6 extension headers followed */
#define KB_PACKET_LOOK_MAX	256		/* bytes from the IP header on that are looked at */

#define KB_NAME_MAX		63		/* of a link, network, path, profile, zone, schedule */
#define KB_CGROUP_MAX		255
#define KB_DRIVER_MAX		31
#define KB_BUS_PATH_MAX		127
#define KB_IFNAME_MAX		15		/* IFNAMSIZ - 1 */

/* What the agent obeys: Wi-Fi profiles and places. */
#define KB_AGENT_PARTS_MAX	1024		/* KB_BLOB_AGENT of one policy */
#define KB_AGENT_PART_MAX	(60 * 1024)	/* bytes of one */
#define KB_BSSIDS_MAX		256		/* of one profile or one piece of evidence */
#define KB_EVIDENCE_MAX		16		/* pieces of one place */
#define KB_SERVERS_MAX		8		/* RADIUS server names of one profile */
#define KB_LLDP_PORTS_MAX	64		/* of one piece of evidence */
#define KB_GRACE_MAX		300		/* seconds */
#define KB_FILE_MAX		1023		/* bytes of a path or a pkcs11: URI */
#define KB_SURVEY_MIN		30		/* seconds between surveys, unless 0 */
#define KB_SURVEY_MAX		86400

#define KB_EVENTS_MAX		2048		/* events the kernel keeps for late readers */

#endif
