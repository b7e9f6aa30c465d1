// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: the access points of the office are in range. */
#include <errno.h>

#include "agent/place/providers.h"
#include "policy/i18n.h"

#define FRESH_USEC	(30 * 1000000ull)	/* heard longer ago is not in range now */
/* A survey is of a moment; what it found holds until the next should have come. */
#define HOLDS_USEC	(90 * 1000000ull)

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	u64 survey_usec;		/* the last that was looked at; 0 = none */
	bool looked;			/* since the last doubt */
	u32 in_range;
	u64 heard_usec;			/* the eldest of as many as are needed; 0 = too few */
};

static int start(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		 struct kb_provider **ret)
{
	struct kb_provider *provider = calloc(1, sizeof(*provider));

	if (!provider)
		return -ENOMEM;
	provider->evidence = evidence;
	provider->around = around;
	*ret = provider;
	return 0;
}

static void stop(struct kb_provider *provider)
{
	free(provider);
}

static bool is_listed(const struct kb_evidence *evidence, const u8 bssid[6])
{
	u32 i, byte;

	for (i = 0; i < evidence->ap.n_bssids; i++) {
		const struct kb_link_mac *mac = &evidence->ap.bssids[i];

		for (byte = 0; byte < 6; byte++)
			if ((bssid[byte] ^ mac->value[byte]) & mac->mask[byte])
				break;
		if (byte == 6)
			return true;
	}
	return false;
}

/* Does it count? Whom somebody imitates is no witness. */
static bool counts(const struct kb_evidence *evidence, const struct kb_wifi_view *view, size_t i,
		   u64 now_usec)
{
	const struct kb_bss *bss = &view->bss[i];

	return bss->heard_usec <= now_usec && now_usec - bss->heard_usec <= FRESH_USEC &&
	       bss->signal < 0 && bss->signal >= -(int)evidence->ap.signal &&
	       (!view->scores || view->scores[i].standing != KB_BSS_SUSPECT) &&
	       is_listed(evidence, bss->bssid);
}

/* A BSSID heard on two channels is one. */
static bool is_repeated(const struct kb_evidence *evidence, const struct kb_wifi_view *view, size_t i,
			u64 now_usec)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (!memcmp(view->bss[k].bssid, view->bss[i].bssid, 6) &&
		    counts(evidence, view, k, now_usec))
			return true;
	return false;
}

/* Keeps the @n latest times, latest first. */
static void insert(u64 *times, u32 n, u64 usec)
{
	u32 i;

	for (i = n; i && times[i - 1] < usec; i--)
		if (i < n)
			times[i] = times[i - 1];
	if (i < n)
		times[i] = usec;
}

static void look(struct kb_provider *provider, const struct kb_wifi_view *view, u64 now_usec)
{
	const struct kb_evidence *evidence = provider->evidence;
	u64 times[UINT8_MAX] = {};
	size_t i;

	provider->survey_usec = view->survey_usec;
	provider->looked = true;
	provider->in_range = 0;
	for (i = 0; i < view->n_bss; i++) {
		if (!counts(evidence, view, i, now_usec) ||
		    is_repeated(evidence, view, i, now_usec))
			continue;
		provider->in_range++;
		insert(times, evidence->ap.count, view->bss[i].heard_usec);
	}
	provider->heard_usec = evidence->ap.count ? times[evidence->ap.count - 1] : 0;
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	const struct kb_wifi_view *view = provider->around->wifi(provider->around->userdata);
	u32 need = provider->evidence->ap.count;

	*ret = (struct kb_finding){};
	if (view && view->survey_usec != provider->survey_usec)
		look(provider, view, now_usec);
	if (!provider->looked) {
		kb_detail(ret, _("nobody has listened for access points yet"));
		return;
	}
	if (provider->heard_usec && provider->heard_usec + HOLDS_USEC > now_usec) {
		ret->presence = KB_PRESENCE_PRESENT;
		ret->good_until_usec = provider->heard_usec + HOLDS_USEC;
	} else if (!provider->heard_usec && provider->survey_usec + HOLDS_USEC > now_usec) {
		ret->presence = KB_PRESENCE_ABSENT;
	} else {
		kb_detail(ret, _("nobody has listened for access points of late"));
		return;
	}
	kb_detail(ret, _("%u access points in range, need %u"), provider->in_range, need);
}

static void doubt(struct kb_provider *provider)
{
	/* the survey of before is not looked at again */
	provider->looked = false;
	provider->heard_usec = 0;
}

const struct kb_provider_ops kb_provider_ap = {
	.kind = KB_EVIDENCE_AP, .start = start, .stop = stop, .evaluate = evaluate, .doubt = doubt,
};
