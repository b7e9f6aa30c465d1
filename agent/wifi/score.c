// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which access points are impostors (W3)? What an impostor does must never make
 * a suspect of the access point that it imitates, unless it has its very address.
 */
#include "agent/wifi/score.h"

#include "agent/wifi/proof.h"
#include "agent/wifi/score_memory.h"

#define POWER_JUMP_DB		20
#define TSF_SLACK_USEC		1000000ull	/* hearing and clocks are not exact */
#define OWNER_HEADS		2048u		/* power of two */

/* Kinds of security, the weakest first. */
enum {
	CLASS_OPEN = 1, CLASS_OLD = 2 /* WEP, WPA */, CLASS_OTHER = 4, CLASS_OWE = 8,
	CLASS_PSK = 16, CLASS_SAE = 32, CLASS_EAP = 64,
};

#define AKM_PSK		(KB_AKM_PSK | KB_AKM_FT_PSK | KB_AKM_PSK_SHA256 | KB_SUITE(19) | \
			 KB_SUITE(20))
#define AKM_SAE		(KB_AKM_SAE | KB_AKM_FT_SAE | KB_SUITE(24) | KB_SUITE(25))
#define AKM_EAP		(KB_AKM_ENTERPRISE | KB_SUITE(14) | KB_SUITE(15) | KB_SUITE(16) | \
			 KB_SUITE(17) | KB_SUITE(22) | KB_SUITE(23))

/* What is known of one access point while a survey is scored. */
struct view {
	u16 ess;			/* first profile with its SSID, KB_INDEX_NONE */
	u16 profile;			/* that it fits best */
	u16 owner;			/* profile that names exactly this BSSID, KB_INDEX_NONE */
	u16 next;			/* of the same hash of BSSIDs */
	u8 classes;
	bool pinned;			/* a pinned profile has its SSID */
	bool fits, listed;		/* the security, the BSSID of one of them */
	bool canary;
};

/* Kinds of security in one ESS: the policy's or the strongest; of all that share one of those. */
struct ess {
	u8 anchor, reference;
};

struct survey {
	const struct kb_agent_policy *policy;
	const struct kb_bss *bss;
	size_t n;
	u64 now_usec;
	struct kb_score_memory *memory;
	struct view views[KB_BSS_MAX];
	struct ess esses[KB_PROFILES_MAX];
	u16 heads[OWNER_HEADS];
};

static u8 akm_classes(u32 akms)
{
	u8 classes = 0;

	if (akms & AKM_EAP)
		classes |= CLASS_EAP;
	if (akms & AKM_SAE)
		classes |= CLASS_SAE;
	if (akms & AKM_PSK)
		classes |= CLASS_PSK;
	if (akms & KB_AKM_OWE)
		classes |= CLASS_OWE;
	return classes ?: CLASS_OTHER;
}

static u8 classes_of(const struct kb_bss *bss)
{
	if (bss->rsn.present)
		return akm_classes(bss->rsn.akms);
	return bss->wpa || bss->privacy ? CLASS_OLD : CLASS_OPEN;
}

/* Can the security that the policy demands be had there? More is no fault: transition mode. */
static bool fits_profile(const struct kb_bss *bss, const struct kb_wifi_profile *profile)
{
	const struct kb_rsn *rsn = &bss->rsn;

	return bss->ess && rsn->present && !bss->rsn_bad && rsn->akms & profile->akms &&
	       rsn->pairwise & profile->pairwise && rsn->group & profile->group &&
	       (profile->pmf == KB_PMF_OPTIONAL || rsn->mfp_capable);
}

static bool same_ssid(const struct kb_bss *bss, const u8 *ssid, u8 len)
{
	return len && bss->ssid_len == len && !memcmp(bss->ssid, ssid, len);
}

static bool is_hidden(const struct kb_bss *bss)
{
	u8 i;

	for (i = 0; i < bss->ssid_len; i++)
		if (bss->ssid[i])
			return false;
	return true;
}

