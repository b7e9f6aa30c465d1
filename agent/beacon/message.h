/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to a beacon and its signed answers: bytes, signatures, freshness. Pure but for OpenSSL (P1). */
#ifndef AGENT_BEACON_MESSAGE_H
#define AGENT_BEACON_MESSAGE_H

#include <kidoban/place.h>

#include "policy/fault.h"

#define KB_BEACON_PORT		5869	/* UDP, unless the policy says otherwise */
#define KB_BEACON_GROUP		"ff02::6b69:646f"	/* link-local multicast, transient group of ours */
#define KB_BEACON_NONCE_LEN	16
#define KB_BEACON_SIG_LEN	64	/* Ed25519, RFC 8032 */
#define KB_BEACON_SITE_MAX	KB_MUNICIPALITY_MAX
#define KB_BEACON_SKEW_SEC	120	/* clocks may differ by so much */

/*
 * On the wire, big-endian, fixed sizes:
 *  question: "KBQ1" nonce[16] name[64] (zero-padded)                                = 84 bytes
 *  answer:   "KBA1" nonce[16] time[8] site[16] name[64] zone[64] signature[64]      = 236 bytes
 * The signature covers "kidoban beacon 1\0" and everything before it. A
 * question is never shorter than a third of its answer: no amplifier.
 */
#define KB_BEACON_QUESTION_LEN	84
#define KB_BEACON_ANSWER_LEN	236

struct kb_beacon_question {
	u8 nonce[KB_BEACON_NONCE_LEN];
	char name[KB_NAME_MAX + 1];
};

struct kb_beacon_answer {
	u8 nonce[KB_BEACON_NONCE_LEN];
	u64 time;			/* seconds since 1970, of the beacon */
	char site[KB_BEACON_SITE_MAX + 1];
	char name[KB_NAME_MAX + 1];
	char zone[KB_NAME_MAX + 1];
};

void kb_beacon_ask(const struct kb_beacon_question *question, u8 ret[KB_BEACON_QUESTION_LEN]);
/* -EBADMSG: wrong length, magic, padding or name. */
int kb_beacon_read_question(const void *data, size_t len, struct kb_beacon_question *ret);

/* @key: private Ed25519, 32 bytes. */
int kb_beacon_answer_make(const struct kb_beacon_answer *answer, const u8 key[32],
			  u8 ret[KB_BEACON_ANSWER_LEN], struct kb_fault *ret_fault);

/* What an answer must say to be believed. */
struct kb_beacon_expect {
	const u8 *nonce;
	const u8 *key;			/* public */
	const char *site, *name, *zone;
	u64 now;			/* seconds since 1970 */
};

/*
 * 0, or -EBADMSG (form), -EKEYREJECTED (signature), -ESTALE (another nonce: replay),
 * -EXDEV (other site, name or zone), -ETIME (clocks differ too much: KB_BEACON_SKEW_SEC).
 * The signature is judged before anything it covers.
 */
int kb_beacon_check(const void *data, size_t len, const struct kb_beacon_expect *expect,
		    struct kb_beacon_answer *ret, struct kb_fault *ret_fault);

#endif
