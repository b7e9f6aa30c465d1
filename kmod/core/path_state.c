// SPDX-License-Identifier: GPL-2.0-only
/* Which path rules are open now, as people are shown them. */
#include "path_match.h"

/* Does IP pass this link now? */
static bool is_open(const struct kb_path_policy *paths, const struct kb_context *context,
		    const struct kb_path_link *link)
{
	if (link->loopback || !link->allowed)
		return false;
	return !link->wireless ||
	       (context && context->leased &&
		(!paths->n_profiles || link->profile < paths->n_profiles));
}

/* The reason for which no link serves @rule; NONE when one does. */
static enum kb_reason links_lack(const struct kb_path_policy *paths,
				 const struct kb_path_rule *rule,
				 const struct kb_context *context,
				 const struct kb_path_link *links, u32 n_links)
{
	bool named = rule->conditions & KB_PATH_IF_LINK;
	enum kb_reason lack = KB_REASON_LINK_CLOSED;
	u32 i;

	for (i = 0; i < n_links; i++) {
		if (!is_open(paths, context, &links[i]))
			continue;
		if (!named || kb_path_bit(rule->links, links[i].rule) ||
		    kb_path_bit(rule->profiles, links[i].profile))
			return KB_REASON_NONE;
		lack = KB_REASON_WRONG_LINK;
	}
	/* a rule for any link is judged without links, too */
	return n_links || named ? lack : KB_REASON_NONE;
}

static enum kb_reason lack_of(const struct kb_path_policy *paths, const struct kb_path_rule *rule,
			      const struct kb_context *context, const struct kb_path_link *links,
			      u32 n_links)
{
	bool zone = rule->conditions & KB_PATH_IF_ZONE;
	bool hours = rule->conditions & KB_PATH_IF_HOURS;

	if (context && context->isolated && rule->kind != KB_PATH_COLLECTOR)
		return KB_REASON_ISOLATED;
	if ((rule->to_protected || zone || hours) && !(context && context->leased))
		return KB_REASON_LEASE;
	if (zone && !kb_path_bit(rule->zones, context->zone))
		return KB_REASON_ZONE;
	if (hours && !(rule->schedules & context->schedules))
		return KB_REASON_HOURS;
	return links_lack(paths, rule, context, links, n_links);
}

void kb_path_state(const struct kb_policy *policy, u32 index, const struct kb_context *context,
		   const struct kb_path_link *links, u32 n_links, struct kb_path_verdict *ret)
{
	const struct kb_path_policy *paths = &policy->paths;
	enum kb_reason lack = lack_of(paths, &paths->rules[index], context, links, n_links);

	*ret = lack ? kb_path_answer(KB_ACTION_REFUSE, lack, index) :
		      kb_path_answer(KB_ACTION_ALLOW, KB_REASON_RULE, index);
}
