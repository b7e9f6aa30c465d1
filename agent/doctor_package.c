// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: is there a module for each kernel that may be started? */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/doctor.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

#define AGAIN	"/usr/lib/kidoban/kidoban-dkms install"

static bool there_is(const char *dir, const char *name)
{
	KB_FREE char *path = kb_path_join(dir, name);

	return path && !access(path, F_OK);
}

bool kb_doctor_module_building(const struct kb_doctor_view *view, const char *kernel)
{
	KB_FREE char *building = view->dkms_dir ? kb_path_join(view->dkms_dir, "building") : NULL;
	KB_FREE char *path = building ? kb_path_join(building, kernel) : NULL;
	KB_FREE uint8_t *text = NULL;
	KB_CLEANUP(kb_fclosep) FILE *file = NULL;
	char process[32], name[32];
	size_t len;

	if (!path || kb_file_read(path, sizeof(process), &text, &len))
		return false;
	/* a power cut leaves the file, and the next boot gives its number to another process */
	snprintf(process, sizeof(process), "/proc/%ld/comm", strtol((const char *)text, NULL, 10));
	file = fopen(process, "re");
	return file && fgets(name, sizeof(name), file) && !strcmp(name, "kidoban-dkms\n");
}

/* The version that could not be built for @kernel, as packaging/dkms/kidoban-dkms left it; else "". */
static void failed_version(const char *dir, const char *kernel, char *ret, size_t size)
{
	KB_FREE char *failed = kb_path_join(dir, "failed");
	KB_FREE char *path = failed ? kb_path_join(failed, kernel) : NULL;
	KB_FREE uint8_t *text = NULL;
	size_t len;

	*ret = '\0';
	if (path && !kb_file_read(path, 256, &text, &len))
		snprintf(ret, size, "%.*s", (int)strcspn((const char *)text, "\n"), (const char *)text);
}

bool kb_doctor_module_failed(const struct kb_doctor_view *view, const char *kernel)
{
	char version[64] = "";

	if (view->dkms_dir)
		failed_version(view->dkms_dir, kernel, version, sizeof(version));
	return version[0] != '\0';
}

static void no_build(const struct kb_doctor_view *view, const char *kernel, const char *version,
		     bool has_module, struct kb_findings *f)
{
	char advice[512];

	snprintf(advice, sizeof(advice), _("less %s/log/%s; when that is mended: %s"), view->dkms_dir,
		 kernel, AGAIN);
	if (has_module)
		kb_finding_add(f, KB_HEALTH_WARNING, "module-build-failed", advice,
			       _("version %s of the module could not be built for kernel %s; the older one stays and works"),
			       version, kernel);
	else
		kb_finding_add(f, KB_HEALTH_BAD, "module-build-failed", advice,
			       _("version %s of the module could not be built for kernel %s: nothing is enforced when it runs"),
			       version, kernel);
}

static void no_module(const char *dir, const char *kernel, struct kb_findings *f)
{
	char advice[512];

	if (there_is(dir, "build/include"))
		snprintf(advice, sizeof(advice), AGAIN);
	else if (!access("/etc/debian_version", F_OK))
		snprintf(advice, sizeof(advice), "apt install linux-headers-%s", kernel);
	else
		snprintf(advice, sizeof(advice), "dnf install kernel-devel-%s", kernel);
	kb_finding_add(f, KB_HEALTH_WARNING, "kernel-without-module", advice,
		       _("kernel %s has no module: nothing is enforced when it runs"), kernel);
}

/* Kernels whose image is installed: headers alone, and what a removed kernel left, are none. */
static void one_kernel(const struct kb_doctor_view *view, const char *root, const char *kernel,
		       struct kb_findings *f)
{
	KB_FREE char *dir = kb_path_join(root, kernel);
	char version[64];
	bool has_module;

	if (!dir || !there_is(dir, "modules.builtin") || kb_doctor_module_building(view, kernel))
		return;
	has_module = kb_doctor_module_installed(dir);
	failed_version(view->dkms_dir, kernel, version, sizeof(version));
	if (version[0])
		no_build(view, kernel, version, has_module, f);
	else if (!has_module && strcmp(dir, view->modules_dir))
		/* of the kernel that runs it was said already */
		no_module(dir, kernel, f);
}

void kb_doctor_package(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_CLEANUP(kb_closedirp) DIR *dir = NULL;
	KB_FREE char *root = NULL;
	struct dirent *entry;

	/* without the package nobody promised a module for every kernel */
	if (!view->dkms_helper || access(view->dkms_helper, X_OK) || !view->dkms_dir)
		return;
	root = strndup(view->modules_dir, (size_t)(strrchr(view->modules_dir, '/') - view->modules_dir));
	dir = root ? opendir(root) : NULL;
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			one_kernel(view, root, entry->d_name, f);
}
