// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzzes what the agent reads out of a policy: bytes become parts of a policy with
 * three profiles and two zones. What is accepted must lead somewhere, say whose word counts,
 * and be the same after it was written and read once more.
 *
 * Input: parts, each behind its length (little-endian u16; cut where the input ends).
 */
#include <kidoban/agent.h>
#include <kidoban/attr.h>

#include "policy/blob_write.h"
#include "policy/diff.h"
#include "policy/file_name.h"
#include "policy/show.h"
#include "policy/text.h"
#include "policy/wifi_words.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* A broken promise must look like a crash, with or without assertions. */
static void must(bool held)
{
	if (!held)
		abort();
}

/* What the parts are about. Lives as long as the program. */
static const struct kb_model *base(void)
{
	static const char text[] =
		"kidoban: 1\n"
		"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2027-03-31}\n"
		"mode: {media: enforce}\n"
		"media: {default: allow}\n"
		"wifi: [{profile: A, ssid: S}, {profile: B, ssid-hex: \"00ff\"}, {profile: C, ssid: T}]\n"
		"places: [{zone: y}, {zone: z, label: l}]\n";
	static struct kb_model *model;
	struct kb_diags diags = { 0 };

	if (!model && kb_text_parse(text, sizeof(text) - 1, &diags, &model))
		abort();
	model->policy.header.min_module = 3;	/* what parts for the agent need */
	return model;
}

/* The blob without parts, and the input's parts behind it; NULL when they are too many. */
static u8 *make_blob(const u8 *data, size_t size, size_t *ret_len)
{
	size_t len, at, part;
	void *written;
	u8 *blob;

	if (kb_blob_write(&base()->policy, NULL, &written, &len))
		abort();
	/* a part of n bytes takes at most n + 7 of the blob, and 2 of the input */
	blob = calloc(1, len + 5 * size + 8);
	must(blob);
	memcpy(blob, written, len);
	free(written);
	for (at = 0; at + 2 <= size; at += part) {
		part = kb_get_le16(data + at);
		at += 2;
		if (part > size - at)
			part = size - at;
		if (part > KB_AGENT_PART_MAX)
			part = KB_AGENT_PART_MAX;
		blob[len] = (part + 4) & 0xff;
		blob[len + 1] = (part + 4) >> 8;
		blob[len + 2] = KB_BLOB_AGENT;
		memcpy(blob + len + 4, data + at, part);
		len += 4 + ((part + 3) & ~(size_t)3);
	}
	*ret_len = len;
	return blob;
}

static void check_profile(const struct kb_wifi_profile *profile)
{
	u32 i;

	must(profile->name && profile->ssid_len <= KB_SSID_MAX);
	if (!profile->pinned)
		return;
	must(profile->akms && !(profile->akms & ~KB_AKM_KNOWN));
	must(profile->pairwise && !(profile->pairwise & ~KB_CIPHER_STRONG));
	must(profile->group && !(profile->group & ~KB_CIPHER_STRONG));
	must(profile->group_mgmt && !(profile->group_mgmt & ~KB_CIPHER_BIP));
	must(profile->bands && profile->bands <= KB_BAND_ALL);
	must(profile->eap == KB_EAP_TLS ? !(profile->akms & ~KB_AKM_ENTERPRISE) && profile->ca :
					  !(profile->akms & KB_AKM_ENTERPRISE));
	must(!profile->ca || kb_file_name_valid(profile->ca));
	must(profile->n_bssids <= KB_BSSIDS_MAX && profile->n_servers <= KB_SERVERS_MAX);
	for (i = 0; i < profile->n_servers; i++)
		must(kb_host_name_valid(profile->servers[i]));
}

static void check_place(const struct kb_agent_policy *agent, const struct kb_place *place)
{
	u32 i;

	must(place->zone < base()->policy.paths.n_zones && place->name && place->need);
	must(place->n_evidence && place->n_evidence <= KB_EVIDENCE_MAX);
	for (i = 0; i < place->n_evidence; i++) {
		const struct kb_evidence *evidence = &place->evidence[i];

		must(evidence->kind < KB_EVIDENCE_MAX_KIND);
		must(evidence->kind != KB_EVIDENCE_EAP || evidence->eap.profile == KB_INDEX_NONE ||
		     evidence->eap.profile < agent->n_profiles);
		must(evidence->kind != KB_EVIDENCE_AP || evidence->ap.n_bssids);
	}
}

static void must_mean_the_same(const struct kb_agent_policy *a, const struct kb_agent_policy *b)
{
	struct kb_changes changes;

	if (kb_diff(&(struct kb_diff_side){ &base()->policy, a },
		    &(struct kb_diff_side){ &base()->policy, b }, &changes))
		abort();
	must(!changes.n);
	kb_changes_done(&changes);
}

/* Written again, it is read as the same. */
static void through_blob(const struct kb_agent_policy *agent)
{
	struct kb_agent_policy *again;
	struct kb_blob_error error;
	struct kb_policy *policy;
	size_t len;
	void *blob;

	if (kb_blob_write(&base()->policy, agent, &blob, &len) ||
	    kb_policy_parse(blob, len, &policy, &error) ||
	    kb_agent_policy_read(policy, &again, &error))
		abort();
	must_mean_the_same(agent, again);
	kb_agent_policy_free(again);
	kb_policy_free(policy);
	free(blob);
}

static void show(const struct kb_agent_policy *agent)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	must(out);
	kb_show(&base()->policy, agent, NULL, true, out);
	fclose(out);
	free(text);
}

static void judge(const struct kb_agent_policy *agent)
{
	u32 i;

	must(agent->n_profiles == base()->policy.paths.n_profiles);
	must(agent->n_places <= base()->policy.paths.n_zones);
	must(agent->wireless.canary_len <= KB_SSID_MAX);
	for (i = 0; i < agent->n_profiles; i++)
		check_profile(&agent->profiles[i]);
	for (i = 0; i < agent->n_places; i++)
		check_place(agent, &agent->places[i]);
	through_blob(agent);
	show(agent);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct kb_agent_policy *agent = NULL;
	struct kb_blob_error error = { 0 };
	struct kb_policy *policy;
	size_t len;
	u8 *blob = make_blob(data, size, &len);
	int r = kb_policy_parse(blob, len, &policy, &error);

	free(blob);
	if (r)
		return 0;
	r = kb_agent_policy_read(policy, &agent, &error);
	kb_policy_free(policy);
	if (r) {
		must(r == -EBADMSG && !agent && *error.text && error.offset <= len);
		return 0;
	}
	judge(agent);
	kb_agent_policy_free(agent);
	return 0;
}
