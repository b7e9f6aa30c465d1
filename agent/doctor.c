// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: the list, the module, its policy. */
#include "agent/doctor.h"

#include <stdarg.h>
#include <unistd.h>

#include "agent/secureboot.h"
#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/render.h"

#define SOON_SECONDS	(30 * 86400u)	/* a policy that ends sooner wants a successor */
#define MODULES_DEP_MAX	(16 * 1024 * 1024)

const char *kb_health_id(enum kb_health health)
{
	static const char *const ids[] = { "good", "note", "warning", "bad" };

	return ids[health];
}

void kb_finding_add(struct kb_findings *f, enum kb_health health, const char *code,
		    const char *advice, const char *fmt, ...)
{
	struct kb_finding *item;
	va_list ap;

	if (health > f->worst)
		f->worst = health;
	if (f->n == KB_FINDINGS_MAX) {
		f->dropped++;
		return;
	}
	item = &f->items[f->n++];
	item->health = health;
	item->code = code;
	snprintf(item->advice, sizeof(item->advice), "%s", advice ?: "");
	va_start(ap, fmt);
	vsnprintf(item->text, sizeof(item->text), fmt, ap);
	va_end(ap);
}

bool kb_doctor_module_installed(const char *modules_dir)
{
	KB_FREE char *path = kb_path_join(modules_dir, "modules.dep");
	KB_FREE uint8_t *text = NULL;
	size_t len;

	if (!path || kb_file_read(path, MODULES_DEP_MAX, &text, &len))
		return false;
	return strstr((const char *)text, "/kidoban.ko") != NULL;
}

static const char *running_kernel(const struct kb_doctor_view *view)
{
	return strrchr(view->modules_dir, '/') + 1;
}

static void module_absent(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_FREE char *loaded = kb_path_join(view->sys_dir, "module/kidoban");

	if (loaded && !access(loaded, F_OK))
		kb_finding_add(f, KB_HEALTH_BAD, "module-silent", "dmesg | grep kidoban",
			       _("the kernel module is loaded but does not answer"));
	else if (kb_doctor_module_installed(view->modules_dir))
		kb_finding_add(f, KB_HEALTH_BAD, "module-not-loaded",
			       kb_secureboot_advice(view) ?: "modprobe kidoban",
			       _("the kernel module is installed but not loaded: nothing is enforced"));
	else if (kb_doctor_module_building(view, running_kernel(view)))
		kb_finding_add(f, KB_HEALTH_BAD, "module-building", _("wait; then type this again"),
			       _("the kernel module is being built; until it is there nothing is enforced"));
	else
		kb_finding_add(f, KB_HEALTH_BAD, "module-missing",
			       _("dkms autoinstall   (needs the package linux-headers-$(uname -r))"),
			       _("there is no kernel module for this kernel: nothing is enforced"));
}

static void module_taint(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_FREE char *path = kb_path_join(view->sys_dir, "module/kidoban/taint");
	KB_FREE uint8_t *taint = NULL;
	size_t len;

	if (!path || kb_file_read(path, 64 * 1024, &taint, &len))
		return;
	if (strchr((const char *)taint, 'F'))
		kb_finding_add(f, KB_HEALTH_BAD, "module-forced", "modprobe -r kidoban && modprobe kidoban",
			       _("the module was loaded by force into a kernel it was not built for"));
	else if (strchr((const char *)taint, 'E'))
		kb_finding_add(f, KB_HEALTH_NOTE, "module-unsigned", NULL,
			       _("the module carries no signature that this kernel knows"));
}

