// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: identity, trust, bundles on disk. */
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/doctor.h"
#include "agent/paths.h"
#include "agent/store.h"
#include "agent/terminal.h"
#include "policy/attest.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/trust.h"

static void check_owner(const struct kb_doctor_view *view, const char *path, const char *code,
			struct kb_findings *f)
{
	char advice[256];
	struct stat st;

	if (stat(path, &st) < 0)
		return;
	snprintf(advice, sizeof(advice), "chown root:root %s; chmod go-w %s", path, path);
	if (st.st_uid != view->owner || st.st_mode & 022)
		kb_finding_add(f, KB_HEALTH_BAD, code, advice,
			       _("%s can be changed by somebody who is not root"), path);
}

static void terminal(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_FREE char *path = kb_path_join(view->config_dir, KB_TERMINAL_FILE);
	const struct kb_status *s = view->status;
	struct kb_terminal who;
	struct kb_fault why = {};
	char advice[256];
	int r = kb_terminal_read(view->config_dir, &who, &why);

	snprintf(advice, sizeof(advice),
		 "echo 'terminal: {municipality: \"131016\", group: NAME}' >%s/%s", view->config_dir,
		 KB_TERMINAL_FILE);
	if (r) {
		f->unnamed = true;
		kb_finding_add(f, KB_HEALTH_BAD, r == -ENOENT ? "terminal-missing" : "terminal-wrong",
			       advice, "%s", why.text);
		return;
	}
	if (path)
		check_owner(view, path, "terminal-permissions", f);
	if (s && s->sealed && (strcmp(s->municipality, who.municipality) || strcmp(s->group, who.group)))
		kb_finding_add(f, KB_HEALTH_WARNING, "terminal-changed", "reboot",
			       _("the kernel knows this terminal as %s, %s; the file says %s, %s since"),
			       s->municipality, s->group, who.municipality, who.group);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "terminal", NULL, _("municipality %s, group %s"),
			       who.municipality, who.group);
}

static void trust_cert(const struct kb_doctor_view *view, const struct kb_trust_cert *cert,
		       struct kb_findings *f)
{
	const struct kb_cert_info *info = &cert->info;

	check_owner(view, cert->path, "trust-permissions", f);
	if (!info->stock_kernel)
		kb_finding_add(f, KB_HEALTH_WARNING, "trust-algorithm", "kidoban key new author",
			       _("%s: stock Debian 6.1 kernels cannot verify %s; use RSA"), cert->path,
			       info->algorithm);
	if (info->role >= 0 && info->role != (int)cert->ring)
		kb_finding_add(f, KB_HEALTH_WARNING, "trust-role", NULL,
			       _("%s: a certificate made for the role %s"), cert->path,
			       kb_role_name((enum kb_ring)info->role));
	if ((time_t)view->now > info->not_after)
		kb_finding_add(f, KB_HEALTH_WARNING, "trust-expired", "kidoban key new author",
			       _("%s: the certificate's time is over; the kernel does not mind, people should"),
			       cert->path);
}

/* Keys are made elsewhere; what a terminal lacks is the certificate. */
static void no_cert(const char *dir, enum kb_ring ring, enum kb_health health, const char *code,
		    const char *text, struct kb_findings *f)
{
	const char *role = kb_role_name(ring);
	char advice[512];

	snprintf(advice, sizeof(advice),
		 _("cp NAME.der %s/%s/   (made on another machine: kidoban key new %s)"), dir, role, role);
	kb_finding_add(f, health, code, advice, "%s", text);
}

static void trust_counts(const struct kb_doctor_view *view, const char *dir,
			 const struct kb_trust *trust, struct kb_findings *f)
{
	const struct kb_status *s = view->status;
	size_t author = kb_trust_count(trust, KB_RING_AUTHOR);
	size_t approver = kb_trust_count(trust, KB_RING_APPROVER);

	if (s && s->sealed && (s->keys_author != author || s->keys_approver != approver))
		kb_finding_add(f, KB_HEALTH_WARNING, "trust-changed", "reboot",
			       _("the kernel has %u author and %u approver keys, the files hold %zu and %zu"),
			       s->keys_author, s->keys_approver, author, approver);
	if (!approver)
		no_cert(dir, KB_RING_APPROVER, KB_HEALTH_NOTE, "one-person",
			_("no approver key: one person alone can put a policy into force"), f);
}

