// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: identity, trust, bundles on disk. */
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

	snprintf(advice, sizeof(advice), _("write into %s/%s: terminal: {municipality: \"131016\", group: NAME}"),
		 view->config_dir, KB_TERMINAL_FILE);
	if (r) {
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

static void trust_counts(const struct kb_doctor_view *view, const struct kb_trust *trust,
			 struct kb_findings *f)
{
	const struct kb_status *s = view->status;
	size_t author = kb_trust_count(trust, KB_RING_AUTHOR);
	size_t approver = kb_trust_count(trust, KB_RING_APPROVER);

	if (s && s->sealed && (s->keys_author != author || s->keys_approver != approver))
		kb_finding_add(f, KB_HEALTH_WARNING, "trust-changed", "reboot",
			       _("the kernel has %u author and %u approver keys, the files hold %zu and %zu"),
			       s->keys_author, s->keys_approver, author, approver);
	if (!approver)
		kb_finding_add(f, KB_HEALTH_NOTE, "one-person", "kidoban key new approver",
			       _("no approver key: one person alone can put a policy into force"));
}

static void trust(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_FREE char *dir = kb_path_join(view->config_dir, KB_TRUST_DIR);
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	struct kb_fault why = {};
	size_t i;

	if (!dir)
		return;
	if (kb_trust_read(dir, &trust, &why)) {
		kb_finding_add(f, KB_HEALTH_BAD, "trust-missing", "kidoban key new author", "%s",
			       why.text);
		return;
	}
	for (i = 0; i < trust.n_problems; i++)
		kb_finding_add(f, KB_HEALTH_BAD, "trust-file", "kidoban key show CERT", "%s: %s",
			       trust.problems[i].path, trust.problems[i].text);
	check_owner(view, dir, "trust-permissions", f);
	for (i = 0; i < trust.n_certs; i++)
		trust_cert(view, &trust.certs[i], f);
	if (kb_trust_usable(&trust, &why))
		kb_finding_add(f, KB_HEALTH_BAD, "trust-unusable", "kidoban key new author", "%s",
			       why.text);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "trust", NULL, _("%zu certificates in %s"),
			       trust.n_certs, dir);
	trust_counts(view, &trust, f);
}

/* The first thing that speaks against the bundle, in words; false when nothing does. */
static bool why_refused(const struct kb_doctor_view *view, const struct kb_bundle *bundle,
			char *ret, size_t size)
{
	KB_FREE char *dir = kb_path_join(view->config_dir, KB_TRUST_DIR);
	KB_CLEANUP(kb_attest_done) struct kb_attest attest = {};
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	unsigned int i;

	if (!dir || kb_trust_read(dir, &trust, NULL) ||
	    kb_attest(bundle, &trust, view->now, &attest))
		return false;
	for (i = 0; i < attest.n_items; i++) {
		if (attest.items[i].good)
			continue;
		snprintf(ret, size, "%s", attest.items[i].text);
		return true;
	}
	return false;
}

static bool is_newer(const struct kb_floor *age, const struct kb_status *s)
{
	return !s->policy || age->epoch > s->epoch ||
	       (age->epoch == s->epoch && age->serial > s->serial);
}

static void bundle(const struct kb_doctor_view *view, const char *dir, struct kb_findings *f)
{
	KB_FREE char *path = kb_path_join(dir, KB_BUNDLE_FILE);
	KB_CLEANUP(kb_bundle_done) struct kb_bundle kdb = {};
	struct kb_fault why = {};
	struct kb_floor age;
	char cause[512] = "";
	int r;

	if (!path)
		return;
	r = kb_bundle_read(path, &kdb, &why);
	if (r == -ENOENT)
		return;
	if (!r)
		r = kb_blob_peek(&kdb.members[KB_BUNDLE_BLOB], &age, &why);
	if (r) {
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-damaged", "kidoban policy verify FILE.kdb", "%s",
			       why.text);
		return;
	}
	check_owner(view, path, "bundle-permissions", f);
	if (why_refused(view, &kdb, cause, sizeof(cause)))
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-refused", "kidoban policy verify FILE.kdb",
			       "%s: %s", path, cause);
	else if (view->status && is_newer(&age, view->status))
		kb_finding_add(f, KB_HEALTH_BAD, "bundle-not-in-force", "systemctl reload kidoband",
			       _("%s holds policy %u.%u, which is newer than what is in force"), path,
			       age.epoch, age.serial);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "bundle", NULL, _("%s holds policy %u.%u"), path,
			       age.epoch, age.serial);
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

void kb_doctor_files(const struct kb_doctor_view *view, struct kb_findings *f)
{
	if (access(view->config_dir, F_OK)) {
		char advice[256];

		snprintf(advice, sizeof(advice), "mkdir -p -m 755 %s", view->config_dir);
		kb_finding_add(f, KB_HEALTH_BAD, "config-missing", advice, _("%s is missing"),
			       view->config_dir);
		return;
	}
	check_owner(view, view->config_dir, "config-permissions", f);
	terminal(view, f);
	trust(view, f);
	bundle(view, view->config_dir, f);
	bundle(view, view->state_dir, f);
	state(view, f);
}
