// SPDX-License-Identifier: GPL-2.0-or-later
/* Which bundle to load. */
#include "agent/store.h"

#include <kidoban/policy.h>

#include "agent/paths.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

struct candidate {
	char *path;
	bool stored;			/* the one in the state directory */
	struct kb_bundle bundle;
	struct kb_floor age;
	struct kb_fault fault;
	int err;			/* 0, or why it is none */
};

static void candidate_done(struct candidate *c)
{
	free(c->path);
	kb_bundle_done(&c->bundle);
}

int kb_blob_peek(const struct kb_bytes *blob, struct kb_floor *ret, struct kb_fault *ret_fault)
{
	struct kb_blob_error error = {};
	struct kb_policy *policy = NULL;
	int r = kb_policy_parse(blob->data, blob->len, &policy, &error);

	if (r)
		return kb_fault(ret_fault, r, _("compiled policy: %s"), error.text);
	*ret = (struct kb_floor){ policy->header.epoch, policy->header.serial };
	kb_policy_free(policy);
	return 0;
}

static int read_candidate(const char *dir, bool stored, struct candidate *ret)
{
	struct kb_fault why = {};

	ret->stored = stored;
	ret->path = kb_path_join(dir, KB_BUNDLE_FILE);
	if (!ret->path)
		return -ENOMEM;
	ret->err = kb_bundle_read(ret->path, &ret->bundle, &ret->fault);
	if (!ret->err) {
		ret->err = kb_blob_peek(&ret->bundle.members[KB_BUNDLE_BLOB], &ret->age, &why);
		if (ret->err)
			kb_fault(&ret->fault, ret->err, "%s: %s", ret->path, why.text);
	}
	return ret->err == -ENOMEM ? -ENOMEM : 0;
}

int kb_store_peek(const char *state_dir, struct kb_floor *ret)
{
	KB_CLEANUP(candidate_done) struct candidate c = {};
	int r = read_candidate(state_dir, true, &c);

	if (!r)
		r = c.err;
	if (!r)
		*ret = c.age;
	return r;
}

static bool newer(const struct candidate *a, const struct candidate *b)
{
	if (a->err || b->err)
		return !a->err && b->err;
	if (a->age.epoch != b->age.epoch)
		return a->age.epoch > b->age.epoch;
	return a->age.serial > b->age.serial;
}

static int raise_floor(const struct kb_floor *age, const char *state_dir,
		       struct kb_fault *ret_fault)
{
	int r = kb_floor_raise(state_dir, age);

	return r ? kb_fault(ret_fault, r, _("cannot write %s/%s: %s"), state_dir, KB_STATE_FILE,
			    strerror(-r)) : 0;
}

/*
 * Early boot falls back on the policy before, should the last one be damaged. It is a copy, so that
 * at every moment there is a whole file of that name; what is damaged replaces nothing.
 */
static int keep_previous(const struct kb_bytes *next, const char *path, const char *state_dir,
			 struct kb_fault *ret_fault)
{
	KB_FREE char *previous = kb_path_join(state_dir, KB_PREVIOUS_FILE);
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	KB_CLEANUP(kb_bytes_done) struct kb_bytes file = {};
	int r;

	if (!previous)
		return -ENOMEM;
	if (kb_file_read(path, KB_BUNDLE_MAX, &file.data, &file.len) ||
	    (file.len == next->len && !memcmp(file.data, next->data, file.len)) ||
	    kb_bundle_decode(file.data, file.len, &bundle, NULL))
		return 0;
	r = kb_file_replace(previous, file.data, file.len, 0644);
	return r ? kb_fault(ret_fault, r, _("cannot write %s: %s"), previous, strerror(-r)) : 0;
}

int kb_store_keep(const struct kb_bundle *bundle, const struct kb_floor *age,
		  const char *state_dir, struct kb_fault *ret_fault)
{
	KB_FREE char *path = kb_path_join(state_dir, KB_BUNDLE_FILE);
	KB_CLEANUP(kb_bytes_done) struct kb_bytes bytes = {};
	struct kb_fault why = {};
	int r, spare;

	if (!path)
		return kb_fault(ret_fault, -ENOMEM, "%s", strerror(ENOMEM));
	r = kb_bundle_encode(bundle, &bytes, ret_fault);
	if (r)
		return r;
	/* without it there is only less to fall back on: the policy itself comes first */
	spare = keep_previous(&bytes, path, state_dir, &why);
	r = kb_file_replace(path, bytes.data, bytes.len, 0644);
	if (r)
		return kb_fault(ret_fault, r, _("cannot write %s: %s"), path, strerror(-r));
	r = raise_floor(age, state_dir, ret_fault);
	return r || !spare ? r : kb_fault(ret_fault, spare, "%s", why.text);
}

static int load(struct kb_wire *wire, const struct candidate *c, struct kb_fault *ret_fault)
{
	struct kb_fault why = {};
	int r = kb_wire_policy_load(wire, &c->bundle.members[KB_BUNDLE_BLOB],
				    &c->bundle.members[KB_BUNDLE_AUTHOR],
				    &c->bundle.members[KB_BUNDLE_APPROVER], &why);

	if (r && r != -EALREADY)
		kb_fault(ret_fault, r, "%s: %s", c->path, why.text);
	return r;
}

