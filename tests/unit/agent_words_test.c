// SPDX-License-Identifier: GPL-2.0-or-later
/* What devices say about themselves must not drive a terminal; columns must line up. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/cli/table.h"
#include "agent/refusal.h"
#include "agent/words.h"

static void test_printable(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ "SanDisk", "SanDisk" },
		{ "", "" },
		{ "納付書用-01", "納付書用-01" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "a\nb\rc\td", "a\\x0ab\\x0dc\\x09d" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
		/* right-to-left override, line separator: text that reads as another */
		{ "a\xe2\x80\xae" "b", "a\\xe2\\x80\\xaeb" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xe3\x81", "\\xe3\\x81" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
	};
	char out[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		kb_printable(texts[i].in, out, sizeof(out));
		assert_string_equal(out, texts[i].out);
	}
}

/* However small the room, it ends in a NUL and in a whole character. */
static void test_printable_room(void **state)
{
	static const char text[] = "\x1b木戸番\x1b木戸番";
	char *out;
	size_t size;

	(void)state;
	for (size = 1; size < 60; size++) {
		out = malloc(size);
		memset(out, 'x', size);
		kb_printable(text, out, size);
		assert_non_null(memchr(out, '\0', size));
		if (strlen(out) >= 4)
			assert_memory_equal(out, "\\x1b", 4);
		assert_true(mbstowcs(NULL, out, 0) != (size_t)-1);
		free(out);
	}
}

static void test_event_texts(void **state)
{
	struct kb_record r;
	char text[2048], small[8];
	int event, mode, action;

	(void)state;
	for (event = 0; event <= KB_EVENT_MAX + 1; event++)
		for (mode = 0; mode < KB_GATE_MODE_MAX; mode++)
			for (action = 0; action < KB_ACTION_MAX; action++) {
				r = (struct kb_record){ .event = (u8)event, .mode = (u8)mode,
							.action = (u8)action, .reason = 200 };
				memset(r.label, 0xff, sizeof(r.label) - 1);
				memset(r.driver, 0x1b, sizeof(r.driver) - 1);
				memset(r.text, 0x1b, sizeof(r.text) - 1);
				memset(r.link, 0x1b, sizeof(r.link) - 1);
				memset(r.name, 0x1b, sizeof(r.name) - 1);
				memset(r.comm, 0x1b, sizeof(r.comm) - 1);
				memset(r.tell, 0x1b, sizeof(r.tell) - 1);
				kb_have_add(&r.have, KB_A_FAMILY);
				kb_have_add(&r.have, KB_A_LINE);
				text[0] = '\0';
				kb_event_text(&r, text, sizeof(text));
				assert_true(text[0] != '\0');
				assert_null(strchr(text, 0x1b));
				kb_event_text(&r, small, sizeof(small));
				assert_true(strlen(small) < sizeof(small));
			}
	r = (struct kb_record){ .event = KB_EVENT_POLICY, .policy_epoch = 1, .policy_serial = 7 };
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "1.7"));
	r = (struct kb_record){ .event = KB_EVENT_POLICY, .builtin = 1 };
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "fallback"));
	assert_null(strstr(text, "0.0"));
	r = (struct kb_record){ .event = KB_EVENT_VERDICT, .action = KB_ACTION_REFUSE,
				.mode = KB_GATE_AUDIT };
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "would refuse"));
}

/* An outbound refusal of rdp, as the kernel tells it. */
static struct kb_record refused_packet(void)
{
	static const u8 seen[] = { KB_A_FAMILY, KB_A_LINE, KB_A_NAME, KB_A_UID, KB_A_PID, KB_A_COMM };
	struct kb_record r = {
		.event = KB_EVENT_PACKET, .mode_path = KB_GATE_ENFORCE, .reason = KB_REASON_CGROUP,
		.line = 41, .name = "画面転送", .tell = "内線 1234", .link = "eth0",
		.direction = KB_DIRECTION_OUT, .family = 4, .dst = { 4, { 10, 20, 1, 10 } },
		.src = { 4, { 10, 10, 0, 5 } }, .proto = 6, .sport = 40000, .dport = 3389,
		.uid = 123456, .pid = 77, .comm = "curl", .count = 3,
	};
	size_t i;

	for (i = 0; i < sizeof(seen); i++)
		kb_have_add(&r.have, seen[i]);
	return r;
}

static void expect_text(const struct kb_record *r, const char *want)
{
	char text[2048];

	kb_event_text(r, text, sizeof(text));
	assert_string_equal(text, want);
}

