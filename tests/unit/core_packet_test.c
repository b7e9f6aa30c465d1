// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets as bytes, and what the path gate makes of them: refusals first (N2, N3, N5). */
#include <kidoban/packet.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

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

struct sample {
	const char *name, *hex;
	u8 claimed;			/* by the frame */
	u8 version, proto, flags, defect;
	u16 sport, dport;
	u32 padding;			/* bytes at the end that do not belong to the packet */
};

#define OK4(p, f)	.claimed = 4, .version = 4, .proto = p, .flags = f
#define OK6(p, f)	.claimed = 6, .version = 6, .proto = p, .flags = f
#define BAD4(p, f)	OK4(p, f), .defect = BAD
#define BAD6(p, f)	OK6(p, f), .defect = BAD
#define GUISE6(p, f)	OK6(p, f), .defect = GUISE
#define RDP		.sport = 0x1234, .dport = 3389

static const struct sample samples[] = {
	/* which protocol at all */
	{ "v4 in a v6 frame", IP4("45", "0028", "4000", "40", "06") TCP("02"), .claimed = 6, .defect = BAD },
	{ "v6 in a v4 frame", IP6("0014", "06", "40") TCP("02"), .claimed = 4, .defect = BAD },
	{ "version 0", "05" "000000000000000000000000000000000000000000", .claimed = 0, .defect = BAD },
	{ "version 5", "55" "000000000000000000000000000000000000000000", .claimed = 0, .defect = BAD },
	{ "version 15", "f5" "000000000000000000000000000000000000000000", .claimed = 0, .defect = BAD },
	{ "frame claims 5", IP4("45", "0028", "4000", "40", "06") TCP("02"), .claimed = 5, .defect = BAD },
	{ "frame claims 2", IP6("0014", "06", "40") TCP("02"), .claimed = 2, .defect = BAD },

	/* IPv4: the header */
	{ "header of 16 bytes", IP4("44", "0028", "0000", "40", "06") TCP("02"), BAD4(6, 0) },
	{ "header of 0 bytes", IP4("40", "0028", "0000", "40", "06") TCP("02"), BAD4(6, 0) },
	{ "longer than there is", IP4("45", "0029", "0000", "40", "06") TCP("02"), BAD4(6, 0) },
	{ "shorter than its header", IP4("45", "0013", "0000", "40", "06") TCP("02"), BAD4(6, 0) },
	{ "no length", IP4("45", "0000", "0000", "40", "06") TCP("02"), BAD4(6, 0) },
	{ "options, length of plain", IP4("46", "0014", "0000", "40", "06") "00000000", BAD4(6, 0) },
	{ "options beyond the packet", IP4("4f", "0028", "0000", "40", "06") TCP("02"), BAD4(6, 0) },
	{ "plain TCP", IP4("45", "0028", "4000", "40", "06") TCP("10"), OK4(6, PORTS), RDP },
	{ "nobody claims", IP4("45", "0028", "4000", "40", "06") TCP("10"),
	  .version = 4, .proto = 6, .flags = PORTS, RDP },
	{ "SYN", IP4("45", "0028", "4000", "40", "06") TCP("02"), OK4(6, PORTS | SYN), RDP },
	{ "SYN, ECN", IP4("45", "0028", "4000", "40", "06") TCP("c2"), OK4(6, PORTS | SYN), RDP },
	{ "SYN and ACK", IP4("45", "0028", "4000", "40", "06") TCP("12"), OK4(6, PORTS), RDP },
	{ "RST", IP4("45", "0028", "4000", "40", "06") TCP("04"), OK4(6, PORTS | RST), RDP },
	{ "all flags", IP4("45", "0028", "4000", "40", "06") TCP("ff"), OK4(6, PORTS | RST), RDP },
	{ "SYN, FIN, RST", IP4("45", "0028", "4000", "40", "06") TCP("07"),
	  OK4(6, PORTS | SYN | RST), RDP },
	{ "TTL 255", IP4("45", "0028", "0000", "ff", "06") TCP("00"), OK4(6, PORTS | HOP), RDP },
	{ "TTL 254", IP4("45", "0028", "0000", "fe", "06") TCP("00"), OK4(6, PORTS), RDP },
	{ "reserved fragment bit", IP4("45", "0028", "8000", "40", "06") TCP("00"),
	  OK4(6, PORTS), RDP },
	{ "UDP without content", IP4("45", "001c", "0000", "40", "11") UDP, OK4(17, PORTS), RDP },
	{ "UDP, much content", IP4("45", "0030", "0000", "40", "11") UDP UDP ADDR0,
	  OK4(17, PORTS), RDP, .padding = 4 },
	{ "padding of the frame", IP4("45", "001c", "0000", "40", "11") UDP ADDR0,
	  OK4(17, PORTS), RDP, .padding = 16 },
	{ "ports only in the padding", IP4("45", "0014", "0000", "40", "11") UDP ADDR0,
	  BAD4(17, 0), .padding = 24 },
	{ "UDP of 7 bytes", IP4("45", "001b", "0000", "40", "11") UDP, BAD4(17, 0), .padding = 1 },
	{ "TCP of 19 bytes", IP4("45", "0027", "0000", "40", "06") TCP("02"), BAD4(6, 0),
	  .padding = 1 },
	{ "TCP of 4 bytes", IP4("45", "0018", "0000", "40", "06") TCP("02"), BAD4(6, 0),
	  .padding = 16 },
	{ "SCTP", IP4("45", "0020", "0000", "40", "84") "12340d3d" "0000000000000000",
	  OK4(132, PORTS), RDP },
	{ "SCTP of 11 bytes", IP4("45", "001f", "0000", "40", "84") "12340d3d" "00000000000000",
	  BAD4(132, 0) },
	{ "DCCP", IP4("45", "0020", "0000", "40", "21") "12340d3d" "0000000000000000",
	  OK4(33, PORTS), RDP },
	{ "DCCP of 11 bytes", IP4("45", "001f", "0000", "40", "21") "12340d3d" "00000000000000",
	  BAD4(33, 0) },
	{ "UDP-Lite of 7 bytes", IP4("45", "001b", "0000", "40", "88") "12340d3d000700", BAD4(136, 0) },
	{ "UDP-Lite", IP4("45", "001c", "0000", "40", "88") UDP, OK4(136, PORTS), RDP },
	{ "ping", IP4("45", "001c", "0000", "40", "01") ECHO, OK4(1, PORTS), .dport = 0x0800 },
	{ "ICMP of 3 bytes", IP4("45", "0017", "0000", "40", "01") "030d00", BAD4(1, 0) },
	{ "ICMPv6 over IPv4", IP4("45", "001c", "0000", "40", "3a") ECHO6, OK4(58, 0) },
	{ "GRE", IP4("45", "0018", "0000", "40", "2f") "00000800", OK4(47, 0) },
	{ "a protocol, nothing in it", IP4("45", "0014", "0000", "40", "fd"), OK4(253, 0) },

	/* IPv4: options */
	{ "LSRR", IP4("48", "0034", "0000", "40", "06") "83070400000000" "00" "00000000" TCP("02"),
	  BAD4(6, 0) },
	{ "SSRR", IP4("48", "0034", "0000", "40", "06") "89070400000000" "00" "00000000" TCP("02"),
	  BAD4(6, 0) },
	{ "LSRR behind others", IP4("48", "0034", "0000", "40", "06") "01" "940400000183"
	  "0304" "010000" TCP("02"), BAD4(6, 0) },
	{ "LSRR behind the end", IP4("48", "0034", "0000", "40", "06") "00" "83070400000000"
	  "00000000" TCP("02"), OK4(6, PORTS | SYN), RDP },
	{ "LSRR inside an option", IP4("48", "0034", "0000", "40", "06") "9408838383838383"
	  "01010100" TCP("02"), OK4(6, PORTS | SYN), RDP },
	{ "LSRR at the last byte", IP4("46", "002c", "0000", "40", "06") "01010183" TCP("02"),
	  BAD4(6, 0) },
	{ "option without length", IP4("46", "002c", "0000", "40", "06") "01010194" TCP("02"),
	  BAD4(6, 0) },
	{ "option of length 0", IP4("46", "002c", "0000", "40", "06") "94000000" TCP("02"),
	  BAD4(6, 0) },
	{ "option of length 1", IP4("46", "002c", "0000", "40", "06") "94010000" TCP("02"),
	  BAD4(6, 0) },
	{ "option too long", IP4("46", "002c", "0000", "40", "06") "94050000" TCP("02"), BAD4(6, 0) },
	{ "router alert", IP4("46", "0020", "c000", "01", "02") "94040000" "1600000000000000",
	  OK4(2, 0) },
	{ "60 bytes of header", IP4("4f", "0050", "0000", "ff", "06") ADDR0 ADDR0 "0000000000000000"
	  TCP("02"), OK4(6, PORTS | SYN | HOP), RDP },

	/* IPv4: fragments */
	{ "first fragment", IP4("45", "0028", "2000", "40", "06") TCP("02"),
	  OK4(6, PORTS | SYN | FRAG), RDP },
	{ "tiny first fragment", IP4("45", "001c", "2000", "40", "06") "12340d3d00000001",
	  BAD4(6, FRAG) },
	{ "later fragment", IP4("45", "0028", "2001", "40", "06") TCP("02"), OK4(6, FRAG) },
	{ "last fragment", IP4("45", "0028", "1fff", "40", "11") TCP("02"), OK4(17, FRAG) },
	{ "last fragment, one byte", IP4("45", "0015", "0001", "ff", "06") "00", OK4(6, FRAG | HOP) },
	{ "LSRR in a fragment", IP4("46", "0020", "0001", "40", "06") "83040400" UDP, BAD4(6, 0) },

	/* IPv6: the header and its addresses */
	{ "longer than there is", IP6("0015", "06", "40") TCP("02"), BAD6(6, 0) },
	{ "jumbogram or nothing", IP6("0000", "06", "40") TCP("02"), BAD6(6, 0), .padding = 20 },
	{ "no payload for GRE", IP6("0000", "2f", "40"), BAD6(47, 0) },
	{ "plain TCP", IP6("0014", "06", "40") TCP("10"), OK6(6, PORTS), RDP },
	{ "nobody claims", IP6("0014", "06", "40") TCP("10"), .version = 6, .proto = 6, .flags = PORTS, RDP },
	{ "SYN", IP6("0014", "06", "ff") TCP("02"), OK6(6, PORTS | SYN | HOP), RDP },
	{ "UDP", IP6("0008", "11", "40") UDP, OK6(17, PORTS), RDP },
	{ "UDP, padding", IP6("0008", "11", "40") UDP ADDR0, OK6(17, PORTS), RDP, .padding = 16 },
	{ "TCP of 19 bytes", IP6("0013", "06", "40") TCP("02"), BAD6(6, 0), .padding = 1 },
	{ "ping", IP6("0008", "3a", "ff") ECHO6, OK6(58, PORTS | HOP), .dport = 0x8000 },
	{ "ICMP over IPv6", IP6("0008", "01", "40") ECHO, OK6(1, 0) },
	{ "ICMPv6 of 3 bytes", IP6("0003", "3a", "ff") "870000", BAD6(58, HOP) },
	{ "ESP", IP6("0008", "32", "40") UDP, OK6(50, 0) },
	{ "AH", IP6("0008", "33", "40") UDP, OK6(51, 0) },
	{ "from a mapped address",
	  IP6TO("0014", "06", "40", "00000000000000000000ffff0a000001", A2) TCP("02"),
	  GUISE6(6, 0) },
	{ "to a mapped address",
	  IP6TO("0014", "06", "40", A1, "00000000000000000000ffff0a000001") TCP("02"),
	  GUISE6(6, 0) },
	{ "both mapped, UDP", IP6TO("0008", "11", "40", "00000000000000000000ffff0a000001",
	  "00000000000000000000ffff0a000002") UDP, GUISE6(17, 0) },
	{ "to a compatible address",
	  IP6TO("0014", "06", "40", A1, "0000000000000000000000000a000001") TCP("02"),
	  GUISE6(6, 0) },
	{ "from ::2", IP6TO("0014", "06", "40", "00000000000000000000000000000002", A2) TCP("02"),
	  GUISE6(6, 0) },
	{ "mapped beats hop limit", IP6TO("0008", "3a", "ff", ADDR0,
	  "00000000000000000000ffffffffffff") ECHO6, GUISE6(58, HOP) },
	{ "nearly mapped", IP6TO("0014", "06", "40", "00000000000000000000fffe0a000001", A2)
	  TCP("02"), OK6(6, PORTS | SYN), RDP },
	{ "mapped one word on", IP6TO("0014", "06", "40", "000000000000ffff0000ffff0a000001", A2)
	  TCP("02"), OK6(6, PORTS | SYN), RDP },
	{ "nobody yet", IP6TO("0008", "3a", "ff", ADDR0, A2) ECHO6, OK6(58, PORTS | HOP), .dport = 0x8000 },
	{ "loopback", IP6TO("0014", "06", "40", ADDR1, ADDR1) TCP("02"), OK6(6, PORTS | SYN), RDP },
	{ "from loopback", IP6TO("0014", "06", "40", ADDR1, A2) TCP("02"), BAD6(6, 0) },
	{ "to loopback", IP6TO("0014", "06", "40", A1, ADDR1) TCP("02"), BAD6(6, 0) },
	{ "from nobody to loopback", IP6TO("0014", "06", "40", ADDR0, ADDR1) TCP("02"), BAD6(6, 0) },
	{ "6to4", IP6TO("0014", "06", "40", "20020a00000100000000000000000001", A2) TCP("02"),
	  OK6(6, PORTS | SYN), RDP },

	/* IPv6: the chain of headers */
	{ "no next header", IP6("0008", "3b", "40") UDP, BAD6(59, 0) },
	{ "no next header at last", IP6("0008", "3c", "40") PADN("3b"), BAD6(59, 0) },
	{ "mobility", IP6("0008", "87", "40") PADN("3b"), BAD6(135, 0) },
	{ "HIP", IP6("0008", "8b", "40") PADN("3b"), BAD6(139, 0) },
	{ "shim6", IP6("0008", "8c", "40") PADN("3b"), BAD6(140, 0) },
	{ "experimental header", IP6("0008", "fd", "40") PADN("3b"), BAD6(253, 0) },
	{ "another", IP6("0008", "fe", "40") PADN("3b"), BAD6(254, 0) },
	{ "hop by hop", IP6("001c", "00", "01") PADN("06") TCP("02"), OK6(6, PORTS | SYN), RDP },
	{ "hop by hop second", IP6("0018", "3c", "01") PADN("00") PADN("11") UDP, BAD6(0, 0) },
	{ "hop by hop twice", IP6("0018", "00", "01") PADN("00") PADN("11") UDP, BAD6(0, 0) },
	{ "jumbo payload", IP6("0010", "00", "40") "1100" "c20400010000" UDP, BAD6(0, 0) },
	{ "jumbo payload, length 0", IP6("0000", "00", "40") "1100" "c20400010000" UDP, BAD6(0, 0),
	  .padding = 16 },
	{ "MLD", IP6("0020", "00", "01") "3a00" "050200000100" "8f000000"
	  "0000000000000000000000000000000000000000", OK6(58, PORTS), .dport = 0x8f00 },
	{ "option too long", IP6("0010", "3c", "40") "1100" "010500000000" UDP, BAD6(60, 0) },
	{ "option without length", IP6("0010", "3c", "40") "1100" "010300000005" UDP, BAD6(60, 0) },
	{ "single pads", IP6("0010", "3c", "40") "1100" "000000000000" UDP, OK6(17, PORTS), RDP },
	{ "16 bytes, option too long", IP6("0018", "3c", "40") "1101"
	  "010d000000000000000000000000" UDP, BAD6(60, 0) },
	{ "16 bytes of options, well", IP6("0018", "3c", "40") "1101"
	  "010c000000000000000000000000" UDP, OK6(17, PORTS), RDP },
	{ "header beyond the packet", IP6("0010", "3c", "40") "1102" "010400000000" UDP, BAD6(60, 0) },
	{ "half a header", IP6("0004", "3c", "40") "11000104", BAD6(60, 0) },
	{ "RH0", IP6("0010", "2b", "40") ROUTE("11", "00", "01") UDP, BAD6(43, 0) },
	{ "RH0, nothing left", IP6("0010", "2b", "40") ROUTE("11", "00", "00") UDP,
	  OK6(17, PORTS), RDP },
	{ "RH2", IP6("0010", "2b", "40") ROUTE("11", "02", "01") UDP, OK6(17, PORTS), RDP },
	{ "RPL", IP6("0010", "2b", "40") ROUTE("11", "03", "02") UDP, BAD6(43, 0) },
	{ "SRv6", IP6("0010", "2b", "40") ROUTE("11", "04", "01") UDP, BAD6(43, 0) },
	{ "SRv6 as the second", IP6("0018", "3c", "40") PADN("2b") ROUTE("11", "04", "01") UDP,
	  BAD6(43, 0) },
	{ "compact routing header", IP6("0010", "2b", "40") ROUTE("11", "05", "ff") UDP,
	  BAD6(43, 0) },
	{ "eight headers", IP6("0048", "00", "40") PADN("3c") PADN("3c") PADN("3c") PADN("3c")
	  PADN("3c") PADN("3c") PADN("3c") PADN("11") UDP, OK6(17, PORTS), RDP },
	{ "nine headers", IP6("0050", "00", "40") PADN("3c") PADN("3c") PADN("3c") PADN("3c")
	  PADN("3c") PADN("3c") PADN("3c") PADN("3c") PADN("11") UDP, BAD6(60, 0) },

	/* IPv6: fragments */
	{ "first fragment", IP6("001c", "2c", "40") FRAGMENT("06", "0001") TCP("02"),
	  OK6(6, PORTS | SYN | FRAG), RDP },
	{ "atomic fragment", IP6("001c", "2c", "40") FRAGMENT("06", "0000") TCP("02"),
	  OK6(6, PORTS | SYN | FRAG), RDP },
	{ "later fragment", IP6("001c", "2c", "40") FRAGMENT("06", "0009") TCP("02"), OK6(6, FRAG) },
	{ "last fragment", IP6("0009", "2c", "40") FRAGMENT("11", "fff8") "00", OK6(17, FRAG) },
	{ "tiny first fragment", IP6("0010", "2c", "40") FRAGMENT("06", "0001") UDP, BAD6(6, FRAG) },
	{ "chain goes on elsewhere", IP6("0008", "2c", "40") FRAGMENT("3c", "0001"), BAD6(60, FRAG) },
	{ "headers in a later one", IP6("0010", "2c", "40") FRAGMENT("3c", "0009") UDP,
	  BAD6(60, FRAG) },
	{ "nothing in a later one", IP6("0010", "2c", "40") FRAGMENT("3b", "0009") UDP,
	  BAD6(59, FRAG) },
	{ "headers in the first", IP6("0018", "2c", "40") FRAGMENT("3c", "0001") PADN("11") UDP,
	  OK6(17, PORTS | FRAG), RDP },
	{ "half a fragment header", IP6("0007", "2c", "40") "11000001000000", BAD6(44, 0) },
};

