/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the kernel's interface as words, for people and for programs. */
#ifndef AGENT_WORDS_H
#define AGENT_WORDS_H

#include <stddef.h>
#include <time.h>

#include "agent/decode.h"

/* Never translated, for JSON and journal fields; "unknown" when out of range. */
const char *kb_mode_id(unsigned int mode);	/* "off", "audit", "enforce" */
const char *kb_action_id(unsigned int action);	/* "allow", "refuse" */
const char *kb_reason_id(unsigned int reason);	/* "rule", "default", ... */
const char *kb_event_id(unsigned int event);	/* "verdict", "override", ... */

/* In the user's language. */
const char *kb_mode_text(unsigned int mode);
const char *kb_reason_text(unsigned int reason);

/* "storage,keyboard" of a class mask; "-" for none. */
void kb_classes_text(u32 classes, char *ret, size_t size);

/* "0781:5583" */
void kb_ids_text(const struct kb_record *record, char *ret, size_t size);

/* Why: "rule in line 12 (label)", "no rule matched". */
void kb_why_text(const struct kb_record *record, char *ret, size_t size);

/* One sentence about an event, in the user's language. Control characters are escaped. */
void kb_event_text(const struct kb_record *record, char *ret, size_t size);

/*
 * Copies @text so that a terminal shows it and does nothing else: control
 * characters and bytes that are not UTF-8 become \xNN.
 */
void kb_printable(const char *text, char *ret, size_t size);

/* CLOCK_BOOTTIME nanoseconds of this boot -> wall clock now; microseconds since 1970. */
u64 kb_boottime_to_realtime(u64 boottime_ns);

#endif
