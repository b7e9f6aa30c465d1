/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does one rule match everything that another one matches? */
#ifndef KIDOBAN_POLICY_COVER_H
#define KIDOBAN_POLICY_COVER_H

#include <kidoban/usb.h>

/*
 * True only when every interface that @inner matches is matched by @outer too,
 * with and without a driver's classes added, so that @inner behind @outer
 * never decides. Sound, not complete: false may also mean "not seen to".
 */
bool kb_rule_covers(const struct kb_usb_rule *outer, const struct kb_usb_rule *inner);

/*
 * Is each of the @n_inner conditions covered by one of @outer, as @covers says
 * of two? No condition (0) of outer covers all; of inner, only by that.
 */
bool kb_texts_cover(const char *const *outer, unsigned int n_outer, const char *const *inner,
		    unsigned int n_inner, bool (*covers)(const char *outer, const char *inner));

#endif
