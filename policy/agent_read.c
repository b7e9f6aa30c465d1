// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what a compiled policy says to the agent: modes, wireless, Wi-Fi profiles. */
#include <kidoban/agent.h>

#include "policy/agent_parts.h"
#include "policy/file_name.h"
#include "policy/wifi_words.h"

/* What kb_agent_policy_read() gives away: the policy first, so that its address is this one's. */
struct owned {
	struct kb_agent_policy policy;
	struct kb_arena arena;
};

const char *kb_agent_check_mac(const u8 *payload, u32 len)
{
	u32 i;

	(void)len;
	for (i = 0; i < 6; i++)
		if (payload[i] & ~payload[6 + i])
			return "value has bits outside its mask";
	return NULL;
}

const char *kb_agent_check_line(const u8 *payload, u32 len)
{
	u32 i;

	for (i = 0; i + 1 < len; i++)
		if (payload[i] < ' ' || payload[i] == 0x7f)
			return "control characters";
	return NULL;
}

static const char *check_file(const u8 *payload, u32 len)
{
	(void)len;
	return kb_file_name_valid((const char *)payload) ? NULL : "no absolute path";
}

static const char *check_key(const u8 *payload, u32 len)
{
	const char *text = (const char *)payload;

	(void)len;
	return kb_file_name_valid(text) || kb_pkcs11_uri_valid(text) ?
		       NULL :
		       "neither an absolute path nor a pkcs11: URI";
}

static const char *check_server(const u8 *payload, u32 len)
{
	(void)len;
	return kb_host_name_valid((const char *)payload) ? NULL : "no host name";
}

/* Outside of what a policy can name nothing may be let in. */
static const char *check_suites(const u8 *payload, u32 known)
{
	return kb_get_le32(payload) & ~known ? "suites that no policy can ask for" : NULL;
}

static const char *check_akm(const u8 *payload, u32 len)
{
	(void)len;
	return check_suites(payload, KB_AKM_KNOWN);
}

static const char *check_cipher(const u8 *payload, u32 len)
{
	(void)len;
	return check_suites(payload, KB_CIPHER_STRONG);
}

static const char *check_group_mgmt(const u8 *payload, u32 len)
{
	(void)len;
	return check_suites(payload, KB_CIPHER_BIP);
}

static const char *check_survey(const u8 *payload, u32 len)
{
	u32 seconds = kb_get_le32(payload);

	(void)len;
	return seconds && seconds < KB_SURVEY_MIN ? "too often" : NULL;
}

/* A policy's text names it, so that people can read it. */
static const char *check_canary(const u8 *payload, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (payload[i] < ' ' || payload[i] == 0x7f)
			return "control characters";
	return kb_utf8_valid(payload, len) ? NULL : "not UTF-8";
}

#define MODE_U8		.kind = KB_ATTR_U8, .max = KB_GATE_MODE_MAX - 1
#define ENUM_U8(limit)	.kind = KB_ATTR_U8, .max = (limit) - 1
#define ANY_U8		.kind = KB_ATTR_U8, .max = UINT8_MAX

static const struct kb_attr_spec modes_specs[KB_AGENT_MODES_MAX] = {
	[KB_AGENT_MODES_WIFI] = { "wifi", MODE_U8, NEEDED },
	[KB_AGENT_MODES_PLACE] = { "place", MODE_U8, NEEDED },
};

static const struct kb_attr_spec wireless_specs[KB_WIRELESS_MAX] = {
	[KB_WIRELESS_SUPPLICANT] = { "supplicant", ENUM_U8(KB_SUPPLICANT_MAX), NEEDED },
	[KB_WIRELESS_PROVISION] = { "provision", FLAG_U8, NEEDED },
	[KB_WIRELESS_SURVEY] = { "survey", KB_ATTR_U32, .max = KB_SURVEY_MAX, NEEDED,
				 .check = check_survey },
	[KB_WIRELESS_AVOID] = { "avoid", FLAG_U8, NEEDED },
	[KB_WIRELESS_MODES] = { "modes", ACTION_U8, NEEDED },
	[KB_WIRELESS_CANARY] = { "canary", KB_ATTR_BYTES, .min = 1, .max = KB_SSID_MAX,
				 .check = check_canary },
};