/* By all profiles with its SSID. */
static void look_at_ssid(struct survey *s, const struct kb_bss *bss, struct view *view)
{
	const struct kb_wifi_profile *p;
	bool fits, listed, best = false;
	u32 i;

	for (i = 0; i < s->policy->n_profiles && i < KB_PROFILES_MAX; i++) {
		p = &s->policy->profiles[i];
		if (!same_ssid(bss, p->ssid, p->ssid_len))
			continue;
		if (view->ess == KB_INDEX_NONE)
			view->ess = view->profile = (u16)i;
		if (!p->pinned)
			continue;
		fits = fits_profile(bss, p);
		listed = kb_wifi_bssid_matches(p, bss->bssid);
		if (!view->pinned || (fits && listed && !best))
			view->profile = (u16)i;
		best |= fits && listed;
		view->pinned = true;
		view->fits |= fits;
		view->listed |= listed;
		s->esses[view->ess].anchor |= akm_classes(p->akms);
	}
	/* one profile's security under another's address is neither's */
	if (view->fits && !best)
		view->listed = false;
}

static u32 hash_bssid(const u8 bssid[6])
{
	u32 hash = (u32)bssid[2] << 24 | (u32)bssid[3] << 16 | (u32)bssid[4] << 8 | bssid[5];

	return (hash * 0x9e3779b1u) >> 21;	/* 11 bits: OWNER_HEADS */
}

/* Who is an address of the policy? Asked from the policy's side: it may list very many. */
static void find_owners(struct survey *s)
{
	static const u8 exact[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct kb_wifi_profile *p;
	u32 i, j;
	u16 at;

	for (i = 0; i < s->policy->n_profiles && i < KB_PROFILES_MAX; i++) {
		p = &s->policy->profiles[i];
		for (j = 0; p->pinned && j < p->n_bssids; j++) {
			/* in a range other networks of the same access points may lie */
			if (memcmp(p->bssids[j].mask, exact, sizeof(exact)))
				continue;
			at = s->heads[hash_bssid(p->bssids[j].value)];
			for (; at != KB_INDEX_NONE; at = s->views[at].next)
				if (s->views[at].owner == KB_INDEX_NONE &&
				    !memcmp(s->bss[at].bssid, p->bssids[j].value, 6))
					s->views[at].owner = (u16)i;
		}
	}
}

static void look(struct survey *s)
{
	const struct kb_wireless *w = &s->policy->wireless;
	struct view *view;
	u16 *head;
	size_t i;

	memset(s->heads, 0xff, sizeof(s->heads));
	memset(s->esses, 0, sizeof(s->esses));
	for (i = 0; i < s->n; i++) {
		view = &s->views[i];
		*view = (struct view){
			.ess = KB_INDEX_NONE, .profile = KB_INDEX_NONE, .owner = KB_INDEX_NONE,
			.classes = classes_of(&s->bss[i]),
			.canary = same_ssid(&s->bss[i], w->canary, w->canary_len),
		};
		head = &s->heads[hash_bssid(s->bss[i].bssid)];
		view->next = *head;
		*head = (u16)i;
		look_at_ssid(s, &s->bss[i], view);
		if (view->canary)
			kb_mark_set(s->memory, KB_MARK_KARMA, s->bss[i].bssid, s->now_usec);
	}
	find_owners(s);
}

static u8 strongest(u8 classes)
{
	u8 bit = CLASS_EAP;

	while (bit && !(classes & bit))
		bit >>= 1;
	return bit;
}

/* What belongs together: whoever shares a kind of security with those that are right. */
static void compare_esses(struct survey *s)
{
	struct ess *ess;
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->views[i].ess == KB_INDEX_NONE || s->views[i].pinned)
			continue;
		ess = &s->esses[s->views[i].ess];
		ess->anchor = strongest(ess->anchor | s->views[i].classes);
	}
	for (i = 0; i < s->n; i++) {
		if (s->views[i].ess == KB_INDEX_NONE)
			continue;
		ess = &s->esses[s->views[i].ess];
		if (s->views[i].classes & ess->anchor)
			ess->reference |= s->views[i].classes;
	}
}

