/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with this installation, and what to type. */
#ifndef AGENT_DOCTOR_H
#define AGENT_DOCTOR_H

#include "agent/overview.h"

enum kb_health {
	KB_HEALTH_GOOD,
	KB_HEALTH_NOTE,			/* worth knowing, nothing to do */
	KB_HEALTH_WARNING,		/* works, but not for long or not as it should */
	KB_HEALTH_BAD,			/* the terminal is not what it ought to be */
};

struct kb_finding {
	enum kb_health health;
	const char *code;		/* for programs, "trust-permissions"; static */
	char text[512];			/* in the user's language */
	char advice[256];		/* what to type or do; empty = nothing */
};

#define KB_FINDINGS_MAX 64

struct kb_findings {
	struct kb_finding items[KB_FINDINGS_MAX];
	unsigned int n;
	unsigned int dropped;		/* did not fit */
	enum kb_health worst;
	bool unnamed;			/* no name or no author yet: trust cannot be sealed */
};

struct kb_account;			/* agent/place/account.h */

/* Where to look. Tests point this at directories of their own. */
struct kb_doctor_view {
	const char *config_dir, *state_dir;
	const char *sys_dir, *proc_dir, *modules_dir;	/* "/sys", "/proc", "/lib/modules/RELEASE" */
	const struct kb_status *status;	/* NULL: the module did not answer */
	const struct kb_overview *overview;	/* NULL like the status */
	u64 now;			/* seconds since 1970 */
	u32 owner;			/* uid that files must belong to: 0 */
	const struct kb_account *account;	/* of the place; NULL: none is kept */
	const char *mok_cert;		/* DKMS's machine owner key, the certificate; NULL: not asked */
	const char *kernel_log;		/* "/dev/kmsg"; NULL: not read */
	/* "/usr/lib/kidoban/kidoban-dkms" and what it leaves; NULL: other kernels are not asked about */
	const char *dkms_helper, *dkms_dir;
	const char *run_dir;		/* "/run/kidoban"; NULL: early boot is not asked about */
};

/* Looks at everything; never fails, what cannot be looked at is a finding. */
void kb_doctor_look(const struct kb_doctor_view *view, struct kb_findings *ret);

/* Parts of it, one file each: agent/doctor_*.c */
void kb_doctor_module(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_package(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_identity(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_policy(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_network(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_wifi(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_place(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_files(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_system(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_early(const struct kb_doctor_view *view, struct kb_findings *f);
void kb_doctor_secureboot(const struct kb_doctor_view *view, struct kb_findings *f);

/* Would modprobe find the module? @modules_dir is the kernel's. */
bool kb_doctor_module_installed(const char *modules_dir);

/* Has packaging/dkms/kidoban-dkms a build for that kernel under way? */
bool kb_doctor_module_building(const struct kb_doctor_view *view, const char *kernel);

/* Could the newest version of the module not be built for that kernel? */
bool kb_doctor_module_failed(const struct kb_doctor_view *view, const char *kernel);

/* Adds a finding; @advice may be NULL. */
__attribute__((format(printf, 5, 6)))
void kb_finding_add(struct kb_findings *f, enum kb_health health, const char *code,
		    const char *advice, const char *fmt, ...);

/* "good", "note", "warning", "bad": for programs. */
const char *kb_health_id(enum kb_health health);

#endif
