// SPDX-License-Identifier: GPL-2.0-or-later
/* Moves nodes of a document into C structures, as a table of keys says. */
#include "policy/read.h"

#include <errno.h>
#include <string.h>

#include <kidoban/usb.h>

#include "policy/i18n.h"
#include "policy/nearest.h"
#include "policy/scalar.h"

#define SCALAR_SIZE_MAX	64	/* largest C type of a scalar, kb_type_infos */

static void complain(struct kb_reader *reader, const struct kb_node *node, const char *code,
		     const char *text)
{
	kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, code, "%s", text);
}

static int wrong_type(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node)
{
	const char *noun = _(kb_type_infos[key->type].noun);

	if (node->type == KB_NODE_SCALAR && !*node->text && !node->quoted)
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "no-value",
			     _("'%s' has no value; write a %s, for example %s"), key->name, noun,
			     key->example);
	else
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "type",
			     _("'%s' must be a %s, for example %s"), key->name, noun, key->example);
	return -EBADMSG;
}

/* Worse of two answers: memory before content before nothing. */
static int worse(int a, int b)
{
	return a == -ENOMEM || b == -ENOMEM ? -ENOMEM : (a < 0 ? a : b);
}

static int read_one(struct kb_reader *reader, const struct kb_key *key, const struct kb_node *node,
		    void *ret)
{
	if (node->type != KB_NODE_SCALAR || (!*node->text && !node->quoted))
		return wrong_type(reader, key, node);
	return kb_scalar_read(reader, key, node, ret);
}

static int read_scalar(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, void *target)
{
	_Alignas(max_align_t) unsigned char value[SCALAR_SIZE_MAX];
	size_t size = kb_type_infos[key->type].size;
	int r = read_one(reader, key, node, value);

	if (!r && !(key->flags & KB_KEY_DROP))
		memcpy((char *)target + key->offset, value, size);
	return r;
}

static int store_list(const struct kb_key *key, void *array, uint32_t n, void *target)
{
	char *base = target;
	uint32_t mask = 0, i;

	if (key->flags & KB_KEY_MASK) {
		for (i = 0; i < n; i++)
			mask |= ((uint32_t *)array)[i];
		memcpy(base + key->offset, &mask, sizeof(mask));
		return 0;
	}
	memcpy(base + key->offset, &array, sizeof(array));
	if (key->flags & KB_KEY_LONG)
		memcpy(base + key->count_offset, &n, sizeof(n));
	else
		*(uint8_t *)(base + key->count_offset) = n;
	return 0;
}

/* One value, or a list of 1..KB_RULE_LIST_MAX (LONG: 1..max). */
static int read_list(struct kb_reader *reader, const struct kb_key *key,
		     const struct kb_node *node, void *target)
{
	uint32_t n = 1, i = 0, max = key->flags & KB_KEY_LONG ? key->max : KB_RULE_LIST_MAX;
	size_t size = kb_type_infos[key->type].size;
	const struct kb_node *child = node;
	char *array;
	int r = 0;

	if (node->type == KB_NODE_LIST) {
		n = node->n;
		child = node->first;
	}
	if (!n || n > max) {
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "list-length",
			     _("'%s' must list 1 to %d values, this has %u"), key->name,
			     (int)max, n);
		return -EBADMSG;
	}
	array = kb_arena_array(reader->arena, n, size);
	if (!array)
		return -ENOMEM;
	for (; i < n; i++, child = child->next)
		r = worse(r, read_one(reader, key, child, array + i * size));
	return r ? r : store_list(key, array, n, target);
}

static int read_count(struct kb_reader *reader, const struct kb_node *node,
		      struct kb_usb_count *ret)
{
	struct kb_nearest nearest = { 0 };
	struct kb_usb_count count = { .class = KB_CLASS_MAX };
	int class;

	if (strcmp(node->key->text, "interfaces")) {
		class = kb_class_by_name(node->key->text);
		if (class < 0) {
			kb_nearest_offer(&nearest, node->key->text, "interfaces");
			for (class = 0; class < KB_CLASS_MAX; class++)
				kb_nearest_offer(&nearest, node->key->text, kb_class_name(class));
			kb_diags_add(reader->diags, KB_DIAG_ERROR, node->key->line,
				     node->key->column, "unknown-key",
				     _("'%s' is no class name; did you mean '%s'?"),
				     node->key->text, nearest.best ?: "interfaces");
			return -EBADMSG;
		}
		count.class = class;
	}
	if (node->type != KB_NODE_SCALAR ||
	    kb_scalar_range(node->text, &count.min, &count.max) < 0) {
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "bad-value",
			     _("the count of '%s' must be a number or range from 0 to 255, for example \"1\", \"1-3\", \"2-\""),
			     node->key->text);
		return -EBADMSG;
	}
	*ret = count;
	return 0;
}