void kb_doctor_module(const struct kb_doctor_view *view, struct kb_findings *f)
{
	const struct kb_status *s = view->status;

	if (!s) {
		module_absent(view, f);
		return;
	}
	if (s->module_level != KB_MODULE_LEVEL)
		kb_finding_add(f, KB_HEALTH_BAD, "module-level", "reboot",
			       _("the module speaks level %u, this command level %u: update the older one"),
			       s->module_level, KB_MODULE_LEVEL);
	else if (strcmp(s->module_version, KB_VERSION))
		/* after a build that failed the next boot has the same one: another finding says what to do */
		kb_finding_add(f, KB_HEALTH_WARNING, "module-version",
			       kb_doctor_module_failed(view, running_kernel(view)) ? NULL : "reboot",
			       _("the module is version %s, this command %s"), s->module_version,
			       KB_VERSION);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "module", NULL, _("module %s answers"),
			       s->module_version);
	module_taint(view, f);
	if (s->event_lost)
		kb_finding_add(f, KB_HEALTH_WARNING, "events-lost", "journalctl -u kidoband",
			       _("%llu events were lost before anybody read them"),
			       (unsigned long long)s->event_lost);
	if (s->overrides)
		kb_finding_add(f, KB_HEALTH_WARNING, "overrides", "kidoban events",
			       _("%llu attempts were made to use what is refused"),
			       (unsigned long long)s->overrides);
}

static void policy_dates(const struct kb_doctor_view *view, struct kb_findings *f)
{
	const struct kb_status *s = view->status;
	char until[KB_DATE_SIZE];

	kb_render_date(s->expires, true, until);
	if (s->expired || view->now >= s->expires)
		kb_finding_add(f, KB_HEALTH_BAD, "policy-expired", "kidoban load NEW.kdb",
			       _("the policy in force expired on %s; it is still enforced"), until);
	else if (s->expires - view->now < SOON_SECONDS)
		kb_finding_add(f, KB_HEALTH_WARNING, "policy-expires-soon", "kidoban load NEW.kdb",
			       _("the policy in force expires on %s"), until);
}

void kb_doctor_policy(const struct kb_doctor_view *view, struct kb_findings *f)
{
	const struct kb_status *s = view->status;

	if (!s)
		return;
	if (s->builtin)
		kb_finding_add(f, KB_HEALTH_BAD, "fallback",
			       s->sealed ? "kidoban load POLICY.kdb" : "systemctl enable --now kidoband",
			       _("only the built-in fallback is in force: no signed policy could be loaded"));
	if (!s->sealed) {
		/* the agent seals what is there when it is told that all is */
		kb_finding_add(f, KB_HEALTH_BAD, "not-sealed", f->unnamed ?
			       _("do what stands above, in this order; then type: systemctl restart kidoband") :
			       "systemctl restart kidoband",
			       _("trust is not sealed: any key could still be added, and no policy can be loaded"));
		return;
	}
	if (s->builtin)
		return;
	if (!s->policy) {
		kb_finding_add(f, KB_HEALTH_BAD, "no-policy", "kidoban load POLICY.kdb",
			       _("no policy in force: everything is allowed"));
		return;
	}
	kb_finding_add(f, KB_HEALTH_GOOD, "policy", NULL, _("policy %u.%u is in force, %u rules"),
		       s->epoch, s->serial, s->rules);
	policy_dates(view, f);
	if (s->mode_media != KB_GATE_ENFORCE)
		kb_finding_add(f, KB_HEALTH_WARNING, "not-enforcing",
			       _("write \"mode: {media: enforce}\" into the policy, sign and load it"),
			       _("the media gate is in mode %s: nothing is refused"),
			       kb_mode_id(s->mode_media));
	if (!s->lock)
		kb_finding_add(f, KB_HEALTH_NOTE, "not-locked", NULL,
			       _("root can unload the module: the policy does not say lock: true"));
}

void kb_doctor_look(const struct kb_doctor_view *view, struct kb_findings *ret)
{
	*ret = (struct kb_findings){};
	/* in the order in which a terminal is set up: each finding leads to the next */
	kb_doctor_module(view, ret);
	kb_doctor_package(view, ret);
	kb_doctor_identity(view, ret);
	kb_doctor_policy(view, ret);
	kb_doctor_files(view, ret);
	kb_doctor_network(view, ret);
	kb_doctor_place(view, ret);
	kb_doctor_early(view, ret);
	kb_doctor_system(view, ret);
}
