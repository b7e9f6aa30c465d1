/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the elements of beacons and probe responses say of an access point. */
#ifndef AGENT_WIFI_ELEMENTS_H
#define AGENT_WIFI_ELEMENTS_H

#include "agent/wifi/bss.h"

/*
 * Reads the elements that were heard of one access point into @bss, whose
 * .frequency is set: SSID, RSN, WPA, country, own channel, fingerprint. @ies: of
 * the last frame of either kind; @beacon: of the last beacon, or none (NULL, 0).
 * Never fails: what comes from the air may be anything, and elements that are
 * cut off set .rsn_bad. Pure.
 */
void kb_bss_read_elements(const u8 *ies, size_t len, const u8 *beacon, size_t beacon_len,
			  struct kb_bss *bss);

/* Centre frequency of a channel number in the band of @near MHz; 0 = there is none. */
u32 kb_channel_mhz(unsigned int channel, u32 near);

#endif
