// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames of switches: what is refused, and what the rest says (P1). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/place/lldp_parse.h"

static u8 bytes[2048];
static size_t len;
static struct kb_lldp got;

static void tlv(u8 type, const void *value, u16 n)
{
	bytes[len++] = (u8)(type << 1 | n >> 8);
	bytes[len++] = (u8)n;
	if (n)
		memcpy(bytes + len, value, n);
	len += n;
}

static void chassis(void)
{
	tlv(1, "\x04\x02\x00\x5e\x00\x00\x01", 7);
}

static void port(const char *name)
{
	char value[64];

	snprintf(value, sizeof(value), "\x05%s", name);
	tlv(2, value, (u16)strlen(value));
}

static void ttl(u16 seconds)
{
	u8 value[2] = { (u8)(seconds >> 8), (u8)seconds };

	tlv(3, value, 2);
}

static void good(void)
{
	len = 0;
	chassis();
	port("Gi1/0/7");
	ttl(120);
	tlv(5, "switch", 6);
	tlv(7, "\x00\x04\x00\x04", 4);
	tlv(127, "\x00\x80\xc2\x01\x00\x0a", 6);
	tlv(0, NULL, 0);
}

/* A refusal leaves the answer alone. */
static int parse(void)
{
	static struct kb_lldp untouched;
	int r;

	memset(&untouched, 0x5a, sizeof(untouched));
	got = untouched;
	r = kb_lldp_parse(bytes, len, &got);
	if (r)
		assert_memory_equal(&got, &untouched, sizeof(got));
	return r;
}

static void test_order(void **state)
{
	(void)state;
	len = 0;
	assert_int_equal(parse(), -EBADMSG);
	port("Gi1/0/7");
	chassis();
	ttl(120);
	assert_int_equal(parse(), -EBADMSG);
	len = 0;
	chassis();
	ttl(120);
	port("Gi1/0/7");
	assert_int_equal(parse(), -EBADMSG);
	len = 0;
	tlv(5, "switch", 6);
	chassis();
	port("Gi1/0/7");
	ttl(120);
	assert_int_equal(parse(), -EBADMSG);
	len = 0;
	chassis();
	port("Gi1/0/7");
	tlv(0, NULL, 0);
	assert_int_equal(parse(), -EBADMSG);
}

static void test_twice(void **state)
{
	int which;

	(void)state;
	for (which = 0; which < 3; which++) {
		len = 0;
		chassis();
		port("Gi1/0/7");
		ttl(120);
		which == 0 ? chassis() : which == 1 ? port("Gi1/0/8") : ttl(0);
		assert_int_equal(parse(), -EBADMSG);
	}
}

