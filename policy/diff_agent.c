// SPDX-License-Identifier: GPL-2.0-or-later
/* What changes in what the agent obeys: wireless interfaces, Wi-Fi profiles, zones. */
#include "policy/cleanup.h"
#include "policy/diff_net.h"
#include "policy/fields.h"
#include "policy/render.h"

#define PREFIX_SIZE	(KB_NAME_MAX + 16)		/* "places.NAME" */
#define KEY_SIZE	(PREFIX_SIZE + 32)

/* Keys of @from, then those that only @to has. @skip is told elsewhere; NULL: nothing. */
static int diff_fields(struct kb_changes *changes, const char *prefix, const struct kb_fields *from,
		       const struct kb_fields *to, const char *skip)
{
	char key[KEY_SIZE];
	const char *name;
	size_t i;
	int r = from->error ?: to->error;

	for (i = 0; !r && i < from->n + to->n; i++) {
		name = i < from->n ? from->list[i].key : to->list[i - from->n].key;
		if ((i >= from->n && kb_fields_get(from, name)) ||
		    (skip && !strncmp(name, skip, strlen(skip))))
			continue;
		snprintf(key, sizeof(key), "%s.%s", prefix, name);
		r = kb_diff_key(changes, key, kb_fields_get(from, name), kb_fields_get(to, name));
	}
	return r;
}

static int diff_wireless(struct kb_changes *changes, const struct kb_agent_policy *from,
			 const struct kb_agent_policy *to)
{
	struct kb_fields a = { 0 }, b = { 0 };
	int r;

	kb_fields_of_wireless(&from->wireless, &a);
	kb_fields_of_wireless(&to->wireless, &b);
	r = diff_fields(changes, "wireless", &a, &b, NULL);
	kb_fields_done(&a);
	kb_fields_done(&b);
	return r;
}

static const struct kb_wifi_profile *find_profile(const struct kb_agent_policy *agent,
						  const char *name)
{
	u32 i;

	for (i = 0; i < agent->n_profiles; i++)
		if (!strcmp(agent->profiles[i].name, name))
			return &agent->profiles[i];
	return NULL;
}

/* The SSID as it is, "" where it is not text that could be told. */
static void ssid_of(const struct kb_wifi_profile *profile, char ret[KB_SSID_MAX + 1])
{
	memcpy(ret, profile->ssid, profile->ssid_len);
	ret[profile->ssid_len] = '\0';
}

