// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: agent, clock. */
#include <glob.h>
#include <limits.h>
#include <sys/timex.h>

#include "agent/doctor.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

/* No terminal was ever right about an earlier time: 2026-01-01 UTC. */
#define EARLIEST_NOW	1767225600u

/*
 * A file /proc/PID/status names what runs and who runs it. (The owner of such a
 * file proves nothing: anybody can make his process undumpable.)
 */
static bool is_agent(const struct kb_doctor_view *view, const char *path)
{
	KB_CLEANUP(kb_fclosep) FILE *file = fopen(path, "re");
	unsigned int uid = UINT_MAX;
	bool named = false;
	char line[128];

	while (file && fgets(line, sizeof(line), file)) {
		named |= !strcmp(line, "Name:\tkidoband\n");
		if (sscanf(line, "Uid:\t%u", &uid) == 1)
			break;
	}
	return named && uid == view->owner;
}

static void agent(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_CLEANUP(globfree) glob_t found = {};
	char pattern[512];
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/[0-9]*/status", view->proc_dir);
	glob(pattern, GLOB_NOSORT, NULL, &found);
	for (i = 0; i < found.gl_pathc; i++)
		if (is_agent(view, found.gl_pathv[i])) {
			kb_finding_add(f, KB_HEALTH_GOOD, "agent", NULL, _("the agent runs"));
			return;
		}
	kb_finding_add(f, KB_HEALTH_BAD, "agent-missing", "systemctl enable --now kidoband",
		       view->status && view->status->mode_path != KB_GATE_OFF ?
		       _("the agent does not run: protected paths are closed, events not recorded, new policies not loaded") :
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

void kb_doctor_system(const struct kb_doctor_view *view, struct kb_findings *f)
{
	agent(view, f);
	system_clock(view, f);
	kb_doctor_secureboot(view, f);
}