static void test_packet_texts(void **state)
{
	struct kb_record r = refused_packet();

	(void)state;
	expect_text(&r, "refused: curl (process 77, user 123456) to 10.20.1.10 tcp/3389 over eth0: "
		    "the path is for another program (画面転送, line 41) (3 packets). 内線 1234");
	r.mode_path = KB_GATE_AUDIT;
	r.count = 1;
	r.tell[0] = '\0';
	r.have = (struct kb_have){};
	r.comm[0] = '\0';
	kb_have_add(&r.have, KB_A_FAMILY);
	expect_text(&r, "would be refused: the system to 10.20.1.10 tcp/3389 over eth0: "
		    "the path is for another program");
	/* root has a name on every machine that runs this */
	kb_have_add(&r.have, KB_A_UID);
	r.uid = 0;
	expect_text(&r, "would be refused: a program of user root to 10.20.1.10 tcp/3389 over eth0: "
		    "the path is for another program");
	r.direction = KB_DIRECTION_IN;
	r.mode_path = KB_GATE_ENFORCE;
	r.reason = KB_REASON_INBOUND;
	r.dport = 22;
	expect_text(&r, "refused: 10.10.0.5 to this terminal's tcp/22 over eth0: "
		    "the connection was begun elsewhere");
	r.direction = KB_DIRECTION_FORWARD;
	r.reason = KB_REASON_FORWARD;
	r.proto = 50;
	expect_text(&r, "refused: from 10.10.0.5 through this terminal to 10.20.1.10 esp over eth0: "
		    "a terminal forwards nothing");
	/* what found no place in the kernel's table is counted, without addresses */
	r = (struct kb_record){ .event = KB_EVENT_PACKET, .count = 9, .mode_path = KB_GATE_ENFORCE };
	expect_text(&r, "9 packets of more kinds than can be told one by one: refused");
}

static void test_link_texts(void **state)
{
	struct kb_record r = {
		.event = KB_EVENT_LINK, .action = KB_ACTION_REFUSE, .mode_link = KB_GATE_ENFORCE,
		.reason = KB_REASON_DEFAULT, .link = "usb0", .link_kind = KB_LINK_TETHER,
		.link_bus = KB_LINK_BUS_USB, .mac = { 2, 0, 0x5e, 0, 0, 1 },
	};

	(void)state;
	kb_have_add(&r.have, KB_A_ACTION);
	kb_have_add(&r.have, KB_A_MAC);
	expect_text(&r, "refused: link usb0 (tether on usb, 02:00:5e:00:00:01): no rule matched");
	r.mode_link = KB_GATE_AUDIT;
	r.link_kind = 200;
	expect_text(&r, "would be refused: link usb0 (unknown on usb, 02:00:5e:00:00:01): no rule matched");
	r.action = KB_ACTION_ALLOW;
	r.reason = KB_REASON_RULE;
	r.link_kind = KB_LINK_ETHERNET;
	r.line = 9;
	strcpy(r.name, "office-lan");
	expect_text(&r, "allowed: link usb0 (ethernet on usb, 02:00:5e:00:00:01): rule in line 9 (office-lan)");
	r = (struct kb_record){ .event = KB_EVENT_LINK_OVERRIDE, .mode_link = KB_GATE_ENFORCE,
				.link = "wwan0", .driver = "up" };
	expect_text(&r, "somebody tried to use refused link wwan0 (switched it on); it stays closed");
	/* audit closes nothing, and must not say so */
	r.mode_link = KB_GATE_AUDIT;
	expect_text(&r, "somebody used link wwan0 (switched it on), which enforcement would not let happen");
	strcpy(r.comm, "ip\033");
	r.pid = 8;
	expect_text(&r, "ip\\x1b (process 8) used link wwan0 (switched it on), which enforcement would not let happen");
	strcpy(r.driver, "new way\033");
	expect_text(&r, "ip\\x1b (process 8) used link wwan0 (new way\\x1b), which enforcement would not let happen");
	r = (struct kb_record){ .event = KB_EVENT_BYPASS, .link = "eth0", .mode_link = KB_GATE_ENFORCE,
				.bypass = KB_BYPASS_XDP | KB_BYPASS_NETPOLL };
	expect_text(&r, "link eth0 carries what passes by the path gate (xdp,netpoll); it is closed");
	r.action = KB_ACTION_ALLOW;
	expect_text(&r, "link eth0 carries what passes by the path gate (xdp,netpoll); it is only reported");
}

