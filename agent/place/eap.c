// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: 802.1X finished against the pinned server on this link. */
#include <errno.h>

#include "agent/place/providers.h"
#include "policy/i18n.h"

/*
 * Between two access points of the office the link is without a carrier for
 * a moment, and proven anew. What lasts longer is no roaming.
 */
#define ROAM_USEC	(3 * 1000000ull)

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	sd_event_source *timer;
	bool was;			/* present, since the last doubt */
	u64 lost_usec;			/* CLOCK_BOOTTIME; 0 = not lost */
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
	sd_event_source_disable_unref(provider->timer);
	free(provider);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_provider *provider = userdata;

	(void)source;
	(void)usec;
	provider->around->changed(provider->around->userdata);
	return 0;
}

/* The profile that has finished; KB_INDEX_NONE when it is none of those that count. */
static u16 finished(const struct kb_provider *provider, const struct kb_wifi_view *view)
{
	const struct kb_agent_policy *policy = provider->around->policy;
	u16 wanted = provider->evidence->eap.profile;
	u32 i;

	for (i = 0; i < policy->n_profiles && i < 256; i++)
		if ((wanted == KB_INDEX_NONE || wanted == i) &&
		    view->eap_profiles[i / 32] & 1u << i % 32)
			return (u16)i;
	return KB_INDEX_NONE;
}

static void lost(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	ret->presence = KB_PRESENCE_ABSENT;
	kb_detail(ret, _("no link on which 802.1X has finished with the pinned server"));
	if (!provider->was)
		return;
	if (!provider->lost_usec) {
		provider->lost_usec = now_usec;
		sd_event_source_disable_unref(provider->timer);
		provider->timer = NULL;
		/* without a timer the next look says it, a little later */
		sd_event_add_time(provider->around->event, &provider->timer, CLOCK_BOOTTIME,
				  now_usec + ROAM_USEC, 1000, on_time, provider);
	}
	ret->hard = now_usec >= provider->lost_usec + ROAM_USEC;
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	const struct kb_wifi_view *view = provider->around->wifi(provider->around->userdata);
	u16 profile;

	*ret = (struct kb_finding){};
	if (!view) {
		kb_detail(ret, _("nothing is known of the Wi-Fi"));
		return;
	}
	profile = finished(provider, view);
	if (profile == KB_INDEX_NONE) {
		lost(provider, now_usec, ret);
		return;
	}
	provider->was = true;
	provider->lost_usec = 0;
	ret->presence = KB_PRESENCE_PRESENT;
	kb_detail(ret, _("802.1X has finished with the pinned server of profile %s"),
		  provider->around->policy->profiles[profile].name);
}

static void doubt(struct kb_provider *provider)
{
	provider->was = false;
	provider->lost_usec = 0;
	provider->timer = sd_event_source_disable_unref(provider->timer);
}

const struct kb_provider_ops kb_provider_eap = {
	.kind = KB_EVIDENCE_EAP, .start = start, .stop = stop, .evaluate = evaluate, .doubt = doubt,
};
