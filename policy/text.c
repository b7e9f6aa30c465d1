// SPDX-License-Identifier: GPL-2.0-or-later
/* Policy text to blob. */
#include "policy/text.h"

#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "policy/blob_write.h"
#include "policy/check.h"
#include "policy/i18n.h"

int kb_text_parse(const char *text, size_t len, struct kb_diags *diags,
		  struct kb_model **ret_model)
{
	struct kb_model *model;
	int r = kb_model_parse(text, len, diags, &model);

	if (r < 0)
		return r;
	SHA256((const unsigned char *)text, len, model->policy.header.source_sha256);
	*ret_model = model;
	return 0;
}

/* The kernel's reader, and the agent's, have the last word on what was written. */
static int self_check(const void *blob, size_t len, struct kb_diags *diags)
{
	struct kb_blob_error error = { 0 };
	struct kb_agent_policy *agent;
	struct kb_policy *policy;
	int r = kb_policy_parse(blob, len, &policy, &error);

	if (!r) {
		r = kb_agent_policy_read(policy, &agent, &error);
		kb_policy_free(policy);
	}
	if (!r)
		kb_agent_policy_free(agent);
	if (r == -ENOMEM || !r)
		return r;
	kb_diags_add(diags, KB_DIAG_ERROR, 0, 0, "self-check",
		     _("the compiled policy would be refused: %s"), error.text);
	return -EBADMSG;
}

static int compile(const struct kb_model *model, uint64_t now, struct kb_diags *diags,
		   void **ret_blob, size_t *ret_len)
{
	size_t len;
	void *blob;
	int r;

	r = kb_check(model, now, diags);
	if (r < 0)
		return r;
	r = kb_blob_write(&model->policy, &model->agent, &blob, &len);
	if (r == -EMSGSIZE)
		kb_diags_add(diags, KB_DIAG_ERROR, 0, 0, "blob-size",
			     _("the compiled policy is larger than %d bytes, or one rule, profile or place of it than %d; shorten lists and texts"),
			     KB_BLOB_MAX, KB_AGENT_PART_MAX);
	if (r < 0)
		return r;
	r = self_check(blob, len, diags);
	if (r < 0) {
		free(blob);
		return r;
	}
	*ret_blob = blob;
	*ret_len = len;
	return 0;
}

int kb_text_compile(const char *text, size_t len, uint64_t now, struct kb_diags *diags,
		    void **ret_blob, size_t *ret_len)
{
	struct kb_model *model;
	int r = kb_text_parse(text, len, diags, &model);

	if (r < 0)
		return r;
	r = compile(model, now, diags, ret_blob, ret_len);
	kb_model_free(model);
	return r;
}
