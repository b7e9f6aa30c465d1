/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the agent's words go: journald with fields, or stderr. */
#ifndef AGENT_JOURNAL_H
#define AGENT_JOURNAL_H

#include "agent/decode.h"

/* "auto": journald when it is there, else stderr. "stderr": always that. -EINVAL. */
int kb_journal_choose(const char *where);

/* The agent's own words. @priority as in syslog(3), @message_id of message_ids.h. */
__attribute__((format(printf, 3, 4)))
void kb_journal(int priority, const char *message_id, const char *fmt, ...);

/* A field of one's own: KIDOBAN_@name=@value. Left out when @value is NULL. Both are borrowed. */
struct kb_journal_field {
	const char *name, *value;
};

/* The agent's own words with up to 32 fields beside them, for programs and the catalogue. */
__attribute__((format(printf, 5, 6)))
void kb_journal_fields(int priority, const char *message_id, const struct kb_journal_field *fields,
		       size_t n, const char *fmt, ...);

/*
 * One record of the kernel with its fields KIDOBAN_*. Negative errno when
 * journald did not take it: then tell it again later.
 */
int kb_journal_record(const struct kb_record *record);

/* Events @first to @last never reached us. */
int kb_journal_lost(u64 first, u64 last);

#endif
