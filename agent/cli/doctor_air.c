// SPDX-License-Identifier: GPL-2.0-or-later
/* For the doctor: which radios and supplicants are there, and is the configuration the policy's? */
#include "agent/cli/doctor_air.h"

#include <grp.h>
#include <limits.h>
#include <linux/nl80211.h>
#include <unistd.h>

#include <kidoban/agent.h>

#include "agent/wifi/nl80211.h"
#include "agent/wifi/provision.h"
#include "agent/wifi/supplicant.h"

KB_DEFINE_CLEANUP(struct kb_radio *, kb_radio_close)
KB_DEFINE_CLEANUP(struct kb_supplicant_link *, kb_supplicant_close)
KB_DEFINE_CLEANUP(struct kb_agent_policy *, kb_agent_policy_free)
KB_DEFINE_CLEANUP(sd_event *, sd_event_unref)

static void on_notice(const struct kb_supplicant_notice *notice, void *userdata)
{
	(void)notice;
	(void)userdata;
}

static void on_file(const char *path, enum kb_provision_state state, void *userdata)
{
	(void)path;
	(void)state;
	(void)userdata;
}

static void look_at_radio(struct kb_wireless_overview *ret)
{
	KB_CLEANUP(kb_radio_close_p) struct kb_radio *radio = NULL;
	KB_FREE struct kb_wdev *wdevs = NULL;
	size_t n = 0, i;

	if (kb_radio_open(&radio, NULL))
		return;
	ret->radio = true;
	if (kb_radio_wdevs(radio, &wdevs, &n, NULL))
		return;
	for (i = 0; i < n; i++) {
		ret->stations += wdevs[i].iftype == NL80211_IFTYPE_STATION;
		ret->foreign += wdevs[i].iftype != NL80211_IFTYPE_STATION;
	}
}

/*
 * Debian lets this group steer all three supplicants. Who may do that can have any server
 * accepted, and put the demands back before anybody asks for them.
 */
static void look_at_group(struct kb_wireless_overview *ret)
{
	/* cppcheck-suppress getgrnamCalled ; there is one thread */
	const struct group *group = getgrnam("netdev");

	if (group && group->gr_mem[0])
		snprintf(ret->steerer, sizeof(ret->steerer), "%s", group->gr_mem[0]);
}

static int compare(const struct kb_agent_policy *policy, enum kb_supplicant kind)
{
	KB_CLEANUP(kb_provision_done) struct kb_provision provision = {};
	char host[HOST_NAME_MAX + 1] = "";
	int r;

	gethostname(host, sizeof(host) - 1);
	r = kb_provision_render(policy, kind, host, &provision, NULL);
	return r ?: kb_provision_compare(&provision, "/", on_file, NULL, NULL);
}

static void look_at_supplicant(const struct kb_agent_policy *policy,
			       struct kb_wireless_overview *ret)
{
	KB_CLEANUP(sd_event_unref_p) sd_event *event = NULL;
	KB_CLEANUP(kb_supplicant_close_p) struct kb_supplicant_link *link = NULL;
	enum kb_supplicant kind;

	if (sd_event_new(&event) < 0 ||
	    kb_supplicant_open(policy->wireless.supplicant, event, on_notice, NULL, &link, NULL))
		return;
	kind = kb_supplicant_kind(link);
	ret->supplicant = kind != KB_SUPPLICANT_NONE;
	ret->differing = ret->supplicant ? compare(policy, kind) : -ENOENT;
}

void kb_doctor_air(struct kb_wire *wire, struct kb_wireless_overview *ret)
{
	KB_CLEANUP(kb_agent_policy_free_p) struct kb_agent_policy *agent = NULL;
	KB_CLEANUP(kb_policy_free_p) struct kb_policy *policy = NULL;
	KB_CLEANUP(kb_bytes_done) struct kb_bytes blob = {};
	struct kb_blob_error error = {};

	if (kb_wire_policy_get(wire, &blob, NULL) ||
	    kb_policy_parse(blob.data, blob.len, &policy, &error) ||
	    kb_agent_policy_read(policy, &agent, &error) || agent->wifi_mode == KB_GATE_OFF)
		return;
	look_at_radio(ret);
	if (ret->stations)
		look_at_supplicant(agent, ret);
	if (ret->supplicant)
		look_at_group(ret);
	ret->looked = true;
}
