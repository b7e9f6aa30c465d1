// SPDX-License-Identifier: GPL-2.0-only
/* From bytes on the wire to what the path gate asks of a packet. */
#include <kidoban/packet.h>

/* Protocol numbers, https://www.iana.org/assignments/protocol-numbers */
#define PROTO_HOP_BY_HOP	0
#define PROTO_ICMP		1
#define PROTO_IPIP		4
#define PROTO_TCP		6
#define PROTO_UDP		17
#define PROTO_DCCP		33
#define PROTO_IPV6		41
#define PROTO_ROUTING		43
#define PROTO_FRAGMENT		44
#define PROTO_GRE		47
#define PROTO_ESP		50
#define PROTO_AH		51
#define PROTO_ICMPV6		58
#define PROTO_NO_NEXT		59
#define PROTO_DEST_OPTIONS	60
#define PROTO_ETHERIP		97
#define PROTO_IPIP94		94
#define PROTO_L2TP		115
#define PROTO_SCTP		132
#define PROTO_MOBILITY		135
#define PROTO_UDPLITE		136
#define PROTO_MPLS		137
#define PROTO_HIP		139
#define PROTO_SHIM6		140
#define PROTO_EXPERIMENT1	253
#define PROTO_EXPERIMENT2	254

#define OPTION_LSRR	131	/* RFC 791: loose and strict source routing */
#define OPTION_SSRR	137
#define OPTION_JUMBO	0xc2	/* RFC 2675 */
#define MORE_FRAGMENTS	0x2000
#define FRAGMENT_OFFSET	0x1fff

/* What the parser has of the packet. */
struct view {
	const u8 *data;
	u32 have;			/* bytes at hand */
	u32 end;			/* bytes of the packet, without the frame's padding */
};

static u16 load_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static int malformed(struct kb_packet *ret)
{
	ret->defect = KB_REASON_MALFORMED;
	return 0;
}

/* Are the bytes up to @need there and at hand? */
static bool has(const struct view *view, u32 need)
{
	return need <= view->have && need <= view->end;
}

/* The bytes up to @need are not at hand: fetch them, or will they never be? */
static int missing(const struct view *view, u32 need, struct kb_packet *ret)
{
	ret->defect = KB_REASON_MALFORMED;
	return need <= view->end && need <= KB_PACKET_LOOK_MAX ? -ENODATA : 0;
}

/* Bytes of a header of @proto that must be there; 0 = it has no ports. */
static u32 transport_size(u8 version, u8 proto)
{
	switch (proto) {
	case PROTO_TCP:
		return 20;
	case PROTO_UDP:
	case PROTO_UDPLITE:
		return 8;
	case PROTO_SCTP:
	case PROTO_DCCP:
		return 12;
	}
	return proto == (version == 4 ? PROTO_ICMP : PROTO_ICMPV6) ? 4 : 0;
}

static inline u8 tcp_flags(u8 bits)
{
	return ((bits & 0x12) == 0x02 ? KB_PACKET_SYN : 0) | (bits & 0x04 ? KB_PACKET_RST : 0);
}

/* Ports, or type and code. ret->proto is known; a fragment is the first one. */
static int parse_transport(const struct view *view, u32 at, struct kb_packet *ret)
{
	const u32 size = transport_size(ret->version, ret->proto);
	const u8 *p = view->data + at;

	if (!size)
		return 0;
	if (!has(view, at + size))
		return missing(view, at + size, ret);
	if (size == 4) {
		ret->dport = load_be16(p);
	} else {
		ret->sport = load_be16(p);
		ret->dport = load_be16(p + 2);
	}
	if (size == 20)
		ret->flags |= tcp_flags(p[13]);
	ret->flags |= KB_PACKET_PORTS;
	return 0;
}

/* No source routing in the IPv4 options @p[0..n), and each of them whole? */
static bool options_fine(const u8 *p, u32 n)
{
	u32 i = 0;

	while (i < n) {
		if (p[i] == 0)		/* end of list */
			return true;
		if (p[i] == 1) {	/* no operation */
			i++;
			continue;
		}
		if (p[i] == OPTION_LSRR || p[i] == OPTION_SSRR)
			return false;
		if (n - i < 2 || p[i + 1] < 2 || p[i + 1] > n - i)
			return false;
		i += p[i + 1];
	}
	return true;
}

