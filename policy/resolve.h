/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From names to numbers: what the two halves of the work share. */
#ifndef KIDOBAN_POLICY_RESOLVE_H
#define KIDOBAN_POLICY_RESOLVE_H

#include "policy/model.h"

struct kb_resolver {
	struct kb_model *model;
	struct kb_diags *diags;
	struct kb_network *networks;	/* [KB_NETWORKS_MAX]: named ones first, then those written in rules */
	uint32_t n_networks;
	struct kb_prefix *prefixes;	/* [room] */
	uint32_t n_prefixes, room;
	struct kb_schedule *schedules;	/* [KB_SCHEDULES_MAX] */
	uint32_t n_schedules;
	int error;			/* worst so far: 0, -EBADMSG, -ENOMEM */
};

/* Notes an error of the text; -ENOMEM stays what it is. */
void kb_resolve_fail(struct kb_resolver *r, int error);

/* Index of the network that @ref names, or of a new one when it is an address; -EBADMSG (told). */
int kb_resolve_network(struct kb_resolver *r, const struct kb_ref *ref);
/* Index of a schedule; -EBADMSG (told). */
int kb_resolve_hours(struct kb_resolver *r, const struct kb_ref *ref);
/* Index of a zone; -EBADMSG (told). */
int kb_resolve_zone(struct kb_resolver *r, const struct kb_ref *ref);

/* Before reading: what the agent does when the text does not say. */
void kb_agent_defaults(struct kb_model *model);
/* model->agent, after profiles and zones. */
void kb_resolve_agent(struct kb_resolver *r);

/* model->policy.paths.rules out of the texts of rules. */
void kb_resolve_rules(struct kb_resolver *r);

#endif
