// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets as bytes, and what the path gate makes of them: refusals first (N2, N3, N5). */
#include <kidoban/packet.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "packet_samples.h"

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
static struct kb_packet expected(const struct packet_sample *s, const u8 *bytes)
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
static void check_at_hand(const struct packet_sample *s, const u8 *bytes, u32 len,
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
	const struct packet_sample *s;
	struct kb_packet p, want;
	u32 len;
	u8 *bytes;

	(void)state;
	for (s = packet_samples; s->name; s++) {
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
	const struct packet_sample *s;
	struct kb_packet p;
	u32 len, cut;
	u8 *bytes;

	(void)state;
	for (s = packet_samples; s->name; s++) {
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
		assert_true(kb_packet_may_embed(&ip) || !embedded[i].n);
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
			assert_true(kb_packet_may_be_tunnel((u16)port) || (!is_udp && !is_tcp));
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