/* Bytes of @hex; @ret_bytes is allocated to exactly that size. */
static u32 bytes_of(const char *hex, u8 **ret_bytes)
{
	const u32 len = (u32)strlen(hex) / 2;
	char pair[3] = { 0 };
	u32 i;

	assert_int_equal(strlen(hex) % 2, 0);
	*ret_bytes = malloc(len ? len : 1);
	assert_non_null(*ret_bytes);
	for (i = 0; i < len; i++) {
		char *end;

		memcpy(pair, hex + 2 * i, 2);
		(*ret_bytes)[i] = (u8)strtoul(pair, &end, 16);
		assert_ptr_equal(end, pair + 2);
	}
	return len;
}

/* Parses a copy of exactly @have bytes at an odd address. */
static int parse(const u8 *bytes, u32 have, u32 len, u8 version, struct kb_packet *ret)
{
	u8 *copy = malloc(have + 1);
	int err;

	assert_non_null(copy);
	memcpy(copy + 1, bytes, have);
	memset(ret, 0xa5, sizeof(*ret));
	err = kb_packet_parse(copy + 1, have, len, version, ret);
	free(copy);
	return err;
}

static void same(const struct kb_packet *a, const struct kb_packet *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

/* What the sample says, field by field. */
static struct kb_packet expected(const struct sample *s, const u8 *bytes)
{
	struct kb_packet p = {
		.version = s->version, .proto = s->proto, .flags = s->flags, .defect = s->defect,
		.sport = s->sport, .dport = s->dport,
	};

	if (s->version == 4) {
		p.src.v4 = 0x0a000001;
		p.dst.v4 = 0xc0a80102;
	} else if (s->version == 6) {
		memcpy(p.src.v6, bytes + 8, 16);
		memcpy(p.dst.v6, bytes + 24, 16);
	}
	return p;
}

/* -ENODATA asks for something only while it can be had, and the answer does not depend on it. */
static void check_at_hand(const struct sample *s, const u8 *bytes, u32 len,
			  const struct kb_packet *whole)
{
	const u32 most = len < KB_PACKET_LOOK_MAX ? len : KB_PACKET_LOOK_MAX;
	struct kb_packet p;
	bool known = false;
	u32 have;

	for (have = 0; have <= len; have++) {
		const int err = parse(bytes, have, len, s->claimed, &p);

		if (err) {
			assert_int_equal(err, -ENODATA);
			assert_false(known);
			assert_true(have < most);
			assert_int_not_equal(p.defect, 0);
		} else {
			known = true;
			same(&p, whole);
		}
	}
	assert_true(known || !len);
}

static void test_samples(void **state)
{
	struct kb_packet p, want;
	u32 i, len;
	u8 *bytes;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];

		print_message("# %s\n", s->name);
		len = bytes_of(s->hex, &bytes);
		want = expected(s, bytes);
		assert_int_equal(parse(bytes, len, len, s->claimed, &p), 0);
		assert_int_equal(p.version, want.version);
		assert_int_equal(p.defect, want.defect);
		assert_int_equal(p.proto, want.proto);
		assert_int_equal(p.flags, want.flags);
		assert_int_equal(p.sport, want.sport);
		assert_int_equal(p.dport, want.dport);
		same(&p, &want);
		check_at_hand(s, bytes, len, &want);
		free(bytes);
	}
}

