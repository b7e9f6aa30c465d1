// SPDX-License-Identifier: GPL-2.0-or-later
/* What the agent knows of the place, as a file (P1, P2). */
#include "agent/place/account.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "agent/json.h"
#include "policy/cleanup.h"
#include "policy/document.h"
#include "policy/file.h"

static const char *const class_ids[] = {
	[KB_EVIDENCE_CRYPTOGRAPHIC] = "cryptographic",
	[KB_EVIDENCE_PHYSICAL] = "physical",
	[KB_EVIDENCE_WEAK] = "weak",
};

void kb_account_done(struct kb_account *account)
{
	free(account->places);
	account->places = NULL;
}

static void put_or_null(struct kb_json *out, const char *key, const char *text)
{
	kb_json_text(out, key, text[0] ? text : NULL);
}

static void put_piece(struct kb_json *out, const struct kb_account_piece *piece)
{
	kb_json_open(out, NULL, '{');
	kb_json_text(out, "kind", piece->kind);
	kb_json_text(out, "class", class_ids[piece->class]);
	kb_json_text(out, "text", piece->text);
	kb_json_text(out, "presence", piece->presence);
	kb_json_bool(out, "hard", piece->hard);
	kb_json_bool(out, "veto", piece->veto);
	kb_json_text(out, "detail", piece->detail);
	kb_json_close(out, '}');
}

/* One sentence a line becomes a list. */
static void put_advice(struct kb_json *out, const struct kb_account *account,
		       const struct kb_account_place *place)
{
	KB_FREE char *text = NULL;
	char *rest, *line;

	kb_json_open(out, "advice", '[');
	if (!kb_account_advice(account, place, &text))
		for (rest = text; (line = strsep(&rest, "\n")) != NULL;)
			if (*line)
				kb_json_text(out, NULL, line);
	kb_json_close(out, ']');
}

static void put_place(struct kb_json *out, const struct kb_account *account,
		      const struct kb_account_place *place)
{
	u32 i;

	kb_json_open(out, NULL, '{');
	kb_json_text(out, "zone", place->zone);
	put_or_null(out, "label", place->label);
	kb_json_text(out, "standing", place->standing);
	kb_json_uint(out, "since", place->since);
	kb_json_uint(out, "need", place->need);
	kb_json_uint(out, "grace", place->grace);
	kb_json_bool(out, "lock", place->lock);
	kb_json_bool(out, "cut", place->cut);
	kb_json_open(out, "evidence", '[');
	for (i = 0; i < place->n; i++)
		put_piece(out, &place->pieces[i]);
	kb_json_close(out, ']');
	put_advice(out, account, place);
	kb_json_close(out, '}');
}

static void put_carry(struct kb_json *out, const struct kb_carry_state *carry)
{
	kb_json_open(out, "carry", '{');
	kb_json_text(out, "where", kb_whereabouts_name(carry->where));
	put_or_null(out, "zone", carry->zone);
	kb_json_uint(out, "since", carry->since);
	put_or_null(out, "grant", carry->grant);
	kb_json_uint(out, "until", carry->until);
	kb_json_bool(out, "overdue", carry->overdue);
	kb_json_close(out, '}');
}

void kb_account_put(struct kb_json *out, const char *key, const struct kb_account *account)
{
	u32 i;

	kb_json_open(out, key, '{');
	kb_json_text(out, "mode", account->mode);
	put_or_null(out, "zone", account->zone);
	put_or_null(out, "proven", account->proven);
	put_or_null(out, "veto", account->veto);
	kb_json_uint(out, "written", account->written);
	put_carry(out, &account->carry);
	kb_json_open(out, "places", '[');
	for (i = 0; i < account->n; i++)
		put_place(out, account, &account->places[i]);
	kb_json_close(out, ']');
	kb_json_close(out, '}');
}

int kb_account_write(const struct kb_account *account, const char *path)
{
	KB_FREE char *text = NULL;
	size_t len = 0;
	struct kb_json out = { .out = open_memstream(&text, &len) };

	if (!out.out)
		return -ENOMEM;
	kb_account_put(&out, NULL, account);
	if (fclose(out.out))
		return -ENOMEM;
	return kb_file_replace(path, text, len, 0644);
}

/*
 * Reading is as strict as it needs to be: what is not there stays empty, what has the wrong
 * form is an error.
 */
struct source {
	const struct kb_node *map;
	bool bad;
};

static const char *get(struct source *in, const char *key)
{
	const struct kb_node *node = kb_node_get(in->map, key);

	if (!node || node->type != KB_NODE_SCALAR) {
		in->bad = true;
		return "";
	}
	return !node->quoted && !strcmp(node->text, "null") ? "" : node->text;
}