/* Signals that one look is enough for. */
static u32 signals_at_once(const struct survey *s, size_t i)
{
	const struct view *view = &s->views[i];
	const struct kb_bss *bss = &s->bss[i];
	u32 signals = 0;
	u8 reference;

	if (view->pinned && !view->fits)
		signals |= 1u << KB_SIGNAL_WEAKER;
	if (view->pinned && !view->listed)
		signals |= 1u << KB_SIGNAL_STRANGER;
	if (view->owner != KB_INDEX_NONE && !is_hidden(bss) && !(view->pinned && view->listed))
		signals |= 1u << KB_SIGNAL_BORROWED;
	if (view->ess != KB_INDEX_NONE) {
		reference = s->esses[view->ess].reference;
		if (reference && !(view->classes & reference))
			signals |= 1u << KB_SIGNAL_MIXED;
	}
	if (kb_mark_has(s->memory, KB_MARK_KARMA, bss->bssid, s->now_usec))
		signals |= 1u << KB_SIGNAL_KARMA;
	if (kb_mark_has(s->memory, KB_MARK_CERTIFICATE, bss->bssid, s->now_usec))
		signals |= 1u << KB_SIGNAL_CERTIFICATE;
	return signals;
}

/* False when it is as before, or new. A value that nobody saw for an hour gives way. */
static bool changed(struct kb_steady *steady, u64 value, u64 now_usec)
{
	if (steady->usec && steady->value != value &&
	    now_usec - steady->usec <= KB_SCORE_HOUR_USEC)
		return true;
	steady->value = value;
	steady->usec = now_usec ?: 1;
	return false;
}

static bool near(u64 a, u64 b)
{
	return a - b < TSF_SLACK_USEC || b - a < TSF_SLACK_USEC;
}

/*
 * One source's TSF goes as our clock does. A restart begins another count, once;
 * coming back to the former one means that both are still there.
 */
static bool tsf_interleaves(struct kb_sighting *seen, const struct kb_bss *bss)
{
	u64 offset = bss->tsf - bss->heard_usec, other;

	if (!bss->tsf)
		return false;
	if (!seen->n_offsets || near(offset, seen->offset[0])) {
		seen->offset[0] = offset;
		seen->n_offsets = seen->n_offsets ?: 1;
		return false;
	}
	other = seen->offset[1];
	seen->offset[1] = seen->offset[0];
	seen->offset[0] = offset;
	if (seen->n_offsets == 2 && near(offset, other))
		return true;
	seen->n_offsets = 2;
	return false;
}

static bool power_jumps(struct kb_sighting *seen, s32 signal)
{
	s32 jump;

	if (!signal)
		return false;
	if (!seen->average) {
		seen->average = signal;
		return false;
	}
	jump = signal - seen->average;
	seen->average = (3 * seen->average + signal) / 4;
	return jump >= POWER_JUMP_DB || jump <= -POWER_JUMP_DB;
}

static u64 elements_value(const struct kb_bss *bss)
{
	return bss->fingerprint * 31 + ((u64)(u8)bss->country[0] << 8 | (u8)bss->country[1]);
}

/* Compares with what was, once for each time that it was heard. */
static void notice_oddities(struct survey *s, const struct kb_bss *bss, struct kb_sighting *seen)
{
	u32 survey = s->memory->survey;
	u64 now = s->now_usec;
	bool jumps, moves;

	if (bss->own_frequency && bss->frequency && bss->own_frequency != bss->frequency)
		kb_oddity_add(&seen->odd[KB_ODD_CHANNEL], survey, now);
	if (tsf_interleaves(seen, bss))
		kb_oddity_add(&seen->odd[KB_ODD_TSF], survey, now);
	if (changed(&seen->elements[bss->from_probe], elements_value(bss), now))
		kb_oddity_add(&seen->odd[KB_ODD_ELEMENTS], survey, now);
	jumps = power_jumps(seen, bss->signal);
	moves = bss->frequency && changed(&seen->frequency, bss->frequency, now);
	if (jumps || moves)
		kb_oddity_add(&seen->odd[KB_ODD_POWER], survey, now);
}

