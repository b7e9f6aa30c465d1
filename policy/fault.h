/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, in a sentence: libraries fill it, callers print it. */
#ifndef POLICY_FAULT_H
#define POLICY_FAULT_H

#include <stdbool.h>

struct kb_fault {
	char text[512];			/* UTF-8, one line, empty when nothing was said */
};

/*
 * Writes the sentence (cut where the buffer ends) and returns @err, a negative
 * errno, so that "return kb_fault(...)" reads well. @ret may be NULL.
 */
__attribute__((format(printf, 3, 4)))
int kb_fault(struct kb_fault *ret, int err, const char *fmt, ...);

/* The like, followed by OpenSSL's newest reason; empties its error queue. */
__attribute__((format(printf, 3, 4)))
int kb_fault_openssl(struct kb_fault *ret, int err, const char *fmt, ...);

#endif
