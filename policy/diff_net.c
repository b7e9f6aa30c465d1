// SPDX-License-Identifier: GPL-2.0-or-later
/* What changes outside the rules of links and paths. */
#include "policy/diff_net.h"

#include "policy/address.h"
#include "policy/cleanup.h"
#include "policy/net.h"
#include "policy/prefixes.h"
#include "policy/render.h"

#define KEY_SIZE	(KB_NAME_MAX + 32)

static const char *bypass_word(const struct kb_link_policy *link)
{
	return link->bypass == KB_ACTION_ALLOW ? "report" : "refuse";
}

static int diff_link(struct kb_changes *changes, const struct kb_link_policy *from,
		     const struct kb_link_policy *to)
{
	int r = 0;

	r = r ?: kb_diff_key(changes, "mode.link", kb_render_mode(from->mode), kb_render_mode(to->mode));
	r = r ?: kb_diff_key(changes, "link.default", kb_render_action(from->def),
			     kb_render_action(to->def));
	r = r ?: kb_diff_key(changes, "link.bypass", bypass_word(from), bypass_word(to));
	return r ?: kb_diff_key(changes, "link.tell", from->tell, to->tell);
}

static int diff_screen(struct kb_changes *changes, u32 from, u32 to)
{
	static const char *const keys[KB_SCREEN_KEYS] = {
		"paths.screen.clipboard", "paths.screen.drives",     "paths.screen.printers",
		"paths.screen.smartcard", "paths.screen.sound",	     "paths.screen.microphone",
		"paths.screen.usb",
	};
	unsigned int i;
	int r = 0;

	for (i = 0; !r && i < ARRAY_SIZE(keys); i++)
		r = kb_diff_key(changes, keys[i], kb_render_action(from >> i & 1),
				kb_render_action(to >> i & 1));
	return r;
}

/* A policy without paths says nothing about it: what holds is told as if it were the default. */
static u32 screen_of(const struct kb_path_policy *paths)
{
	return kb_net_has_paths(paths) ? paths->screen : KB_SCREEN_SMARTCARD | KB_SCREEN_SOUND;
}

static int diff_paths(struct kb_changes *changes, const struct kb_path_policy *from,
		      const struct kb_path_policy *to)
{
	int r = 0;

	r = r ?: kb_diff_key(changes, "mode.path", kb_render_mode(from->mode), kb_render_mode(to->mode));
	r = r ?: kb_diff_key(changes, "paths.essential.dhcp", kb_render_action(from->dhcp),
			     kb_render_action(to->dhcp));
	r = r ?: kb_diff_key(changes, "paths.peers", kb_render_action(from->peers),
			     kb_render_action(to->peers));
	r = r ?: kb_diff_key(changes, "paths.inbound", kb_render_action(from->inbound),
			     kb_render_action(to->inbound));
	r = r ?: kb_diff_key(changes, "paths.discovery", kb_render_action(from->discovery),
			     kb_render_action(to->discovery));
	r = r ?: kb_diff_key(changes, "paths.other", kb_render_action(from->other),
			     kb_render_action(to->other));
	r = r ?: diff_screen(changes, screen_of(from), screen_of(to));
	return r ?: kb_diff_key(changes, "paths.tell", from->tell, to->tell);
}

/* A policy with all its prefixes. */
struct side {
	const struct kb_path_policy *paths;
	struct kb_prefix *prefixes;
	u32 n;
};

static const struct kb_network *find_network(const struct side *side, const char *name, u32 *ret_index)
{
	u32 i;

	for (i = 0; i < side->paths->n_networks; i++) {
		if (strcmp(side->paths->networks[i].name, name))
			continue;
		*ret_index = i;
		return &side->paths->networks[i];
	}
	return NULL;
}

/* Prefixes of @one that @other lacks, as text; NULL in *ret when there are none. 0 or -ENOMEM. */
static int missing(const struct kb_prefix *one, u32 n_one, const struct kb_prefix *other,
		   u32 n_other, char **ret)
{
	char prefix[KB_ADDRESS_SIZE], *text = NULL;
	FILE *out = NULL;
	size_t len;
	u32 i, k = 0;

	for (i = 0; i < n_one; i++) {
		while (k < n_other && kb_prefix_compare(&other[k], &one[i]) < 0)
			k++;
		if (k < n_other && !kb_prefix_compare(&other[k], &one[i]))
			continue;
		if (!out) {
			out = open_memstream(&text, &len);
			if (!out)
				return -ENOMEM;
		} else {
			fputs(", ", out);
		}
		kb_prefix_to_text(&one[i], prefix);
		fputs(prefix, out);
	}
	if (out && fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

/* The slice of network @index; none for NULL. */
static const struct kb_prefix *slice(const struct side *side, const struct kb_network *network,
				     u32 index, u32 *ret_n)
{
	u32 first;

	*ret_n = 0;
	if (!network)
		return NULL;
	first = kb_prefixes_of(side->prefixes, side->n, index, ret_n);
	return side->prefixes + first;
}

static int diff_network(struct kb_changes *changes, const struct side *from, const struct side *to,
			const char *name)
{
	const struct kb_network *old, *new;
	const struct kb_prefix *before, *after;
	KB_FREE char *taken = NULL, *added = NULL;
	u32 old_index = 0, new_index = 0, n_before, n_after;
	char key[KEY_SIZE];
	int r;

	old = find_network(from, name, &old_index);
	new = find_network(to, name, &new_index);
	before = slice(from, old, old_index, &n_before);
	after = slice(to, new, new_index, &n_after);
	r = missing(before, n_before, after, n_after, &taken);
	r = r ?: missing(after, n_after, before, n_before, &added);
	snprintf(key, sizeof(key), "networks.%s", name);
	if (!r && (taken || added))
		r = kb_diff_key(changes, key, taken, added);
	snprintf(key, sizeof(key), "paths.protected.%s", name);
	return r ?: kb_diff_key(changes, key, old && old->is_protected ? "true" : NULL,
				new && new->is_protected ? "true" : NULL);
}

/* Networks that are written as addresses change with the rules that name them. */
static bool is_told(const struct kb_network *network)
{
	struct kb_prefix prefix;

	return network->is_protected || kb_prefix_parse(network->name, &prefix) < 0;
}

static int diff_networks(struct kb_changes *changes, const struct side *from,
			 const struct side *to)
{
	const struct kb_network *network;
	u32 i, index;
	int r = 0;

	for (i = 0; !r && i < from->paths->n_networks; i++) {
		network = &from->paths->networks[i];
		if (is_told(network))
			r = diff_network(changes, from, to, network->name);
	}
	for (i = 0; !r && i < to->paths->n_networks; i++) {
		network = &to->paths->networks[i];
		if (!is_told(network))
			continue;
		/* Those of both were compared already, unless only this side tells of it. */
		if (!find_network(from, network->name, &index) ||
		    !is_told(&from->paths->networks[index]))
			r = diff_network(changes, from, to, network->name);
	}
	return r;
}

int kb_diff_net(struct kb_changes *changes, const struct kb_policy *from,
		const struct kb_policy *to)
{
	struct side a = { .paths = &from->paths }, b = { .paths = &to->paths };
	int r;

	r = kb_prefixes_list(from, &a.prefixes, &a.n);
	r = r ?: kb_prefixes_list(to, &b.prefixes, &b.n);
	r = r ?: diff_link(changes, &from->link, &to->link);
	r = r ?: diff_networks(changes, &a, &b);
	r = r ?: diff_paths(changes, a.paths, b.paths);
	free(a.prefixes);
	free(b.prefixes);
	return r;
}