static void get_text(struct source *in, const char *key, char *ret, size_t size)
{
	snprintf(ret, size, "%s", get(in, key));
}

static u64 get_uint(struct source *in, const char *key)
{
	const char *text = get(in, key);
	char *end;
	u64 value = strtoull(text, &end, 10);

	in->bad |= *end || end == text;
	return value;
}

static bool get_bool(struct source *in, const char *key)
{
	const char *text = get(in, key);

	in->bad |= strcmp(text, "true") && strcmp(text, "false");
	return !strcmp(text, "true");
}

static int read_piece(const struct kb_node *node, struct kb_account_piece *ret)
{
	struct source in = { .map = node };
	const char *class;

	get_text(&in, "kind", ret->kind, sizeof(ret->kind));
	get_text(&in, "text", ret->text, sizeof(ret->text));
	get_text(&in, "presence", ret->presence, sizeof(ret->presence));
	get_text(&in, "detail", ret->detail, sizeof(ret->detail));
	ret->hard = get_bool(&in, "hard");
	ret->veto = get_bool(&in, "veto");
	class = get(&in, "class");
	for (ret->class = KB_EVIDENCE_CRYPTOGRAPHIC; ret->class <= KB_EVIDENCE_WEAK; ret->class++)
		if (!strcmp(class, class_ids[ret->class]))
			return in.bad ? -EBADMSG : 0;
	return -EBADMSG;
}

static int read_place(const struct kb_node *node, struct kb_account_place *ret)
{
	const struct kb_node *list = kb_node_get(node, "evidence"), *item;
	struct source in = { .map = node };

	get_text(&in, "zone", ret->zone, sizeof(ret->zone));
	get_text(&in, "label", ret->label, sizeof(ret->label));
	get_text(&in, "standing", ret->standing, sizeof(ret->standing));
	ret->since = get_uint(&in, "since");
	ret->need = (u32)get_uint(&in, "need");
	ret->grace = (u32)get_uint(&in, "grace");
	ret->lock = get_bool(&in, "lock");
	ret->cut = get_bool(&in, "cut");
	if (in.bad || !list || list->type != KB_NODE_LIST || list->n > KB_EVIDENCE_MAX)
		return -EBADMSG;
	for (item = list->first; item; item = item->next)
		if (read_piece(item, &ret->pieces[ret->n++]))
			return -EBADMSG;
	return 0;
}

static int read_carry(const struct kb_node *node, struct kb_carry_state *ret)
{
	struct source in = { .map = node };
	const char *where = get(&in, "where");

	for (ret->where = KB_WHERE_NONE; ret->where < KB_WHERE_OUT; ret->where++)
		if (!strcmp(where, kb_whereabouts_name(ret->where)))
			break;
	get_text(&in, "zone", ret->zone, sizeof(ret->zone));
	get_text(&in, "grant", ret->grant, sizeof(ret->grant));
	ret->since = get_uint(&in, "since");
	ret->until = get_uint(&in, "until");
	ret->overdue = get_bool(&in, "overdue");
	return in.bad || strcmp(where, kb_whereabouts_name(ret->where)) ? -EBADMSG : 0;
}

static int read_root(const struct kb_node *root, struct kb_account *ret)
{
	const struct kb_node *list = kb_node_get(root, "places"), *item;
	struct source in = { .map = root };

	get_text(&in, "mode", ret->mode, sizeof(ret->mode));
	get_text(&in, "zone", ret->zone, sizeof(ret->zone));
	get_text(&in, "proven", ret->proven, sizeof(ret->proven));
	get_text(&in, "veto", ret->veto, sizeof(ret->veto));
	ret->written = get_uint(&in, "written");
	if (in.bad || read_carry(kb_node_get(root, "carry"), &ret->carry) || !list ||
	    list->type != KB_NODE_LIST || list->n > KB_ZONES_MAX)
		return -EBADMSG;
	ret->places = calloc(list->n + 1, sizeof(*ret->places));
	if (!ret->places)
		return -ENOMEM;
	for (item = list->first; item; item = item->next)
		if (read_place(item, &ret->places[ret->n++]))
			return -EBADMSG;
	return 0;
}

int kb_account_read(const char *path, struct kb_account *ret)
{
	KB_CLEANUP(kb_account_done) struct kb_account account = {};
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	KB_CLEANUP(kb_arena_done) struct kb_arena arena = {};
	KB_FREE uint8_t *text = NULL;
	struct kb_node *root;
	size_t len;
	int r;

	r = kb_file_read(path, KB_ACCOUNT_MAX, &text, &len);
	if (!r)
		r = kb_document_parse((const char *)text, len, &arena, &diags, &root);
	if (!r)
		r = read_root(root, &account);
	if (r)
		return r;
	*ret = account;
	account.places = NULL;
	return 0;
}
