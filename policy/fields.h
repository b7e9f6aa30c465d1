/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent obeys, back into keys and values of the language. */
#ifndef KIDOBAN_POLICY_FIELDS_H
#define KIDOBAN_POLICY_FIELDS_H

#include <stdio.h>

#include <kidoban/agent.h>

#define KB_FIELDS_MAX	20

/* Keys of one mapping with their values as YAML, in the order of the schema. */
struct kb_fields {
	size_t n;
	struct kb_field {
		const char *key;	/* static */
		char *value;		/* owned */
	} list[KB_FIELDS_MAX];
	int error;			/* 0 or -ENOMEM; .list is then not complete */
};

/*
 * Each fills @ret, zero before, with every key that counts, also where its value is the
 * default. A profile that is not pinned has its SSID only. Release with kb_fields_done(),
 * also after an error.
 */
void kb_fields_of_wireless(const struct kb_wireless *wireless, struct kb_fields *ret);
void kb_fields_of_profile(const struct kb_wifi_profile *profile, struct kb_fields *ret);
/* Without label and evidence. */
void kb_fields_of_place(const struct kb_place *place, struct kb_fields *ret);
void kb_fields_done(struct kb_fields *fields);
/* NULL when there is no such key. */
const char *kb_fields_get(const struct kb_fields *fields, const char *key);
/* "{key: value, ...}" */
void kb_fields_write(const struct kb_fields *fields, FILE *out);

/* "{ap: {bssid: [...], count: 3, rssi-min: -70}}"; profiles by the names that @agent has. */
void kb_render_evidence(const struct kb_agent_policy *agent, const struct kb_evidence *evidence,
			FILE *out);

#endif