/* A profile that comes or goes: its SSID, and all the rest where it is pinned. NULL: no memory. */
static char *profile_text(const struct kb_wifi_profile *profile)
{
	struct kb_fields fields = { 0 };
	char ssid[KB_SSID_MAX + 1], *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	kb_fields_of_profile(profile, &fields);
	ssid_of(profile, ssid);
	if (profile->pinned || strcmp(fields.n ? fields.list[0].key : "", "ssid"))
		kb_fields_write(&fields, out);
	else
		fputs(ssid, out);
	kb_fields_done(&fields);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static int diff_presence(struct kb_changes *changes, const char *key,
			 const struct kb_wifi_profile *from, const struct kb_wifi_profile *to)
{
	KB_FREE char *a = from ? profile_text(from) : NULL;
	KB_FREE char *b = to ? profile_text(to) : NULL;

	if ((from && !a) || (to && !b))
		return -ENOMEM;
	return kb_diff_key(changes, key, a, b);
}

static int diff_profile(struct kb_changes *changes, const struct kb_wifi_profile *from,
			const struct kb_wifi_profile *to)
{
	struct kb_fields a = { 0 }, b = { 0 };
	char key[PREFIX_SIZE], was[KB_SSID_MAX + 1], is[KB_SSID_MAX + 1];
	int r = 0;

	snprintf(key, sizeof(key), "wifi.%s", (from ?: to)->name);
	if (!from || !to)
		return diff_presence(changes, key, from, to);
	ssid_of(from, was);
	ssid_of(to, is);
	kb_fields_of_profile(from, &a);
	kb_fields_of_profile(to, &b);
	if (kb_fields_get(&a, "ssid") && kb_fields_get(&b, "ssid"))
		r = kb_diff_key(changes, key, was, is);
	else
		r = kb_diff_key(changes, key, a.n ? a.list[0].value : NULL,
				b.n ? b.list[0].value : NULL);
	r = r ?: diff_fields(changes, key, &a, &b, "ssid");
	kb_fields_done(&a);
	kb_fields_done(&b);
	return r;
}

static int diff_profiles(struct kb_changes *changes, const struct kb_agent_policy *from,
			 const struct kb_agent_policy *to)
{
	int r = 0;
	u32 i;

	for (i = 0; !r && i < from->n_profiles; i++)
		r = diff_profile(changes, &from->profiles[i],
				 find_profile(to, from->profiles[i].name));
	for (i = 0; !r && i < to->n_profiles; i++)
		if (!find_profile(from, to->profiles[i].name))
			r = diff_profile(changes, NULL, &to->profiles[i]);
	return r;
}

/* One zone of one policy; .zone NULL: it has none of that name. */
struct side {
	const struct kb_agent_policy *agent;
	const struct kb_zone *zone;
	const struct kb_place *place;	/* NULL: without evidence */
	u32 n;
	char **pieces;			/* of its evidence, as text */
};

static void close_side(struct side *side)
{
	u32 i;

	for (i = 0; i < side->n; i++)
		free(side->pieces[i]);
	free(side->pieces);
}

static int open_pieces(struct side *side)
{
	size_t len;
	FILE *out;
	u32 i;

	side->pieces = calloc(side->place->n_evidence + 1, sizeof(*side->pieces));
	if (!side->pieces)
		return -ENOMEM;
	for (i = 0; i < side->place->n_evidence; i++) {
		out = open_memstream(&side->pieces[i], &len);
		if (!out)
			return -ENOMEM;
		side->n++;
		kb_render_evidence(side->agent, &side->place->evidence[i], out);
		if (fclose(out))
			return -ENOMEM;
	}
	return 0;
}

static int open_side(const struct kb_policy *policy, const struct kb_agent_policy *agent,
		     const char *name, struct side *ret)
{
	u32 i, k;

	*ret = (struct side){ .agent = agent };
	for (i = 0; i < policy->paths.n_zones; i++) {
		if (strcmp(policy->paths.zones[i].name, name))
			continue;
		ret->zone = &policy->paths.zones[i];
		for (k = 0; k < agent->n_places; k++)
			if (agent->places[k].zone == i)
				ret->place = &agent->places[k];
	}
	return ret->place ? open_pieces(ret) : 0;
}

/* How often @piece stands among the first @n of @side. */
static u32 count(const struct side *side, u32 n, const char *piece)
{
	u32 i, found = 0;

	for (i = 0; i < n; i++)
		found += !strcmp(side->pieces[i], piece);
	return found;
}

static int diff_evidence(struct kb_changes *changes, const char *prefix, const struct side *from,
			 const struct side *to)
{
	char key[KEY_SIZE];
	int r = 0;
	u32 i;

	snprintf(key, sizeof(key), "%s.evidence", prefix);
	for (i = 0; !r && i < from->n; i++)
		if (count(from, i + 1, from->pieces[i]) > count(to, to->n, from->pieces[i]))
			r = kb_diff_key(changes, key, from->pieces[i], NULL);
	for (i = 0; !r && i < to->n; i++)
		if (count(to, i + 1, to->pieces[i]) > count(from, from->n, to->pieces[i]))
			r = kb_diff_key(changes, key, NULL, to->pieces[i]);
	return r;
}

static int diff_sides(struct kb_changes *changes, const struct side *from, const struct side *to)
{
	struct kb_fields a = { 0 }, b = { 0 };
	char key[PREFIX_SIZE];
	int r;

	snprintf(key, sizeof(key), "places.%s", (from->zone ?: to->zone)->name);
	r = kb_diff_key(changes, key, from->zone ? from->zone->label ?: "" : NULL,
			to->zone ? to->zone->label ?: "" : NULL);
	if (from->place)
		kb_fields_of_place(from->place, &a);
	if (to->place)
		kb_fields_of_place(to->place, &b);
	r = r ?: diff_fields(changes, key, &a, &b, NULL);
	kb_fields_done(&a);
	kb_fields_done(&b);
	return r ?: diff_evidence(changes, key, from, to);
}

static int diff_zone(struct kb_changes *changes, const struct kb_policy *const policies[2],
		     const struct kb_agent_policy *const agents[2], const char *name)
{
	struct side from = { 0 }, to = { 0 };
	int r;

	r = open_side(policies[0], agents[0], name, &from);
	r = r ?: open_side(policies[1], agents[1], name, &to);
	r = r ?: diff_sides(changes, &from, &to);
	close_side(&from);
	close_side(&to);
	return r;
}

static bool has_zone(const struct kb_policy *policy, const char *name)
{
	u32 i;

	for (i = 0; i < policy->paths.n_zones; i++)
		if (!strcmp(policy->paths.zones[i].name, name))
			return true;
	return false;
}

int kb_diff_agent(struct kb_changes *changes, const struct kb_policy *const policies[2],
		  const struct kb_agent_policy *const agents[2])
{
	int r;
	u32 i;

	r = kb_diff_key(changes, "mode.wifi", kb_render_mode(agents[0]->wifi_mode),
			kb_render_mode(agents[1]->wifi_mode));
	r = r ?: kb_diff_key(changes, "mode.place", kb_render_mode(agents[0]->place_mode),
			     kb_render_mode(agents[1]->place_mode));
	r = r ?: diff_wireless(changes, agents[0], agents[1]);
	r = r ?: diff_profiles(changes, agents[0], agents[1]);
	for (i = 0; !r && i < policies[0]->paths.n_zones; i++)
		r = diff_zone(changes, policies, agents, policies[0]->paths.zones[i].name);
	for (i = 0; !r && i < policies[1]->paths.n_zones; i++)
		if (!has_zone(policies[0], policies[1]->paths.zones[i].name))
			r = diff_zone(changes, policies, agents, policies[1]->paths.zones[i].name);
	return r;
}
