// SPDX-License-Identifier: GPL-2.0-or-later
/* Gathers what is known of one association. */
#include "agent/wifi/collect.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/file.h"

#define CA_FILE_MAX	(256 * 1024)

static bool same_ssid(const struct kb_wifi_profile *profile,
		      const struct kb_association_facts *facts)
{
	return profile->ssid_len == facts->ssid_len &&
	       !memcmp(profile->ssid, facts->ssid, facts->ssid_len);
}

bool kb_ca_matches(const struct kb_agent_policy *policy, const struct kb_association_facts *facts)
{
	KB_FREE uint8_t *data = NULL;
	u8 digest[SHA256_DIGEST_LENGTH];
	size_t len;
	u32 i;

	for (i = 0; i < policy->n_profiles; i++) {
		const struct kb_wifi_profile *p = &policy->profiles[i];

		if (!p->has_ca_sha256 || !p->ca || !same_ssid(p, facts) ||
		    strcmp(p->ca, facts->supplicant.ca))
			continue;
		if (!data && kb_file_read(p->ca, CA_FILE_MAX, &data, &len))
			return false;
		SHA256(data, len, digest);
		if (memcmp(digest, p->ca_sha256, sizeof(digest)))
			return false;
	}
	return true;
}

/*
 * Kernels since 5.19 forget the SSID of an interface now and then; the access point's own elements
 * say it.
 */
static void ask_scan(struct kb_radio *radio, struct kb_association_facts *facts)
{
	KB_FREE struct kb_bss *bss = NULL;
	size_t n = 0, i;

	if ((facts->ssid_len && facts->frequency) ||
	    kb_radio_scan_results(radio, facts->ifindex, &bss, &n, NULL))
		return;
	for (i = 0; i < n; i++) {
		if (!bss[i].associated || memcmp(bss[i].bssid, facts->bssid, sizeof(facts->bssid)))
			continue;
		if (!facts->ssid_len) {
			facts->ssid_len = bss[i].ssid_len;
			memcpy(facts->ssid, bss[i].ssid, sizeof(facts->ssid));
		}
		if (!facts->frequency)
			facts->frequency = bss[i].frequency;
	}
}

int kb_collect_facts(const struct kb_collect *from, const struct kb_wdev *wdev,
		     struct kb_association_facts *ret)
{
	struct kb_association_facts f = { .ifindex = wdev->ifindex,
					  .iftype = wdev->iftype,
					  .ssid_len = wdev->ssid_len,
					  .frequency = wdev->frequency };
	struct kb_station station = {};
	int r = 0;

	memcpy(f.ifname, wdev->ifname, sizeof(f.ifname));
	memcpy(f.ssid, wdev->ssid, sizeof(f.ssid));
	if (kb_carrier_operational(from->carrier, wdev->ifindex, &f.operational))
		f.operational = false;
	if (!kb_radio_station(from->radio, wdev->ifindex, &station, NULL) && station.associated) {
		f.associated = true;
		memcpy(f.bssid, station.bssid, sizeof(f.bssid));
		f.authorized = station.authorized;
		f.mfp = station.mfp;
		f.signal = station.signal;
		ask_scan(from->radio, &f);
		if (from->supplicant)
			r = kb_supplicant_ask(from->supplicant, f.ifname, &f.supplicant, NULL);
		if (r)
			f.supplicant = (struct kb_supplicant_facts){};
		f.ca_matches = kb_ca_matches(from->policy, &f);
	}
	*ret = f;
	return r;
}

bool kb_collect_negotiated(struct kb_association_facts *facts,
			   const struct kb_negotiated *negotiated)
{
	if (!negotiated->known || memcmp(negotiated->bssid, facts->bssid, sizeof(facts->bssid)))
		return false;
	facts->rsn = negotiated->rsn;
	facts->rsn_known = true;
	return true;
}

bool kb_collect_vouched(struct kb_association_facts *facts)
{
	const struct kb_supplicant_facts *s = &facts->supplicant;

	if (!s->known || !s->completed || !s->rsn_known ||
	    memcmp(s->bssid, facts->bssid, sizeof(s->bssid)))
		return false;
	facts->rsn = s->rsn;
	facts->rsn_known = true;
	return true;
}

const struct kb_record *kb_collect_link(const struct kb_record *links, size_t n, u64 netns,
					u32 ifindex)
{
	size_t i;

	/* numbers of interfaces are of one namespace only */
	for (i = 0; i < n; i++)
		if (links[i].ifindex == ifindex &&
		    (!kb_has(links[i].have, KB_A_NETNS) || !netns || links[i].netns == netns))
			return &links[i];
	return NULL;
}

void kb_differences_ids(const struct kb_wifi_proof *proof, char *ret, size_t size)
{
	size_t used = 0;
	u32 i;

	*ret = '\0';
	for (i = 0; i < proof->n_differences && used < size; i++)
		used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? "," : "",
					 kb_difference_name(proof->differences[i].item)
						 ?: "unknown");
}
