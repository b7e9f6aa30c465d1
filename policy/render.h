/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies and rules back into YAML that reads as the same policy again. */
#ifndef KIDOBAN_POLICY_RENDER_H
#define KIDOBAN_POLICY_RENDER_H

#include <stdio.h>

#include <kidoban/policy.h>

#define KB_DATE_SIZE	32		/* bytes kb_render_date() needs */

/* A quoted YAML (and JSON) string. */
void kb_render_text(const char *text, FILE *out);
/* "0781:55??" */
void kb_render_usb(const struct kb_usb_id *id, FILE *out);
/* "allow: {usb: ..., class: [...]}", on one line, without the rule's tell. */
void kb_render_rule(const struct kb_usb_rule *rule, FILE *out);
/* The like of a link rule, without its tell and random-mac. */
void kb_render_link_rule(const struct kb_link_rule *rule, FILE *out);
/*
 * "{name: ..., to: [...], service: [...]}", on one line, with names instead of
 * numbers; @tell: with its sentence.
 */
void kb_render_path_rule(const struct kb_policy *policy, const struct kb_path_rule *rule, bool tell,
			 FILE *out);
/* "protected", "allow", "peers" ...: the key below paths that rules of @kind stand in. */
const char *kb_render_path_kind(enum kb_path_kind kind);
/* Name of a network, quoted; addresses as they are. */
void kb_render_networks(const struct kb_path_policy *paths, const u16 *indexes, unsigned int n,
			FILE *out);
/* Prefixes with commas between, quoted. */
void kb_render_prefixes(const struct kb_prefix *list, u32 n, FILE *out);
/*
 * @when (seconds since 1970) as Japan time: a date when that says it exactly
 * (@until: of the day that ends then), else date and time with zone.
 */
void kb_render_date(uint64_t when, bool until, char ret[KB_DATE_SIZE]);
/* "off", "audit", "enforce"; "refuse", "allow" */
const char *kb_render_mode(enum kb_gate_mode mode);
const char *kb_render_action(enum kb_action action);

#endif
