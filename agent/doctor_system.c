// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: agent, clock, secure boot. */
#include <ctype.h>
#include <sys/timex.h>

#include "agent/doctor.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

/* No terminal was ever right about an earlier time: 2026-01-01 UTC. */
#define EARLIEST_NOW	1767225600u

#define SECURE_BOOT	"firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* /proc/PID/comm holds the name of what runs. */
static bool is_agent(const char *proc_dir, const char *pid)
{
	char path[512], name[32] = "";
	FILE *file;

	if (!isdigit((unsigned char)pid[0]))
		return false;
	snprintf(path, sizeof(path), "%s/%s/comm", proc_dir, pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return !strcmp(name, "kidoband\n");
}

static void agent(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_CLEANUP(kb_closedirp) DIR *dir = opendir(view->proc_dir);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL)
		if (is_agent(view->proc_dir, entry->d_name)) {
			kb_finding_add(f, KB_HEALTH_GOOD, "agent", NULL, _("the agent runs (pid %s)"),
				       entry->d_name);
			return;
		}
	kb_finding_add(f, KB_HEALTH_BAD, "agent-missing", "systemctl enable --now kidoband",
		       _("the agent does not run: events are not recorded, new policies not loaded"));
}

static void system_clock(const struct kb_doctor_view *view, struct kb_findings *f)
{
	struct timex t = {};

	if (view->now < EARLIEST_NOW)
		kb_finding_add(f, KB_HEALTH_BAD, "clock-wrong", "timedatectl set-ntp true",
			       _("the clock is years behind: policies look as if not valid yet"));
	else if (adjtimex(&t) < 0 || t.status & STA_UNSYNC)
		kb_finding_add(f, KB_HEALTH_NOTE, "clock-unsynchronised", "timedatectl set-ntp true",
			       _("the clock is not synchronised with a time server"));
}

static void secure_boot(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_FREE char *path = kb_path_join(view->sys_dir, SECURE_BOOT);
	KB_FREE uint8_t *value = NULL;
	size_t len = 0;
	bool on;

	/* four bytes of attributes, then the value */
	on = path && !kb_file_read(path, 64, &value, &len) && len == 5 && value[4] == 1;
	kb_finding_add(f, KB_HEALTH_NOTE, "secure-boot", NULL, on ?
		       _("secure boot is on: unsigned modules cannot be loaded") :
		       _("secure boot is off: whoever is root can load a module of his own"));
}

void kb_doctor_system(const struct kb_doctor_view *view, struct kb_findings *f)
{
	agent(view, f);
	system_clock(view, f);
	secure_boot(view, f);
}