static int read_counts(struct kb_reader *reader, const struct kb_key *key,
		       const struct kb_node *node, void *target)
{
	const struct kb_node *child;
	struct kb_usb_count *counts;
	uint32_t i = 0;
	int r = 0;

	if (node->type != KB_NODE_MAP || !node->n)
		return wrong_type(reader, key, node);
	counts = kb_arena_array(reader->arena, node->n, sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	for (child = node->first; child; child = child->next)
		r = worse(r, read_count(reader, child, &counts[i++]));
	return r ? r : store_list(key, counts, node->n, target);
}

static int read_value(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node, void *target);

/* Room in @target for the entries of @node, all zero; the first is in *@ret_element. */
static int new_elements(struct kb_reader *reader, const struct kb_key *key,
			const struct kb_node *node, void *target, char **ret_element)
{
	char *array;

	if (node->n > key->max) {
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "too-many",
			     _("'%s' has %u entries, more than %u"), key->name, node->n, key->max);
		return -EBADMSG;
	}
	array = kb_arena_array(reader->arena, node->n, key->element_size);
	if (!array)
		return -ENOMEM;
	memcpy((char *)target + key->offset, &array, sizeof(array));
	memcpy((char *)target + key->count_offset, &node->n, sizeof(node->n));
	*ret_element = array;
	return 0;
}

/* Names are the writer's; each value is read as .keys says into an element of its own. */
static int read_named(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node, void *target)
{
	const struct kb_node *child;
	char *element;
	int r;

	if (node->type != KB_NODE_MAP)
		return wrong_type(reader, key, node);
	r = new_elements(reader, key, node, target, &element);
	if (r)
		return r;
	for (child = node->first; child; child = child->next, element += key->element_size) {
		struct kb_key value = *key->keys;

		value.name = child->key->text;
		key->prepare(element, child);
		r = worse(r, read_value(reader, &value, child, element));
	}
	return r;
}

static bool has_word(const struct kb_key *key, const char *text)
{
	const struct kb_word *word;

	for (word = key->words; word && word->name; word++)
		if (!strcmp(word->name, text))
			return true;
	return false;
}

/* The alternative that @node has the form of; NULL when there is none. */
static const struct kb_key *choose(const struct kb_key *alternatives, const struct kb_node *node)
{
	const struct kb_key *key, *first = NULL;
	bool fits;

	for (key = alternatives; key->name; key++) {
		if (node->type == KB_NODE_MAP)
			fits = key->type == KB_TYPE_MAP;
		else if (node->type == KB_NODE_LIST)
			fits = key->type == KB_TYPE_MAPS || key->flags & KB_KEY_LIST;
		else
			fits = key->words;
		if (!fits)
			continue;
		if (node->type != KB_NODE_SCALAR || has_word(key, node->text))
			return key;
		first = first ?: key;
	}
	return first;
}

static int read_value(struct kb_reader *reader, const struct kb_key *key,
		      const struct kb_node *node, void *target)
{
	const struct kb_key *chosen;

	switch (key->type) {
	case KB_TYPE_CHOICE:
		chosen = node->type == KB_NODE_SCALAR && !*node->text ? NULL :
									choose(key->keys, node);
		return chosen ? read_value(reader, chosen, node, target) :
				wrong_type(reader, key, node);
	case KB_TYPE_NAMED:
		return read_named(reader, key, node, target);
	case KB_TYPE_MAP:
		if (node->type != KB_NODE_MAP)
			return wrong_type(reader, key, node);
		if (key->flags & KB_KEY_ONE_OF)
			memcpy((char *)target + key->offset, &key->value, sizeof(key->value));
		return kb_read_map(reader, key->keys, node, target);
	case KB_TYPE_MAPS:
		return kb_read_maps(reader, key, node, target);
	case KB_TYPE_COUNTS:
		return read_counts(reader, key, node, target);
	default:
		if (key->flags & KB_KEY_LIST)
			return read_list(reader, key, node, target);
		return read_scalar(reader, key, node, target);
	}
}