/* The fixed part of the IPv4 header is at hand. */
static int parse_v4(struct view *view, struct kb_packet *ret)
{
	const u8 *p = view->data;
	const u32 size = (p[0] & 15u) * 4, fragment = load_be16(p + 6);
	u32 total = load_be16(p + 2);

	ret->version = 4;
	ret->proto = p[9];
	ret->flags = p[8] == 255 ? KB_PACKET_HOP255 : 0;
	ret->src.v4 = kb_get_be32(p + 12);
	ret->dst.v4 = kb_get_be32(p + 16);
	if (!total && view->end > 0xffff)
		total = view->end;	/* a large packet that the device will cut */
	if (size < 20 || total < size || total > view->end)
		return malformed(ret);
	view->end = total;
	if (size > 20) {
		if (!has(view, size))
			return missing(view, size, ret);
		if (!options_fine(p + 20, size - 20))
			return malformed(ret);
	}
	if (fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) {
		ret->flags |= KB_PACKET_FRAGMENT;
		if (fragment & FRAGMENT_OFFSET)
			return 0;
	}
	return parse_transport(view, size, ret);
}

/* How the chain of IPv6 headers goes on behind a header of type @next. */
enum chain {
	CHAIN_ENDS,			/* an upper layer, or encrypted */
	CHAIN_GOES_ON,
	CHAIN_BROKEN,
};

static enum chain chain_of(u8 next)
{
	switch (next) {
	case PROTO_HOP_BY_HOP:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_DEST_OPTIONS:
		return CHAIN_GOES_ON;
	case PROTO_NO_NEXT:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
	case PROTO_EXPERIMENT1:
	case PROTO_EXPERIMENT2:
		return CHAIN_BROKEN;
	}
	return CHAIN_ENDS;
}

/* Pads, router alert and what may be skipped; a jumbo payload and what may not be skipped are none. */
static bool v6_options_fine(const u8 *p, u32 n)
{
	u32 i = 0;

	while (i < n) {
		if (p[i] == 0) {	/* Pad1 */
			i++;
			continue;
		}
		if (n - i < 2 || p[i + 1] > n - i - 2)
			return false;
		if (p[i] == OPTION_JUMBO)
			return false;
		i += 2 + p[i + 1];
	}
	return true;
}

/* One extension header of type @type: its size, 0 if it is not there or not fine. */
static u32 extension(const struct view *view, u32 at, u8 type, struct kb_packet *ret, int *err)
{
	const u8 *p = view->data + at;
	u32 size;

	*err = 0;
	if (!has(view, at + 8)) {
		*err = missing(view, at + 8, ret);
		return 0;
	}
	if (type == PROTO_FRAGMENT) {
		ret->flags |= KB_PACKET_FRAGMENT;
		return 8;
	}
	size = (p[1] + 1u) * 8;
	if (type == PROTO_ROUTING && (p[2] != 2 && p[3])) {
		*err = malformed(ret);
		return 0;
	}
	if (!has(view, at + size)) {
		*err = missing(view, at + size, ret);
		return 0;
	}
	if (type != PROTO_ROUTING && !v6_options_fine(p + 2, size - 2)) {
		*err = malformed(ret);
		return 0;
	}
	return size;
}

/* From the end of the IPv6 header to the upper layer. */
static int parse_chain(const struct view *view, u8 next, struct kb_packet *ret)
{
	u32 at = 40, headers = 0, size;
	enum chain chain;
	int err;

	for (; (chain = chain_of(next)) == CHAIN_GOES_ON; at += size) {
		const u8 type = next;
		const u8 *p = view->data + at;

		if (++headers > KB_PACKET_HEADERS_MAX || (type == PROTO_HOP_BY_HOP && headers > 1))
			return malformed(ret);
		size = extension(view, at, type, ret, &err);
		if (!size)
			return err;
		next = p[0];
		ret->proto = next;
		/* behind a fragment's header only the first has what can be read */
		if (type == PROTO_FRAGMENT && load_be16(p + 2) & 0xfff8)
			return chain_of(next) == CHAIN_ENDS ? 0 : malformed(ret);
	}
	if (chain == CHAIN_BROKEN)
		return malformed(ret);
	return parse_transport(view, at, ret);
}

/* Where ::, ::1 and IPv4 in disguise are. */
static inline bool is_low(const u8 v6[16])
{
	u64 first;

	memcpy(&first, v6, sizeof(first));
	return !first;
}

