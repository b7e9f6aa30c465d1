// SPDX-License-Identifier: GPL-2.0-or-later
/* Who this terminal is. */
#include "agent/terminal.h"

#include <unistd.h>

#include "agent/paths.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/read.h"

struct identity {
	const char *municipality, *group, *name;
};

static const struct kb_key terminal_keys[] = {
	{ .name = "municipality", .type = KB_TYPE_NAME, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_MUNICIPALITY_MAX, .offset = offsetof(struct identity, municipality),
	  .text = N_("The municipality's code."), .example = "\"131016\"" },
	{ .name = "group", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_GROUP_MAX, .offset = offsetof(struct identity, group),
	  .text = N_("The group of terminals this one belongs to."), .example = "shared-terminals" },
	{ .name = "name", .type = KB_TYPE_STRING, .min = 1, .max = KB_NAME_MAX,
	  .offset = offsetof(struct identity, name),
	  .text = N_("This terminal's name, by which carry-out grants know it."), .example = "pc-0123",
	  .fallback = N_("the host's name") },
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

static int read_file(const char *dir, struct kb_arena *arena, struct identity *ret,
		     struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	KB_FREE char *path = kb_path_join(dir, KB_TERMINAL_FILE);
	KB_FREE uint8_t *text = NULL;
	size_t len;
	int r;

	if (!path)
		return -ENOMEM;
	r = kb_file_read(path, KB_TEXT_MAX, &text, &len);
	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	r = read_identity(text, len, arena, &diags, ret);
	if (r && diags.first)
		return kb_fault(ret_fault, r, "%s:%u:%u: %s", path, diags.first->line,
				diags.first->column, diags.first->text);
	return r ? kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r)) : 0;
}

int kb_terminal_read(const char *dir, struct kb_terminal *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_arena_done) struct kb_arena arena = {};
	struct identity identity = {};
	int r = read_file(dir, &arena, &identity, ret_fault);

	if (r)
		return r;
	*ret = (struct kb_terminal){};
	snprintf(ret->municipality, sizeof(ret->municipality), "%s", identity.municipality);
	snprintf(ret->group, sizeof(ret->group), "%s", identity.group);
	return 0;
}

int kb_terminal_name(const char *dir, char ret[static KB_NAME_MAX + 1], struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_arena_done) struct kb_arena arena = {};
	struct identity identity = {};
	char host[KB_NAME_MAX + 1] = "";
	int r = read_file(dir, &arena, &identity, ret_fault);

	if (r)
		return r;
	/* a name that was cut would be another terminal's */
	if (!identity.name && (gethostname(host, sizeof(host)) || host[sizeof(host) - 1] || !*host))
		return kb_fault(ret_fault, -ENAMETOOLONG,
				_("this host's name cannot be used; write \"name\" into %s"),
				KB_TERMINAL_FILE);
	snprintf(ret, KB_NAME_MAX + 1, "%s", identity.name ?: host);
	return 0;
}
