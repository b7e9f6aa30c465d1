/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers what is known of one association: for the agent and for "kidoban wifi". */
#ifndef AGENT_WIFI_COLLECT_H
#define AGENT_WIFI_COLLECT_H

#include "agent/decode.h"
#include "agent/wifi/carrier.h"
#include "agent/wifi/nl80211.h"
#include "agent/wifi/proof.h"
#include "agent/wifi/supplicant.h"

/* What was negotiated for an association, of the request that the access point accepted. */
struct kb_negotiated {
	bool known;
	/* events were lost since: it holds only while the kernel counts the same association */
	bool doubted;
	u8 bssid[6];
	struct kb_rsn rsn;
};

/* Whom to ask; all borrowed. @supplicant may be NULL: nobody vouches. */
struct kb_collect {
	struct kb_radio *radio;
	struct kb_carrier *carrier;
	struct kb_supplicant_link *supplicant;
	const struct kb_agent_policy *policy;
};

/*
 * Fills *ret with all that can be found out about @wdev now but what was
 * negotiated; what cannot be found out is unknown. 0, or -ETIMEDOUT when the supplicant
 * is there and did not answer: *ret is filled all the same, and it vouches for nothing.
 */
int kb_collect_facts(const struct kb_collect *from, const struct kb_wdev *wdev,
		     struct kb_association_facts *ret);

/*
 * Has the CA file that the supplicant uses the content that each profile of this SSID names?
 * True when none names any; false when it cannot be read.
 */
bool kb_ca_matches(const struct kb_agent_policy *policy, const struct kb_association_facts *facts);

/* Fills in what was negotiated, if @negotiated is of that access point. */
bool kb_collect_negotiated(struct kb_association_facts *facts,
			   const struct kb_negotiated *negotiated);
/* The like, out of what the supplicant says. */
bool kb_collect_vouched(struct kb_association_facts *facts);

/*
 * The kernel's record of interface @ifindex in namespace @netns (0 = unknown); NULL when there is
 * none.
 */
const struct kb_record *kb_collect_link(const struct kb_record *links, size_t n, u64 netns,
					u32 ifindex);

/* "pmf,akm": names of the differing items, for programs. Cut at @size. */
void kb_differences_ids(const struct kb_wifi_proof *proof, char *ret, size_t size);

#endif
