// SPDX-License-Identifier: GPL-2.0-or-later
/* Ends an association that must not be: gate, supplicant, link, in that order (W1). */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "agent/wifi/warden_parts.h"
#include "policy/i18n.h"

#define PATIENCE_USEC	(3 * KB_SECOND)		/* for the supplicant to leave */
#define PAUSE_USEC	(10 * KB_SECOND)	/* for which the link stays off */
#define REST_USEC	(10 * KB_SECOND)	/* until the supplicant may try again; doubles */
#define RESTS_MAX	5			/* doublings: five minutes */

static void tell(struct kb_air *air, const char *detail)
{
	struct kb_history_entry entry = { .kind = KB_HISTORY_FENCED, .priority = LOG_WARNING,
					  .link = air->wdev.ifname, .ssid_len = air->facts.ssid_len,
					  .detail = detail };

	memcpy(entry.ssid, air->facts.ssid, sizeof(entry.ssid));
	memcpy(entry.bssid, air->facts.bssid, sizeof(entry.bssid));
	kb_history_add(air->warden->history, &entry);
}

static int on_rest_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_air *air = userdata;
	struct kb_warden *warden = air->warden;
	struct kb_fault why = {};
	int r = -ENODEV;

	(void)source;
	(void)usec;
	air->fence.timer = sd_event_source_unref(air->fence.timer);
	air->fence.step = KB_FENCE_NONE;
	air->fence.asked = false;
	if (warden->supplicant)
		r = kb_supplicant_rejoin(warden->supplicant, air->wdev.ifname, &why);
	if (r == -EOPNOTSUPP) {
		r = kb_carrier_switch(warden->carrier, air->wdev.ifindex, false, &why);
		if (!r)
			r = kb_carrier_switch(warden->carrier, air->wdev.ifindex, true, &why);
	}
	if (r && r != -ENODEV && r != -ENOENT)
		kb_warden_trouble(&why, r, air->wdev.ifname);
	return 0;
}

/* Whoever was sent away from a wrong network is let to a right one, though not at once. */
static void rest(struct kb_air *air)
{
	air->fence.timer = sd_event_source_unref(air->fence.timer);
	air->fence.step = KB_FENCE_NONE;
	if (!air->fence.asked)
		return;
	air->fence.step = KB_FENCE_RESTING;
	kb_warden_arm(air->warden, &air->fence.timer, REST_USEC << air->fence.rests, on_rest_over,
		      air);
	if (air->fence.rests < RESTS_MAX)
		air->fence.rests++;
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_air *air = userdata;
	struct kb_fault why = {};
	int r;

	(void)source;
	(void)usec;
	r = kb_carrier_switch(air->warden->carrier, air->wdev.ifindex, true, &why);
	if (r)
		kb_warden_trouble(&why, r, air->wdev.ifname);
	rest(air);
	return 0;
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_air *air = userdata;
	struct kb_fault why = {};
	int r;

	(void)source;
	(void)usec;
	air->fence.timer = sd_event_source_unref(air->fence.timer);
	r = kb_carrier_switch(air->warden->carrier, air->wdev.ifindex, false, &why);
	if (r) {
		kb_warden_trouble(&why, r, air->wdev.ifname);
		kb_warden_arm(air->warden, &air->fence.timer, PATIENCE_USEC, on_deadline, air);
		return 0;
	}
	air->fence.step = KB_FENCE_OFF;
	tell(air, _("the association did not end: the link is switched off for ten seconds"));
	kb_warden_arm(air->warden, &air->fence.timer, PAUSE_USEC, on_pause_over, air);
	return 0;
}

void kb_fence_begin(struct kb_air *air, const char *why)
{
	struct kb_warden *warden = air->warden;
	struct kb_fault fault = {};
	struct kb_station station;
	char detail[1024];
	int r, by_kernel;

	/* the gate first: from here on nothing passes, whatever the supplicant does */
	kb_warden_tell(warden);
	if (air->fence.step != KB_FENCE_NONE && air->fence.step != KB_FENCE_RESTING)
		return;
	air->fence.step = KB_FENCE_ASKED;
	kb_warden_arm(warden, &air->fence.timer, PATIENCE_USEC, on_deadline, air);
	r = warden->supplicant
		    ? kb_supplicant_disconnect(warden->supplicant, air->wdev.ifname, &fault)
		    : -ENOENT;
	air->fence.asked |= !r;
	/* nobody manages it, or what is joined is not the supplicant's doing: the kernel may end it */
	if (r || !kb_radio_station(warden->radio, air->wdev.ifindex, &station, NULL)) {
		by_kernel = kb_radio_disconnect(warden->radio, air->wdev.ifindex, &fault);
		r = r ? by_kernel : 0;
	}
	snprintf(detail, sizeof(detail),
		 r ? _("cannot be made to leave yet: %s") : _("made to leave: %s"), why);
	tell(air, detail);
}

void kb_fence_end(struct kb_air *air)
{
	/*
	 * what was switched off comes back when its time is over, not because nothing is
	 * associated
	 */
	if (air->fence.step == KB_FENCE_ASKED)
		rest(air);
}

void kb_fence_lift(struct kb_air *air)
{
	air->fence.timer = sd_event_source_unref(air->fence.timer);
	air->fence = (struct kb_fence){};
}

void kb_fence_drop(struct kb_air *air)
{
	struct kb_fault why = {};
	int r = 0;

	/* nobody would do so later */
	if (air->fence.step == KB_FENCE_OFF)
		r = kb_carrier_switch(air->warden->carrier, air->wdev.ifindex, true, &why);
	if (r && r != -ENODEV)
		kb_warden_trouble(&why, r, air->wdev.ifname);
	if (air->fence.asked && air->warden->supplicant)
		kb_supplicant_rejoin(air->warden->supplicant, air->wdev.ifname, NULL);
	kb_fence_lift(air);
}