static void trust(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_FREE char *dir = kb_path_join(view->config_dir, KB_TRUST_DIR);
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	struct kb_fault why = {};
	size_t i;

	if (!dir)
		return;
	f->unnamed = kb_trust_read(dir, &trust, &why) != 0;
	if (f->unnamed) {
		no_cert(dir, KB_RING_AUTHOR, KB_HEALTH_BAD, "trust-missing", why.text, f);
		return;
	}
	for (i = 0; i < trust.n_problems; i++)
		kb_finding_add(f, KB_HEALTH_BAD, "trust-file", "kidoban key show CERT", "%s: %s",
			       trust.problems[i].path, trust.problems[i].text);
	check_owner(view, dir, "trust-permissions", f);
	for (i = 0; i < trust.n_certs; i++)
		trust_cert(view, &trust.certs[i], f);
	f->unnamed = kb_trust_usable(&trust, &why) != 0;
	if (f->unnamed)
		no_cert(dir, KB_RING_AUTHOR, KB_HEALTH_BAD, "trust-unusable", why.text, f);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "trust", NULL, _("%zu certificates in %s"),
			       trust.n_certs, dir);
	trust_counts(view, dir, &trust, f);
}

/* Is it the very policy that the kernel obeys? */
static bool is_in_force(const struct kb_doctor_view *view, const struct kb_bytes *blob)
{
	const struct kb_status *s = view->status;
	u8 digest[32];

	if (!s || !s->policy || !kb_has(s->have, KB_A_BLOB_SHA256))
		return false;
	SHA256(blob->data, blob->len, digest);
	return !memcmp(digest, s->blob_sha256, sizeof(digest));
}

/* Is the policy another terminal's? By what the kernel knows, else by the file. */
static bool is_elsewhere(const struct kb_doctor_view *view, const struct kb_bytes *blob, char *ret,
			 size_t size)
{
	const struct kb_status *s = view->status;
	struct kb_blob_error error = {};
	struct kb_terminal who = {};
	struct kb_policy *policy;
	bool elsewhere;

	if (s && s->sealed) {
		strcpy(who.municipality, s->municipality);
		strcpy(who.group, s->group);
	} else if (kb_terminal_read(view->config_dir, &who, NULL)) {
		return false;
	}
	if (kb_policy_parse(blob->data, blob->len, &policy, &error))
		return false;
	elsewhere = strcmp(policy->header.municipality, who.municipality) ||
		    strcmp(policy->header.group, who.group);
	if (elsewhere)
		snprintf(ret, size, _("it is for municipality %s, group %s; this terminal is of %s, %s"),
			 policy->header.municipality, policy->header.group, who.municipality,
			 who.group);
	kb_policy_free(policy);
	return elsewhere;
}

/* What to do about a bundle of which @item is wrong. */
static void advise(const char *path, const struct kb_bundle *bundle, const char *item, char *ret,
		   size_t size)
{
	if (!strcmp(item, "approver") && !bundle->members[KB_BUNDLE_APPROVER].data)
		snprintf(ret, size, _("kidoban policy sign %s --key KEY --trust DIR   (the approver types it, on another machine)"),
			 path);
	else if (!strcmp(item, "dates"))
		snprintf(ret, size, _("change the dates, raise the serial, sign and deliver it anew"));
	else
		snprintf(ret, size, "kidoban policy verify %s", path);
}

/* The first thing that speaks against the bundle, and its name; false when nothing does. */
static bool why_refused(const struct kb_doctor_view *view, const struct kb_bundle *bundle,
			char *ret, size_t size, const char **ret_item)
{
	bool held = is_in_force(view, &bundle->members[KB_BUNDLE_BLOB]);
	KB_FREE char *dir = kb_path_join(view->config_dir, KB_TRUST_DIR);
	KB_CLEANUP(kb_attest_done) struct kb_attest attest = {};
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	unsigned int i;

	if (!dir || kb_trust_read(dir, &trust, NULL) ||
	    kb_attest(bundle, &trust, view->now, &attest))
		return false;
	for (i = 0; i < attest.n_items; i++) {
		/* that what is obeyed has expired is told once, and it stays obeyed */
		if (attest.items[i].good || (held && !strcmp(attest.items[i].name, "dates")))
			continue;
		snprintf(ret, size, "%s", attest.items[i].text);
		*ret_item = attest.items[i].name;
		return true;
	}
	return false;
}

