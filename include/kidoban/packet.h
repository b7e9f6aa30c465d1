/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet as the path gate sees it, and how it is read from bytes. */
#ifndef KIDOBAN_PACKET_H
#define KIDOBAN_PACKET_H

#include <kidoban/bytes.h>
#include <kidoban/types.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/netlink.h>

/* An address; v4 in host byte order in .v4, v6 in network byte order. */
union kb_ip {
	u32 v4;
	u8 v6[16];
};

#define KB_PACKET_PORTS		1u	/* sport and dport hold (ICMP: dport = type << 8 | code) */
#define KB_PACKET_FRAGMENT	2u	/* any fragment, the first too */
#define KB_PACKET_SYN		4u	/* TCP: SYN without ACK */
#define KB_PACKET_RST		8u	/* TCP: RST */
#define KB_PACKET_HOP255	16u	/* TTL or hop limit is 255 */
#define KB_PACKET_ENCAPSULATED	32u	/* set by the caller: the kernel says this carries another packet */

struct kb_packet {
	u8 version;			/* 4, 6; 0 = could not be read, see defect */
	u8 proto;			/* IP protocol behind all extension headers */
	u8 flags;			/* KB_PACKET_* */
	u8 defect;			/* 0 or enum kb_reason: MALFORMED, EMBEDDED; such a packet is refused */
	u16 sport, dport;		/* host byte order */
	union kb_ip src, dst;
};

/*
 * Reads the IP header at @data and the start of what it carries. @version is
 * what the frame claims (4, 6; 0 = look at the first nibble), @have the bytes
 * at hand, @len the bytes of the whole packet (have <= len). Always fills @ret, with -ENODATA with
 * a defect. Returns
 * 0, or -ENODATA when more than @have (but not more than KB_PACKET_LOOK_MAX)
 * bytes must be at hand to say: the caller fetches min(len, KB_PACKET_LOOK_MAX)
 * and asks again; with that many at hand it never returns -ENODATA.
 *
 * Defects (RFC 791, 8200, 8504): header truncated or longer than the packet;
 * IPv4 source routing (options 131, 137); more than KB_PACKET_HEADERS_MAX
 * IPv6 extension headers or hop-by-hop not first; routing headers of any type but 2 with
 * segments left (RH0, SRv6); jumbograms; unknown extension header, no next header (59);
 * v6: source or destination in ::ffff:0:0/96, ::/96 (except :: and ::1), or ::1 on one side only (RFC 4291).
 * A packet that is shorter than its ports' header, no longer than its header says (payload length 0), or
 * a later fragment of something that is no upper layer is MALFORMED, too. Bytes behind the length are padding.
 * 6to4 (2002::/16) and NAT64 (64:ff9b::/96, 64:ff9b:1::/48) are not defects, see kb_packet_embedded().
 */
int kb_packet_parse(const u8 *data, u32 have, u32 len, u8 version, struct kb_packet *ret);

/* The IPv4 address inside a 6to4 or NAT64 (well-known and RFC 8215 prefix) address: true and *ret_v4. */
bool kb_packet_embedded(const union kb_ip *v6, u32 *ret_v4);

/*
 * Every IPv4 address that @v6 may stand for, the above first; returns how many. Behind the prefix of
 * RFC 8215 only the translator knows where the address is (RFC 6052, 2.2), so there are four:
 * who asks whether one of them is protected must try them all.
 */
#define KB_EMBEDDED_MAX		4
u32 kb_packet_embedded_all(const union kb_ip *v6, u32 ret_v4[KB_EMBEDDED_MAX]);

/*
 * Is this a tunnel's outer packet? IP protocols 4, 41, 47, 50, 51, 94, 97, 115,
 * 137; UDP to or from ports of Teredo (3544), VXLAN (4789, 8472), GENEVE (6081), WireGuard (51820),
 * L2TP (1701), OpenVPN (1194), GTP (2123, 2152), FOU/GUE (5555, 6080), IKE and ESP in UDP (500, 4500);
 * TCP 1194 and 1723; Teredo addresses (2001::/32); what the caller marked ENCAPSULATED.
 */
bool kb_packet_is_tunnel(const struct kb_packet *packet);

/* Is @v6 in 2001::/32? */
static inline bool kb_packet_is_teredo(const union kb_ip *v6)
{
	return kb_get_be32(v6->v6) == 0x20010000;
}

/* Is it worth asking kb_packet_embedded_all()? Tells most addresses without a call. */
static inline bool kb_packet_may_embed(const union kb_ip *v6)
{
	const u32 first = kb_get_be32(v6->v6);

	return first >> 16 == 0x2002 || first == 0x0064ff9b;
}

/* One of 64 bits for a port. */
#define KB_PORT_BIT(port)	(1ull << ((port) >> 2 & 63))
#define KB_TUNNEL_PORTS \
	(KB_PORT_BIT(500) | KB_PORT_BIT(1194) | KB_PORT_BIT(1701) | KB_PORT_BIT(1723) | \
	 KB_PORT_BIT(2123) | KB_PORT_BIT(2152) | KB_PORT_BIT(3544) | KB_PORT_BIT(4500) | \
	 KB_PORT_BIT(4789) | KB_PORT_BIT(5555) | KB_PORT_BIT(6080) | KB_PORT_BIT(6081) | \
	 KB_PORT_BIT(8472))
#define KB_TUNNEL_PORT_LOW	8472	/* the highest of these; there is one above them, WireGuard's */
#define KB_TUNNEL_PORT_HIGH	51820

/* May @port be a tunnel's? Tells most ports, and nearly all that the kernel gives out, without a call. */
static inline bool kb_packet_may_be_tunnel(u16 port)
{
	if (port > KB_TUNNEL_PORT_LOW)
		return port == KB_TUNNEL_PORT_HIGH;
	return KB_TUNNEL_PORTS & KB_PORT_BIT(port);
}

bool kb_packet_is_multicast(const union kb_ip *ip, u8 version);	/* and the limited broadcast */

#endif
