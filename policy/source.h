/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy wherever it comes from: text, blob or bundle. */
#ifndef KIDOBAN_POLICY_SOURCE_H
#define KIDOBAN_POLICY_SOURCE_H

#include "policy/diag.h"
#include "policy/fault.h"
#include "policy/model.h"

enum kb_source_kind {
	KB_SOURCE_TEXT,
	KB_SOURCE_BLOB,
	KB_SOURCE_BUNDLE,		/* its blob counts; signatures are not looked at */
};

struct kb_source {
	enum kb_source_kind kind;
	/* What it says, to the kernel and to the agent; both point into what is below. */
	const struct kb_policy *policy;
	const struct kb_agent_policy *agent;
	struct kb_model *model;		/* of a text; NULL otherwise */
	struct kb_policy *parsed;	/* of a blob or bundle; NULL otherwise */
	struct kb_agent_policy *read;	/* the like */
};

/* What bytes are by their beginning; whatever is neither blob nor bundle counts as text. */
enum kb_source_kind kb_source_kind(const void *data, size_t len);

/*
 * Reads the file at @path and tells by its first bytes what it is. 0, or
 * -EBADMSG with @diags (text) or @ret_fault filled, or the errno of reading
 * it with @ret_fault filled. Release with kb_source_done().
 */
int kb_source_load(const char *path, struct kb_diags *diags, struct kb_source *ret,
		   struct kb_fault *ret_fault);
/* The name of the text that rules' lines are of: @path when it is one, else NULL. */
const char *kb_source_text(const struct kb_source *source, const char *path);
void kb_source_done(struct kb_source *source);

#endif
