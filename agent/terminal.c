// SPDX-License-Identifier: GPL-2.0-or-later
/* Who this terminal is. */
#include "agent/terminal.h"

#include "agent/paths.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/read.h"

struct identity {
	const char *municipality, *group;
};

static const struct kb_key terminal_keys[] = {
	{ .name = "municipality", .type = KB_TYPE_NAME, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_MUNICIPALITY_MAX, .offset = offsetof(struct identity, municipality),
	  .text = N_("The municipality's code."), .example = "\"131016\"" },
	{ .name = "group", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_GROUP_MAX, .offset = offsetof(struct identity, group),
	  .text = N_("The group of terminals this one belongs to."), .example = "shared-terminals" },
	{}
};

static const struct kb_key root_keys[] = {
	{ .name = "terminal", .type = KB_TYPE_MAP, .flags = KB_KEY_NEEDED, .keys = terminal_keys,
	  .text = N_("Who this terminal is."), .example = "{municipality: \"131016\", group: g}" },
	{}
};

static int read_identity(const uint8_t *text, size_t len, struct kb_arena *arena,
			 struct kb_diags *diags, struct identity *ret)
{
	struct kb_reader reader = { .arena = arena, .diags = diags };
	struct kb_node *root;
	int r = kb_document_parse((const char *)text, len, arena, diags, &root);

	return r ?: kb_read_map(&reader, root_keys, root, ret);
}

int kb_terminal_read(const char *dir, struct kb_terminal *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	KB_CLEANUP(kb_arena_done) struct kb_arena arena = {};
	struct identity identity = {};
	KB_FREE char *path = kb_path_join(dir, KB_TERMINAL_FILE);
	KB_FREE uint8_t *text = NULL;
	size_t len;
	int r;

	if (!path)
		return -ENOMEM;
	r = kb_file_read(path, KB_TEXT_MAX, &text, &len);
	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	r = read_identity(text, len, &arena, &diags, &identity);
	if (r && diags.first)
		return kb_fault(ret_fault, r, "%s:%u:%u: %s", path, diags.first->line,
				diags.first->column, diags.first->text);
	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	*ret = (struct kb_terminal){};
	snprintf(ret->municipality, sizeof(ret->municipality), "%s", identity.municipality);
	snprintf(ret->group, sizeof(ret->group), "%s", identity.group);
	return 0;
}
