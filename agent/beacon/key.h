/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A beacon's key pair (Ed25519): its file, and its public half as the policy wants it. */
#ifndef AGENT_BEACON_KEY_H
#define AGENT_BEACON_KEY_H

#include <kidoban/place.h>

#include "policy/fault.h"

#define KB_BEACON_KEY_TEXT	45	/* base64 of 32 bytes, with NUL */

/* Makes @path (PKCS#8 PEM, mode 0600), which must not exist: -EEXIST. -EIO when OpenSSL fails. */
int kb_beacon_key_make(const char *path, u8 ret_public[KB_BEACON_KEY_LEN],
		       struct kb_fault *ret_fault);
/* Reads it again. -EBADMSG when it is no private Ed25519 key, or the errno of reading it. */
int kb_beacon_key_read(const char *path, u8 ret_private[KB_BEACON_KEY_LEN],
		       u8 ret_public[KB_BEACON_KEY_LEN], struct kb_fault *ret_fault);
void kb_beacon_key_text(const u8 public[KB_BEACON_KEY_LEN], char ret[KB_BEACON_KEY_TEXT]);

#endif
