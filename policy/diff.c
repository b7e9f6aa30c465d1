// SPDX-License-Identifier: GPL-2.0-or-later
/* What changes from one policy to the next. */
#include "policy/diff.h"

#include "policy/cleanup.h"
#include "policy/diff_net.h"
#include "policy/render.h"

#define NOWHERE	UINT32_MAX

/* A rule of either policy: its text says whether two are the same. */
struct entry {
	char *text;
	const char *tell;		/* NULL = none */
	uint32_t line;
	uint32_t index;
	uint32_t partner;		/* index in the other policy, or NOWHERE */
	bool stays;			/* partnered and in the same order as its fellows */
};

struct side {
	uint32_t n;
	struct entry *entries;		/* in the policy's order */
	struct entry **sorted;		/* by text, then index */
};

/* A list of rules that has an order of its own. */
struct kind {
	uint32_t (*count)(const struct kb_policy *policy);
	/* writes the text of rule @index; *ret_tell, *ret_line */
	void (*render)(const struct kb_policy *policy, uint32_t index, FILE *out,
		       const char **ret_tell, uint32_t *ret_line);
};

static int add(struct kb_changes *changes, const struct kb_change *change)
{
	size_t room = changes->room ? changes->room * 2 : 16;
	struct kb_change *list;

	if (changes->n == changes->room) {
		list = reallocarray(changes->list, room, sizeof(*list));
		if (!list)
			return -ENOMEM;
		changes->list = list;
		changes->room = room;
	}
	changes->list[changes->n++] = *change;
	return 0;
}

