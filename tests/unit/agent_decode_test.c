// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's answers, and answers that no sound kernel gives. */
#include <errno.h>
#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/decode.h"

struct stream {
	uint8_t data[8192];
	size_t len;
};

static void put(struct stream *s, uint16_t type, const void *data, size_t len)
{
	struct nlattr header = { .nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = type };

	memcpy(s->data + s->len, &header, sizeof(header));
	memcpy(s->data + s->len + NLA_HDRLEN, data, len);
	s->len += NLA_ALIGN(NLA_HDRLEN + len);
}

static void put_u8(struct stream *s, uint16_t type, uint8_t v)
{
	put(s, type, &v, sizeof(v));
}

static void put_u32(struct stream *s, uint16_t type, uint32_t v)
{
	put(s, type, &v, sizeof(v));
}

static void put_u64(struct stream *s, uint16_t type, uint64_t v)
{
	put(s, type, &v, sizeof(v));
}

static void put_text(struct stream *s, uint16_t type, const char *v)
{
	put(s, type, v, strlen(v) + 1);
}

static void event(struct stream *s)
{
	memset(s, 0, sizeof(*s));
	put_u64(s, KB_A_SEQ, 7);
	put_u64(s, KB_A_BOOTTIME, 1000);
	put_u8(s, KB_A_EVENT, KB_EVENT_VERDICT);
	put_text(s, KB_A_DEVICE, "1-2.1");
	put_u8(s, KB_A_INTERFACE, 3);
	put_u8(s, KB_A_ACTION, KB_ACTION_REFUSE);
}

/* Decodes an exact copy, so that the sanitizer sees a read behind the end. */
static int decode(const struct stream *s, size_t len, struct kb_record *ret)
{
	uint8_t *copy = malloc(len ? len : 1);
	int r;

	memcpy(copy, s->data, len);
	r = kb_decode_event(copy, len, ret);
	free(copy);
	return r;
}

static void test_event(void **state)
{
	struct kb_record record;
	struct stream s = { .len = 0 };

	(void)state;
	event(&s);
	put_text(&s, KB_A_LABEL, "");
	assert_int_equal(decode(&s, s.len, &record), 0);
	assert_int_equal(record.seq, 7);
	assert_string_equal(record.device, "1-2.1");
	assert_int_equal(record.interface, 3);
	assert_true(kb_has(record.have, KB_A_LABEL));
	assert_false(kb_has(record.have, KB_A_TELL));
}

static void test_unknown_is_skipped(void **state)
{
	struct kb_record record;
	struct stream s = { .len = 0 };

	(void)state;
	event(&s);
	put_u32(&s, KB_A_MAX + 1, 1);
	put_u32(&s, 0x3fff, 1);
	put_u32(&s, KB_A_MAX + 1, 1);
	assert_int_equal(decode(&s, s.len, &record), 0);
}

static void test_truncations(void **state)
{
	struct kb_record record = { .seq = 99 };
	struct stream s = { .len = 0 };
	unsigned int good = 0;
	size_t len;

	(void)state;
	event(&s);
	/* cut between attributes only a needed one's absence shows; 3 of the 6 are needed */
	for (len = 0; len < s.len; len++)
		good += !decode(&s, len, &record);
	/* whole after EVENT (with and without padding), DEVICE, INTERFACE; each padding may be cut too */
	assert_in_range(good, 3, 16);
	record.seq = 99;
	assert_int_equal(decode(&s, 20, &record), -EBADMSG);
	assert_int_equal(record.seq, 99);
}

