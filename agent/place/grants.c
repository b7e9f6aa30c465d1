// SPDX-License-Identifier: GPL-2.0-or-later
/* Carry-out grants that were applied on this terminal (P2). */
#include "agent/place/grants.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/paths.h"
#include "agent/state.h"
#include "agent/terminal.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

#define SUFFIX		".grant"
#define GRANTS_MAX	256		/* kept ones; an administrator ends or removes old ones */

/* What judging needs; read once for many grants. */
struct judge {
	struct kb_trust trust;
	char municipality[KB_MUNICIPALITY_MAX + 1], terminal[KB_NAME_MAX + 1];
};

static void judge_done(struct judge *judge)
{
	kb_trust_done(&judge->trust);
}

static int judge_open(const struct kb_grants *grants, struct judge *ret, struct kb_fault *ret_fault)
{
	KB_FREE char *trust = kb_path_join(grants->config_dir, KB_TRUST_DIR);
	struct kb_terminal terminal;
	int r = trust ? kb_terminal_read(grants->config_dir, &terminal, ret_fault) : -ENOMEM;

	if (!r)
		r = kb_terminal_name(grants->config_dir, ret->terminal, ret_fault);
	if (r)
		return r;
	snprintf(ret->municipality, sizeof(ret->municipality), "%s", terminal.municipality);
	return kb_trust_read(trust, &ret->trust, ret_fault);
}

/* "STATE/grants/ID.grant", malloc'ed. */
static char *grant_path(const struct kb_grants *grants, const char *id)
{
	char *path;

	if (asprintf(&path, "%s/" KB_GRANT_DIR "/%s" SUFFIX, grants->state_dir, id) < 0)
		return NULL;
	return path;
}

static void ended_name(const char *id, char ret[static KB_GRANT_ID_LEN + 24])
{
	snprintf(ret, KB_GRANT_ID_LEN + 24, KB_GRANT_DIR "/%s.ended", id);
}

/* A file that is torn was written for a reason: it counts as ended. */
static bool was_ended(const struct kb_grants *grants, const char *id)
{
	char name[KB_GRANT_ID_LEN + 24];
	KB_FREE char *text = NULL;

	ended_name(id, name);
	return kb_state_read(grants->state_dir, name, &text) != -ENOENT;
}

static enum kb_grant_state state_of(int err)
{
	switch (err) {
	case 0:
		return KB_GRANT_GOOD;
	case -ETIME:
		return KB_GRANT_EARLY;
	case -EKEYEXPIRED:
		return KB_GRANT_OVER;
	default:
		return KB_GRANT_BAD;
	}
}

/* 0 or why it does not hold. @ret is filled as far as that is known. */
static int judge_one(const struct judge *judge, const struct kb_signed_grant *grant, u64 now,
		     struct kb_grant_row *ret, struct kb_fault *ret_fault)
{
	const struct kb_trust_cert *signer = NULL;
	int r = kb_grant_verify(grant, &judge->trust, &signer, ret_fault);

	if (r)
		return r;
	ret->grant = grant->grant;
	snprintf(ret->signer, sizeof(ret->signer), "%s", signer->info.subject);
	return kb_grant_judge(&grant->grant, judge->municipality, judge->terminal, now, ret_fault);
}

int kb_grants_apply(const struct kb_grants *grants, const void *data, size_t len, u64 now,
		    struct kb_grant_row *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_grant_done) struct kb_signed_grant grant = {};
	KB_CLEANUP(judge_done) struct judge judge = {};
	KB_FREE char *dir = kb_path_join(grants->state_dir, KB_GRANT_DIR);
	KB_FREE char *path = NULL;
	struct kb_grant_row row = {};
	int r;

	r = dir ? kb_grant_decode(data, len, &grant, ret_fault) : -ENOMEM;
	if (!r)
		r = judge_open(grants, &judge, ret_fault);
	if (!r)
		r = judge_one(&judge, &grant, now, &row, ret_fault);
	if (r && r != -ETIME)
		return r;
	row.state = state_of(r);
	if (was_ended(grants, grant.grant.id))
		return kb_fault(ret_fault, -EALREADY,
				_("grant %s was ended here; it cannot be applied again"),
				grant.grant.id);
	path = grant_path(grants, grant.grant.id);
	if (!path)
		return -ENOMEM;
	if (mkdir(dir, 0700) && errno != EEXIST)
		r = -errno;
	else
		r = kb_file_create(path, data, len, 0600);
	if (r == -EEXIST)
		return kb_fault(ret_fault, -EALREADY, _("grant %s is applied already"),
				grant.grant.id);
	if (r)
		return kb_fault(ret_fault, r, _("cannot write %s: %s"), path, strerror(-r));
	if (ret)
		*ret = row;
	return 0;
}

int kb_grants_end(const struct kb_grants *grants, const char *id, u64 now,
		  struct kb_fault *ret_fault)
{
	char name[KB_GRANT_ID_LEN + 24], body[64];
	KB_FREE char *path = NULL;
	int r;