static const struct kb_attr_spec wifi_specs[KB_WIFI_MAX] = {
	[KB_WIFI_PROFILE] = { "profile", INDEX_U32(KB_PROFILES_MAX), NEEDED },
	[KB_WIFI_BSSID] = { "bssid", EXACT(sizeof(struct kb_blob_mac)), .flags = KB_ATTR_LIST,
			    .list_max = KB_BSSIDS_MAX, .check = kb_agent_check_mac },
	[KB_WIFI_AKM] = { "akm", MASK_U32(U32_MAX), NEEDED, .check = check_akm },
	[KB_WIFI_PAIRWISE] = { "pairwise", MASK_U32(U32_MAX), NEEDED, .check = check_cipher },
	[KB_WIFI_GROUP] = { "group", MASK_U32(U32_MAX), NEEDED, .check = check_cipher },
	[KB_WIFI_GROUP_MGMT] = { "group_mgmt", MASK_U32(U32_MAX), NEEDED,
				 .check = check_group_mgmt },
	[KB_WIFI_PMF] = { "pmf", ENUM_U8(KB_PMF_MAX), NEEDED },
	[KB_WIFI_BAND] = { "band", MASK_U32(KB_BAND_ALL), NEEDED },
	[KB_WIFI_EAP] = { "eap", ENUM_U8(KB_EAP_MAX), NEEDED },
	[KB_WIFI_CA] = { "ca", TEXT(KB_FILE_MAX), .check = check_file },
	[KB_WIFI_CA_SHA256] = { "ca_sha256", EXACT(KB_SHA256_LEN) },
	[KB_WIFI_SERVER] = { "server", TEXT(KB_HOST_NAME_MAX), .flags = KB_ATTR_LIST,
			     .list_max = KB_SERVERS_MAX, .check = check_server },
	[KB_WIFI_IDENTITY] = { "identity", TEXT(KB_IDENTITY_MAX), .check = kb_agent_check_line },
	[KB_WIFI_CERT] = { "cert", TEXT(KB_FILE_MAX), .check = check_key },
	[KB_WIFI_KEY] = { "key", TEXT(KB_FILE_MAX), .check = check_key },
	[KB_WIFI_PRIORITY] = { "priority", ANY_U8, NEEDED },
};

static const struct kb_attr_table modes_table = TABLE("modes", modes_specs);
static const struct kb_attr_table wireless_table = TABLE("wireless", wireless_specs);
static const struct kb_attr_table wifi_table = TABLE("wifi", wifi_specs);

static const struct kb_attr_spec agent_specs[KB_AGENT_ATTR_MAX] = {
	[KB_AGENT_MODES] = { "modes", KB_ATTR_NEST, .nest = &modes_table },
	[KB_AGENT_WIRELESS] = { "wireless", KB_ATTR_NEST, .nest = &wireless_table },
	[KB_AGENT_WIFI] = { "wifi", KB_ATTR_NEST, .nest = &wifi_table },
	[KB_AGENT_PLACE] = { "place", KB_ATTR_NEST, .nest = &kb_agent_place_table },
};

static const struct kb_attr_table agent_table = TABLE("agent", agent_specs);

int kb_agent_check_level(const struct kb_attr_reader *reader, struct kb_attr_reader *ret_checked)
{
	struct kb_attr_reader copy = *reader;
	struct kb_attr_view attr;
	int r;

	do {
		r = kb_attr_next(&copy, &attr);
	} while (r > 0);
	*ret_checked = copy;
	return r;
}

const char *kb_agent_string(struct kb_agent_filling *filling, const struct kb_attr_view *attr)
{
	return kb_arena_strndup(filling->arena, (const char *)attr->payload, attr->len - 1);
}