static void test_services(void **state)
{
	static const struct {
		u8 proto;
		u16 port;
		const char *text;
	} services[] = {
		{ 6, 443, "tcp/443" }, { 17, 53, "udp/53" }, { 1, 8 << 8, "icmp/8" },
		{ 58, 135 << 8, "icmpv6/135" }, { 47, 0, "gre" }, { 4, 7, "protocol 4" },
		{ 132, 9, "sctp/9" },
	};
	char text[32], tiny[4];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(services); i++) {
		kb_service_text(services[i].proto, services[i].port, text, sizeof(text));
		assert_string_equal(text, services[i].text);
		kb_service_text(services[i].proto, services[i].port, tiny, sizeof(tiny));
	}
	kb_bypass_text(0, text, sizeof(text));
	assert_string_equal(text, "-");
	kb_bypass_text(0xffffffff, text, sizeof(text));
	assert_string_equal(text, "xdp,af_xdp,tc,netpoll");
}

static void test_override_texts(void **state)
{
	struct kb_record r = { .event = KB_EVENT_OVERRIDE, .mode = KB_GATE_ENFORCE,
			       .device = "1-2", .driver = "usbfs" };
	char text[2048];

	(void)state;
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "with driver usbfs; closed again"));
	strcpy(r.driver, "sysfs");
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "\"authorized\"; it stays closed"));
	/* audit closes nothing, and must not say so */
	strcpy(r.driver, "usb-storage");
	r.mode = KB_GATE_AUDIT;
	kb_event_text(&r, text, sizeof(text));
	assert_null(strstr(text, "closed"));
	assert_non_null(strstr(text, "driver usb-storage took 1-2"));
}

static void test_classes(void **state)
{
	char text[256], small[9];

	(void)state;
	kb_classes_text(0, text, sizeof(text));
	assert_string_equal(text, "-");
	kb_classes_text(KB_CLASS_BIT(KB_CLASS_STORAGE) | KB_CLASS_BIT(KB_CLASS_KEYBOARD), text,
			sizeof(text));
	assert_string_equal(text, "storage,keyboard");
	kb_classes_text(0xffffffff, small, sizeof(small));
	assert_int_equal(strlen(small), 8);
}

static void test_width(void **state)
{
	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(kb_text_width("abc"), 3);
	assert_int_equal(kb_text_width("木戸番"), 6);
	assert_int_equal(kb_text_width("ｶﾅ"), 2);
	assert_int_equal(kb_text_width("\xff"), 1);
	assert_int_equal(kb_text_width("e\xcc\x81"), 1);	/* combining accent */
}

static void test_table(void **state)
{
	struct kb_table table = { .columns = 3 };
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	static const char *const cells[] = { "NAME", "V", "X", "木戸番", "allowed", "1", "a", "-", "2" };
	size_t i;

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (i = 0; i < ARRAY_SIZE(cells); i++)
		assert_int_equal(kb_table_add(&table, cells[i]), 0);
	kb_table_print(&table, file);
	fclose(file);
	assert_string_equal(out, "NAME    V        X\n"
				 "木戸番  allowed  1\n"
				 "a       -        2\n");
	kb_table_done(&table);
	free(out);
}

/* What is no sentence of the kernel's is copied; its seconds become dates. */
static void test_refusals(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ "", "" },
		{ "no such sentence", "no such sentence" },
		{ "expired at x, it is 3", "expired at x, it is 3" },
		{ "made for group g", "made for group g" },
		{ "expired at 1774969200, it is 1795151254",
		  "expired at 2026-04-01 00:00, it is 2026-11-20 14:07 (Japan time)" },
		{ "not valid before 1774969200, it is 0",
		  "not valid before 2026-04-01 00:00, it is 1970-01-01 09:00 (Japan time)" },
		{ "expired at 18446744073709551615, it is 1795151254",
		  "expired at 18446744073709551615, it is 2026-11-20 14:07 (Japan time)" },
		{ "made for group a, b, this terminal is in c",
		  "made for group a, b, this terminal is in c" },
		{ "trust is sealed already", "trust is sealed already" },
	};
	char out[128];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		kb_refusal_text(texts[i].in, out, sizeof(out));
		assert_string_equal(out, texts[i].out);
	}
	kb_refusal_text("trust is sealed already", out, 6);
	assert_string_equal(out, "trust");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable), cmocka_unit_test(test_printable_room),
		cmocka_unit_test(test_event_texts), cmocka_unit_test(test_override_texts), cmocka_unit_test(test_packet_texts),
		cmocka_unit_test(test_link_texts), cmocka_unit_test(test_services),
		cmocka_unit_test(test_classes), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_width), cmocka_unit_test(test_table),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("agent_words", tests, NULL, NULL);
}
