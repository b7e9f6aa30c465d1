// SPDX-License-Identifier: GPL-2.0-or-later
/* Whatever becomes of an association: it is proven when, and only when, it may be (W1, W2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <linux/nl80211.h>

#include "tests/unit/wifi_world.h"

static bool one_of(u32 has, u32 allowed)
{
	return __builtin_popcount(has) == 1 && (has & allowed) == has;
}

/* The same question, asked from the profile's side and in one piece. */
static bool may_be_proven(const struct kb_wifi_profile *p, const struct kb_association_facts *f)
{
	const struct kb_supplicant_facts *s = &f->supplicant;
	bool pmf = f->mfp && f->rsn.mfp_capable, server = s->n_servers == 1;

	if (s->n_servers == 1)
		server = !strcmp(s->servers[0], "radius.city.example") ||
			 !strcmp(s->servers[0], "radius2.city.example");
	return p->pinned && f->iftype == NL80211_IFTYPE_STATION && f->associated && f->ssid_len == p->ssid_len &&
	       !memcmp(f->ssid, p->ssid, p->ssid_len) && memcmp(f->bssid, "\0\0\0\0\0", 6) &&
	       kb_wifi_bssid_matches(p, f->bssid) && f->frequency == 5180 && f->rsn_known && f->rsn.present &&
	       !f->rsn.foreign && one_of(f->rsn.akms, p->akms) && one_of(f->rsn.pairwise, p->pairwise) &&
	       one_of(f->rsn.group, p->group) && pmf && one_of(f->rsn.group_mgmt, p->group_mgmt) &&
	       f->authorized && f->operational &&
	       (p->eap == KB_EAP_NONE ||
		(s->known && s->completed && s->port_authorized && !strcmp(s->eap, "TLS") && f->ca_matches &&
		 !strcmp(s->ca, "/etc/kidoban/wifi/city-ca.pem") && server &&
		 (!memcmp(s->bssid, f->bssid, 6) || !memcmp(s->bssid, "\0\0\0\0\0", 6))));
}

static u32 noise(void)
{
	static u32 state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* One thing of an association becomes something else, which may be right or wrong. */
static void disturb(struct kb_association_facts *f)
{
	static const char *const names[] = { "radius2.city.example", "radius.city.example.", "", "x" };
	struct kb_supplicant_facts *s = &f->supplicant;
	u32 *const masks[] = { &f->rsn.akms, &f->rsn.pairwise, &f->rsn.group, &f->rsn.group_mgmt };
	bool *const flags[] = { &f->rsn_known, &f->rsn.present, &f->rsn.mfp_capable, &f->mfp, &f->authorized,
				&f->operational, &f->ca_matches, &s->known, &s->completed,
				&s->port_authorized, &f->associated };
	u32 what = noise() % 24, value = noise() >> 7;

	if (what < 11)
		*flags[what] = false;
	else if (what < 15)
		*masks[what - 11] = 1u << value % 14 | (value & 1024 ? 1u << (value >> 12) % 14 : 0);
	else if (what == 15)
		f->rsn.foreign = true;
	else if (what == 16)
		f->bssid[value % 6] = (u8)(value >> 8);
	else if (what == 17)
		s->bssid[value % 6] = (u8)(value >> 8);
	else if (what == 18)
		f->ssid[value % 32] ^= (u8)(value >> 8);
	else if (what == 19)
		f->ssid_len = value % 33;
	else if (what == 20)
		strcpy(s->servers[0], names[value % 4]);
	else if (what == 21)
		f->iftype = value % 13;
	else if (what == 22)
		s->eap[value % 4] = (char)('A' + value % 26);
	else
		s->ca[value % 32] ^= 1;
}

/* However many things change: proven is what may be, of the profiles that there are; early is not proven. */
static void test_property(void **state)
{
	struct association { struct kb_association_facts f; struct kb_wifi_proof p; } *a = malloc(sizeof(*a));
	u32 round, i, proven = 0, n_proven, changes;
	struct world w;

	(void)state;
	world_init(&w);
	w.profiles[WORLD_SAE].bands = KB_BAND_5GHZ;
	for (round = 0; round < 200000; round++) {
		a->f = world_facts(&w, noise() % 2 ? WORLD_CITY : noise() % 2 ? WORLD_SAE : WORLD_UTF8);
		for (changes = noise() % 4; changes; changes--)
			disturb(&a->f);
		/* what is left out is a default; the oracle knows none */
		a->f.rsn.group_mgmt = a->f.rsn.group_mgmt ?: KB_CIPHER_BIP_CMAC;
		kb_wifi_prove(&w.policy, &a->f, &a->p);
		for (i = 0, n_proven = 0; i < w.policy.n_profiles; i++)
			n_proven += may_be_proven(&w.profiles[i], &a->f);
		assert_int_equal(a->p.proven, n_proven);
		assert_int_equal(a->p.proven, !a->p.n_differences);
		assert_false(a->p.proven && a->p.early);
		if (a->p.proven)
			assert_true(may_be_proven(&w.profiles[a->p.profile], &a->f));
		proven += a->p.proven;
	}
	/* both happened often */
	assert_in_range(proven, 20000, 180000);
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_property),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
