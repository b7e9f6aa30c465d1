/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that a policy hands on to a supplicant: files, keys in tokens, servers. */
#ifndef KIDOBAN_POLICY_FILE_NAME_H
#define KIDOBAN_POLICY_FILE_NAME_H

#include <stdbool.h>

#define KB_HOST_NAME_MAX	253	/* bytes of a DNS name, RFC 1035 2.3.4 */
#define KB_IDENTITY_MAX		253	/* the like of a network access identifier, RFC 7542 2.3 */

/*
 * An absolute path without "." and ".." and empty components, of characters that need no
 * quoting in anybody's configuration: no controls, no quotes, no backslash.
 */
bool kb_file_name_valid(const char *path);
/* "pkcs11:" and the characters that RFC 3986 has, but no pin-value. */
bool kb_pkcs11_uri_valid(const char *uri);
/* Letters, digits and hyphens in labels of 1 to 63 bytes with dots between; no wildcard. */
bool kb_host_name_valid(const char *name);

#endif
