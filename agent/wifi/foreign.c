// SPDX-License-Identifier: GPL-2.0-or-later
/* Wireless devices of kinds that terminals must not have: AP, IBSS, mesh, P2P, monitor (W3). */
#include <errno.h>
#include <linux/nl80211.h>
#include <string.h>
#include <syslog.h>

#include "agent/wifi/warden_parts.h"
#include "policy/i18n.h"

static const char *type_text(u32 iftype)
{
	switch (iftype) {
	case NL80211_IFTYPE_AP:
	case NL80211_IFTYPE_AP_VLAN:
		return "AP";
	case NL80211_IFTYPE_ADHOC:
		return "IBSS";
	case NL80211_IFTYPE_MESH_POINT:
		return "mesh";
	case NL80211_IFTYPE_MONITOR:
		return "monitor";
	case NL80211_IFTYPE_P2P_CLIENT:
	case NL80211_IFTYPE_P2P_GO:
	case NL80211_IFTYPE_P2P_DEVICE:
		return "P2P";
	case NL80211_IFTYPE_NAN:
		return "NAN";
	default:
		return "?";
	}
}

static void tell(struct kb_warden *warden, const struct kb_wdev *wdev, const char *detail)
{
	struct kb_history_entry entry = { .kind = KB_HISTORY_DEVICE, .priority = LOG_WARNING,
					  .items = type_text(wdev->iftype), .detail = detail };
	char name[64];

	if (wdev->ifname[0])
		snprintf(name, sizeof(name), "%s", wdev->ifname);
	else
		snprintf(name, sizeof(name), "phy%u", wdev->wiphy);
	entry.link = name;
	kb_history_add(warden->history, &entry);
}

static struct kb_foreign *remember(struct kb_warden *warden, u64 id)
{
	struct kb_foreign *foreign;
	size_t i;

	for (i = 0; i < warden->n_foreign; i++)
		if (warden->foreign[i].wdev == id)
			return &warden->foreign[i];
	if (warden->n_foreign == KB_FOREIGN_MAX)
		return NULL;
	foreign = &warden->foreign[warden->n_foreign++];
	*foreign = (struct kb_foreign){ .wdev = id };
	return foreign;
}

/* A radio needs one device that can join: the only one it has is made a station again. */
static bool is_last_of_wiphy(const struct kb_wdev *wdev, const struct kb_wdev *wdevs, size_t n)
{
	size_t i;

	if (!wdev->ifindex)
		return false;
	for (i = 0; i < n; i++)
		if (wdevs[i].wiphy == wdev->wiphy && wdevs[i].id != wdev->id && wdevs[i].ifindex)
			return false;
	return true;
}

static int take_away(struct kb_warden *warden, const struct kb_wdev *wdev, bool last,
		     struct kb_fault *why)
{
	int r;

	if (!last)
		return kb_radio_remove(warden->radio, wdev, why);
	r = kb_carrier_switch(warden->carrier, wdev->ifindex, false, why);
	if (!r)
		r = kb_radio_make_station(warden->radio, wdev, why);
	if (!r)
		r = kb_carrier_switch(warden->carrier, wdev->ifindex, true, why);
	return r;
}

static void act(struct kb_warden *warden, const struct kb_wdev *wdev, bool last)
{
	struct kb_foreign *foreign = remember(warden, wdev->id);
	const char *type = type_text(wdev->iftype);
	struct kb_fault why = {};
	char detail[768];
	bool news;
	int r;

	if (!foreign)
		return;
	news = !foreign->stays;
	foreign->seen = foreign->stays = true;
	if (!kb_warden_enforces(warden) || warden->policy->wireless.modes != KB_ACTION_REFUSE) {
		snprintf(detail, sizeof(detail), _("a wireless device of kind %s is there"), type);
	} else {
		r = take_away(warden, wdev, last, &why);
		foreign->stays = r != 0;
		if (r)
			snprintf(detail, sizeof(detail),
				 _("a wireless device of kind %s cannot be removed: %s"), type,
				 why.text[0] ? why.text : strerror(-r));
		else if (last)
			snprintf(detail, sizeof(detail),
				 _("a wireless device of kind %s was made a station again"), type);
		else
			snprintf(detail, sizeof(detail),
				 _("a wireless device of kind %s was removed"), type);
	}
	if (news)
		tell(warden, wdev, detail);
}

void kb_foreign_look(struct kb_warden *warden, const struct kb_wdev *wdevs, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < warden->n_foreign; i++)
		warden->foreign[i].seen = false;
	for (i = 0; i < n; i++)
		if (wdevs[i].iftype != NL80211_IFTYPE_STATION)
			act(warden, &wdevs[i], is_last_of_wiphy(&wdevs[i], wdevs, n));
	/* those that went, or were removed just now, are news when they come again */
	for (i = 0; i < warden->n_foreign; i++)
		if (warden->foreign[i].seen && warden->foreign[i].stays)
			warden->foreign[kept++] = warden->foreign[i];
	warden->n_foreign = kept;
}