	if (!kb_grant_id_ok(id))
		return kb_fault(ret_fault, -EINVAL,
				_("a grant's number has 32 hexadecimal digits"));
	path = grant_path(grants, id);
	if (!path)
		return -ENOMEM;
	if (access(path, F_OK))
		return kb_fault(ret_fault, -ENOENT, _("no grant %s was applied here"), id);
	if (was_ended(grants, id))
		return kb_fault(ret_fault, -EALREADY, _("grant %s was ended here already"), id);
	ended_name(id, name);
	snprintf(body, sizeof(body), "kidoban-grant-ended 1\nat %llu\n", (unsigned long long)now);
	r = kb_state_write(grants->state_dir, name, body);
	return r ? kb_fault(ret_fault, r, _("cannot write %s: %s"), name, strerror(-r)) : 0;
}

static void judge_file(const struct kb_grants *grants, const struct judge *judge, const char *id,
		       u64 now, struct kb_grant_row *ret)
{
	KB_CLEANUP(kb_grant_done) struct kb_signed_grant grant = {};
	KB_FREE char *path = grant_path(grants, id);
	struct kb_fault why = {};
	int r;

	*ret = (struct kb_grant_row){};
	snprintf(ret->grant.id, sizeof(ret->grant.id), "%s", id);
	r = path ? kb_grant_read(path, &grant, &why) : -ENOMEM;
	/* a good file by another grant's name would end with that one, and not with its own */
	if (!r && strcmp(grant.grant.id, id))
		r = kb_fault(&why, -EBADMSG, _("the file is of grant %s"), grant.grant.id);
	if (!r)
		r = judge_one(judge, &grant, now, ret, &why);
	ret->state = state_of(r);
	snprintf(ret->why, sizeof(ret->why), "%.*s", (int)sizeof(ret->why) - 1, why.text);
	if (ret->state != KB_GRANT_BAD && was_ended(grants, id)) {
		ret->state = KB_GRANT_ENDED;
		snprintf(ret->why, sizeof(ret->why), "%s", _("it was ended"));
	}
}

static int is_grant(const struct dirent *entry)
{
	char id[KB_GRANT_ID_LEN + 1];

	if (strlen(entry->d_name) != KB_GRANT_ID_LEN + strlen(SUFFIX) ||
	    strcmp(entry->d_name + KB_GRANT_ID_LEN, SUFFIX))
		return 0;
	snprintf(id, sizeof(id), "%.*s", KB_GRANT_ID_LEN, entry->d_name);
	return kb_grant_id_ok(id);
}

int kb_grants_list(const struct kb_grants *grants, u64 now, struct kb_grant_row **ret,
		   size_t *ret_n, struct kb_fault *ret_fault)
{
	KB_FREE char *dir = kb_path_join(grants->state_dir, KB_GRANT_DIR);
	KB_CLEANUP(judge_done) struct judge judge = {};
	struct kb_grant_row *rows = NULL;
	struct dirent **names = NULL;
	char id[KB_GRANT_ID_LEN + 1];
	int n, i, r = 0;

	n = dir ? scandir(dir, &names, is_grant, alphasort) : -1;
	if (n < 0 && (!dir || errno != ENOENT))
		return kb_fault(ret_fault, dir ? -errno : -ENOMEM, _("cannot read %s: %s"),
				KB_GRANT_DIR, strerror(errno));
	n = n < 0 ? 0 : n;
	rows = calloc((size_t)n + 1, sizeof(*rows));
	if (!rows)
		r = -ENOMEM;
	else if (n)
		r = judge_open(grants, &judge, ret_fault);
	for (i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "%.*s", KB_GRANT_ID_LEN, names[i]->d_name);
		if (!r && i < GRANTS_MAX)
			judge_file(grants, &judge, id, now, &rows[i]);
		free(names[i]);
	}
	free(names);
	if (r) {
		free(rows);
		return r;
	}
	*ret = rows;
	*ret_n = (size_t)(n < GRANTS_MAX ? n : GRANTS_MAX);
	return 0;
}

int kb_grants_find(const struct kb_grants *grants, u64 now, struct kb_grant_row *ret,
		   struct kb_fault *ret_fault)
{
	KB_FREE struct kb_grant_row *rows = NULL;
	const struct kb_grant_row *best = NULL;
	size_t n, i;
	int r = kb_grants_list(grants, now, &rows, &n, ret_fault);

	if (r)
		return r;
	for (i = 0; i < n; i++)
		if (rows[i].state == KB_GRANT_GOOD &&
		    (!best || rows[i].grant.until > best->grant.until))
			best = &rows[i];
	if (!best)
		return -ENOENT;
	*ret = *best;
	return 0;
}

const char *kb_grant_state_name(enum kb_grant_state state)
{
	static const char *const names[] = {
		[KB_GRANT_GOOD] = "good",   [KB_GRANT_EARLY] = "early", [KB_GRANT_OVER] = "over",
		[KB_GRANT_ENDED] = "ended", [KB_GRANT_BAD] = "bad",
	};

	return state <= KB_GRANT_BAD ? names[state] : "bad";
}