static const struct {
	const char *name;
	uint16_t type;
	const char *data;
	size_t len;
} wrongs[] = {
	{ "u8 as u32", KB_A_MODE_MEDIA, "\0\0\0\0", 4 },
	{ "u8 empty", KB_A_MODE_MEDIA, "", 0 },
	{ "mode out of range", KB_A_MODE_MEDIA, "\3", 1 },
	{ "built in, maybe", KB_A_BUILTIN, "\2", 1 },
	{ "ring out of range", KB_A_RING, "\3", 1 },
	{ "u16 as u8", KB_A_VENDOR, "\1", 1 },
	{ "u16 too long", KB_A_VENDOR, "\1\2\3", 3 },
	{ "u32 too short", KB_A_LINE, "\1\2", 2 },
	{ "u32 too long", KB_A_LINE, "\1\2\3\4\5\6\7\10", 8 },
	{ "u64 too short", KB_A_SEQ, "\1\2\3\4", 4 },
	{ "triple too short", KB_A_TRIPLE, "\1\2", 2 },
	{ "triple too long", KB_A_TRIPLE, "\1\2\3\4", 4 },
	{ "string without its end", KB_A_LABEL, "abc", 3 },
	{ "string empty of even that", KB_A_LABEL, "", 0 },
	{ "string with an end inside", KB_A_LABEL, "a\0b", 4 },
	{ "string with two ends", KB_A_LABEL, "a\0", 3 },
	{ "a port that drives the terminal", KB_A_PORT, "pci\033[2J", 8 },
	{ "a port with a space", KB_A_PORT, "p x", 4 },
	{ "a second device", KB_A_DEVICE, "1-1", 4 },
	{ "a second sequence number", KB_A_SEQ, "\1\0\0\0\0\0\0\0", 8 },
	{ "MAC too short", KB_A_MAC, "\1\2\3\4\5", 5 },
	{ "MAC too long", KB_A_PERM_MAC, "\1\2\3\4\5\6\7", 7 },
	{ "address of five bytes", KB_A_SRC, "\1\2\3\4\5", 5 },
	{ "address of none", KB_A_DST, "", 0 },
	{ "address without a family", KB_A_DST, "\12\0\0\1", 4 },
	{ "family out of range", KB_A_FAMILY, "\7", 1 },
	{ "family that is none", KB_A_FAMILY, "\5", 1 },
	{ "direction out of range", KB_A_DIRECTION, "\3", 1 },
	{ "port as u8", KB_A_DPORT, "\1", 1 },
	{ "port as u32", KB_A_SPORT, "\1\0\0\0", 4 },
	{ "a link's name without its end", KB_A_LINK, "eth0", 4 },
	{ "a link's name too long", KB_A_LINK, "0123456789abcdef", 17 },
	{ "lease out of range", KB_A_LEASE, "\2", 1 },
	{ "isolation too short", KB_A_ISOLATION, "0123456789abcde", 15 },
	{ "isolation too long", KB_A_ISOLATION, "0123456789abcdefg", 17 },
	{ "link's mode out of range", KB_A_MODE_LINK, "\3", 1 },
	{ "digest too short", KB_A_BLOB_SHA256, "0123456789012345678901234567890", 31 },
};

static void test_wrong_attributes(void **state)
{
	struct kb_record record;
	struct stream s = { .len = 0 };
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrongs); i++) {
		event(&s);
		put(&s, wrongs[i].type, wrongs[i].data, wrongs[i].len);
		r = decode(&s, s.len, &record);
		if (r != -EBADMSG)
			fail_msg("%s: answered %d", wrongs[i].name, r);
	}
}

static void test_long_strings(void **state)
{
	static const struct {
		uint16_t type;
		size_t max;
	} strings[] = {
		{ KB_A_USB_SERIAL, KB_USB_SERIAL_MAX }, { KB_A_PORT, KB_USB_PORT_MAX },
		{ KB_A_LABEL, KB_LABEL_MAX }, { KB_A_TELL, KB_TELL_MAX },
		{ KB_A_DRIVER, KB_BUS_NAME_MAX }, { KB_A_TEXT, KB_SENTENCE_MAX },
		{ KB_A_LINK, KB_IFNAME_MAX }, { KB_A_NAME, KB_NAME_MAX },
		{ KB_A_COMM, KB_COMM_MAX }, { KB_A_CGROUP, KB_CGROUP_MAX },
	};
	struct kb_record record;
	struct stream s = { .len = 0 };
	char text[2048];
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < ARRAY_SIZE(strings); i++) {
		text[strings[i].max] = '\0';
		event(&s);
		put_text(&s, strings[i].type, text);
		assert_int_equal(decode(&s, s.len, &record), 0);
		text[strings[i].max] = 'x';
		text[strings[i].max + 1] = '\0';
		event(&s);
		put_text(&s, strings[i].type, text);
		assert_int_equal(decode(&s, s.len, &record), -EBADMSG);
		text[strings[i].max + 1] = 'x';
	}
}

static void test_lying_lengths(void **state)
{
	struct kb_record record;
	struct stream s = { .len = 0 };
	struct nlattr header;
	uint16_t len;

	(void)state;
	for (len = 0; len < 12; len++) {
		event(&s);
		/* at the end, claiming more than is there, or less than a header */
		header = (struct nlattr){ .nla_len = (uint16_t)(len < 4 ? len : len + 200),
					  .nla_type = KB_A_LABEL };
		memcpy(s.data + s.len, &header, sizeof(header));
		s.len += sizeof(header);
		assert_int_equal(decode(&s, s.len, &record), -EBADMSG);
	}
}