struct kb_link_mac *kb_agent_macs(struct kb_agent_filling *filling, u32 n)
{
	return kb_arena_array(filling->arena, n, sizeof(struct kb_link_mac));
}

void kb_agent_mac(struct kb_link_mac *ret, const struct kb_attr_view *attr)
{
	memcpy(ret->value, attr->payload, sizeof(ret->value));
	memcpy(ret->mask, attr->payload + sizeof(ret->value), sizeof(ret->mask));
}

static int read_modes(struct kb_agent_filling *filling, struct kb_attr_reader *reader)
{
	struct kb_attr_view attr;
	int r;

	while ((r = kb_attr_next(reader, &attr)) > 0) {
		if (attr.type == KB_AGENT_MODES_WIFI)
			filling->agent->wifi_mode = attr.value;
		else
			filling->agent->place_mode = attr.value;
	}
	return r;
}

static int read_wireless(struct kb_agent_filling *filling, struct kb_attr_reader *reader)
{
	struct kb_wireless *wireless = &filling->agent->wireless;
	struct kb_attr_view attr;
	int r;

	while ((r = kb_attr_next(reader, &attr)) > 0) {
		switch (attr.type) {
		case KB_WIRELESS_SUPPLICANT:
			wireless->supplicant = attr.value;
			break;
		case KB_WIRELESS_PROVISION:
			wireless->provision = attr.value;
			break;
		case KB_WIRELESS_SURVEY:
			wireless->survey = attr.value;
			break;
		case KB_WIRELESS_AVOID:
			wireless->avoid = attr.value;
			break;
		case KB_WIRELESS_MODES:
			wireless->modes = attr.value;
			break;
		case KB_WIRELESS_CANARY:
			wireless->canary_len = attr.len;
			memcpy(wireless->canary, attr.payload, attr.len);
			break;
		}
	}
	return r;
}

/* Values that are masks or enumerations, after kb_attr_next() has seen to their bounds. */
static void fill_number(struct kb_wifi_profile *profile, const struct kb_attr_view *attr)
{
	switch (attr->type) {
	case KB_WIFI_AKM:
		profile->akms = attr->value;
		break;
	case KB_WIFI_PAIRWISE:
		profile->pairwise = attr->value;
		break;
	case KB_WIFI_GROUP:
		profile->group = attr->value;
		break;
	case KB_WIFI_GROUP_MGMT:
		profile->group_mgmt = attr->value;
		break;
	case KB_WIFI_PMF:
		profile->pmf = attr->value;
		break;
	case KB_WIFI_BAND:
		profile->bands = attr->value;
		break;
	case KB_WIFI_EAP:
		profile->eap = attr->value;
		break;
	case KB_WIFI_PRIORITY:
		profile->priority = attr->value;
		break;
	}
}

/* A profile's lists while they grow. */
struct lists {
	struct kb_link_mac *bssids;
	const char **servers;
};

static int fill_wifi(struct kb_agent_filling *filling, struct kb_wifi_profile *profile,
		     struct lists *lists, const struct kb_attr_view *attr)
{
	const char **text = NULL;

	switch (attr->type) {
	case KB_WIFI_BSSID:
		kb_agent_mac(&lists->bssids[profile->n_bssids++], attr);
		return 0;
	case KB_WIFI_CA_SHA256:
		profile->has_ca_sha256 = true;
		memcpy(profile->ca_sha256, attr->payload, sizeof(profile->ca_sha256));
		return 0;
	case KB_WIFI_CA:
		text = &profile->ca;
		break;
	case KB_WIFI_SERVER:
		text = &lists->servers[profile->n_servers++];
		break;
	case KB_WIFI_IDENTITY:
		text = &profile->identity;
		break;
	case KB_WIFI_CERT:
		text = &profile->cert;
		break;
	case KB_WIFI_KEY:
		text = &profile->key;
		break;
	default:
		fill_number(profile, attr);
		return 0;
	}
	*text = kb_agent_string(filling, attr);
	return *text ? 0 : -ENOMEM;
}

