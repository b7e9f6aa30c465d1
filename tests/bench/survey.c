// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * survey city|largest [SURVEYS]: what scoring 200 access points costs (W3), best and median of the
 * surveys, µs. With SURVEYS 0 it scores those only that fill the memory, for
 * callgrind to compare with.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/wifi/score.h"

enum { POINTS = 200, OWN = 30, IMPOSTORS = 20, FILLING = 20, SURVEYS_MAX = 10000 };

/* A policy: so many profiles with so many addresses each. */
struct town {
	struct kb_agent_policy policy;
	struct kb_wifi_profile profiles[KB_PROFILES_MAX];
	struct kb_link_mac bssids[KB_PROFILES_MAX][KB_BSSIDS_MAX];
};

static struct town town;
static struct kb_bss bss[POINTS];
static struct kb_bss_score scores[POINTS];

static void die(const char *what)
{
	fprintf(stderr, "survey: %s\n", what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void build_town(u32 n_profiles, u32 n_bssids)
{
	struct kb_wifi_profile *p;
	u32 i, j;

	town.policy.n_profiles = n_profiles;
	town.policy.profiles = town.profiles;
	town.policy.wireless.canary_len = 20;
	memcpy(town.policy.wireless.canary, "kidoban-canary-7f3a1", 20);
	for (i = 0; i < n_profiles; i++) {
		p = &town.profiles[i];
		*p = (struct kb_wifi_profile){
			.name = "city", .pinned = true, .n_bssids = n_bssids, .bssids = town.bssids[i],
			.akms = KB_AKM_8021X_SHA256, .pairwise = KB_CIPHER_CCMP, .group = KB_CIPHER_CCMP,
			.group_mgmt = KB_CIPHER_BIP_CMAC, .bands = KB_BAND_ALL,
		};
		p->ssid_len = (u8)snprintf((char *)p->ssid, sizeof(p->ssid), "MYNUMBER-%u", i);
		for (j = 0; j < n_bssids; j++) {
			memset(town.bssids[i][j].mask, 0xff, 6);
			memcpy(town.bssids[i][j].value, (u8[]){ 2, 0x11, (u8)i, 0, (u8)(j >> 8), (u8)j }, 6);
		}
	}
}

/* The town's own, impostors of all kinds, and everybody else's. */
static void fill_air(u64 now)
{
	u32 i, profile;

	for (i = 0; i < POINTS; i++) {
		bss[i] = (struct kb_bss){
			.bssid = { 0x66, 0, 0, 0, (u8)(i >> 8), (u8)i }, .frequency = 5180, .own_frequency = 5180,
			.signal = -60, .tsf = now + i, .heard_usec = now + i, .privacy = true, .ess = true,
			.country = "JP", .fingerprint = i * 7919u,
			.rsn = { .present = true, .version = 1, .group = KB_CIPHER_CCMP,
				 .pairwise = KB_CIPHER_CCMP, .akms = KB_AKM_8021X_SHA256, .mfp_capable = true },
		};
		profile = i % town.policy.n_profiles;
		if (i < OWN + IMPOSTORS) {
			bss[i].ssid_len = town.profiles[profile].ssid_len;
			memcpy(bss[i].ssid, town.profiles[profile].ssid, KB_SSID_MAX);
		} else {
			bss[i].ssid_len = (u8)snprintf((char *)bss[i].ssid, KB_SSID_MAX, "somebody-%u", i);
		}
		if (i < OWN)
			memcpy(bss[i].bssid, town.bssids[profile][i / town.policy.n_profiles].value, 6);
		else if (i < OWN + IMPOSTORS && i % 2)
			memset(&bss[i].rsn, 0, sizeof(bss[i].rsn));
	}
}

static void score(struct kb_score_memory *memory, u64 now)
{
	u32 i;

	if (kb_score_survey(memory, &town.policy, bss, POINTS, now + POINTS, scores))
		die("out of memory");
	for (i = 0; i < POINTS; i++)
		if (scores[i].standing != (i < OWN ? KB_BSS_KNOWN :
					   i < OWN + IMPOSTORS ? KB_BSS_SUSPECT : KB_BSS_UNKNOWN))
			die("an access point is judged wrongly");
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static uint64_t took[SURVEYS_MAX];
	struct kb_score_memory *memory = kb_score_memory_new();
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : 1001, i;
	u64 now = 1000000;
	uint64_t before;

	if (argc < 2 || !memory || n > SURVEYS_MAX)
		die("usage: survey city|largest [SURVEYS]");
	if (!strcmp(argv[1], "largest"))
		build_town(KB_PROFILES_MAX, KB_BSSIDS_MAX);
	else
		build_town(8, 16);
	for (i = 0; i < FILLING + n; i++) {
		fill_air(now);
		before = now_ns();
		score(memory, now);
		if (i >= FILLING)
			took[i - FILLING] = now_ns() - before;
		now += 300u * 1000000u;
	}
	kb_score_memory_free(memory);
	if (!n)
		return 0;
	qsort(took, n, sizeof(*took), ascending);
	printf("%.1f %.1f\n", (double)took[0] / 1000, (double)took[n / 2] / 1000);
	return 0;
}
