// SPDX-License-Identifier: GPL-2.0-or-later
/* Early boot: a policy in force before USB devices are looked for. */
#include "agent/early/early.h"

#include "agent/paths.h"
#include "agent/store.h"
#include "policy/bundle.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/sign.h"

/* As the kernel does: an author always, an approver where there is one (C2). */
static int verify(const struct kb_bundle *bundle, const struct kb_trust *trust,
		  struct kb_fault *ret_fault)
{
	const struct kb_bytes *blob = &bundle->members[KB_BUNDLE_BLOB];
	const struct kb_bytes *author = &bundle->members[KB_BUNDLE_AUTHOR];
	const struct kb_bytes *approver = &bundle->members[KB_BUNDLE_APPROVER];
	int r = kb_sign_verify(blob->data, blob->len, author->data, author->len, trust,
			       KB_RING_AUTHOR, NULL, ret_fault);

	if (r || !kb_trust_count(trust, KB_RING_APPROVER))
		return r;
	if (!approver->data)
		return kb_fault(ret_fault, -ENODATA, _("the approver's signature is missing"));
	return kb_sign_verify(blob->data, blob->len, approver->data, approver->len, trust,
			      KB_RING_APPROVER, NULL, ret_fault);
}

/* Reads one and finds it fit, or tells by its name why not. */
static int examine(const char *state_dir, const char *name, const struct kb_trust *trust,
		   struct kb_bundle *ret, struct kb_floor *ret_age, struct kb_fault *ret_fault)
{
	KB_FREE char *dir = kb_path_join(state_dir, name);
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	struct kb_fault why = {};
	int r;

	if (!dir)
		return -ENOMEM;
	r = kb_bundle_gather(dir, &bundle, &why);
	/* nothing looks into the bytes before a trusted key has vouched for them */
	if (!r)
		r = verify(&bundle, trust, &why);
	if (!r)
		r = kb_blob_peek(&bundle.members[KB_BUNDLE_BLOB], ret_age, &why);
	/* a last policy that is older than what was obeyed was put there by mistake, or worse */
	if (!r && !strcmp(name, KB_EARLY_LAST))
		r = kb_store_admits(state_dir, ret_age, &why);
	if (r)
		return kb_fault(ret_fault, r, "%s: %s", dir, why.text);
	*ret = bundle;
	bundle = (struct kb_bundle){};
	return 0;
}

static int obey(struct kb_wire *wire, const char *config_dir, const struct kb_bundle *bundle,
		const struct kb_floor *age, kb_note_fn note, void *userdata,
		struct kb_fault *ret_fault)
{
	int r = kb_seal_as(wire, config_dir, age, note, userdata, ret_fault);

	if (!r)
		r = kb_wire_policy_load(wire, &bundle->members[KB_BUNDLE_BLOB],
					&bundle->members[KB_BUNDLE_AUTHOR],
					&bundle->members[KB_BUNDLE_APPROVER], ret_fault);
	return r == -EALREADY ? 0 : r;
}

int kb_early_look(struct kb_wire *wire, struct kb_early *ret, struct kb_fault *ret_fault)
{
	struct kb_status status;
	int r = kb_wire_status(wire, &status, ret_fault);

	/* what the module was told to do is its parameter; this is what came of it */
	if (!r)
		ret->builtin = status.policy && status.builtin;
	return r;
}

int kb_early_load(struct kb_wire *wire, const char *config_dir, const char *state_dir,
		  kb_note_fn note, void *userdata, struct kb_early *ret, struct kb_fault *ret_fault)
{
	static const char *const names[] = { KB_EARLY_LAST, KB_EARLY_PREVIOUS };
	KB_FREE char *trust_dir = kb_path_join(config_dir, KB_TRUST_DIR);
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	int i, r, first = 0;

	if (!trust_dir)
		return -ENOMEM;
	r = kb_trust_read(trust_dir, &trust, ret_fault);
	if (!r)
		r = kb_trust_usable(&trust, ret_fault);
	if (r)
		return r;
	for (i = 0; i < 2; i++) {
		KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
		struct kb_fault why = {};
		struct kb_floor age;

		r = examine(state_dir, names[i], &trust, &bundle, &age, &why);
		/* the kernel's no is final: its floor is that of the policy it did not take */
		if (!r) {
			r = obey(wire, config_dir, &bundle, &age, note, userdata, ret_fault);
			if (!r) {
				ret->source = KB_EARLY_FROM_LAST + i;
				ret->age = age;
			}
			return r;
		}
		if (note && (r != -ENOENT || i == 0))
			note(why.text, userdata);
		if (!first)
			first = kb_fault(ret_fault, r, "%s", why.text);
	}
	return first;
}