/* The profile that a KB_AGENT_WIFI is about, from its level; NULL (told) when there is none. */
static struct kb_wifi_profile *find_profile(struct kb_agent_filling *filling,
					    struct kb_attr_reader reader)
{
	struct kb_attr_view attr = { 0 };

	while (kb_attr_next(&reader, &attr) > 0 && attr.type != KB_WIFI_PROFILE)
		;
	if (attr.value >= filling->agent->n_profiles) {
		kb_blob_fail(filling->error, -EBADMSG, attr.offset, "wifi: there is no profile %u",
			     (u32)attr.value);
		return NULL;
	}
	if (filling->agent->profiles[attr.value].pinned) {
		kb_blob_fail(filling->error, -EBADMSG, attr.offset,
			     "wifi: profile %u stands twice", (u32)attr.value);
		return NULL;
	}
	return &filling->agent->profiles[attr.value];
}

/* A profile that asks for EAP must say whose word counts, and what it negotiates must fit. */
static int check_eap(struct kb_agent_filling *filling, const struct kb_wifi_profile *profile,
		     u32 offset)
{
	bool enterprise = profile->akms & KB_AKM_ENTERPRISE;

	if (enterprise != (profile->eap == KB_EAP_TLS) ||
	    (enterprise && profile->akms & ~KB_AKM_ENTERPRISE))
		return kb_blob_fail(filling->error, -EBADMSG, offset,
				    "wifi: eap does not fit the key management");
	if (enterprise && !profile->ca)
		return kb_blob_fail(filling->error, -EBADMSG, offset, "wifi: eap without ca");
	return 0;
}

