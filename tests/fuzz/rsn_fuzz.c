// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the elements of a frame: read, judged and shown, they must be harmless. */
#include <linux/nl80211.h>
#include <stdlib.h>
#include <string.h>

#include "agent/wifi/elements.h"
#include "tests/unit/wifi_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			abort();
}

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool one_of(u32 has, u32 allowed)
{
	return has && !(has & (has - 1)) && !(has & ~allowed);
}

/* Whatever is proven with these elements has one allowed suite of each kind, and PMF. */
static void judge(const uint8_t *data, size_t size, const struct kb_bss *bss)
{
	struct kb_association_facts facts;
	const struct kb_wifi_profile *p;
	struct kb_wifi_proof proof;
	struct world world;
	char text[2048], small[32];
	unsigned int profile;

	world_init(&world);
	for (profile = 0; profile < world.policy.n_profiles; profile++) {
		facts = world_facts(&world, profile);
		facts.rsn_known = !kb_rsn_find(data, size, &facts.rsn);
		kb_wifi_prove(&world.policy, &facts, &proof);
		require(proof.proven == !proof.n_differences);
		require(proof.n_differences <= KB_DIFFERS_MAX);
		p = &world.profiles[profile];
		if (proof.proven)
			require(p->pinned && facts.rsn_known && facts.rsn.present && !facts.rsn.foreign &&
				facts.rsn.mfp_capable && one_of(facts.rsn.akms, p->akms) &&
				one_of(facts.rsn.pairwise, p->pairwise) && one_of(facts.rsn.group, p->group) &&
				one_of(facts.rsn.group_mgmt, p->group_mgmt));
		/* an SSID from the air, in a sentence */
		memcpy(facts.ssid, bss->ssid, sizeof(facts.ssid));
		facts.ssid_len = bss->ssid_len;
		kb_wifi_prove(&world.policy, &facts, &proof);
		kb_wifi_proof_text(&proof, text, sizeof(text));
		check_text(text);
		kb_wifi_proof_text(&proof, small, sizeof(small));
		check_text(small);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_bss bss = { .frequency = 5180 };
	char text[4 * KB_SSID_MAX + 1];
	struct kb_rsn rsn;
	size_t beacon;

	if (size < 2)
		return 0;
	/* the first byte says how much of it is the beacon's */
	beacon = (size - 1) * data[0] / 255;
	kb_bss_read_elements(data + 1, size - 1, beacon ? data + 1 : NULL, beacon, &bss);
	require(bss.ssid_len <= KB_SSID_MAX && memchr(bss.country, '\0', sizeof(bss.country)));
	kb_ssid_text(bss.ssid, bss.ssid_len, text, sizeof(text));
	check_text(text);
	if (!kb_rsn_parse(data + 1, size - 1, &rsn))
		require(rsn.present && rsn.version == 1 && (rsn.foreign || (rsn.group && rsn.pairwise && rsn.akms)));
	kb_rsnx_bit(data + 1, size - 1, data[0]);
	judge(data + 1, size - 1, &bss);
	return 0;
}
