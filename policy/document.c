// SPDX-License-Identifier: GPL-2.0-or-later
/* A YAML text as a tree of nodes that know where they stand. */
#include "policy/document.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "policy/i18n.h"
#include "policy/syntax.h"
#include "policy/utf8.h"

struct builder {
	struct kb_arena *arena;
	struct kb_diags *diags;
	const char *text;
	size_t len;
	yaml_parser_t parser;
	struct kb_node *stack[KB_DOCUMENT_DEPTH_MAX];
	struct kb_node *keys[KB_DOCUMENT_DEPTH_MAX];	/* key that waits for its value */
	unsigned int depth;
	unsigned int documents;
	struct kb_node *root;
};

/* What libyaml says; listed so that the catalogue can know the sentences. */
static const char *const libyaml_texts[] __attribute__((unused)) = {
	N_("did not find expected key"),
	N_("did not find expected '-' indicator"),
	N_("did not find expected ',' or ']'"),
	N_("did not find expected ',' or '}'"),
	N_("did not find expected node content"),
	N_("did not find expected <document start>"),
	N_("could not find expected ':'"),
	N_("mapping values are not allowed in this context"),
	N_("block sequence entries are not allowed in this context"),
	N_("found character that cannot start any token"),
	N_("found a tab character that violates indentation"),
	N_("found a tab character where an indentation space is expected"),
	N_("found unexpected end of stream"),
	N_("found unknown escape character"),
	N_("control characters are not allowed"),
};

static void complain(struct builder *b, yaml_mark_t mark, const char *code, const char *text)
{
	kb_diags_add(b->diags, KB_DIAG_ERROR, mark.line + 1, mark.column + 1, code, "%s", text);
}

static int refuse_alias(struct builder *b, yaml_mark_t mark)
{
	complain(b, mark, "alias",
		 _("aliases (*name) are not part of the policy language; write the value out (in quotes if it begins with a star)"));
	return -EBADMSG;
}

static int syntax_error(struct builder *b)
{
	const yaml_parser_t *parser = &b->parser;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	/* "usb: *:*" without quotes. */
	if (parser->context && !strcmp(parser->context, "while scanning an alias"))
		return refuse_alias(b, parser->context_mark);
	kb_syntax_explain(parser, b->text, b->len, b->diags);
	return -EBADMSG;
}

static struct kb_node *new_node(struct builder *b, enum kb_node_type type, yaml_mark_t mark)
{
	struct kb_node *node = kb_arena_alloc(b->arena, sizeof(*node));

	if (node) {
		node->type = type;
		node->line = mark.line + 1;
		node->column = mark.column + 1;
	}
	return node;
}

/* A key must be a scalar, new in its mapping, and no merge key. */
static int take_key(struct builder *b, struct kb_node *map, struct kb_node *key)
{
	const struct kb_node *child;

	if (key->type != KB_NODE_SCALAR) {
		kb_diags_add(b->diags, KB_DIAG_ERROR, key->line, key->column, "key-type",
			     _("a key must be a word, not a list or mapping"));
		return -EBADMSG;
	}
	if (!strcmp(key->text, "<<") && !key->quoted) {
		kb_diags_add(b->diags, KB_DIAG_ERROR, key->line, key->column, "merge-key",
			     _("merge keys (<<) are not part of the policy language; write the keys out"));
		return -EBADMSG;
	}
	for (child = map->first; child; child = child->next) {
		if (strcmp(child->key->text, key->text))
			continue;
		kb_diags_add(b->diags, KB_DIAG_ERROR, key->line, key->column, "duplicate-key",
			     _("key '%s' stands here a second time; the first is in line %u"),
			     key->text, child->key->line);
		/* Kept going: the second value is read and then dropped. */
		break;
	}
	if (map->n >= KB_DOCUMENT_KEYS_MAX) {
		kb_diags_add(b->diags, KB_DIAG_ERROR, key->line, key->column, "too-many-keys",
			     _("more than %d keys in one mapping"), KB_DOCUMENT_KEYS_MAX);
		return -EBADMSG;
	}
	b->keys[b->depth - 1] = key;
	return 0;
}

static int attach(struct builder *b, struct kb_node *node)
{
	struct kb_node *parent;

	if (!b->depth) {
		b->root = node;
		return 0;
	}
	parent = b->stack[b->depth - 1];
	if (parent->type == KB_NODE_MAP) {
		if (!b->keys[b->depth - 1])
			return take_key(b, parent, node);
		node->key = b->keys[b->depth - 1];
		b->keys[b->depth - 1] = NULL;
	}
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	parent->n++;
	return 0;
}

static int open_container(struct builder *b, enum kb_node_type type, const yaml_event_t *event)
{
	struct kb_node *node = new_node(b, type, event->start_mark);
	int r;

	if (!node)
		return -ENOMEM;
	r = attach(b, node);
	if (r < 0)
		return r;
	if (b->depth == KB_DOCUMENT_DEPTH_MAX) {
		kb_diags_add(b->diags, KB_DIAG_ERROR, node->line, node->column, "too-deep",
			     _("nested more than %d levels deep"), KB_DOCUMENT_DEPTH_MAX);
		return -EBADMSG;
	}
	b->keys[b->depth] = NULL;
	b->stack[b->depth++] = node;
	return 0;
}

