// SPDX-License-Identifier: GPL-2.0-or-later
/* What a policy says to the agent as text: wireless interfaces, Wi-Fi profiles, zones. */
#include "policy/fields.h"
#include "policy/i18n.h"
#include "policy/net.h"
#include "policy/render.h"
#include "policy/show_net.h"

struct shower {
	const struct kb_policy *policy;
	const struct kb_agent_policy *agent;
	bool effective;
	FILE *out;
};

static void show_fields(const struct shower *s, struct kb_fields *fields, const char *indent)
{
	size_t i;

	for (i = 0; i < fields->n; i++)
		fprintf(s->out, "%s%s: %s\n", indent, fields->list[i].key, fields->list[i].value);
	if (fields->error)
		fprintf(s->out, "# %s\n", _("out of memory"));
	kb_fields_done(fields);
}

/* Also without a section of its own where a mode makes it count: defaults are shown then. */
static void show_wireless(const struct shower *s)
{
	struct kb_fields fields = { 0 };

	if (!s->agent->wifi_mode && kb_wireless_is_default(&s->agent->wireless))
		return;
	fputs("wireless:\n", s->out);
	kb_fields_of_wireless(&s->agent->wireless, &fields);
	show_fields(s, &fields, "  ");
}

static void show_profile(const struct shower *s, const struct kb_wifi_profile *profile)
{
	struct kb_fields fields = { 0 };

	kb_fields_of_profile(profile, &fields);
	if (profile->pinned) {
		fputs("  - profile: ", s->out);
		kb_render_text(profile->name, s->out);
		fputc('\n', s->out);
		show_fields(s, &fields, "    ");
		return;
	}
	if (s->effective)
		fprintf(s->out, "    # %s\n", _("not pinned: never proven, never open"));
	fputs("  - {profile: ", s->out);
	kb_render_text(profile->name, s->out);
	if (fields.n)
		fprintf(s->out, ", %s: %s", fields.list[0].key, fields.list[0].value);
	fputs("}\n", s->out);
	kb_fields_done(&fields);
}

static void show_profiles(const struct shower *s)
{
	u32 i;

	if (!s->agent->n_profiles)
		return;
	fputs("wifi:\n", s->out);
	for (i = 0; i < s->agent->n_profiles; i++)
		show_profile(s, &s->agent->profiles[i]);
}

static void show_place(const struct shower *s, const struct kb_zone *zone,
		       const struct kb_place *place)
{
	struct kb_fields fields = { 0 };
	u32 i;

	fputs("  - zone: ", s->out);
	kb_render_text(zone->name, s->out);
	if (zone->label) {
		fputs("\n    label: ", s->out);
		kb_render_text(zone->label, s->out);
	}
	fputc('\n', s->out);
	kb_fields_of_place(place, &fields);
	show_fields(s, &fields, "    ");
	if (s->effective)
		fprintf(s->out, "    # %s\n",
			_("built in: at least one of eap and beacon, and at least one of ap, lldp, dock and gnss"));
	fputs("    evidence:\n", s->out);
	for (i = 0; i < place->n_evidence; i++) {
		fputs("      - ", s->out);
		kb_render_evidence(s->agent, &place->evidence[i], s->out);
		fputc('\n', s->out);
	}
}

static void show_zone(const struct shower *s, const struct kb_zone *zone)
{
	if (s->effective)
		fprintf(s->out, "    # %s\n", _("without evidence: never entered"));
	fputs("  - {zone: ", s->out);
	kb_render_text(zone->name, s->out);
	if (zone->label) {
		fputs(", label: ", s->out);
		kb_render_text(zone->label, s->out);
	}
	fputs("}\n", s->out);
}

static const struct kb_place *place_of(const struct kb_agent_policy *agent, u32 zone)
{
	u32 i;

	for (i = 0; i < agent->n_places; i++)
		if (agent->places[i].zone == zone)
			return &agent->places[i];
	return NULL;
}

static void show_zones(const struct shower *s)
{
	const struct kb_path_policy *paths = &s->policy->paths;
	const struct kb_place *place;
	u32 i;

	fputs(paths->n_zones ? "places:\n" : "", s->out);
	for (i = 0; i < paths->n_zones; i++) {
		place = place_of(s->agent, i);
		if (place)
			show_place(s, &paths->zones[i], place);
		else
			show_zone(s, &paths->zones[i]);
	}
}

void kb_show_agent(const struct kb_policy *policy, const struct kb_agent_policy *agent,
		   bool effective, FILE *out)
{
	struct shower s = { .policy = policy, .agent = agent, .effective = effective, .out = out };

	show_wireless(&s);
	show_profiles(&s);
	show_zones(&s);
}
