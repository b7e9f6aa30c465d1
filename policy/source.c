// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy wherever it comes from. */
#include "policy/source.h"

#include <errno.h>
#include <string.h>

#include "policy/bundle.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/text.h"

#define USTAR_MAGIC_AT	257		/* POSIX.1-1988 ustar header */

static int load_blob(const void *blob, size_t len, struct kb_source *ret,
		     struct kb_fault *ret_fault)
{
	struct kb_blob_error error = { 0 };
	int r = kb_policy_parse(blob, len, &ret->parsed, &error);

	if (!r)
		r = kb_agent_policy_read(ret->parsed, &ret->read, &error);
	if (r < 0) {
		kb_policy_free(ret->parsed);
		ret->parsed = NULL;
		return kb_fault(ret_fault, r == -ENOMEM ? r : -EBADMSG,
				_("not a compiled policy: %s"), error.text);
	}
	ret->policy = ret->parsed;
	ret->agent = ret->read;
	return 0;
}

static int load_bundle(const void *data, size_t len, struct kb_source *ret,
		       struct kb_fault *ret_fault)
{
	struct kb_bundle bundle = { 0 };
	int r = kb_bundle_decode(data, len, &bundle, ret_fault);

	if (r < 0)
		return r;
	r = load_blob(bundle.members[KB_BUNDLE_BLOB].data, bundle.members[KB_BUNDLE_BLOB].len, ret,
		      ret_fault);
	kb_bundle_done(&bundle);
	return r;
}

enum kb_source_kind kb_source_kind(const void *data, size_t len)
{
	if (len >= KB_BLOB_MAGIC_LEN && !memcmp(data, KB_BLOB_MAGIC, KB_BLOB_MAGIC_LEN))
		return KB_SOURCE_BLOB;
	if (len >= USTAR_MAGIC_AT + 5 && !memcmp((const char *)data + USTAR_MAGIC_AT, "ustar", 5))
		return KB_SOURCE_BUNDLE;
	return KB_SOURCE_TEXT;
}

int kb_source_load(const char *path, struct kb_diags *diags, struct kb_source *ret,
		   struct kb_fault *ret_fault)
{
	struct kb_source source = { 0 };
	KB_FREE uint8_t *data = NULL;
	size_t len;
	int r;

	r = kb_file_read(path, KB_BUNDLE_MAX, &data, &len);
	if (r < 0)
		return kb_fault(ret_fault, r, "%s: %s", path, strerror(-r));
	source.kind = kb_source_kind(data, len);
	if (source.kind == KB_SOURCE_BLOB) {
		r = load_blob(data, len, &source, ret_fault);
	} else if (source.kind == KB_SOURCE_BUNDLE) {
		r = load_bundle(data, len, &source, ret_fault);
	} else {
		r = kb_text_parse((const char *)data, len, diags, &source.model);
		if (!r) {
			source.policy = &source.model->policy;
			source.agent = &source.model->agent;
		}
	}
	if (r < 0)
		return r;
	*ret = source;
	return 0;
}

const char *kb_source_text(const struct kb_source *source, const char *path)
{
	return source->kind == KB_SOURCE_TEXT ? path : NULL;
}

void kb_source_done(struct kb_source *source)
{
	kb_model_free(source->model);
	kb_agent_policy_free(source->read);
	kb_policy_free(source->parsed);
	*source = (struct kb_source){ 0 };
}
