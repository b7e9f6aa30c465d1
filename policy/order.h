/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signed orders of isolation and release: an order and its signature in one file. */
#ifndef POLICY_ORDER_H
#define POLICY_ORDER_H

#include <kidoban/types.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/netlink.h>

#include "policy/bundle.h"

/*
 * A file of an order is struct kb_order and behind it, up to the end, the
 * author's detached CMS signature over exactly that. Nothing is checked but
 * the form; who signed is the kernel's to judge (release) or the reader's.
 */
struct kb_signed_order {
	struct kb_order order;
	struct kb_bytes sig;		/* owned */
};

/* An order of today's form. */
void kb_order_fill(struct kb_order *ret, enum kb_order_action action, const u8 isolation[16]);

/* -EBADMSG for anything that is no order, -EFBIG, or the errno of reading. @ret: kb_order_done(). */
int kb_order_read(const char *path, struct kb_signed_order *ret, struct kb_fault *ret_fault);
/* The like from bytes. */
int kb_order_decode(const void *data, size_t len, struct kb_signed_order *ret,
		    struct kb_fault *ret_fault);
/* Replaces the file at @path. -EINVAL: an empty or too long signature. */
int kb_order_write(const char *path, const struct kb_signed_order *order,
		   struct kb_fault *ret_fault);
void kb_order_done(struct kb_signed_order *order);

/* "release", "isolate"; NULL out of range. */
const char *kb_order_action_name(unsigned int action);

/* 32 hexadecimal digits, upper or lower case, and nothing else. */
bool kb_isolation_parse(const char *text, u8 ret[16]);

#endif