static void test_lengths(void **state)
{
	static const u8 long_id[257] = { 7 };

	(void)state;
	/* the first TLV is at fault in turn: empty, no id, MAC of five and of seven, too long, reserved */
	static const struct { u16 n; const char *value; } wrong[] = {
		{ 0, "" }, { 1, "\x04" }, { 6, "\x04\x02\x00\x5e\x00\x01" },
		{ 8, "\x04\x02\x00\x5e\x00\x00\x01\x02" }, { 257, (const char *)long_id },
		{ 3, "\x00zz" }, { 3, "\x08zz" }, { 3, "\xffzz" }, { 2, "\x05\x01" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		len = 0;
		tlv(1, wrong[i].value, wrong[i].n);
		port("Gi1/0/7");
		ttl(120);
		assert_int_equal(parse(), -EBADMSG);
	}
	static const struct { u16 n; const char *value; } wrong_ports[] = {
		{ 0, "" }, { 1, "\x05" }, { 6, "\x03\x02\x00\x5e\x00\x01" },
		{ 257, (const char *)long_id }, { 3, "\x00zz" }, { 3, "\x08zz" }, { 2, "\x04\x01" },
	};
	for (i = 0; i < ARRAY_SIZE(wrong_ports); i++) {
		len = 0;
		chassis();
		tlv(2, wrong_ports[i].value, wrong_ports[i].n);
		ttl(120);
		assert_int_equal(parse(), -EBADMSG);
	}
	for (i = 0; i < 5; i++) {
		len = 0;
		chassis();
		port("Gi1/0/7");
		tlv(3, "\x00\x78\x00\x00\x00", (u16)i);
		assert_int_equal(parse(), i == 2 ? 0 : -EBADMSG);
	}
	/* later ones of a form that the standard fixes, and an end that is none */
	good();
	len -= 2;
	tlv(7, "\x00\x04\x00", 3);
	assert_int_equal(parse(), -EBADMSG);
	good();
	len -= 2;
	tlv(127, "\x00\x80\xc2", 3);
	assert_int_equal(parse(), -EBADMSG);
	good();
	len -= 2;
	tlv(0, "x", 1);
	assert_int_equal(parse(), -EBADMSG);
}

/* However a frame is cut, it is refused or was complete. */
static void test_cut(void **state)
{
	size_t whole, first;

	(void)state;
	len = 0;
	chassis();
	port("Gi1/0/7");
	ttl(120);
	first = len;
	good();
	whole = len;
	for (len = 0; len < whole; len++)
		if (!parse())
			/* between two TLVs only */
			assert_true(len == first || len == first + 8 || len == first + 14 ||
				    len == first + 22);
	assert_int_equal(parse(), 0);
}

static void test_good(void **state)
{
	(void)state;
	good();
	assert_int_equal(parse(), 0);
	assert_string_equal(got.chassis, "02:00:5e:00:00:01");
	assert_string_equal(got.port, "Gi1/0/7");
	assert_int_equal(got.ttl, 120);
	/* padding of a short frame, whatever it is */
	memset(bytes + len, 0xff, 20);
	len += 20;
	assert_int_equal(parse(), 0);
	/* the end may be left out */
	len = 0;
	chassis();
	port("Gi1/0/7");
	ttl(0);
	assert_int_equal(parse(), 0);
	assert_int_equal(got.ttl, 0);
}

static void test_text(void **state)
{
	(void)state;
	len = 0;
	tlv(1, "\x07" "a\0\n\\\xe5", 6);
	tlv(2, "\x03\x02\xAB\x00\x00\x00\x01", 7);
	ttl(1);
	assert_int_equal(parse(), 0);
	assert_string_equal(got.chassis, "a\\x00\\x0a\\x5c\\xe5");
	assert_string_equal(got.port, "02:ab:00:00:00:01");
	/* neither a prefix nor the text for people is the id */
	assert_false(kb_lldp_is_chassis(&got, "a"));
	assert_false(kb_lldp_is_chassis(&got, got.chassis));
	assert_true(kb_lldp_is_port(&got, "02:AB:00:00:00:01"));
	assert_false(kb_lldp_is_port(&got, "02:AB:00:00:00:02"));
	len = 0;
	tlv(1, "\x07" "本館2階\\1", 13);
	tlv(2, "\x05" "Gi1/0/7\0x", 10);
	ttl(1);
	assert_int_equal(parse(), 0);
	assert_true(kb_lldp_is_chassis(&got, "本館2階\\1"));
	assert_false(kb_lldp_is_port(&got, "Gi1/0/7"));
	assert_false(kb_lldp_is_port(&got, "Gi1/0/[1-24]"));
}

static void test_match(void **state)
{
	(void)state;
	good();
	assert_int_equal(parse(), 0);
	assert_true(kb_lldp_is_chassis(&got, "02:00:5E:00:00:01"));
	assert_false(kb_lldp_is_chassis(&got, "02:00:5e:00:00:02"));
	assert_false(kb_lldp_is_chassis(&got, "02:00:5e:00:00:0"));
	assert_true(kb_lldp_is_port(&got, "Gi1/0/7"));
	assert_true(kb_lldp_is_port(&got, "Gi1/0/[1-24]"));
	assert_false(kb_lldp_is_port(&got, "Gi1/0/[8-24]"));
	assert_false(kb_lldp_is_port(&got, "Gi1/0/[1-6]"));
	assert_false(kb_lldp_is_port(&got, "gi1/0/7"));
	assert_false(kb_lldp_is_port(&got, "Gi1/0/"));
	/* local text that looks like a MAC address is text */
	len = 0;
	tlv(1, "\x07" "02:00:5e:00:00:0a", 18);
	port("Gi1/0/07");
	ttl(1);
	assert_int_equal(parse(), 0);
	assert_false(kb_lldp_is_chassis(&got, "02:00:5E:00:00:0A"));
	assert_true(kb_lldp_is_chassis(&got, "02:00:5e:00:00:0a"));
	assert_false(kb_lldp_is_port(&got, "Gi1/0/[1-24]"));
}

static void test_groups(void **state)
{
	u8 mac[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x00 };
	int last;

	(void)state;
	for (last = 0; last < 256; last++) {
		mac[5] = (u8)last;
		assert_int_equal(kb_lldp_is_group(mac), last == 0 || last == 3 || last == 14);
	}
	mac[5] = 0x0e;
	mac[0] = 0;
	assert_false(kb_lldp_is_group(mac));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order), cmocka_unit_test(test_twice),
		cmocka_unit_test(test_lengths), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_good), cmocka_unit_test(test_text),
		cmocka_unit_test(test_match), cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
