// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: a signed beacon answers, and fast. */
#include <errno.h>
#include <net/if.h>

#include "agent/beacon/asker.h"
#include "agent/place/netview.h"
#include "agent/place/providers.h"
#include "policy/i18n.h"

#define FAILURES_MAX	2		/* rounds in a row that end what was present */
#define HOLDS_USEC	(180 * 1000000ull)	/* if nobody asks again */

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	const char *zone;		/* whose evidence it is; the policy's */
	struct kb_netview *view;
	struct kb_netview_watcher watcher;
	struct kb_asker *asker;		/* NULL = no round is under way */
	sd_event_source *later;		/* a round that begins from the loop */
	u64 good_usec;			/* CLOCK_BOOTTIME of the last good round; 0 = none */
	u32 ifindex;			/* that it was answered on */
	u32 failures;			/* rounds since */
	bool asked;			/* a round has ended since the last doubt */
	bool cut;			/* that link went away, and nothing good was heard since */
	u32 n_links, links[KB_ASKER_LINKS_MAX];	/* alive at the last notice */
	char good[160], bad[160];	/* details of the last rounds of either kind */
};

static const char *zone_of(const struct kb_evidence *evidence, const struct kb_agent_policy *policy)
{
	u32 i;

	for (i = 0; i < policy->n_places; i++) {
		const struct kb_place *place = &policy->places[i];

		if (evidence >= place->evidence && evidence < place->evidence + place->n_evidence)
			return place->name;
	}
	return NULL;
}

/* A measured time without its flicker: the next of 1, 2, 5, 10 ... milliseconds. */
static u32 rounded(u32 usec)
{
	static const u32 steps[] = { 1, 2, 5 };
	u32 tens, i;

	for (tens = 1; tens < 1000000; tens *= 10)
		for (i = 0; i < ARRAY_SIZE(steps); i++)
			if (usec <= steps[i] * tens * 1000)
				return steps[i] * tens;
	return tens;
}

static void note_good(struct kb_provider *provider, const struct kb_asker_result *result)
{
	struct kb_finding text = {};
	char name[IF_NAMESIZE] = "?";

	if_indextoname(result->ifindex, name);
	kb_detail(&text, _("answered within %u ms on %s"), rounded(result->rtt_usec), name);
	memcpy(provider->good, text.detail, sizeof(provider->good));
	provider->good_usec = kb_boottime_usec();
	provider->ifindex = result->ifindex;
	provider->failures = 0;
	provider->cut = false;
}

static void note_bad(struct kb_provider *provider, const struct kb_asker_result *result)
{
	struct kb_finding text = {};

	if (result->answered)
		kb_detail(&text, _("too far away: answers within %u ms at best, at most %u allowed"),
			  rounded(result->rtt_usec), provider->evidence->beacon.rtt_usec / 1000);
	else if (result->err)
		kb_detail(&text, "%s", result->why.text);
	else
		kb_detail(&text, _("does not answer"));
	memcpy(provider->bad, text.detail, sizeof(provider->bad));
	provider->failures++;
}

static void on_done(const struct kb_asker_result *result, void *userdata)
{
	struct kb_provider *provider = userdata;

	provider->asked = true;
	if (result->answered && result->rtt_usec <= provider->evidence->beacon.rtt_usec)
		note_good(provider, result);
	else
		note_bad(provider, result);
	kb_asker_free(provider->asker);
	provider->asker = NULL;
	provider->around->changed(provider->around->userdata);
}

static void refresh(struct kb_provider *provider)
{
	const struct kb_evidence *evidence = provider->evidence;
	struct kb_asker_plan plan = {
		.site = provider->around->site, .zone = provider->zone,
		.name = evidence->beacon.name, .key = evidence->beacon.key,
		.host = evidence->beacon.host, .port = evidence->beacon.port,
	};
	struct kb_asker_result result = {};
	int r;

	if (provider->asker)
		return;
	plan.n_links = provider->n_links;
	memcpy(plan.links, provider->links, sizeof(plan.links));
	r = kb_asker_new(provider->around->event, &plan, on_done, provider, &provider->asker);
	if (!r)
		return;
	result.err = r;
	kb_fault(&result.why, r, _("cannot be asked: %s"), strerror(-r));
	provider->asked = true;
	note_bad(provider, &result);
}

static int on_later(sd_event_source *source, void *userdata)
{
	struct kb_provider *provider = userdata;

	(void)source;
	provider->later = sd_event_source_disable_unref(provider->later);
	refresh(provider);
	return 0;
}

/* Did a link come or go? */
static bool links_differ(struct kb_provider *provider)
{
	u32 links[KB_ASKER_LINKS_MAX] = {};
	u32 n = (u32)kb_netview_alive_links(provider->view, links, KB_ASKER_LINKS_MAX);

	if (n == provider->n_links && !memcmp(links, provider->links, sizeof(links)))
		return false;
	provider->n_links = n;
	memcpy(provider->links, links, sizeof(links));
	return true;
}

/* Where it was answered may be gone, and elsewhere it may be answered now. */
static void on_links(void *userdata)
{
	struct kb_provider *provider = userdata;

	if (provider->good_usec && !kb_netview_alive(provider->view, provider->ifindex)) {
		provider->cut = true;
		provider->good_usec = 0;
		provider->failures = 0;
		provider->around->changed(provider->around->userdata);
	}
	if (links_differ(provider) && !provider->later &&
	    sd_event_add_defer(provider->around->event, &provider->later, on_later, provider) < 0)
		provider->later = NULL;
}

static void stop(struct kb_provider *provider)
{
	kb_netview_leave(provider->view, &provider->watcher);
	sd_event_source_disable_unref(provider->later);
	kb_asker_free(provider->asker);
	free(provider);
}

static int start(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		 struct kb_provider **ret)
{
	const char *zone = zone_of(evidence, around->policy);
	struct kb_provider *provider;
	int r;

	if (!zone || !around->site)
		return -EINVAL;
	provider = calloc(1, sizeof(*provider));
	if (!provider)
		return -ENOMEM;
	provider->evidence = evidence;
	provider->around = around;
	provider->zone = zone;
	provider->watcher = (struct kb_netview_watcher){ .changed = on_links, .userdata = provider };
	r = kb_netview_join(around->event, &provider->watcher, &provider->view);
	if (r) {
		free(provider);
		return r;
	}
	on_links(provider);
	*ret = provider;
	return 0;
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	*ret = (struct kb_finding){};
	if (provider->cut) {
		ret->presence = KB_PRESENCE_ABSENT;
		ret->hard = true;
		kb_detail(ret, "%s",
			  provider->failures ? provider->bad : _("the link that it answered on is gone"));
	} else if (provider->good_usec && provider->failures < FAILURES_MAX) {
		if (provider->good_usec + HOLDS_USEC > now_usec)
			ret->presence = KB_PRESENCE_PRESENT;
		kb_detail(ret, "%s", provider->good);
	} else if (provider->asked) {
		ret->presence = KB_PRESENCE_ABSENT;
		kb_detail(ret, "%s", provider->bad);
	} else {
		kb_detail(ret, _("has not been asked yet"));
	}
}

static void doubt(struct kb_provider *provider)
{
	kb_asker_free(provider->asker);
	provider->asker = NULL;
	provider->good_usec = 0;
	provider->failures = 0;
	provider->asked = false;
	provider->cut = false;
}

const struct kb_provider_ops kb_provider_beacon = {
	.kind = KB_EVIDENCE_BEACON, .start = start, .stop = stop, .refresh = refresh,
	.evaluate = evaluate, .doubt = doubt,
};
