/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Would this machine load the module: Secure Boot, lockdown, and who signed it. */
#ifndef AGENT_SECUREBOOT_H
#define AGENT_SECUREBOOT_H

#include "agent/doctor.h"

#define KB_MOK_CERT	"/var/lib/dkms/mok.pub"	/* of the key with which DKMS signs modules */

enum kb_firmware {
	KB_FIRMWARE_BIOS,		/* started without UEFI */
	KB_FIRMWARE_UNREADABLE,		/* UEFI, but its variables cannot be read */
	KB_FIRMWARE_OFF,
	KB_FIRMWARE_SHIM_OFF,		/* on; shim was told to verify nothing */
	KB_FIRMWARE_ON,
};

enum kb_lockdown {
	KB_LOCKDOWN_NONE,
	KB_LOCKDOWN_INTEGRITY,
	KB_LOCKDOWN_CONFIDENTIALITY,
};

/* What the module's file, that of the running kernel, carries. */
enum kb_module_seal {
	KB_SEAL_ABSENT,			/* no such file */
	KB_SEAL_UNREADABLE,
	KB_SEAL_NONE,
	KB_SEAL_BROKEN,			/* signed, then changed */
	KB_SEAL_OURS,			/* by the machine owner key that DKMS uses */
	KB_SEAL_OTHER,			/* by somebody else's key */
};

/* Facts, gathered by kb_secureboot_read(). */
struct kb_secureboot {
	enum kb_firmware firmware;
	enum kb_lockdown lockdown;
	bool enforced;			/* the kernel takes signed modules only, for whatever reason */
	bool loaded;			/* kidoban is in this kernel */
	bool unproven;			/* without a signature that this kernel knows */
	bool key;			/* DKMS has a machine owner key */
	bool key_known;			/* ...that the firmware vouches for */
	bool key_pending;		/* ...or will, after the next start's question */
	enum kb_module_seal seal;
	bool signer_known;		/* as key_known, of who signed the module */
	bool signer_pending;
	char signer[128];		/* his name, printable */
	char refusal[128];		/* the kernel's last words about a module it refused */
};

/* What stands between now and a module that the kernel takes. */
enum kb_secureboot_step {
	KB_STEP_NONE,
	KB_STEP_CREATE,
	KB_STEP_SIGN,
	KB_STEP_ENROLL,
	KB_STEP_ENROLL_OTHER,
	KB_STEP_REBOOT,
};

/* Looks; what cannot be looked at is as if it were not there. */
void kb_secureboot_read(const struct kb_doctor_view *view, struct kb_secureboot *ret);

/* The next step, whether or not this kernel asks for signatures today. */
enum kb_secureboot_step kb_secureboot_step(const struct kb_secureboot *s);

/* What to type for the step, in the user's language; NULL for KB_STEP_NONE. */
const char *kb_secureboot_command(enum kb_secureboot_step step);

/* What stands in the way of `modprobe kidoban` now: what to type; NULL when nothing does. */
const char *kb_secureboot_obstacle(const struct kb_secureboot *s);
/* The same for this machine as it is. */
const char *kb_secureboot_advice(const struct kb_doctor_view *view);

/* Adds exactly one finding. A function of its arguments alone. */
void kb_secureboot_judge(const struct kb_secureboot *s, struct kb_findings *f);

#endif