static void test_needed(void **state)
{
	static const uint16_t needed[] = { KB_A_SEQ, KB_A_BOOTTIME, KB_A_EVENT };
	struct kb_status status;
	struct kb_record record;
	struct stream s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		memset(&s, 0, sizeof(s));
		if (i != 0)
			put_u64(&s, KB_A_SEQ, 1);
		if (i != 1)
			put_u64(&s, KB_A_BOOTTIME, 1);
		if (i != 2)
			put_u8(&s, KB_A_EVENT, 1);
		assert_int_equal(decode(&s, s.len, &record), -EBADMSG);
	}
	assert_int_equal(kb_decode_device(s.data, 0, &record), -EBADMSG);
	assert_int_equal(kb_decode_status(s.data, 0, &status), -EBADMSG);
}

static void test_status(void **state)
{
	struct kb_status status;
	struct stream s = { .len = 0 };

	(void)state;
	put_u32(&s, KB_A_MODULE_LEVEL, 1);
	put_u8(&s, KB_A_SEALED, 1);
	put_u8(&s, KB_A_POLICY, 0);
	assert_int_equal(kb_decode_status(s.data, s.len, &status), 0);
	assert_int_equal(status.sealed, 1);
	put_u8(&s, KB_A_LOCK, 2);
	assert_int_equal(kb_decode_status(s.data, s.len, &status), -EBADMSG);
}

/* Addresses that do not fit their family are no addresses. */
static void test_addresses(void **state)
{
	static const struct {
		uint8_t family, src, dst;
		int answer;
	} cases[] = {
		{ 4, 4, 4, 0 }, { 6, 16, 16, 0 }, { 4, 0, 4, 0 }, { 6, 0, 0, 0 }, { 0, 0, 0, 0 },
		{ 4, 16, 4, -EBADMSG }, { 6, 16, 4, -EBADMSG }, { 0, 4, 0, -EBADMSG },
		{ 0, 0, 16, -EBADMSG }, { 4, 4, 16, -EBADMSG },
	};
	const uint8_t bytes[16] = { 10, 20, 1, 10 };
	struct kb_record record;
	struct stream s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		event(&s);
		if (cases[i].family)
			put_u8(&s, KB_A_FAMILY, cases[i].family);
		if (cases[i].src)
			put(&s, KB_A_SRC, bytes, cases[i].src);
		if (cases[i].dst)
			put(&s, KB_A_DST, bytes, cases[i].dst);
		if (decode(&s, s.len, &record) != cases[i].answer)
			fail_msg("case %zu", i);
		if (!cases[i].answer)
			assert_int_equal(record.dst.len, cases[i].dst);
	}
}

static void link_dump(struct stream *s)
{
	memset(s, 0, sizeof(*s));
	put_text(s, KB_A_LINK, "eth0");
	put_u32(s, KB_A_IFINDEX, 2);
	put_u8(s, KB_A_LINK_KIND, KB_LINK_ETHERNET);
	put_u8(s, KB_A_ACTION, KB_ACTION_ALLOW);
	put_u8(s, KB_A_REASON, KB_REASON_RULE);
}

static void test_link(void **state)
{
	struct kb_record record = { .seq = 99 };
	struct stream s;
	size_t len;

	(void)state;
	link_dump(&s);
	/* each of its attributes is needed */
	for (len = 0; len < s.len - 4; len++) {
		assert_int_equal(kb_decode_link(s.data, len, &record), -EBADMSG);
		assert_int_equal(record.seq, 99);
	}
	put_u8(&s, KB_A_LINK_UP, 1);
	put_u32(&s, KB_A_BYPASS, KB_BYPASS_XDP);
	put(&s, KB_A_MAC, "\2\0\136\0\0\1", 6);
	assert_int_equal(kb_decode_link(s.data, s.len, &record), 0);
	assert_string_equal(record.link, "eth0");
	assert_int_equal(record.up, 1);
	assert_int_equal(record.mac[5], 1);
	assert_false(kb_has(record.have, KB_A_PROFILE));
	put_u8(&s, KB_A_LINK_OPEN, 2);
	assert_int_equal(kb_decode_link(s.data, s.len, &record), -EBADMSG);
}

static void test_path(void **state)
{
	struct kb_path_row row = { .rule = 99 };
	struct stream s = { .len = 0 };
	size_t len;

	(void)state;
	put_u32(&s, KB_A_RULE, 3);
	put_text(&s, KB_A_NAME, "画面転送");
	put_u8(&s, KB_A_PATH_KIND, KB_PATH_PATH);
	put_u8(&s, KB_A_PATH_OPEN, 0);
	for (len = 0; len < s.len - 4; len++)
		assert_int_equal(kb_decode_path(s.data, len, &row), -EBADMSG);
	assert_int_equal(row.rule, 99);
	put_u64(&s, KB_A_PACKETS, 1ull << 40);
	put_u8(&s, KB_A_REASON, KB_REASON_LEASE);
	assert_int_equal(kb_decode_path(s.data, s.len, &row), 0);
	assert_int_equal(row.packets, 1ull << 40);
	assert_int_equal(row.reason, KB_REASON_LEASE);
	assert_string_equal(row.name, "画面転送");
	put_u8(&s, KB_A_PATH_OPEN, 1);
	assert_int_equal(kb_decode_path(s.data, s.len, &row), -EBADMSG);
}

