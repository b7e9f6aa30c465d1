/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a switch says of itself: LLDP (IEEE 802.1AB). Pure and fuzzed. */
#ifndef AGENT_PLACE_LLDP_PARSE_H
#define AGENT_PLACE_LLDP_PARSE_H

#include <kidoban/types.h>

#define KB_LLDP_ETHERTYPE	0x88cc
#define KB_LLDP_ID_MAX		255
#define KB_LLDP_ID_TEXT		(4 * KB_LLDP_ID_MAX + 1)	/* every byte may need four characters */

enum kb_lldp_chassis_type {		/* table 8-2 */
	KB_LLDP_CHASSIS_MAC = 4,
	KB_LLDP_CHASSIS_ADDRESS = 5,
	KB_LLDP_CHASSIS_MAX = 8
};

enum kb_lldp_port_type {		/* table 8-3 */
	KB_LLDP_PORT_MAC = 3,
	KB_LLDP_PORT_ADDRESS = 4,
	KB_LLDP_PORT_MAX = 8
};

/* Text for people: "02:00:5e:00:00:01"; other ids as they stand, unprintable bytes as \xNN. */
struct kb_lldp {
	u8 chassis_type, port_type;
	u8 chassis_len, port_len;
	char chassis_id[KB_LLDP_ID_MAX + 1], port_id[KB_LLDP_ID_MAX + 1];	/* as sent, and a NUL */
	char chassis[KB_LLDP_ID_TEXT], port[KB_LLDP_ID_TEXT];	/* for people */
	u16 ttl;			/* seconds; 0 = shutdown */
};

/* Nearest bridge, nearest non-TPMR bridge, nearest customer bridge (table 7-1). */
bool kb_lldp_is_group(const u8 mac[6]);
/* Lets packet socket @fd hear those three on a link (agent/place/lldp_join.c). -errno: it has no such frames. */
int kb_lldp_join(int fd, u32 ifindex);

/*
 * Reads an LLDPDU, the bytes behind the Ethernet header. -EBADMSG: not
 * chassis, port and TTL first, each once and well formed; a TLV cut off or too short;
 * a subtype that the standard reserves. What follows the end is padding. *ret is then untouched.
 */
int kb_lldp_parse(const void *data, size_t len, struct kb_lldp *ret);

/* MAC addresses in any case, all else to the letter; ports also in a range (policy/lldp_port.h). */
bool kb_lldp_is_chassis(const struct kb_lldp *lldp, const char *chassis);
bool kb_lldp_is_port(const struct kb_lldp *lldp, const char *pattern);

#endif
