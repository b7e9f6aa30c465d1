// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: would the kernel take the module, now and after the next start. */
#include "agent/secureboot.h"
#include "policy/i18n.h"

/* Does the kernel take the file that lies there, as far as anybody can tell from outside? */
static bool is_proven(const struct kb_secureboot *s)
{
	if (s->seal != KB_SEAL_OURS && s->seal != KB_SEAL_OTHER)
		return false;
	/* a stranger's may be the kernel's own key, which is in no list of the firmware's */
	return s->signer_known || (s->seal == KB_SEAL_OTHER && s->loaded && !s->unproven);
}

static enum kb_secureboot_step step_of_key(bool known, bool pending)
{
	return known ? KB_STEP_NONE : pending ? KB_STEP_REBOOT : KB_STEP_ENROLL;
}

enum kb_secureboot_step kb_secureboot_step(const struct kb_secureboot *s)
{
	/* without UEFI nobody tells the kernel of keys */
	if (s->firmware == KB_FIRMWARE_BIOS || is_proven(s))
		return KB_STEP_NONE;
	switch (s->seal) {
	case KB_SEAL_OURS:
		return step_of_key(false, s->signer_pending);
	case KB_SEAL_OTHER:
		if (s->signer_pending)
			return KB_STEP_REBOOT;
		return s->key ? KB_STEP_SIGN : KB_STEP_ENROLL_OTHER;
	case KB_SEAL_ABSENT:
		/* it is signed when it is built */
		return s->key ? step_of_key(s->key_known, s->key_pending) : KB_STEP_CREATE;
	default:
		return s->key ? KB_STEP_SIGN : KB_STEP_CREATE;
	}
}

const char *kb_secureboot_command(enum kb_secureboot_step step)
{
	switch (step) {
	case KB_STEP_CREATE:
		return "kidoban-mok create";
	case KB_STEP_SIGN:
		return "kidoban-mok sign";
	case KB_STEP_ENROLL:
		return "kidoban-mok enroll";
	case KB_STEP_ENROLL_OTHER:
		return "kidoban-mok enroll --cert CERT.der";
	case KB_STEP_REBOOT:
		return _("reboot, and choose Enroll MOK on the blue screen");
	default:
		return NULL;
	}
}

const char *kb_secureboot_obstacle(const struct kb_secureboot *s)
{
	if (!s->enforced)
		return NULL;
	if (s->firmware == KB_FIRMWARE_BIOS)
		return _("start the kernel without lockdown= and module.sig_enforce");
	return kb_secureboot_command(kb_secureboot_step(s));
}

const char *kb_secureboot_advice(const struct kb_doctor_view *view)
{
	struct kb_secureboot facts;

	kb_secureboot_read(view, &facts);
	return kb_secureboot_obstacle(&facts);
}

