// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as attributes of nl80211; access points among them are surveyed and scored. */
#include <stdlib.h>
#include <string.h>

#include "agent/wifi/nl80211.h"
#include "agent/wifi/score.h"
#include "tests/unit/wifi_world.h"

#define NOW		5000000000ull
#define SURVEYED_MAX	16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_score(const struct kb_bss_score *score, const struct kb_agent_policy *policy)
{
	u32 sum = 0, i;

	for (i = 0; i < KB_SIGNAL_MAX; i++)
		if (score->signals & 1u << i)
			sum += kb_signal_weight(i);
	require(score->score == sum && score->signals < 1u << KB_SIGNAL_MAX);
	require((score->standing == KB_BSS_SUSPECT) == (sum >= KB_SCORE_MEDIUM));
	require(score->profile == KB_INDEX_NONE || score->profile < policy->n_profiles);
	require(kb_bss_standing_name(score->standing));
}

/* Messages one after the other, each behind a byte with a fourth of its length. Three surveys of them. */
static void survey(const uint8_t *data, size_t size)
{
	struct kb_score_memory *memory = kb_score_memory_new();
	struct kb_bss_score scores[SURVEYED_MAX];
	struct kb_bss bss[SURVEYED_MAX];
	struct world world;
	size_t n = 0, len, i;
	unsigned int round;

	require(memory);
	while (size && n < SURVEYED_MAX) {
		len = (size_t)data[0] * 4;
		if (len > size - 1)
			len = size - 1;
		n += !kb_radio_decode_bss(data + 1, len, NOW, &bss[n]);
		data += 1 + len;
		size -= 1 + len;
	}
	world_init(&world);
	for (round = 0; round < 3; round++) {
		require(!kb_score_survey(memory, &world.policy, bss, n, NOW + round, scores));
		for (i = 0; i < n; i++) {
			require(bss[i].ssid_len <= KB_SSID_MAX && bss[i].heard_usec <= NOW + round);
			check_score(&scores[i], &world.policy);
			bss[i].heard_usec++;
			bss[i].fingerprint ^= round;
		}
	}
	kb_score_memory_free(memory);
}

static void event(u8 command, const uint8_t *data, size_t size)
{
	struct kb_radio_notice notice;
	struct kb_rsn rsn;

	if (kb_radio_decode_event(command, data, size, &notice))
		return;
	require(notice.event < KB_RADIO_EVENT_MAX && notice.command == command);
	require(!notice.req_ies_len || (notice.req_ies >= data && notice.req_ies_len <= size &&
		notice.req_ies + notice.req_ies_len <= data + size));
	kb_rsn_find(notice.req_ies, notice.req_ies_len, &rsn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_station station;
	struct kb_wdev wdev;

	if (size < 2)
		return 0;
	switch (data[0] % 4) {
	case 0:
		event(data[1], data + 2, size - 2);
		break;
	case 1:
		if (!kb_radio_decode_wdev(data + 2, size - 2, &wdev))
			require(memchr(wdev.ifname, '\0', sizeof(wdev.ifname)) && wdev.ssid_len <= KB_SSID_MAX);
		break;
	case 2:
		if (!kb_radio_decode_station(data + 2, size - 2, &station))
			require(station.signal >= -128 && station.signal < 128);
		break;
	default:
		survey(data + 2, size - 2);
		break;
	}
	return 0;
}