/* Attributes with numbers above 63 are remembered as well as those below. */
static void test_have(void **state)
{
	struct kb_have have = {};
	unsigned int attr, other;

	(void)state;
	for (attr = 1; attr <= KB_A_MAX; attr++) {
		assert_false(kb_has(have, attr));
		kb_have_add(&have, attr);
		for (other = 1; other <= KB_A_MAX; other++)
			assert_int_equal(kb_has(have, other), other <= attr);
	}
}

static int collect(const void *bytes, size_t len, void *userdata)
{
	size_t *total = userdata;

	(void)bytes;
	*total += len;
	return *total > 100 ? -EMSGSIZE : 0;
}

static void test_blob(void **state)
{
	struct stream s = { .len = 0 };
	size_t total = 0;

	(void)state;
	put(&s, KB_A_BLOB, "0123456789", 10);
	put_u32(&s, KB_A_EPOCH, 1);
	put(&s, KB_A_BLOB, "0123456789", 10);
	assert_int_equal(kb_decode_blob(s.data, s.len, collect, &total), 0);
	assert_int_equal(total, 20);
	put(&s, KB_A_BLOB, "", 0);
	assert_int_equal(kb_decode_blob(s.data, s.len, collect, &total), -EBADMSG);
	total = 95;
	assert_int_equal(kb_decode_blob(s.data, s.len, collect, &total), -EMSGSIZE);
}

/* An NLMSG_ERROR payload: errno, the request's header, attributes. */
static size_t make_error(uint8_t *buf, int err, uint32_t request_len, size_t body, const char *text)
{
	struct nlmsgerr error = { .error = err, .msg = { .nlmsg_len = request_len } };
	struct stream s = { .len = 0 };

	if (text)
		put_text(&s, NLMSGERR_ATTR_MSG, text);
	memcpy(buf, &error, sizeof(error));
	memset(buf + sizeof(error), 0xaa, body);
	memcpy(buf + sizeof(error) + body, s.data, s.len);
	return sizeof(error) + body + s.len;
}

static void test_ack(void **state)
{
	char text[64] = "x";
	uint8_t buf[512];
	size_t len;
	int err = 1;

	(void)state;
	len = make_error(buf, -EXDEV, 500, 0, "made for another municipality");
	assert_int_equal(kb_decode_ack(buf, len, NLM_F_ACK_TLVS | NLM_F_CAPPED, false, &err, text,
				       sizeof(text)), 0);
	assert_int_equal(err, -EXDEV);
	assert_string_equal(text, "made for another municipality");
	/* not capped: the whole request is echoed in between */
	len = make_error(buf, -EXDEV, NLMSG_HDRLEN + 40, 40, "echoed");
	assert_int_equal(kb_decode_ack(buf, len, NLM_F_ACK_TLVS, false, &err, text, sizeof(text)), 0);
	assert_string_equal(text, "echoed");
	/* a request that would reach behind the end */
	len = make_error(buf, -EXDEV, 5000, 40, "echoed");
	assert_int_equal(kb_decode_ack(buf, len, NLM_F_ACK_TLVS, false, &err, text, sizeof(text)),
			 -EBADMSG);
	len = make_error(buf, -EXDEV, 3, 40, "echoed");
	assert_int_equal(kb_decode_ack(buf, len, NLM_F_ACK_TLVS, false, &err, text, sizeof(text)),
			 -EBADMSG);
	/* no attributes, a positive number, nothing at all */
	len = make_error(buf, -EPERM, 20, 0, NULL);
	assert_int_equal(kb_decode_ack(buf, len, 0, false, &err, text, sizeof(text)), 0);
	assert_int_equal(err, -EPERM);
	assert_string_equal(text, "");
	len = make_error(buf, 5, 20, 0, NULL);
	assert_int_equal(kb_decode_ack(buf, len, 0, false, &err, text, sizeof(text)), -EBADMSG);
	assert_int_equal(kb_decode_ack(buf, 3, 0, false, &err, text, sizeof(text)), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_attributes), cmocka_unit_test(test_lying_lengths),
		cmocka_unit_test(test_long_strings), cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_needed), cmocka_unit_test(test_event),
		cmocka_unit_test(test_unknown_is_skipped), cmocka_unit_test(test_status),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_link),
		cmocka_unit_test(test_path), cmocka_unit_test(test_have),
		cmocka_unit_test(test_blob), cmocka_unit_test(test_ack),
	};

	return cmocka_run_group_tests_name("agent_decode", tests, NULL, NULL);
}