/* Is this very bundle on disk already? Saves a write, and the watch that would answer it. */
static bool is_kept(const struct candidate *c, const struct candidate *stored)
{
	const struct kb_bytes *a = c->bundle.members, *b = stored->bundle.members;
	int i;

	if (c->stored)
		return true;
	for (i = 0; i < KB_BUNDLE_MEMBERS; i++)
		if (a[i].len != b[i].len || (a[i].len && memcmp(a[i].data, b[i].data, a[i].len)))
			return false;
	return true;
}

int kb_store_admits(const char *state_dir, const struct kb_floor *age, struct kb_fault *ret_fault)
{
	struct kb_floor floor;

	/* a torn one proves nothing */
	if (kb_floor_read(state_dir, &floor) || age->epoch > floor.epoch ||
	    (age->epoch == floor.epoch && age->serial >= floor.serial))
		return 0;
	return kb_fault(ret_fault, -ESTALE, _("policy %u.%u is older than %u.%u, which was obeyed here"),
			age->epoch, age->serial, floor.epoch, floor.serial);
}

/* Tries one candidate: 0 and *ret, or why not. */
static int try_candidate(struct kb_wire *wire, struct candidate *c, const struct candidate *stored,
			 const char *state_dir, struct kb_loaded *ret, struct kb_fault *ret_fault)
{
	struct kb_fault why;
	int r = c->err;

	if (r)
		return kb_fault(ret_fault, r, "%s", c->fault.text);
	/* the kernel's own floor is lower when early boot had to take an older policy */
	r = kb_store_admits(state_dir, &c->age, &why);
	if (r)
		return kb_fault(ret_fault, r, "%s: %s", c->path, why.text);
	r = load(wire, c, ret_fault);
	if (r && r != -EALREADY)
		return r;
	*ret = (struct kb_loaded){ .changed = !r, .epoch = c->age.epoch, .serial = c->age.serial };
	r = is_kept(c, stored) ? raise_floor(&c->age, state_dir, ret_fault) :
				 kb_store_keep(&c->bundle, &c->age, state_dir, ret_fault);
	ret->stored = !r;
	return 0;
}

/* When the bundle becomes valid, seconds since 1970. */
static u64 valid_from(const struct candidate *c)
{
	const struct kb_bytes *blob = &c->bundle.members[KB_BUNDLE_BLOB];
	struct kb_blob_error error = {};
	struct kb_policy *policy = NULL;
	u64 when;

	if (c->err || kb_policy_parse(blob->data, blob->len, &policy, &error))
		return 0;
	when = policy->header.not_before;
	kb_policy_free(policy);
	return when;
}

/* The newest holds. Tells when the other one, had it been tried, was delivered in vain. */
static void tell_passed_over(const struct candidate *held, const struct candidate *other,
			     kb_note_fn note, void *userdata)
{
	const struct kb_bytes *a = &held->bundle.members[KB_BUNDLE_BLOB];
	const struct kb_bytes *b = &other->bundle.members[KB_BUNDLE_BLOB];
	char text[1024];

	if (!note || other->err == -ENOENT)
		return;
	/* an unreadable delivery must be told even when the stored one holds */
	if (other->err) {
		note(other->fault.text, userdata);
		return;
	}
	if (other->stored)
		return;
	if (newer(held, other))
		snprintf(text, sizeof(text),
			 _("%s holds policy %u.%u, older than %u.%u that was obeyed last: it is not loaded"),
			 other->path, other->age.epoch, other->age.serial, held->age.epoch,
			 held->age.serial);
	else if (a->len != b->len || memcmp(a->data, b->data, a->len))
		snprintf(text, sizeof(text),
			 _("%s holds another policy %u.%u than the one obeyed last: raise its serial"),
			 other->path, other->age.epoch, other->age.serial);
	else
		return;
	note(text, userdata);
}

int kb_store_load(struct kb_wire *wire, const char *config_dir, const char *state_dir,
		  kb_note_fn note, void *userdata, struct kb_loaded *ret,
		  struct kb_fault *ret_fault)
{
	KB_CLEANUP(candidate_done) struct candidate stored = {}, delivered = {};
	struct candidate *order[2] = { &stored, &delivered };
	struct kb_fault why;
	u64 waits_until = 0;
	int i, r, first = 0;

	r = read_candidate(state_dir, true, &stored);
	if (!r)
		r = read_candidate(config_dir, false, &delivered);
	if (r)
		return r;
	if (newer(&delivered, &stored)) {
		order[0] = &delivered;
		order[1] = &stored;
	}
	for (i = 0; i < 2; i++) {
		why = (struct kb_fault){};
		r = try_candidate(wire, order[i], &stored, state_dir, ret, &why);
		if (!r && !ret->stored && note)
			note(why.text, userdata);
		if (!r && i == 0)
			tell_passed_over(order[0], order[1], note, userdata);
		if (!r) {
			ret->newer_err = first == -ENOENT ? 0 : first;
			ret->waits_until = waits_until;
			return 0;
		}
		if (r == -ETIME && !waits_until)
			waits_until = valid_from(order[i]);
		if (r != -ENOENT && note)
			note(why.text, userdata);
		if (!first || first == -ENOENT)
			first = kb_fault(ret_fault, r, "%s", why.text);
	}
	return first;
}