static void say_machine(const struct kb_secureboot *s, char *ret, size_t size)
{
	static const char *const firmware[] = {
		[KB_FIRMWARE_BIOS] = N_("this machine starts without UEFI and has no secure boot"),
		[KB_FIRMWARE_UNREADABLE] = N_("the firmware's variables cannot be read"),
		[KB_FIRMWARE_OFF] = N_("secure boot is off"),
		[KB_FIRMWARE_SHIM_OFF] = N_("secure boot is on, but shim was told to verify nothing"),
		[KB_FIRMWARE_ON] = N_("secure boot is on"),
	};
	static const char *const lockdown[] = {
		[KB_LOCKDOWN_INTEGRITY] = "integrity", [KB_LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
	};

	if (s->lockdown != KB_LOCKDOWN_NONE)
		snprintf(ret, size, _("%s, lockdown is %s"), _(firmware[s->firmware]), lockdown[s->lockdown]);
	else if (s->enforced)
		snprintf(ret, size, _("%s, and the kernel takes signed modules only"),
			 _(firmware[s->firmware]));
	else
		snprintf(ret, size, "%s", _(firmware[s->firmware]));
}

/* Why the kernel would refuse the file: for a step that is not KB_STEP_NONE. */
static void say_module(const struct kb_secureboot *s, char *ret, size_t size)
{
	switch (s->seal) {
	case KB_SEAL_ABSENT:
		snprintf(ret, size, "%s", s->key_pending ?
			 _("the module's key waits to be confirmed at the next start") : s->key ?
			 _("the firmware does not know the key that will sign the module") :
			 _("there is no key to sign the module with"));
		break;
	case KB_SEAL_NONE:
		snprintf(ret, size, "%s", _("the module carries no signature"));
		break;
	case KB_SEAL_BROKEN:
		snprintf(ret, size, "%s", _("the module was changed after it was signed"));
		break;
	case KB_SEAL_UNREADABLE:
		snprintf(ret, size, "%s", _("the module's file cannot be read"));
		break;
	default:
		snprintf(ret, size, s->signer_pending ?
			 _("the module's key \"%s\" waits to be confirmed at the next start") :
			 _("the module is signed by \"%s\", which the firmware does not know"), s->signer);
	}
}

static const char *code_of(enum kb_secureboot_step step)
{
	switch (step) {
	case KB_STEP_CREATE:
		return "module-key-missing";
	case KB_STEP_SIGN:
		return "module-not-signed";
	case KB_STEP_REBOOT:
		return "module-key-pending";
	default:
		return "module-key-unknown";
	}
}

/* The kernel refuses what is not signed: is the module? */
static void judge_enforced(const struct kb_secureboot *s, struct kb_findings *f)
{
	enum kb_secureboot_step step = kb_secureboot_step(s);
	char machine[256], module[256];

	say_machine(s, machine, sizeof(machine));
	say_module(s, module, sizeof(module));
	if (s->loaded && !s->unproven && step != KB_STEP_NONE && s->seal != KB_SEAL_ABSENT)
		kb_finding_add(f, KB_HEALTH_WARNING, "module-next-boot", kb_secureboot_command(step),
			       _("%s: the module runs, but after the next start it would be refused: %s"),
			       machine, module);
	else if (step != KB_STEP_NONE)
		kb_finding_add(f, s->loaded ? KB_HEALTH_WARNING : KB_HEALTH_BAD, code_of(step),
			       kb_secureboot_command(step), "%s: %s", machine, module);
	else if (!s->loaded && s->firmware == KB_FIRMWARE_BIOS)
		kb_finding_add(f, KB_HEALTH_BAD, "module-key-impossible", kb_secureboot_obstacle(s),
			       _("%s: nobody can tell the kernel of the module's key"), machine);
	else if (!s->loaded && s->refusal[0] && s->seal != KB_SEAL_ABSENT)
		kb_finding_add(f, KB_HEALTH_BAD, "module-refused", "kidoban-mok verify",
			       _("%s: the module's signature is in order, and yet the kernel said: %s"),
			       machine, s->refusal);
	else if (s->seal == KB_SEAL_ABSENT)
		kb_finding_add(f, KB_HEALTH_GOOD, "secure-boot", NULL, "%s", machine);
	else
		kb_finding_add(f, KB_HEALTH_GOOD, "secure-boot", NULL,
			       _("%s: the module's signature is one that this machine knows"), machine);
}

/* What to do about it once the module would be taken. */
static const char *close_door(const struct kb_secureboot *s)
{
	switch (s->firmware) {
	case KB_FIRMWARE_UNREADABLE:
		return "mount -t efivarfs efivarfs /sys/firmware/efi/efivars";
	case KB_FIRMWARE_SHIM_OFF:
		return "mokutil --enable-validation";
	case KB_FIRMWARE_OFF:
		return _("switch Secure Boot on in the firmware's setup");
	case KB_FIRMWARE_ON:
		return _("start the kernel with lockdown=integrity");
	default:
		return NULL;
	}
}

/* Nobody asks for signatures: say so, and what comes first on the way there. */
static void judge_open(const struct kb_secureboot *s, struct kb_findings *f)
{
	const char *advice = kb_secureboot_command(kb_secureboot_step(s));
	char machine[256];

	if (!advice || s->firmware == KB_FIRMWARE_UNREADABLE)
		advice = close_door(s);
	say_machine(s, machine, sizeof(machine));
	kb_finding_add(f, KB_HEALTH_NOTE, "secure-boot-off", advice,
		       _("%s: whoever is root can load a module of his own"), machine);
}

void kb_secureboot_judge(const struct kb_secureboot *s, struct kb_findings *f)
{
	if (s->enforced)
		judge_enforced(s, f);
	else
		judge_open(s, f);
}

void kb_doctor_secureboot(const struct kb_doctor_view *view, struct kb_findings *f)
{
	struct kb_secureboot facts;

	kb_secureboot_read(view, &facts);
	kb_secureboot_judge(&facts, f);
}