static int read_wifi(struct kb_agent_filling *filling, struct kb_attr_reader *reader, u32 offset)
{
	struct kb_wifi_profile *profile;
	struct kb_attr_reader checked;
	struct kb_attr_view attr;
	struct lists lists;
	int r = kb_agent_check_level(reader, &checked);

	if (r < 0)
		return r;
	profile = find_profile(filling, *reader);
	if (!profile)
		return -EBADMSG;
	lists.bssids = kb_agent_macs(filling, checked.copies[KB_WIFI_BSSID]);
	lists.servers = kb_arena_array(filling->arena, checked.copies[KB_WIFI_SERVER],
				       sizeof(*lists.servers));
	if (!lists.bssids || !lists.servers)
		return -ENOMEM;
	profile->bssids = lists.bssids;
	profile->servers = lists.servers;
	profile->pinned = true;
	while ((r = kb_attr_next(reader, &attr)) > 0) {
		r = fill_wifi(filling, profile, &lists, &attr);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : check_eap(filling, profile, offset);
}

static int read_nest(struct kb_agent_filling *filling, const struct kb_attr_reader *part,
		     const struct kb_attr_view *nest)
{
	struct kb_attr_reader reader;
	int r = kb_attr_enter(part, nest, &reader);

	if (r < 0)
		return r;
	switch (nest->type) {
	case KB_AGENT_MODES:
		return read_modes(filling, &reader);
	case KB_AGENT_WIRELESS:
		return read_wireless(filling, &reader);
	case KB_AGENT_WIFI:
		return read_wifi(filling, &reader, nest->offset);
	default:
		return kb_agent_read_place(filling, &reader, nest->offset);
	}
}

/* One KB_BLOB_AGENT: bytes [@pos, @end) of the blob. *@seen has a bit for each type so far. */
static int read_part(struct kb_agent_filling *filling, u32 pos, u32 end, u32 *seen)
{
	const u32 once = 1u << KB_AGENT_MODES | 1u << KB_AGENT_WIRELESS;
	struct kb_attr_reader reader;
	struct kb_attr_view attr, second;
	int r;

	kb_attr_open(&reader, filling->policy->blob, pos, end, &agent_table, filling->error);
	r = kb_attr_next(&reader, &attr);
	if (r < 0)
		return r;
	if (!r)
		return kb_blob_fail(filling->error, -EBADMSG, pos, "agent: an empty part");
	if (1u << attr.type & once & *seen)
		return kb_blob_fail(filling->error, -EBADMSG, pos, "agent: %s stands twice",
				    agent_specs[attr.type].name);
	*seen |= 1u << attr.type;
	r = read_nest(filling, &reader, &attr);
	if (r < 0)
		return r;
	r = kb_attr_next(&reader, &second);
	if (r > 0)
		r = kb_blob_fail(filling->error, -EBADMSG, second.offset,
				 "agent: two attributes in one part");
	return r;
}

/* The policy's reader has been over the top level: only the agent's parts are looked at here. */
static int read_parts(struct kb_agent_filling *filling)
{
	const struct kb_policy *policy = filling->policy;
	size_t pos = KB_BLOB_MAGIC_LEN, len;
	u32 seen = 0;
	int r;

	for (; policy->blob_len - pos >= 4; pos += (len + 3) & ~(size_t)3) {
		len = kb_get_le16(policy->blob + pos);
		if (len < 4 || len > policy->blob_len - pos)
			break;
		if (kb_get_le16(policy->blob + pos + 2) != KB_BLOB_AGENT)
			continue;
		r = read_part(filling, pos + 4, pos + len, &seen);
		if (r < 0)
			return r;
	}
	if (pos != policy->blob_len)
		return kb_blob_fail(filling->error, -EBADMSG, pos, "blob: it ends here");
	return 0;
}

/* Names and SSIDs are the policy's own; nothing is pinned yet. */
static int copy_profiles(struct kb_agent_filling *filling)
{
	const struct kb_path_policy *paths = &filling->policy->paths;
	struct kb_agent_policy *agent = filling->agent;
	u32 i;

	agent->profiles = kb_arena_array(filling->arena, paths->n_profiles,
					 sizeof(*agent->profiles));
	agent->places = kb_arena_array(filling->arena, paths->n_zones, sizeof(*agent->places));
	if (!agent->profiles || !agent->places)
		return -ENOMEM;
	for (i = 0; i < paths->n_profiles; i++) {
		const struct kb_profile *from = &paths->profiles[i];
		struct kb_wifi_profile *to = &agent->profiles[i];

		to->name = kb_arena_strndup(filling->arena, from->name, strlen(from->name));
		if (!to->name)
			return -ENOMEM;
		to->ssid_len = from->ssid_len;
		memcpy(to->ssid, from->ssid, from->ssid_len);
	}
	agent->n_profiles = paths->n_profiles;
	return 0;
}

int kb_agent_policy_read(const struct kb_policy *policy, struct kb_agent_policy **ret,
			 struct kb_blob_error *ret_error)
{
	struct owned *owned;
	struct kb_agent_filling filling;
	int r;

	if (!policy->blob || policy->blob_len < KB_BLOB_MAGIC_LEN)
		return kb_blob_fail(ret_error, -EBADMSG, 0, "not a compiled policy");
	owned = calloc(1, sizeof(*owned));
	if (!owned)
		return kb_blob_fail(ret_error, -ENOMEM, 0, "out of memory");
	filling = (struct kb_agent_filling){ .policy = policy,
					     .agent = &owned->policy,
					     .arena = &owned->arena,
					     .error = ret_error };
	r = copy_profiles(&filling);
	if (!r)
		r = read_parts(&filling);
	if (r == -ENOMEM)
		kb_blob_fail(ret_error, r, 0, "out of memory");
	if (r < 0) {
		kb_agent_policy_free(&owned->policy);
		return r;
	}
	*ret = &owned->policy;
	return 0;
}

void kb_agent_policy_free(struct kb_agent_policy *agent)
{
	struct owned *owned = (struct owned *)agent;

	if (!owned)
		return;
	kb_arena_done(&owned->arena);
	free(owned);
}