/* The bundle's age beside that of the policy in force: below, at or above 0. */
static int compare_age(const struct kb_floor *age, const struct kb_status *s)
{
	if (!s->policy || s->builtin)
		return 1;
	if (age->epoch != s->epoch)
		return age->epoch > s->epoch ? 1 : -1;
	return age->serial > s->serial ? 1 : age->serial < s->serial ? -1 : 0;
}

/* A bundle that a terminal would take: is it the one that is in force? */
static void sound_bundle(const struct kb_doctor_view *view, const char *path,
			 const struct kb_bytes *blob, const struct kb_floor *age,
			 struct kb_findings *f)
{
	const struct kb_status *s = view->status;
	int order = s ? compare_age(age, s) : 0;

	if (order > 0)
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-not-in-force", "systemctl reload kidoband",
			       _("%s holds policy %u.%u, which is newer than what is in force"), path,
			       age->epoch, age->serial);
	else if (order < 0)
		kb_finding_add(f, KB_HEALTH_WARNING, "bundle-older", NULL,
			       _("%s holds policy %u.%u, older than %u.%u, which is in force"), path,
			       age->epoch, age->serial, s->epoch, s->serial);
	else if (s && kb_has(s->have, KB_A_BLOB_SHA256) && !is_in_force(view, blob))
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-serial",
			       _("raise the serial of the policy, sign and deliver it anew"),
			       _("%s holds another policy %u.%u than the one in force"), path,
			       age->epoch, age->serial);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "bundle", NULL, _("%s holds policy %u.%u"), path,
			       age->epoch, age->serial);
}

static void bundle(const struct kb_doctor_view *view, const char *dir, struct kb_findings *f)
{
	KB_FREE char *path = kb_path_join(dir, KB_BUNDLE_FILE);
	KB_CLEANUP(kb_bundle_done) struct kb_bundle kdb = {};
	struct kb_fault why = {};
	const struct kb_bytes *blob = &kdb.members[KB_BUNDLE_BLOB];
	char cause[512] = "", advice[512];
	const char *item = "";
	struct kb_floor age;
	int r;

	if (!path)
		return;
	r = kb_bundle_read(path, &kdb, &why);
	if (r == -ENOENT)
		return;
	if (!r)
		r = kb_blob_peek(blob, &age, &why);
	if (r) {
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-damaged",
			       _("copy the bundle to the terminal again"), "%s", why.text);
		return;
	}
	check_owner(view, path, "bundle-permissions", f);
	if (why_refused(view, &kdb, cause, sizeof(cause), &item)) {
		advise(path, &kdb, item, advice, sizeof(advice));
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-refused", advice, "%s: %s", path, cause);
	} else if (is_elsewhere(view, blob, cause, sizeof(cause))) {
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-elsewhere",
			       _("deliver the policy that was made for this terminal's group"), "%s: %s",
			       path, cause);
	} else {
		sound_bundle(view, path, blob, &age, f);
	}
}

static void state(const struct kb_doctor_view *view, struct kb_findings *f)
{
	struct kb_floor floor;
	int r;

	if (access(view->state_dir, F_OK)) {
		kb_finding_add(f, KB_HEALTH_WARNING, "state-missing", "systemctl restart kidoband",
			       _("%s is missing: the last good policy cannot be kept"), view->state_dir);
		return;
	}
	check_owner(view, view->state_dir, "state-permissions", f);
	r = kb_floor_read(view->state_dir, &floor);
	if (r && r != -ENOENT)
		kb_finding_add(f, KB_HEALTH_WARNING, "state-damaged", "systemctl reload kidoband",
			       _("%s/%s is damaged; it is written anew with the next policy"),
			       view->state_dir, KB_STATE_FILE);
}

void kb_doctor_identity(const struct kb_doctor_view *view, struct kb_findings *f)
{
	if (access(view->config_dir, F_OK)) {
		char advice[256];

		snprintf(advice, sizeof(advice), "mkdir -p -m 755 %s", view->config_dir);
		kb_finding_add(f, KB_HEALTH_BAD, "config-missing", advice, _("%s is missing"),
			       view->config_dir);
		f->unnamed = true;
		return;
	}
	check_owner(view, view->config_dir, "config-permissions", f);
	/* the name comes last: with it the agent seals what is trusted by then */
	trust(view, f);
	terminal(view, f);
}

void kb_doctor_files(const struct kb_doctor_view *view, struct kb_findings *f)
{
	bundle(view, view->config_dir, f);
	bundle(view, view->state_dir, f);
	state(view, f);
}