static const struct kb_key *find_key(const struct kb_key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

/* The known key that @word was probably meant to be; NULL when none is near. */
static const char *nearest_key(const struct kb_key *keys, const char *word)
{
	struct kb_nearest nearest = { 0 };

	for (; keys->name; keys++)
		if (keys->type != KB_TYPE_RESERVED)
			kb_nearest_offer(&nearest, word, keys->name);
	return nearest.best;
}

static int unknown_key(struct kb_reader *reader, const struct kb_key *keys,
		       const struct kb_node *node)
{
	const char *nearest = nearest_key(keys, node->text);
	char known[300] = "";
	size_t used;

	for (; keys->name; keys++) {
		if (keys->type == KB_TYPE_RESERVED)
			continue;
		used = strlen(known);
		snprintf(known + used, sizeof(known) - used, "%s%s", used ? ", " : "", keys->name);
	}
	if (strstr(node->text, "\u3000"))
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "unknown-key",
			     _("a full-width space stands in the key '%s'; type plain spaces"), node->text);
	else if (strchr(node->text, ':'))
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "unknown-key",
			     _("a space is missing after the colon in '%s'"), node->text);
	else if (nearest)
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "unknown-key",
			     _("unknown key '%s'; did you mean '%s'?"), node->text, nearest);
	else
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "unknown-key",
			     _("unknown key '%s'; known here: %s"), node->text, known);
	return -EBADMSG;
}

/* Is @name there, be it misspelt? A misspelt key is told once, not as a missing one as well. */
static bool key_meant(const struct kb_key *keys, const struct kb_node *node, const char *name)
{
	const struct kb_node *child;
	const char *nearest;

	for (child = node->first; child; child = child->next) {
		if (!strcmp(child->key->text, name))
			return true;
		if (find_key(keys, child->key->text))
			continue;
		nearest = nearest_key(keys, child->key->text);
		if (nearest && !strcmp(nearest, name))
			return true;
	}
	return false;
}

static int check_needed(struct kb_reader *reader, const struct kb_key *keys,
			const struct kb_node *node)
{
	unsigned int chosen = 0, choices = 0;
	const struct kb_key *key;
	char names[100] = "";
	size_t used;
	int r = 0;

	for (key = keys; key->name; key++) {
		bool there = key_meant(keys, node, key->name);

		if (key->flags & KB_KEY_ONE_OF) {
			choices++;
			chosen += there;
			used = strlen(names);
			snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "",
				 key->name);
		}
		if (!(key->flags & KB_KEY_NEEDED) || there)
			continue;
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "missing-key",
			     _("key '%s' is missing; write for example %s: %s"), key->name,
			     key->name, key->example);
		r = -EBADMSG;
	}
	if (choices && chosen != 1) {
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "one-of",
			     _("exactly one of these must stand here: %s"), names);
		r = -EBADMSG;
	}
	return r;
}

static int reserved_key(struct kb_reader *reader, const struct kb_key *key,
			const struct kb_node *node)
{
	if (key->text)
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "refused-key",
			     _("'%s' is refused: %s"), key->name, _(key->text));
	else
		kb_diags_add(reader->diags, KB_DIAG_ERROR, node->line, node->column, "reserved",
			     _("'%s' is not yet supported by this version"), key->name);
	return -EBADMSG;
}

int kb_read_map(struct kb_reader *reader, const struct kb_key *keys, const struct kb_node *node,
		void *target)
{
	const struct kb_node *child;
	const struct kb_key *key;
	int r = 0;

	if (node->type != KB_NODE_MAP) {
		complain(reader, node, "type", _("a mapping must stand here (key: value)"));
		return -EBADMSG;
	}
	for (child = node->first; child; child = child->next) {
		key = find_key(keys, child->key->text);
		if (!key) {
			r = worse(r, unknown_key(reader, keys, child->key));
		} else if (key->type == KB_TYPE_RESERVED) {
			r = worse(r, reserved_key(reader, key, child->key));
		} else {
			r = worse(r, read_value(reader, key, child, target));
		}
	}
	return worse(r, check_needed(reader, keys, node));
}

int kb_read_maps(struct kb_reader *reader, const struct kb_key *key, const struct kb_node *node,
		 void *target)
{
	const struct kb_node *child;
	char *element;
	int r;

	if (node->type != KB_NODE_LIST)
		return wrong_type(reader, key, node);
	r = new_elements(reader, key, node, target, &element);
	if (r)
		return r;
	for (child = node->first; child; child = child->next, element += key->element_size) {
		if (key->prepare)
			key->prepare(element, child);
		r = worse(r, kb_read_map(reader, key->keys, child, element));
	}
	return r;
}
