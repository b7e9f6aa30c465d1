// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: what its kinds, classes and findings are called. */
#include "agent/place/evidence.h"

#include "policy/i18n.h"

const char *kb_evidence_name(enum kb_evidence_kind kind)
{
	static const char *const names[KB_EVIDENCE_MAX_KIND] = {
		[KB_EVIDENCE_EAP] = "eap",	   [KB_EVIDENCE_BEACON] = "beacon",
		[KB_EVIDENCE_AP] = "ap",	   [KB_EVIDENCE_LLDP] = "lldp",
		[KB_EVIDENCE_DOCK] = "dock",	   [KB_EVIDENCE_GATEWAY] = "gateway",
		[KB_EVIDENCE_GNSS] = "gnss",
	};

	return kind < KB_EVIDENCE_MAX_KIND ? names[kind] : "unknown";
}

const char *kb_evidence_class_name(enum kb_evidence_class class)
{
	switch (class) {
	case KB_EVIDENCE_CRYPTOGRAPHIC:
		return N_("cryptographic");
	case KB_EVIDENCE_PHYSICAL:
		return N_("physical");
	default:
		return N_("weak");
	}
}

void kb_evidence_text(const struct kb_evidence *evidence, char *ret, size_t size)
{
	static const char *const words[KB_EVIDENCE_MAX_KIND] = {
		[KB_EVIDENCE_EAP] = N_("802.1X on this link"),
		[KB_EVIDENCE_AP] = N_("access points"),
		[KB_EVIDENCE_LLDP] = N_("switch port"),
		[KB_EVIDENCE_DOCK] = N_("docking station"),
		[KB_EVIDENCE_GATEWAY] = N_("gateway"),
		[KB_EVIDENCE_GNSS] = N_("satellite position"),
	};

	if (evidence->kind == KB_EVIDENCE_BEACON)
		snprintf(ret, size, _("beacon %s"), evidence->beacon.name);
	else if (evidence->kind < KB_EVIDENCE_MAX_KIND)
		snprintf(ret, size, "%s", _(words[evidence->kind]));
	else
		snprintf(ret, size, "%s", "?");
}

const char *kb_presence_name(enum kb_presence presence)
{
	switch (presence) {
	case KB_PRESENCE_PRESENT:
		return "present";
	case KB_PRESENCE_ABSENT:
		return "absent";
	default:
		return "unknown";
	}
}