static bool has_hidden(const char *text, size_t len)
{
	size_t step;

	for (; len; text += step, len -= step) {
		step = kb_utf8_char(text, len);
		if (!step || kb_utf8_hidden(text, step))
			return true;
	}
	return false;
}

static int take_scalar(struct builder *b, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	struct kb_node *node;

	/* Block scalars bring the line's end along. */
	while (len && text[len - 1] == '\n')
		len--;
	node = new_node(b, KB_NODE_SCALAR, event->start_mark);
	if (!node)
		return -ENOMEM;
	if (has_hidden(text, len)) {
		kb_diags_add(b->diags, KB_DIAG_ERROR, node->line, node->column, "control-character",
			     _("a text must not contain control characters or line breaks"));
		text = "";
		len = 0;
	}
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	node->text = kb_arena_strndup(b->arena, text, len);
	return node->text ? attach(b, node) : -ENOMEM;
}

/* Anchors and tags change what a reader sees; a policy must mean what it shows. */
static int refuse_decoration(struct builder *b, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor) {
		complain(b, event->start_mark, "anchor",
			 _("anchors (&name) are not part of the policy language; write the value out"));
		return -EBADMSG;
	}
	if (tag) {
		complain(b, event->start_mark, "tag",
			 _("tags (!name) are not part of the policy language; leave it away"));
		return -EBADMSG;
	}
	return 0;
}

static int start_document(struct builder *b, const yaml_event_t *event)
{
	if (event->data.document_start.version_directive ||
	    event->data.document_start.tag_directives.start !=
		    event->data.document_start.tag_directives.end) {
		complain(b, event->start_mark, "directive",
			 /* xgettext:no-c-format */ _("directives (%YAML, %TAG) are not part of the policy language"));
		return -EBADMSG;
	}
	if (b->documents++) {
		complain(b, event->start_mark, "documents",
			 _("a second document starts here; one file holds one document"));
		return -EBADMSG;
	}
	return 0;
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
	int r = refuse_decoration(b, event);

	if (r < 0)
		return r;
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(b, event);
	case YAML_ALIAS_EVENT:
		return refuse_alias(b, event->start_mark);
	case YAML_SCALAR_EVENT:
		return take_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_container(b, KB_NODE_LIST, event);
	case YAML_MAPPING_START_EVENT:
		return open_container(b, KB_NODE_MAP, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return 0;
	default:
		return 0;
	}
}

static int build(struct builder *b)
{
	yaml_event_t event;
	bool end;
	int r;

	do {
		if (!yaml_parser_parse(&b->parser, &event))
			return syntax_error(b);
		end = event.type == YAML_STREAM_END_EVENT;
		r = take_event(b, &event);
		yaml_event_delete(&event);
		if (r < 0)
			return r;
	} while (!end);
	return 0;
}

/*
 * Who reads the text must see what it says, comments included: no direction
 * marks, no separators that look like nothing.
 */
static int check_visible(const char *text, size_t len, struct kb_diags *diags)
{
	uint32_t line, column;
	size_t at = 0, step;

	for (; at < len; at += step) {
		step = kb_utf8_char(text + at, len - at);
		if (step < 2 || !kb_utf8_hidden(text + at, step))
			continue;
		kb_utf8_place(text, at, &line, &column);
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "invisible",
			     _("an invisible character (U+%04X) stands here; remove it"),
			     kb_utf8_point(text + at, step));
		return -EBADMSG;
	}
	return 0;
}

static int check_bytes(const char *text, size_t len, struct kb_diags *diags)
{
	uint32_t line, column;

	if (len > KB_TEXT_MAX) {
		kb_diags_add(diags, KB_DIAG_ERROR, 0, 0, "too-long",
			     _("the text has %zu bytes, more than %d"), len, KB_TEXT_MAX);
		return -EBADMSG;
	}
	if (!kb_utf8_check(text, len, &line, &column)) {
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "utf8",
			     _("not UTF-8; save the file as UTF-8"));
		return -EBADMSG;
	}
	return check_visible(text, len, diags);
}

int kb_document_parse(const char *text, size_t len, struct kb_arena *arena,
		      struct kb_diags *diags, struct kb_node **ret_root)
{
	struct builder b = { .arena = arena, .diags = diags };
	unsigned int errors = diags->counts[KB_DIAG_ERROR];
	int r;

	/* A byte order mark is what some editors put in front of UTF-8. */
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		len -= 3;
	}
	b.text = text;
	b.len = len;
	r = check_bytes(text, len, diags);
	if (r < 0)
		return r;
	if (!yaml_parser_initialize(&b.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, len);
	r = build(&b);
	yaml_parser_delete(&b.parser);
	if (r < 0)
		return r;
	if (!b.root) {
		kb_diags_add(diags, KB_DIAG_ERROR, 1, 1, "empty", _("the text is empty"));
		return -EBADMSG;
	}
	if (diags->counts[KB_DIAG_ERROR] > errors)
		return -EBADMSG;
	*ret_root = b.root;
	return 0;
}

const struct kb_node *kb_node_get(const struct kb_node *map, const char *key)
{
	const struct kb_node *child;

	if (!map || map->type != KB_NODE_MAP)
		return NULL;
	for (child = map->first; child; child = child->next)
		if (!strcmp(child->key->text, key))
			return child;
	return NULL;
}