/* Cut anywhere, a packet is refused; padding may be cut. */
static void test_every_truncation(void **state)
{
	struct kb_packet p;
	u32 i, len, cut;
	u8 *bytes;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];

		len = bytes_of(s->hex, &bytes);
		for (cut = 0; cut < len - s->padding; cut++) {
			assert_int_equal(parse(bytes, cut, cut, s->claimed, &p), 0);
			assert_int_not_equal(p.defect, 0);
		}
		for (; cut <= len; cut++) {
			struct kb_packet want = expected(s, bytes);

			assert_int_equal(parse(bytes, cut, cut, s->claimed, &p), 0);
			same(&p, &want);
		}
		free(bytes);
	}
}

static void test_nothing(void **state)
{
	const struct kb_packet refused = { .defect = BAD };
	const u8 first = 0x45;
	struct kb_packet p;

	(void)state;
	assert_int_equal(parse(&first, 0, 0, 0, &p), 0);
	same(&p, &refused);
	assert_int_equal(parse(&first, 0, 1, 0, &p), -ENODATA);
	same(&p, &refused);
	assert_int_equal(parse(&first, 1, 1, 0, &p), 0);
	same(&p, &refused);
	assert_int_equal(parse(&first, 1, 20, 4, &p), -ENODATA);
	same(&p, &refused);
	assert_int_equal(parse(&first, 1, 20, 6, &p), 0);
	same(&p, &refused);
}

