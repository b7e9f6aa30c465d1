// SPDX-License-Identifier: GPL-2.0-or-later
/* Links, paths and the policy's names in short. */
#include "agent/overview.h"

#include <stdlib.h>

#include <kidoban/agent.h>
#include <kidoban/policy.h>

#include "policy/cleanup.h"

static void count_links(struct kb_wire *wire, struct kb_overview *ret)
{
	KB_FREE struct kb_record *links = NULL;
	size_t n = 0, i;

	if (kb_wire_links(wire, &links, &n, NULL))
		return;
	for (i = 0; i < n; i++) {
		const struct kb_record *link = &links[i];

		if (link->link_kind == KB_LINK_LOOPBACK)
			continue;
		ret->links++;
		ret->links_open += link->open != 0;
		ret->links_refused += link->action == KB_ACTION_REFUSE;
		ret->unproven += link->link_kind == KB_LINK_WIFI && link->up && !link->open &&
				 link->action == KB_ACTION_ALLOW;
		if (link->bypass && !ret->bypass)
			memcpy(ret->bypass_link, link->link, sizeof(ret->bypass_link));
		ret->bypass |= link->bypass;
	}
}

static void count_paths(struct kb_wire *wire, struct kb_overview *ret)
{
	KB_FREE struct kb_path_row *paths = NULL;
	size_t n = 0, i;

	if (kb_wire_paths(wire, &paths, &n, NULL))
		return;
	for (i = 0; i < n; i++)
		ret->paths_open += paths[i].open != 0;
	ret->paths = (unsigned int)n;
}

static void read_agent(const struct kb_policy *policy, struct kb_overview *ret)
{
	struct kb_agent_policy *agent = NULL;
	struct kb_blob_error error = {};
	u32 i;

	ret->unreadable = kb_agent_policy_read(policy, &agent, &error) != 0;
	if (ret->unreadable)
		return;
	for (i = 0; i < agent->n_profiles; i++)
		ret->pinned += agent->profiles[i].pinned;
	for (i = 0; i < agent->n_places; i++)
		ret->places += agent->places[i].n_evidence != 0;
	ret->wifi_mode = agent->wifi_mode;
	ret->place_mode = agent->place_mode;
	ret->provision = agent->wireless.provision;
	kb_agent_policy_free(agent);
}

static void read_names(struct kb_wire *wire, const struct kb_status *status,
		       struct kb_overview *ret)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes blob = {};
	struct kb_blob_error error = {};
	struct kb_policy *policy;

	if (kb_wire_policy_get(wire, &blob, NULL) ||
	    kb_policy_parse(blob.data, blob.len, &policy, &error))
		return;
	ret->profiles = policy->paths.n_profiles;
	read_agent(policy, ret);
	if (kb_has(status->have, KB_A_ZONE) && status->zone < policy->paths.n_zones)
		snprintf(ret->zone, sizeof(ret->zone), "%s", policy->paths.zones[status->zone].name);
	kb_policy_free(policy);
}

void kb_overview_read(struct kb_wire *wire, const struct kb_status *status, struct kb_overview *ret)
{
	*ret = (struct kb_overview){};
	if (!status->policy)
		return;
	count_links(wire, ret);
	count_paths(wire, ret);
	read_names(wire, status, ret);
}
