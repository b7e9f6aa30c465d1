/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of Wi-Fi suites (AKM and ciphers 00-0F-AC:n), as policies write them. */
#ifndef KIDOBAN_POLICY_SUITE_H
#define KIDOBAN_POLICY_SUITE_H

#include <kidoban/wifi.h>

/*
 * "wpa2-eap-sha256", "ccmp"; also of those that no policy may name ("owe", "tkip"),
 * because access points offer them. NULL: a number without a name here.
 */
const char *kb_akm_name(unsigned int n);
const char *kb_cipher_name(unsigned int n);

/* KB_SUITE() of a name; 0 when it is none. */
u32 kb_akm_from_name(const char *name);
u32 kb_cipher_from_name(const char *name);

/*
 * "ccmp, gcmp-256" of a mask, a number where there is no name ("suite 31"); ""
 * for none. Cut at @size.
 */
void kb_akms_text(u32 akms, char *ret, size_t size);
void kb_ciphers_text(u32 ciphers, char *ret, size_t size);

#endif