static bool is_loopback(const u8 v6[16])
{
	return is_low(v6) && !kb_get_be32(v6 + 8) && kb_get_be32(v6 + 12) == 1;
}

/* IPv4-mapped and IPv4-compatible addresses, RFC 4291. They belong inside a machine. */
static bool is_disguised(const u8 v6[16])
{
	if (!is_low(v6))
		return false;
	if (kb_get_be32(v6 + 8) == 0xffff)
		return true;
	return !kb_get_be32(v6 + 8) && kb_get_be32(v6 + 12) > 1;
}

static enum kb_reason addresses_defect(const u8 src[16], const u8 dst[16])
{
	if (!is_low(src) && !is_low(dst))
		return KB_REASON_NONE;
	if (is_disguised(src) || is_disguised(dst))
		return KB_REASON_EMBEDDED;
	return is_loopback(src) == is_loopback(dst) ? KB_REASON_NONE : KB_REASON_MALFORMED;
}

/* The IPv6 header is at hand. */
static int parse_v6(struct view *view, struct kb_packet *ret)
{
	const u8 *p = view->data;
	u32 total;

	ret->version = 6;
	ret->proto = p[6];
	memcpy(ret->src.v6, p + 8, 16);
	memcpy(ret->dst.v6, p + 24, 16);
	ret->flags = p[7] == 255 ? KB_PACKET_HOP255 : 0;
	total = 40u + load_be16(p + 4);
	if (total == 40 || total > view->end)
		return malformed(ret);	/* nothing, or a jumbogram; not all there */
	view->end = total;
	ret->defect = addresses_defect(p + 8, p + 24);
	if (ret->defect)
		return 0;
	return parse_chain(view, p[6], ret);
}

/* Bytes of the upper layer that the short way wants: a TCP header. */
#define PLAIN	20u

/* The short way: a whole IPv4 packet without options? */
static inline bool is_plain_v4(const u8 *p, u32 have, u32 len, u8 version)
{
	const u32 total = load_be16(p + 2);

	return have >= 20 + PLAIN && total >= 20 + PLAIN && total <= len && (!version || version == 4) &&
	       !(load_be16(p + 6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET));
}

/* The short way: an IPv6 packet between ordinary addresses? */
static inline bool is_plain_v6(const u8 *p, u32 have, u32 len, u8 version)
{
	const u32 payload = load_be16(p + 4);

	return have >= 40 + PLAIN && payload >= PLAIN && 40 + payload <= len &&
	       (!version || version == 6) && !is_low(p + 8) && !is_low(p + 24);
}

/*
 * The short way for nearly every packet: TCP or UDP right behind the IP header. At least 20
 * bytes are at hand. Answers as parse_any() does, or false: that must look and fill @ret anew.
 */
static inline bool parse_plain(const u8 *p, u32 have, u32 len, u8 version, struct kb_packet *ret)
{
	u8 proto, hops;

	if (p[0] == 0x45 && is_plain_v4(p, have, len, version)) {
		ret->version = 4;
		ret->src = (union kb_ip){ .v6 = { 0 } };
		ret->dst = (union kb_ip){ .v6 = { 0 } };
		ret->src.v4 = kb_get_be32(p + 12);
		ret->dst.v4 = kb_get_be32(p + 16);
		proto = p[9];
		hops = p[8];
		p += 20;
	} else if (p[0] >> 4 == 6 && is_plain_v6(p, have, len, version)) {
		ret->version = 6;
		memcpy(ret->src.v6, p + 8, 16);
		memcpy(ret->dst.v6, p + 24, 16);
		proto = p[6];
		hops = p[7];
		p += 40;
	} else {
		return false;
	}
	ret->proto = proto;
	ret->flags = KB_PACKET_PORTS | (hops == 255 ? KB_PACKET_HOP255 : 0);
	if (proto == PROTO_TCP)
		ret->flags |= tcp_flags(p[13]);
	else if (proto != PROTO_UDP)
		return false;
	ret->defect = KB_REASON_NONE;
	ret->sport = load_be16(p);
	ret->dport = load_be16(p + 2);
	return true;
}

/* Apart from the short way, so that this needs no stack. */
static kb_noinline int parse_any(const u8 *data, u32 have, u32 len, u8 version,
				 struct kb_packet *ret)
{
	struct view view = { data, have < KB_PACKET_LOOK_MAX ? have : KB_PACKET_LOOK_MAX, len };
	u32 need = 1;

