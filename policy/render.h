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
/*
 * @when (seconds since 1970) as Japan time: a date when that says it exactly
 * (@until: of the day that ends then), else date and time with zone.
 */
void kb_render_date(uint64_t when, bool until, char ret[KB_DATE_SIZE]);
/* "off", "audit", "enforce"; "refuse", "allow" */
const char *kb_render_mode(enum kb_gate_mode mode);
const char *kb_render_action(enum kb_action action);

#endif
