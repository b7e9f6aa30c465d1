// SPDX-License-Identifier: GPL-2.0-or-later
/* Which providers there are. */
#include "agent/place/providers.h"

const struct kb_provider_ops *const kb_provider_ops[KB_EVIDENCE_MAX_KIND] = {
	[KB_EVIDENCE_EAP] = &kb_provider_eap,
	[KB_EVIDENCE_BEACON] = &kb_provider_beacon,
	[KB_EVIDENCE_AP] = &kb_provider_ap,
	[KB_EVIDENCE_LLDP] = &kb_provider_lldp,
	[KB_EVIDENCE_DOCK] = &kb_provider_dock,
	[KB_EVIDENCE_GATEWAY] = &kb_provider_gateway,
	[KB_EVIDENCE_GNSS] = &kb_provider_gnss,
};
