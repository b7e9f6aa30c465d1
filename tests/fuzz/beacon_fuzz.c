// SPDX-License-Identifier: GPL-2.0-or-later
/* Any datagram as a beacon's question or answer; what is signed right is made anew and must pass. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/beacon/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 8032, 7.1, test 1. */
static const u8 secret[32] = {
	0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
	0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60
};
static const u8 public[32] = {
	0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
	0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a
};

static void check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (!len || len == size)
		abort();
	for (; len; len--)
		if ((unsigned char)text[len - 1] < 0x20)
			abort();
}

/* Fields as the bytes say, cut to strings; signed, they must be taken or be refused for their form. */
static void round_trip(const uint8_t *data, size_t size)
{
	struct kb_beacon_answer answer = {}, got;
	struct kb_beacon_expect expect = { answer.nonce, public, answer.site, answer.name,
					   answer.zone, 0 };
	u8 bytes[KB_BEACON_ANSWER_LEN];

	memcpy(&answer, data, size < sizeof(answer) ? size : sizeof(answer));
	answer.site[sizeof(answer.site) - 1] = '\0';
	answer.name[sizeof(answer.name) - 1] = '\0';
	answer.zone[sizeof(answer.zone) - 1] = '\0';
	expect.now = answer.time;
	if (kb_beacon_answer_make(&answer, secret, bytes, NULL))
		return;
	if (kb_beacon_check(bytes, sizeof(bytes), &expect, &got, NULL))
		abort();
	if (strcmp(got.site, answer.site) || strcmp(got.name, answer.name) ||
	    strcmp(got.zone, answer.zone) || got.time != answer.time)
		abort();
	bytes[size ? data[0] % sizeof(bytes) : 0] ^= 1 << (size > 1 ? data[1] % 8 : 0);
	if (!kb_beacon_check(bytes, sizeof(bytes), &expect, &got, NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u8 nonce[KB_BEACON_NONCE_LEN];
	struct kb_beacon_expect expect = { nonce, public, "131016", "beacon-1", "madoguchi", 0 };
	struct kb_beacon_question question;
	struct kb_beacon_answer answer;
	u8 again[KB_BEACON_QUESTION_LEN];
	struct kb_fault why;
	int r;

	if (!kb_beacon_read_question(data, size, &question)) {
		check_text(question.name, sizeof(question.name));
		kb_beacon_ask(&question, again);
		if (memcmp(again, data, size))
			abort();
	}
	/* nobody signs for a fuzzer */
	r = kb_beacon_check(data, size, &expect, &answer, &why);
	if (!r || (r == -EBADMSG && size == 0 && !why.text[0]))
		abort();
	round_trip(data, size);
	return 0;
}