/* A chain that is longer than anybody looks. */
static void test_beyond_the_look(void **state)
{
	u8 bytes[40 + 248 + 20] = { 0x60 };
	struct kb_packet p;
	u32 size;

	(void)state;
	bytes[8] = bytes[24] = 0x20;
	bytes[5] = 0;
	bytes[6] = 60;
	for (size = 8; size <= 248; size += 8) {
		const u32 upper = 40 + size, len = upper + 20;

		memset(bytes + 40, 0, sizeof(bytes) - 40);
		bytes[4] = (u8)((len - 40) >> 8);
		bytes[5] = (u8)(len - 40);
		bytes[40] = 6;
		bytes[41] = (u8)(size / 8 - 1);
		bytes[upper + 13] = 2;
		assert_int_equal(parse(bytes, len, len, 6, &p), 0);
		assert_int_equal(p.defect, len <= KB_PACKET_LOOK_MAX ? 0 : BAD);
		if (len > KB_PACKET_LOOK_MAX) {
			assert_int_equal(parse(bytes, KB_PACKET_LOOK_MAX, len, 6, &p), 0);
			assert_int_equal(p.defect, BAD);
			assert_int_equal(parse(bytes, KB_PACKET_LOOK_MAX - 1, len, 6, &p),
					 upper == KB_PACKET_LOOK_MAX ? -ENODATA : 0);
		} else {
			assert_int_equal(p.flags, PORTS | SYN);
			assert_int_equal(parse(bytes, len - 1, len, 6, &p), -ENODATA);
		}
	}
}