/* Takes copies; NULL stays NULL. */
static int add_texts(struct kb_changes *changes, struct kb_change change, const char *from,
		     const char *to)
{
	char *key = change.key;

	change.key = key ? strdup(key) : NULL;
	change.from = from ? strdup(from) : NULL;
	change.to = to ? strdup(to) : NULL;
	if ((!key || change.key) && (!from || change.from) && (!to || change.to) &&
	    !add(changes, &change))
		return 0;
	free(change.key);
	free(change.from);
	free(change.to);
	return -ENOMEM;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

int kb_diff_key(struct kb_changes *changes, const char *key, const char *from, const char *to)
{
	if (same(from, to))
		return 0;
	return add_texts(changes, (struct kb_change){ .kind = KB_CHANGE_KEY, .key = (char *)key },
			 from, to);
}

static int compare_uint(struct kb_changes *changes, const char *key, uint32_t from, uint32_t to)
{
	char a[16], b[16];

	snprintf(a, sizeof(a), "%u", from);
	snprintf(b, sizeof(b), "%u", to);
	return kb_diff_key(changes, key, a, b);
}

static int compare_date(struct kb_changes *changes, const char *key, uint64_t from, uint64_t to,
			bool until)
{
	char a[KB_DATE_SIZE], b[KB_DATE_SIZE];

	kb_render_date(from, until, a);
	kb_render_date(to, until, b);
	return kb_diff_key(changes, key, from ? a : NULL, to ? b : NULL);
}

static int compare_keys(struct kb_changes *changes, const struct kb_policy *a,
			const struct kb_policy *b)
{
	const struct kb_policy_header *from = &a->header, *to = &b->header;
	int r = 0;

	r = r ?: kb_diff_key(changes, "policy.municipality", from->municipality, to->municipality);
	r = r ?: kb_diff_key(changes, "policy.group", from->group, to->group);
	r = r ?: compare_uint(changes, "policy.epoch", from->epoch, to->epoch);
	r = r ?: compare_uint(changes, "policy.serial", from->serial, to->serial);
	r = r ?: compare_date(changes, "policy.not_before", from->not_before, to->not_before, false);
	r = r ?: compare_date(changes, "policy.expires", from->expires, to->expires, true);
	r = r ?: kb_diff_key(changes, "policy.lock", from->lock ? "true" : "false",
			     to->lock ? "true" : "false");
	r = r ?: kb_diff_key(changes, "mode.media", kb_render_mode(a->media_mode),
			     kb_render_mode(b->media_mode));
	r = r ?: kb_diff_key(changes, "media.default", kb_render_action(a->media_default),
			     kb_render_action(b->media_default));
	return r ?: kb_diff_key(changes, "media.tell", a->media_tell, b->media_tell);
}

static uint32_t count_media(const struct kb_policy *policy)
{
	return policy->n_rules;
}

static void render_media(const struct kb_policy *policy, uint32_t index, FILE *out,
			 const char **ret_tell, uint32_t *ret_line)
{
	kb_render_rule(&policy->rules[index], out);
	*ret_tell = policy->rules[index].tell;
	*ret_line = policy->rules[index].line;
}

static uint32_t count_link(const struct kb_policy *policy)
{
	return policy->link.n_rules;
}

static void render_link(const struct kb_policy *policy, uint32_t index, FILE *out,
			const char **ret_tell, uint32_t *ret_line)
{
	const struct kb_link_rule *rule = &policy->link.rules[index];

	fputs("link: ", out);
	kb_render_link_rule(rule, out);
	fputs(rule->random_mac ? ", random-mac: allow" : "", out);
	*ret_tell = rule->tell;
	*ret_line = rule->line;
}

static uint32_t count_paths(const struct kb_policy *policy)
{
	return policy->paths.n_rules;
}

static void render_path(const struct kb_policy *policy, uint32_t index, FILE *out,
			const char **ret_tell, uint32_t *ret_line)
{
	const struct kb_path_rule *rule = &policy->paths.rules[index];

	fprintf(out, "paths.%s: ", kb_render_path_kind(rule->kind));
	kb_render_path_rule(policy, rule, false, out);
	*ret_tell = rule->tell;
	*ret_line = rule->line;
}

static const struct kind kinds[] = {
	{ count_media, render_media },
	{ count_link, render_link },
	{ count_paths, render_path },
};

static int fill_entry(struct entry *entry, const struct kind *kind,
		      const struct kb_policy *policy, uint32_t index)
{
	size_t len;
	FILE *out = open_memstream(&entry->text, &len);
	bool bad;

	*entry = (struct entry){ .text = entry->text, .index = index, .partner = NOWHERE };
	if (!out)
		return -ENOMEM;
	kind->render(policy, index, out, &entry->tell, &entry->line);
	bad = ferror(out);
	return fclose(out) || bad ? -ENOMEM : 0;
}

static int by_text(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	int order = strcmp(x->text, y->text);

	return order ?: (x->index < y->index ? -1 : x->index > y->index);
}

static int open_side(struct side *side, const struct kind *kind, const struct kb_policy *policy)
{
	uint32_t n = kind->count(policy), i;

	side->entries = calloc(n + 1, sizeof(*side->entries));
	side->sorted = calloc(n + 1, sizeof(*side->sorted));
	if (!side->entries || !side->sorted)
		return -ENOMEM;
	side->n = n;
	for (i = 0; i < n; i++) {
		side->sorted[i] = &side->entries[i];
		if (fill_entry(&side->entries[i], kind, policy, i) < 0)
			return -ENOMEM;
	}
	qsort(side->sorted, n, sizeof(*side->sorted), by_text);
	return 0;
}

static void close_side(struct side *side)
{
	uint32_t i;

	for (i = 0; i < side->n; i++)
		free(side->entries[i].text);
	free(side->entries);
	free(side->sorted);
}

/* Equal texts become partners, the first with the first. */
static void pair(struct side *from, struct side *to)
{
	uint32_t i = 0, k = 0;
	int order;

	while (i < from->n && k < to->n) {
		order = strcmp(from->sorted[i]->text, to->sorted[k]->text);
		if (!order) {
			from->sorted[i]->partner = to->sorted[k]->index;
			to->sorted[k]->partner = from->sorted[i]->index;
		}
		i += order <= 0;
		k += order >= 0;
	}
}

/* The longest run of partners in the same order stays; the fewest others have moved. */
static int mark_stays(struct side *to)
{
	uint32_t n = to->n, length = 0, i, low, high, middle, at;
	KB_FREE uint32_t *tails = calloc(n + 1, sizeof(*tails));
	KB_FREE uint32_t *before = calloc(n + 1, sizeof(*before));

	if (!tails || !before)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (to->entries[i].partner == NOWHERE)
			continue;
		for (low = 0, high = length; low < high;) {
			middle = (low + high) / 2;
			if (to->entries[tails[middle]].partner < to->entries[i].partner)
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? tails[low - 1] : NOWHERE;
		tails[low] = i;
		if (low == length)
			length++;
	}
	for (at = length ? tails[length - 1] : NOWHERE; at != NOWHERE; at = before[at])
		to->entries[at].stays = true;
	return 0;
}

static int add_partnered(struct kb_changes *changes, const struct side *from,
			 const struct side *to, const struct entry *entry)
{
	const struct entry *new = &to->entries[entry->index];
	const struct entry *old = &from->entries[entry->partner];
	struct kb_change change = { .from_line = old->line, .to_line = new->line };
	int r = 0;

	if (!entry->stays) {
		change.kind = KB_CHANGE_MOVED;
		r = add_texts(changes, change, NULL, entry->text);
	}
	if (!r && !same(old->tell, new->tell)) {
		change.kind = KB_CHANGE_TELL;
		r = add_texts(changes, change, old->tell, new->tell);
	}
	return r;
}

static int compare_sides(struct kb_changes *changes, struct side *from, struct side *to)
{
	struct kb_change change;
	const struct entry *entry;
	uint32_t i;
	int r;

	pair(from, to);
	r = mark_stays(to);
	for (i = 0; !r && i < from->n; i++) {
		entry = &from->entries[i];
		change = (struct kb_change){ .kind = KB_CHANGE_REMOVED,
					     .from_line = entry->line };
		if (entry->partner == NOWHERE)
			r = add_texts(changes, change, NULL, entry->text);
	}
	for (i = 0; !r && i < to->n; i++) {
		entry = &to->entries[i];
		change = (struct kb_change){ .kind = KB_CHANGE_ADDED,
					     .to_line = entry->line };
		if (entry->partner == NOWHERE)
			r = add_texts(changes, change, NULL, entry->text);
		else
			r = add_partnered(changes, from, to, entry);
	}
	return r;
}

static int compare_rules(struct kb_changes *changes, const struct kind *kind,
			 const struct kb_policy *from, const struct kb_policy *to)
{
	struct side sides[2] = { 0 };
	int r;

	r = open_side(&sides[0], kind, from);
	r = r ?: open_side(&sides[1], kind, to);
	r = r ?: compare_sides(changes, &sides[0], &sides[1]);
	close_side(&sides[0]);
	close_side(&sides[1]);
	return r;
}

int kb_diff(const struct kb_diff_side *from, const struct kb_diff_side *to, struct kb_changes *ret)
{
	const struct kb_policy *const policies[2] = { from->policy, to->policy };
	const struct kb_agent_policy *const agents[2] = { from->agent, to->agent };
	struct kb_changes changes = { 0 };
	size_t i;
	int r;

	r = compare_keys(&changes, from->policy, to->policy);
	r = r ?: kb_diff_agent(&changes, policies, agents);
	r = r ?: kb_diff_net(&changes, from->policy, to->policy);
	for (i = 0; !r && i < ARRAY_SIZE(kinds); i++)
		r = compare_rules(&changes, &kinds[i], from->policy, to->policy);
	if (r < 0) {
		kb_changes_done(&changes);
		return r;
	}
	*ret = changes;
	return 0;
}

void kb_changes_done(struct kb_changes *changes)
{
	size_t i;

	for (i = 0; i < changes->n; i++) {
		free(changes->list[i].key);
		free(changes->list[i].from);
		free(changes->list[i].to);
	}
	free(changes->list);
	*changes = (struct kb_changes){ 0 };
}

const char *kb_change_name(enum kb_change_kind kind)
{
	static const char *const names[KB_CHANGE_KIND_MAX] = {
		[KB_CHANGE_KEY] = "changed",	 [KB_CHANGE_REMOVED] = "removed",
		[KB_CHANGE_ADDED] = "added",	 [KB_CHANGE_MOVED] = "moved",
		[KB_CHANGE_TELL] = "tell",
	};

	return names[kind];
}