/* Under one address and name security does not become less. What is an hour past does not count. */
static bool weakens(struct kb_sighting *seen, const struct kb_bss *bss, u8 classes, u64 now_usec)
{
	bool lost_mfp = false, lost_class;

	if (bss->rsn.present && bss->rsn.mfp_capable)
		seen->mfp_usec = now_usec ?: 1;
	else
		lost_mfp = seen->mfp_usec && now_usec - seen->mfp_usec <= KB_SCORE_HOUR_USEC;
	lost_class = strongest(classes) < strongest((u8)seen->security.value) &&
		     !(classes & seen->security.value) &&
		     now_usec - seen->security.usec <= KB_SCORE_HOUR_USEC;
	if (!lost_class) {
		seen->security.value = classes;
		seen->security.usec = now_usec;
	}
	return lost_mfp || lost_class;
}

static u32 signals_of_time(struct survey *s, size_t i, struct kb_sighting *seen)
{
	static const enum kb_signal odd_signals[KB_ODD_MAX] = {
		[KB_ODD_CHANNEL] = KB_SIGNAL_CHANNEL, [KB_ODD_TSF] = KB_SIGNAL_TSF,
		[KB_ODD_ELEMENTS] = KB_SIGNAL_ELEMENTS, [KB_ODD_POWER] = KB_SIGNAL_POWER,
	};
	const struct kb_bss *bss = &s->bss[i];
	u32 signals = 0, odd;

	/* the kernel remembers for a while: what was not heard anew is no sighting */
	if (bss->heard_usec > seen->heard_before)
		notice_oddities(s, bss, seen);
	if (bss->heard_usec > seen->heard_max)
		seen->heard_max = bss->heard_usec;
	for (odd = 0; odd < KB_ODD_MAX; odd++)
		if (kb_oddity_counts(&seen->odd[odd], s->now_usec))
			signals |= 1u << odd_signals[odd];
	if (weakens(seen, bss, s->views[i].classes, s->now_usec))
		signals |= 1u << KB_SIGNAL_MIXED;
	return signals;
}

static u32 sum_of(u32 signals)
{
	u32 sum = 0, i;

	for (i = 0; i < KB_SIGNAL_MAX; i++)
		if (signals & 1u << i)
			sum += kb_signal_weight((enum kb_signal)i);
	return sum;
}

static void score(struct survey *s, size_t i, struct kb_bss_score *ret)
{
	const struct view *view = &s->views[i];
	u32 signals = signals_at_once(s, i);
	struct kb_sighting *seen;

	memset(ret, 0, sizeof(*ret));
	ret->profile = view->profile != KB_INDEX_NONE ? view->profile : view->owner;
	/* other people's access points are none of our business, and could fill the memory */
	if (ret->profile == KB_INDEX_NONE && !signals)
		return;
	seen = kb_sighting_of(s->memory, &s->bss[i], s->now_usec);
	signals |= signals_of_time(s, i, seen);
	seen->signals |= signals;
	ret->signals = signals;
	ret->score = sum_of(signals);
	ret->news = signals & ~seen->signals_before;
	if (ret->score >= KB_SCORE_MEDIUM)
		ret->standing = KB_BSS_SUSPECT;
	else if (ret->profile != KB_INDEX_NONE)
		ret->standing = KB_BSS_KNOWN;
}

int kb_score_survey(struct kb_score_memory *memory, const struct kb_agent_policy *policy,
		    const struct kb_bss *bss, size_t n, u64 now_usec, struct kb_bss_score *ret)
{
	struct survey *s = malloc(sizeof(*s));
	size_t i;

	if (!s)
		return -ENOMEM;
	s->policy = policy;
	s->bss = bss;
	s->n = n < KB_BSS_MAX ? n : KB_BSS_MAX;
	s->now_usec = now_usec;
	s->memory = memory;
	kb_sightings_begin(memory, now_usec);
	look(s);
	compare_esses(s);
	for (i = 0; i < s->n; i++)
		score(s, i, &ret[i]);
	for (; i < n; i++)
		ret[i] = (struct kb_bss_score){ .profile = KB_INDEX_NONE };
	free(s);
	return 0;
}

int kb_score_certificate(struct kb_score_memory *memory, const u8 bssid[6], u64 now_usec)
{
	kb_mark_set(memory, KB_MARK_CERTIFICATE, bssid, now_usec);
	return 0;
}