/* Only a packet larger than the field may leave it empty: the device will cut it. */
static void test_large_v4(void **state)
{
	struct kb_packet p;
	u8 *bytes;
	u32 len;

	(void)state;
	len = bytes_of(IP4("45", "0000", "4000", "40", "06") TCP("02"), &bytes);
	assert_int_equal(parse(bytes, len, 0x10000, 4, &p), 0);
	assert_int_equal(p.defect, 0);
	assert_int_equal(p.dport, 3389);
	assert_int_equal(p.flags, PORTS | SYN);
	assert_int_equal(parse(bytes, len, 0xffff, 4, &p), 0);
	assert_int_equal(p.defect, BAD);
	assert_int_equal(parse(bytes, 39, 0x10000, 4, &p), -ENODATA);
	free(bytes);
}

static const struct {
	const char *ip;
	u32 n, v4[KB_EMBEDDED_MAX];
} embedded[] = {
	{ A1, 0, { 0 } },
	{ ADDR0, 0, { 0 } },
	{ "00000000000000000000ffff0a140101", 0, { 0 } },
	{ "20020a14010100000000000000000001", 1, { 0x0a140101 } },
	{ "20030a14010100000000000000000001", 0, { 0 } },
	{ "0064ff9b00000000000000000a140101", 1, { 0x0a140101 } },
	{ "0064ff9b00000000000000010a140101", 0, { 0 } },
	{ "0064ff9b00000001000000000a140101", 0, { 0 } },
	{ "0064ff9a00000000000000000a140101", 0, { 0 } },
	{ "0064ff9b0001000000000000" "0a140101", 4, { 0x0a140101, 0, 0, 0x0000000a } },
	{ "0064ff9b00010a14000101" "0000000000", 4, { 0, 0x0a140101, 0x14010100, 0x01010000 } },
	{ "0064ff9b0001ff0a00140101" "00000000", 4, { 0, 0xff0a1401, 0x0a140101, 0x14010100 } },
	{ "0064ff9b0001ffff000a140101000000", 4, { 0x01000000, 0xffff0a14, 0xff0a1401, 0x0a140101 } },
	{ "0064ff9b00020000000000000a140101", 0, { 0 } },
};

