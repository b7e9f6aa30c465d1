// SPDX-License-Identifier: GPL-2.0-or-later
/* What a tracker takes over from the one before it, when a policy follows another. */
#include <stdlib.h>
#include <string.h>

#include "agent/place/tracker_parts.h"
#include "policy/cleanup.h"
#include "policy/fields.h"

static void write_profile(const struct kb_wifi_profile *profile, FILE *out)
{
	struct kb_fields fields = {};

	kb_fields_of_profile(profile, &fields);
	kb_fields_write(&fields, out);
	/* what is not complete is like nothing else */
	if (fields.error)
		fprintf(out, "%p", (const void *)profile);
	kb_fields_done(&fields);
}

/* The profiles that an EAP piece depends on, in full: one that demands more proves something else. */
static void write_profiles(const struct kb_agent_policy *policy, u16 index, FILE *out)
{
	u32 i;

	for (i = 0; i < policy->n_profiles; i++) {
		if (index != KB_INDEX_NONE && index != i)
			continue;
		fprintf(out, "\n%s: ", policy->profiles[i].name);
		write_profile(&policy->profiles[i], out);
	}
}

/* All that decides whether the terminal is there, as text. NULL: no memory. Owned. */
static char *account_of(const struct kb_agent_policy *policy, const struct kb_place *place)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	u32 i;

	if (!out)
		return NULL;
	fprintf(out, "%s, need %u", place->name, place->need);
	for (i = 0; i < place->n_evidence; i++) {
		fputc('\n', out);
		kb_render_evidence(policy, &place->evidence[i], out);
		if (place->evidence[i].kind == KB_EVIDENCE_EAP)
			write_profiles(policy, place->evidence[i].eap.profile, out);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

static bool is_same(const struct kb_tracker *a, const struct kb_tracked *from,
		    const struct kb_tracker *b, const struct kb_tracked *to)
{
	KB_FREE char *before = account_of(a->policy, from->place);
	KB_FREE char *now = account_of(b->policy, to->place);

	return before && now && !strcmp(before, now);
}

static struct kb_tracked *find(struct kb_tracker *tracker, const char *name)
{
	u32 i;

	for (i = 0; i < tracker->n; i++)
		if (!strcmp(tracker->places[i].place->name, name))
			return &tracker->places[i];
	return NULL;
}

bool kb_tracker_inherit(struct kb_tracker *tracker, struct kb_tracker *before)
{
	bool all = true;
	u32 i;

	for (i = 0; i < tracker->n; i++) {
		struct kb_tracked *to = &tracker->places[i];
		struct kb_tracked *from = find(before, to->place->name);

		if (!from || !is_same(before, from, tracker, to)) {
			all = false;
			continue;
		}
		*to->quorum = *from->quorum;
		memcpy(to->findings, from->findings, sizeof(to->findings));
		to->inside = from->inside;
		to->owed = from->owed;
		/* it is told of no more */
		from->inside = from->owed = false;
	}
	return all;
}
