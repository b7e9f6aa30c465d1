/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the kernel's interface as words, for people and for programs. */
#ifndef AGENT_WORDS_H
#define AGENT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "agent/decode.h"

/* Never translated, for JSON and journal fields; "unknown" when out of range. */
const char *kb_mode_id(unsigned int mode);	/* "off", "audit", "enforce" */
const char *kb_action_id(unsigned int action);	/* "allow", "refuse" */
const char *kb_reason_id(unsigned int reason);	/* "rule", "default", ... */
const char *kb_event_id(unsigned int event);	/* "verdict", "override", ... */

const char *kb_path_kind_id(unsigned int kind);		/* "path", "essential", ... */
const char *kb_direction_id(unsigned int direction);	/* "out", "in", "forward" */

/* In the user's language. */
const char *kb_mode_text(unsigned int mode);
const char *kb_reason_text(unsigned int reason);

/* "storage,keyboard" of a class mask; "-" for none. */
void kb_classes_text(u32 classes, char *ret, size_t size);

/* "xdp,tc" of a mask of KB_BYPASS_*; "-" for none. */
void kb_bypass_text(u32 bypass, char *ret, size_t size);

/* "02:00:5e:00:01:0a" */
void kb_mac_text(const u8 mac[6], char *ret, size_t size);
/* "10.20.1.10", "2001:db8::1"; "-" when absent. */
void kb_address_text(const struct kb_address *address, char *ret, size_t size);
/* "tcp/3389", "icmp/8", "esp"; @port as KB_A_DPORT. */
void kb_service_text(u8 proto, u16 port, char *ret, size_t size);

/* "0781:5583" */
void kb_ids_text(const struct kb_record *record, char *ret, size_t size);

/* Why: "rule in line 12 (label)", "no rule matched", "another user's path (画面転送, line 41)". */
void kb_why_text(const struct kb_record *record, char *ret, size_t size);

/* One sentence about an event, in the user's language. Control characters are escaped. */
void kb_event_text(const struct kb_record *record, char *ret, size_t size);

/* agent/words_path.c: events of links, packets, lease and isolation; false when it is none of them. */
bool kb_path_event_text(const struct kb_record *record, char *ret, size_t size);

/*
 * Copies @text so that a terminal shows it and does nothing else: control
 * characters and bytes that are not UTF-8 become \xNN.
 */
void kb_printable(const char *text, char *ret, size_t size);

/* CLOCK_BOOTTIME nanoseconds of this boot -> wall clock now; microseconds since 1970. */
u64 kb_boottime_to_realtime(u64 boottime_ns);

#endif