static void test_embedded(void **state)
{
	u32 i, k, len;
	u8 *bytes;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(embedded); i++) {
		u32 all[KB_EMBEDDED_MAX] = { 0 }, one = 0x12345678;
		union kb_ip ip;

		len = bytes_of(embedded[i].ip, &bytes);
		assert_int_equal(len, 16);
		memcpy(ip.v6, bytes, 16);
		free(bytes);
		assert_int_equal(kb_packet_embedded_all(&ip, all), embedded[i].n);
		for (k = 0; k < embedded[i].n; k++)
			assert_int_equal(all[k], embedded[i].v4[k]);
		assert_int_equal(kb_packet_embedded(&ip, &one), embedded[i].n > 0);
		assert_int_equal(one, embedded[i].n ? embedded[i].v4[0] : 0x12345678);
	}
}

static bool listed(u16 port, const u16 *ports, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

static void test_tunnel_ports(void **state)
{
	static const u16 udp[] = { 500, 1194, 1701, 2123, 2152, 3544, 4500, 4789, 5555, 6080, 6081,
				   8472, 51820 };
	static const u16 tcp[] = { 1194, 1723 };
	struct kb_packet p = { .version = 4, .flags = PORTS };
	u32 port;

	(void)state;
	for (port = 0; port < 0x10000; port++) {
		const bool is_udp = listed((u16)port, udp, ARRAY_SIZE(udp));
		const bool is_tcp = listed((u16)port, tcp, ARRAY_SIZE(tcp));
		u32 way;

		for (way = 0; way < 2; way++) {
			p.sport = way ? 40000 : (u16)port;
			p.dport = way ? (u16)port : 40000;
			p.proto = 17;
			assert_int_equal(kb_packet_is_tunnel(&p), is_udp);
			p.proto = 6;
			assert_int_equal(kb_packet_is_tunnel(&p), is_tcp);
			p.proto = 132;
			assert_false(kb_packet_is_tunnel(&p));
			p.flags = 0;
			p.proto = 17;
			assert_false(kb_packet_is_tunnel(&p));
			p.flags = PORTS;
		}
	}
}

static void test_tunnel_protocols(void **state)
{
	static const u16 tunnels[] = { 4, 41, 47, 50, 51, 94, 97, 115, 137 };
	const u8 teredo[16] = { 0x20, 0x01, 0, 0, 1 }, near[16] = { 0x20, 0x01, 0, 1 };
	struct kb_packet p = { .version = 4 };
	u32 proto;

	(void)state;
	for (proto = 0; proto < 256; proto++) {
		const bool tunnel = listed((u16)proto, tunnels, ARRAY_SIZE(tunnels));
		u32 v;

		p.proto = (u8)proto;
		for (v = 4; v <= 6; v += 2) {
			p.version = (u8)v;
			p.flags = 0;
			assert_int_equal(kb_packet_is_tunnel(&p), tunnel);
			p.flags = FRAG;
			assert_int_equal(kb_packet_is_tunnel(&p), tunnel);
			p.flags = KB_PACKET_ENCAPSULATED;
			assert_true(kb_packet_is_tunnel(&p));
		}
	}
	p = (struct kb_packet){ .version = 6, .proto = 6, .flags = PORTS };
	memcpy(p.dst.v6, near, 16);
	assert_false(kb_packet_is_tunnel(&p));
	memcpy(p.dst.v6, teredo, 16);
	assert_true(kb_packet_is_tunnel(&p));
	p.src = p.dst;
	memset(&p.dst, 0, sizeof(p.dst));
	assert_true(kb_packet_is_tunnel(&p));
	p.version = 4;		/* those bytes are nothing of IPv4 */
	assert_false(kb_packet_is_tunnel(&p));
}

static void test_multicast(void **state)
{
	static const struct {
		u32 v4;
		bool multicast;
	} fours[] = {
		{ 0, false }, { 0xdfffffff, false }, { 0xe0000000, true }, { 0xefffffff, true },
		{ 0xf0000000, false }, { 0xfffffffe, false }, { 0xffffffff, true },
		{ 0x0affffff, false },
	};
	union kb_ip ip = { .v6 = { 0 } };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(fours); i++) {
		ip.v4 = fours[i].v4;
		assert_int_equal(kb_packet_is_multicast(&ip, 4), fours[i].multicast);
	}
	for (i = 0; i < 256; i++) {
		ip.v6[0] = (u8)i;
		assert_int_equal(kb_packet_is_multicast(&ip, 6), i == 0xff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_beyond_the_look),
		cmocka_unit_test(test_large_v4),
		cmocka_unit_test(test_embedded),
		cmocka_unit_test(test_tunnel_ports),
		cmocka_unit_test(test_tunnel_protocols),
		cmocka_unit_test(test_multicast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
