/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets in hexadecimal, and what is to be read in them. */
#ifndef TESTS_UNIT_PACKET_SAMPLES_H
#define TESTS_UNIT_PACKET_SAMPLES_H

#include <kidoban/packet.h>

#define PORTS	KB_PACKET_PORTS
#define FRAG	KB_PACKET_FRAGMENT
#define SYN	KB_PACKET_SYN
#define RST	KB_PACKET_RST
#define HOP	KB_PACKET_HOP255
#define BAD	KB_REASON_MALFORMED
#define GUISE	KB_REASON_EMBEDDED

/* Parts of packets, in hexadecimal. Addresses are 10.0.0.1 > 192.168.1.2, 2001:db8::1 > ::2. */
#define IP4(first, total, frag, ttl, proto) \
	first "00" total "0000" frag ttl proto "0000" "0a000001" "c0a80102"
#define A1	"20010db8000000000000000000000001"
#define A2	"20010db8000000000000000000000002"
#define ADDR0	"00000000000000000000000000000000"
#define ADDR1	"00000000000000000000000000000001"
#define IP6TO(payload, next, hop, src, dst) "60000000" payload next hop src dst
#define IP6(payload, next, hop)	IP6TO(payload, next, hop, A1, A2)
/* ports 0x1234 and 3389 */
#define TCP(flags) "1234" "0d3d" "00000001" "00000002" "50" flags "ffff" "0000" "0000"
#define UDP	"1234" "0d3d" "0008" "0000"
#define ECHO	"0800" "0000" "00010001"
#define ECHO6	"8000" "0000" "00010001"
/* IPv6 extension headers of 8 bytes, by the header that follows */
#define PADN(next)		next "00" "0104" "00000000"
#define ROUTE(next, type, left)	next "00" type left "00000000"
#define FRAGMENT(next, offset)	next "00" offset "00000001"

struct packet_sample {
	const char *name, *hex;
	u8 claimed;			/* by the frame */
	u8 version, proto, flags, defect;
	u16 sport, dport;
	u32 padding;			/* bytes at the end that do not belong to the packet */
};

/* The last one has no name. */
extern const struct packet_sample packet_samples[];

#endif
