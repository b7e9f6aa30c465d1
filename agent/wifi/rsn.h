/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The RSN element: what an access point offers, and what was negotiated (IEEE 802.11-2020, 9.4.2.24). */
#ifndef AGENT_WIFI_RSN_H
#define AGENT_WIFI_RSN_H

#include <kidoban/wifi.h>

#define KB_ELEMENT_SSID		0
#define KB_ELEMENT_COUNTRY	7
#define KB_ELEMENT_RSN		48
#define KB_ELEMENT_VENDOR	221
#define KB_ELEMENT_RSNX		244
#define KB_ELEMENT_EXTENSION	255

/* One element (type, length, value) of a frame. @data is borrowed. */
struct kb_element {
	u8 id;
	u8 len;
	const u8 *data;
};

/* Zero-initialised .pos; 1 with *ret, 0 at the end, -EBADMSG when the last one is cut off. */
struct kb_elements {
	const u8 *bytes;
	size_t len, pos;
};
int kb_element_next(struct kb_elements *walk, struct kb_element *ret);

/* Zero means: absent. Suites that are not 00-0F-AC, or have a number above KB_SUITE_MAX, set .foreign. */
struct kb_rsn {
	bool present;
	u16 version;
	u32 group, pairwise, akms, group_mgmt;	/* masks of KB_SUITE(); fields left out have 802.11's defaults */
	bool mfp_capable, mfp_required;
	bool foreign;
	u16 n_pmkids;
};

/*
 * The element's value, @len bytes. 0; -EBADMSG: cut off inside a field, a list
 * longer than the element, a list of nothing, or a version other than 1; *ret is then untouched.
 */
int kb_rsn_parse(const u8 *value, size_t len, struct kb_rsn *ret);

/* RSNXE (9.4.2.241): bit n of the extended capabilities. False beyond its end. */
bool kb_rsnx_bit(const u8 *value, size_t len, unsigned int bit);

/*
 * The RSN element among @ies. 0 with .present false when there is none;
 * -EBADMSG: malformed, or two of them. A WPA element (vendor 00-50-F2:1) or
 * the privacy bit without RSN are the caller's to ask for (kb_element_is_wpa()).
 */
int kb_rsn_find(const u8 *ies, size_t len, struct kb_rsn *ret);
bool kb_element_is_wpa(const struct kb_element *element);

#endif
