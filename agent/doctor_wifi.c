// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: Wi-Fi profiles, radios, supplicants. */
#include "agent/doctor.h"
#include "policy/i18n.h"

static void modes(const struct kb_overview *o, struct kb_findings *f)
{
	if (o->wifi_mode == KB_GATE_OFF)
		kb_finding_add(
			f, KB_HEALTH_WARNING, "wifi-off",
			_("write \"mode: {wifi: enforce}\" into the policy, sign and load it"),
			_("no Wi-Fi profile is proven (mode.wifi is off): wireless links stay closed"));
	else if (o->wifi_mode == KB_GATE_AUDIT)
		kb_finding_add(
			f, KB_HEALTH_WARNING, "wifi-not-enforced",
			_("write \"mode: {wifi: enforce}\" into the policy, sign and load it"),
			_("Wi-Fi profiles are only audited: whoever has a pinned name is believed"));
}

static void radios(const struct kb_overview *o, struct kb_findings *f)
{
	const struct kb_wireless_overview *w = &o->wireless;

	if (!w->radio) {
		kb_finding_add(
			f, KB_HEALTH_NOTE, "wifi-no-radio", NULL,
			_("this kernel has no nl80211: no driver of a wireless device is loaded"));
		return;
	}
	if (w->foreign)
		kb_finding_add(f, KB_HEALTH_WARNING, "wifi-foreign", "kidoban wifi",
			       _("%u wireless devices are of a kind that terminals must not have"),
			       w->foreign);
	if (w->stations && !w->supplicant)
		kb_finding_add(
			f, KB_HEALTH_WARNING, "wifi-no-supplicant",
			"systemctl status NetworkManager iwd wpa_supplicant",
			_("no supplicant is there: nobody vouches for EAP, wireless links stay closed"));
	if (w->steerer[0])
		kb_finding_add(
			f, KB_HEALTH_WARNING, "wifi-steered", "gpasswd --delete USER netdev",
			_("group netdev may tell the supplicant to accept any server, and %s is in it"),
			w->steerer);
	if (w->differing > 0)
		kb_finding_add(
			f, o->provision ? KB_HEALTH_WARNING : KB_HEALTH_NOTE, "wifi-provision",
			"kidoban wifi provision",
			_("%d files of the supplicant's configuration are not as the policy says"),
			w->differing);
}

void kb_doctor_wifi(const struct kb_doctor_view *view, struct kb_findings *f)
{
	const struct kb_overview *o = view->overview;

	if (o->unreadable)
		kb_finding_add(
			f, KB_HEALTH_BAD, "agent-policy", "kidoban version",
			_("this version cannot read what the policy says of Wi-Fi and places: no link is proven, no place known"));
	if (!o->profiles)
		return;
	if (!o->pinned) {
		kb_finding_add(
			f, o->unproven ? KB_HEALTH_WARNING : KB_HEALTH_NOTE, "wifi-unpinned",
			_("write akm, ca and server to the profiles, sign and load the policy"),
			_("no Wi-Fi profile says more than a name: wireless links stay closed"));
		return;
	}
	modes(o, f);
	if (o->wireless.looked)
		radios(o, f);
	if (o->unproven && o->wifi_mode != KB_GATE_OFF)
		kb_finding_add(f, KB_HEALTH_WARNING, "wifi-unproven", "kidoban wifi",
			       _("%u wireless links are closed: no Wi-Fi profile is proven there"),
			       o->unproven);
}
