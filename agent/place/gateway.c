// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: the default gateway's hardware address. Weak: anybody may have it. */
#include <errno.h>

#include "agent/place/gateways.h"
#include "agent/place/netview.h"
#include "agent/place/providers.h"
#include "policy/i18n.h"

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	struct kb_netview *view;
	struct kb_netview_watcher watcher;
};

/* What was found so far, over all default routes. */
struct search {
	const struct kb_provider *provider;
	u32 gateways;			/* of default routes */
	bool resolved, matched;
	u8 mac[6];			/* of the last one that is resolved */
};

static bool matches(const struct kb_evidence *evidence, const u8 mac[6])
{
	u32 i, byte;

	for (i = 0; i < evidence->gateway.n_macs; i++) {
		const struct kb_link_mac *wanted = &evidence->gateway.macs[i];

		for (byte = 0; byte < 6; byte++)
			if ((mac[byte] ^ wanted->value[byte]) & wanted->mask[byte])
				break;
		if (byte == 6)
			return true;
	}
	return false;
}

static void on_gateway(u32 ifindex, const u8 *mac, void *userdata)
{
	struct search *search = userdata;

	if (!kb_netview_alive(search->provider->view, ifindex))
		return;
	search->gateways++;
	if (!mac)
		return;
	search->resolved = true;
	if (!search->matched)
		memcpy(search->mac, mac, 6);
	search->matched |= matches(search->provider->evidence, mac);
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	struct search search = { .provider = provider };
	struct nl_cache *routes = kb_netview_routes(provider->view);

	(void)now_usec;
	*ret = (struct kb_finding){};
	if (routes)
		kb_gateways_each(routes, kb_netview_neighbours(provider->view), on_gateway, &search);
	if (!routes) {
		kb_detail(ret, _("the routes are not known"));
	} else if (search.matched) {
		ret->presence = KB_PRESENCE_PRESENT;
		kb_detail(ret, _("the default gateway is %02x:%02x:%02x:%02x:%02x:%02x"),
			  search.mac[0], search.mac[1], search.mac[2], search.mac[3], search.mac[4],
			  search.mac[5]);
	} else if (search.resolved) {
		ret->presence = KB_PRESENCE_ABSENT;
		kb_detail(ret, _("the default gateway is another: %02x:%02x:%02x:%02x:%02x:%02x"),
			  search.mac[0], search.mac[1], search.mac[2], search.mac[3], search.mac[4],
			  search.mac[5]);
	} else if (search.gateways) {
		kb_detail(ret, _("the default gateway has not been heard of yet"));
	} else {
		ret->presence = KB_PRESENCE_ABSENT;
		kb_detail(ret, _("there is no default gateway"));
	}
}

static void on_change(void *userdata)
{
	struct kb_provider *provider = userdata;

	provider->around->changed(provider->around->userdata);
}

static int start(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		 struct kb_provider **ret)
{
	struct kb_provider *provider = calloc(1, sizeof(*provider));
	int r;

	if (!provider)
		return -ENOMEM;
	provider->evidence = evidence;
	provider->around = around;
	provider->watcher = (struct kb_netview_watcher){ .changed = on_change, .userdata = provider,
							 .routes_only = true };
	r = kb_netview_join(around->event, &provider->watcher, &provider->view);
	if (r)
		free(provider);
	else
		*ret = provider;
	return r;
}

static void stop(struct kb_provider *provider)
{
	kb_netview_leave(provider->view, &provider->watcher);
	free(provider);
}

const struct kb_provider_ops kb_provider_gateway = {
	.kind = KB_EVIDENCE_GATEWAY, .start = start, .stop = stop, .evaluate = evaluate,
};
