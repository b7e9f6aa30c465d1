// SPDX-License-Identifier: GPL-2.0-or-later
/* What a beacon says of itself. */
#include "agent/beacon/config.h"

#include <errno.h>
#include <string.h>

#include "agent/beacon/message.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/read.h"

struct text {
	const char *site, *name, *zone, *key;
	const char **interfaces;
	uint8_t n_interfaces;
	bool unicast;
	uint32_t port;
};

static const struct kb_key keys[] = {
	{ .name = "site", .type = KB_TYPE_NAME, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_BEACON_SITE_MAX, .offset = offsetof(struct text, site),
	  .text = N_("The municipality's code."), .example = "\"131016\"" },
	{ .name = "name", .type = KB_TYPE_NAME, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_NAME_MAX, .offset = offsetof(struct text, name), .example = "beacon-1" },
	{ .name = "zone", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_NAME_MAX, .offset = offsetof(struct text, zone), .example = "madoguchi" },
	{ .name = "key", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_FILE_MAX, .offset = offsetof(struct text, key),
	  .example = "/etc/kidoban/beacon.key" },
	{ .name = "interfaces", .type = KB_TYPE_IFNAME, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_IFNAME_MAX, .offset = offsetof(struct text, interfaces),
	  .count_offset = offsetof(struct text, n_interfaces), .example = "[eth0]" },
	{ .name = "unicast", .type = KB_TYPE_BOOL, .offset = offsetof(struct text, unicast),
	  .example = "true" },
	{ .name = "port", .type = KB_TYPE_UINT, .min = 1, .max = 65535,
	  .offset = offsetof(struct text, port), .example = "5869" },
	{}
};

void kb_beacon_config_free(struct kb_beacon_config *config)
{
	uint32_t i;

	if (!config)
		return;
	for (i = 0; i < config->n_interfaces; i++)
		free(config->interfaces[i]);
	free(config->interfaces);
	free(config->site);
	free(config->name);
	free(config->zone);
	free(config->key);
	free(config);
}

/* "DIR of @path/@key", or @key as it is when it is absolute. */
static char *beside(const char *path, const char *key)
{
	const char *slash = strrchr(path, '/');
	KB_FREE char *dir = NULL;

	if (*key == '/' || !slash)
		return strdup(key);
	dir = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	return dir ? kb_path_join(dir, key) : NULL;
}

static int copy(const struct text *text, const char *path, struct kb_beacon_config **ret)
{
	KB_CLEANUP(kb_beacon_config_free_p) struct kb_beacon_config *config =
		calloc(1, sizeof(*config));

	if (!config)
		return -ENOMEM;
	config->site = strdup(text->site);
	config->name = strdup(text->name);
	config->zone = strdup(text->zone);
	config->key = beside(path, text->key);
	config->interfaces = calloc(text->n_interfaces + 1, sizeof(*config->interfaces));
	if (!config->site || !config->name || !config->zone || !config->key || !config->interfaces)
		return -ENOMEM;
	for (; config->n_interfaces < text->n_interfaces; config->n_interfaces++) {
		config->interfaces[config->n_interfaces] =
			strdup(text->interfaces[config->n_interfaces]);
		if (!config->interfaces[config->n_interfaces])
			return -ENOMEM;
	}
	config->unicast = text->unicast;
	config->port = text->port;
	*ret = config;
	config = NULL;
	return 0;
}

static int read_text(const uint8_t *bytes, size_t len, struct kb_arena *arena,
		     struct kb_diags *diags, struct text *ret)
{
	struct kb_reader reader = { .arena = arena, .diags = diags };
	struct kb_node *root;
	int r = kb_document_parse((const char *)bytes, len, arena, diags, &root);

	return r ?: kb_read_map(&reader, keys, root, ret);
}

int kb_beacon_config_read(const char *path, struct kb_beacon_config **ret,
			  struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	KB_CLEANUP(kb_arena_done) struct kb_arena arena = {};
	struct text text = { .port = KB_BEACON_PORT };
	KB_FREE uint8_t *bytes = NULL;
	size_t len;
	int r;

	r = kb_file_read(path, KB_TEXT_MAX, &bytes, &len);
	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	r = read_text(bytes, len, &arena, &diags, &text);
	if (r && diags.first)
		return kb_fault(ret_fault, r, "%s:%u:%u: %s", path, diags.first->line,
				diags.first->column, diags.first->text);
	if (!r)
		r = copy(&text, path, ret);
	return r ? kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r)) : 0;
}