	*ret = (struct kb_packet){ 0 };
	if (have) {
		const u8 claims = data[0] >> 4;

		if ((claims != 4 && claims != 6) || (version && version != claims))
			return malformed(ret);
		need = claims == 4 ? 20 : 40;
	}
	if (!has(&view, need))
		return missing(&view, need, ret);
	return need == 20 ? parse_v4(&view, ret) : parse_v6(&view, ret);
}

int kb_packet_parse(const u8 *data, u32 have, u32 len, u8 version, struct kb_packet *ret)
{
	if (have >= 20 && parse_plain(data, have, len, version, ret))
		return 0;
	return parse_any(data, have, len, version, ret);
}

u32 kb_packet_embedded_all(const union kb_ip *v6, u32 ret_v4[KB_EMBEDDED_MAX])
{
	const u8 *p = v6->v6;

	if (load_be16(p) == 0x2002) {
		ret_v4[0] = kb_get_be32(p + 2);
		return 1;
	}
	if (kb_get_be32(p) != 0x0064ff9b)
		return 0;
	if (load_be16(p + 4) == 1) {	/* RFC 8215: prefix of 96, 48, 56 or 64 bits, RFC 6052 */
		ret_v4[0] = kb_get_be32(p + 12);
		ret_v4[1] = (u32)load_be16(p + 6) << 16 | load_be16(p + 9);
		ret_v4[2] = (u32)p[7] << 24 | (kb_get_be32(p + 8) & 0xffffff);
		ret_v4[3] = kb_get_be32(p + 9);
		return 4;
	}
	if (kb_get_be32(p + 4) || kb_get_be32(p + 8))
		return 0;
	ret_v4[0] = kb_get_be32(p + 12);
	return 1;
}

bool kb_packet_embedded(const union kb_ip *v6, u32 *ret_v4)
{
	u32 all[KB_EMBEDDED_MAX];

	if (!kb_packet_embedded_all(v6, all))
		return false;
	*ret_v4 = all[0];
	return true;
}

static bool is_tunnel_protocol(u8 proto)
{
	switch (proto) {
	case PROTO_IPIP:
	case PROTO_IPV6:
	case PROTO_GRE:
	case PROTO_ESP:
	case PROTO_AH:
	case PROTO_IPIP94:
	case PROTO_ETHERIP:
	case PROTO_L2TP:
	case PROTO_MPLS:
		return true;
	}
	return false;
}

static kb_noinline bool is_udp_tunnel(u16 port)
{
	switch (port) {
	case 500: case 4500:		/* IKE, ESP in UDP */
	case 1194:			/* OpenVPN */
	case 1701:			/* L2TP */
	case 2123: case 2152:		/* GTP */
	case 3544:			/* Teredo */
	case 4789: case 8472:		/* VXLAN, and Linux' older number for it */
	case 5555: case 6080:		/* FOU, GUE */
	case 6081:			/* GENEVE */
	case 51820:			/* WireGuard */
		return true;
	}
	return false;
}

static bool is_tcp_tunnel(u16 port)
{
	return port == 1194 || port == 1723;	/* OpenVPN, PPTP */
}

bool kb_packet_is_tunnel(const struct kb_packet *packet)
{
	const bool ports = packet->flags & KB_PACKET_PORTS;

	if (packet->flags & KB_PACKET_ENCAPSULATED)
		return true;
	if (packet->version == 6 &&
	    (kb_packet_is_teredo(&packet->src) || kb_packet_is_teredo(&packet->dst)))
		return true;
	if (packet->proto == PROTO_TCP)
		return ports && (is_tcp_tunnel(packet->sport) || is_tcp_tunnel(packet->dport));
	if (packet->proto == PROTO_UDP)
		return ports &&
		       ((kb_packet_may_be_tunnel(packet->sport) && is_udp_tunnel(packet->sport)) ||
			(kb_packet_may_be_tunnel(packet->dport) && is_udp_tunnel(packet->dport)));
	return is_tunnel_protocol(packet->proto);
}

bool kb_packet_is_multicast(const union kb_ip *ip, u8 version)
{
	if (version == 6)
		return ip->v6[0] == 0xff;
	return ip->v4 >> 28 == 0xe || ip->v4 == 0xffffffff;
}
