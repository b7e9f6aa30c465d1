// SPDX-License-Identifier: GPL-2.0-or-later
/* Secure Boot: every combination of facts has one finding with one command, and the facts are found. */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/module_seal.h"
#include "agent/secureboot.h"
#include "agent_scratch.h"
#include "policy/cleanup.h"
#include "policy/sign.h"

#define EFIVARS		"sys/firmware/efi/efivars/"
#define SHIM		"-605dab50-e046-4300-abb6-3dd810dd8b23"
#define SECURE_BOOT	EFIVARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define ENROLL		"kidoban-mok enroll"
#define REBOOT		"reboot, and choose Enroll MOK on the blue screen"

/* A machine under Secure Boot whose module would be taken; each row changes a little. */
static const struct kb_secureboot good = {
	.firmware = KB_FIRMWARE_ON, .lockdown = KB_LOCKDOWN_INTEGRITY, .enforced = true,
	.key = true, .key_known = true, .seal = KB_SEAL_OURS, .signer_known = true, .signer = "city",
};

static struct kb_finding judge(const struct kb_secureboot *facts)
{
	struct kb_findings f = {};

	kb_secureboot_judge(facts, &f);
	assert_int_equal(f.n, 1);
	return f.items[0];
}

/* What doctor says of the facts; @text must occur in it. */
static void expect(const struct kb_secureboot *facts, const char *code, enum kb_health health,
		   const char *advice, const char *text)
{
	struct kb_finding said = judge(facts);

	assert_string_equal(said.code, code);
	assert_int_equal(said.health, health);
	assert_string_equal(said.advice, advice ?: "");
	if (!strstr(said.text, text))
		fail_msg("'%s' does not say '%s'", said.text, text);
}

/* From nothing to a module that runs, one command after the other. */
static void test_road(void **state)
{
	struct kb_secureboot s = good;

	(void)state;
	s.key = s.key_known = s.signer_known = false;
	s.seal = KB_SEAL_NONE;
	expect(&s, "module-key-missing", KB_HEALTH_BAD, "kidoban-mok create", "lockdown is integrity");
	s.key = true;
	expect(&s, "module-not-signed", KB_HEALTH_BAD, "kidoban-mok sign", "no signature");
	s.seal = KB_SEAL_OURS;
	expect(&s, "module-key-unknown", KB_HEALTH_BAD, ENROLL, "signed by \"city\"");
	s.signer_pending = s.key_pending = true;
	expect(&s, "module-key-pending", KB_HEALTH_BAD, REBOOT, "next start");
	s.signer_pending = s.key_pending = false;
	s.signer_known = s.key_known = true;
	expect(&s, "secure-boot", KB_HEALTH_GOOD, NULL, "this machine knows");
	s.loaded = true;
	expect(&s, "secure-boot", KB_HEALTH_GOOD, NULL, "this machine knows");
}

/* The same road while nobody asks for signatures yet: a note, and the same commands. */
static void test_road_before(void **state)
{
	struct kb_secureboot s = good;

	(void)state;
	s.firmware = KB_FIRMWARE_OFF;
	s.lockdown = KB_LOCKDOWN_NONE;
	s.enforced = s.key = s.key_known = s.signer_known = false;
	s.seal = KB_SEAL_NONE;
	s.loaded = s.unproven = true;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, "kidoban-mok create", "module of his own");
	s.key = true;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, "kidoban-mok sign", "secure boot is off");
	s.seal = KB_SEAL_OURS;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, ENROLL, "secure boot is off");
	s.signer_pending = true;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, REBOOT, "secure boot is off");
	s.signer_known = true;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, "switch Secure Boot on in the firmware's setup",
	       "secure boot is off");
	s.firmware = KB_FIRMWARE_SHIM_OFF;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, "mokutil --enable-validation", "shim");
	s.firmware = KB_FIRMWARE_ON;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, "start the kernel with lockdown=integrity",
	       "secure boot is on");
	s.firmware = KB_FIRMWARE_UNREADABLE;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE,
	       "mount -t efivarfs efivarfs /sys/firmware/efi/efivars", "cannot be read");
	s.firmware = KB_FIRMWARE_BIOS;
	expect(&s, "secure-boot-off", KB_HEALTH_NOTE, NULL, "without UEFI");
}

static void test_odd(void **state)
{
	struct kb_secureboot s = good;

	(void)state;
	s.seal = KB_SEAL_BROKEN;
	expect(&s, "module-not-signed", KB_HEALTH_BAD, "kidoban-mok sign", "changed after");
	s.seal = KB_SEAL_UNREADABLE;
	expect(&s, "module-not-signed", KB_HEALTH_BAD, "kidoban-mok sign", "cannot be read");
	s.seal = KB_SEAL_OTHER;
	expect(&s, "secure-boot", KB_HEALTH_GOOD, NULL, "this machine knows");
	s.signer_known = false;
	expect(&s, "module-not-signed", KB_HEALTH_BAD, "kidoban-mok sign", "does not know");
	s.key = false;
	expect(&s, "module-key-unknown", KB_HEALTH_BAD, "kidoban-mok enroll --cert CERT.der", "\"city\"");
	s.signer_pending = true;
	expect(&s, "module-key-pending", KB_HEALTH_BAD, REBOOT, "\"city\"");
	/* the kernel took it: its own key is in no list */
	s.loaded = true;
	expect(&s, "secure-boot", KB_HEALTH_GOOD, NULL, "this machine knows");
	/* before the module is there */
	s = good;
	s.seal = KB_SEAL_ABSENT;
	expect(&s, "secure-boot", KB_HEALTH_GOOD, NULL, "secure boot is on");
	s.key_known = false;
	expect(&s, "module-key-unknown", KB_HEALTH_BAD, ENROLL, "will sign");
	s.key_pending = true;
	expect(&s, "module-key-pending", KB_HEALTH_BAD, REBOOT, "next start");
	s.key = s.key_pending = false;
	expect(&s, "module-key-missing", KB_HEALTH_BAD, "kidoban-mok create", "no key");
	/* it runs, and was exchanged meanwhile */
	s = good;
	s.loaded = true;
	s.seal = KB_SEAL_NONE;
	expect(&s, "module-next-boot", KB_HEALTH_WARNING, "kidoban-mok sign", "after the next start");
	s.seal = KB_SEAL_OURS;
	s.signer_known = false;
	expect(&s, "module-next-boot", KB_HEALTH_WARNING, ENROLL, "after the next start");
	/* everything looks well, and yet */
	s = good;
	strcpy(s.refusal, "Loading of module with unavailable key is rejected");
	expect(&s, "module-refused", KB_HEALTH_BAD, "kidoban-mok verify", "unavailable key");
	s = good;
	s.firmware = KB_FIRMWARE_BIOS;
	expect(&s, "module-key-impossible", KB_HEALTH_BAD,
	       "start the kernel without lockdown= and module.sig_enforce", "without UEFI");
	s = good;
	s.firmware = KB_FIRMWARE_OFF;
	s.lockdown = KB_LOCKDOWN_NONE;
	expect(&s, "secure-boot", KB_HEALTH_GOOD, NULL, "signed modules only");
	s.lockdown = KB_LOCKDOWN_CONFIDENTIALITY;
	expect(&s, "secure-boot", KB_HEALTH_GOOD, NULL, "lockdown is confidentiality");
}

/* What must be true of whatever combination there is. */
static void check_sense(const struct kb_secureboot *s)
{
	struct kb_finding said = judge(s);
	const char *obstacle = kb_secureboot_obstacle(s);
	enum kb_secureboot_step step = kb_secureboot_step(s);

	assert_true(said.text[0] != '\0');
	/* what is bad has a command; what is good has none, and stands in nobody's way */
	if (said.health >= KB_HEALTH_WARNING)
		assert_true(said.advice[0] != '\0');
	if (said.health == KB_HEALTH_GOOD) {
		assert_string_equal(said.advice, "");
		assert_true(s->loaded || !obstacle);
	}
	/* nothing is bad about a machine that takes everything */
	if (!s->enforced) {
		assert_int_equal(said.health, KB_HEALTH_NOTE);
		assert_null(obstacle);
	}
	/* never "well" while the kernel would refuse the file that lies there */
	if (s->enforced && (s->seal == KB_SEAL_NONE || s->seal == KB_SEAL_BROKEN) &&
	    s->firmware != KB_FIRMWARE_BIOS)
		assert_true(said.health >= KB_HEALTH_WARNING);
	/* a key is never made twice, nor used before it is there */
	assert_true(!s->key || step != KB_STEP_CREATE);
	assert_true(s->key || step != KB_STEP_SIGN);
	/* what stands in the way of modprobe is what doctor advises */
	if (obstacle && !s->loaded)
		assert_string_equal(said.advice, obstacle);
}

static void test_all(void **state)
{
	unsigned int i, n = 0;

	(void)state;
	/* 5 firmwares, 3 lockdowns, 6 seals, and 8 yes or no */
	for (i = 0; i < 5 * 3 * 6 * 256; i++) {
		unsigned int bits = i % 256, rest = i / 256;
		struct kb_secureboot s = {
			.firmware = rest % 5, .lockdown = rest / 5 % 3, .seal = rest / 15,
			.enforced = bits & 1 || rest / 5 % 3, .loaded = bits & 2, .unproven = bits & 4,
			.key = bits & 8, .key_known = bits & 16, .signer_known = bits & 32,
			.key_pending = bits & 64, .signer_pending = bits & 64, .signer = "x",
		};

		if (bits & 128)
			strcpy(s.refusal, "Loading of unsigned module is rejected");
		check_sense(&s);
		n++;
	}
	assert_int_equal(n, 23040);
}

static struct scratch dir;
static struct kb_doctor_view view;
static char sys[128], modules[128], cert[128], kmsg[128];

static int set_up(void **state)
{
	(void)state;
	scratch_make(&dir);
	scratch_mkdir(&dir, "sys/firmware/efi/efivars");
	scratch_mkdir(&dir, "sys/kernel/security");
	scratch_mkdir(&dir, "modules/updates/dkms");
	scratch_text(&dir, "modules/modules.dep", "kernel/a.ko: kernel/b.ko\nupdates/dkms/kidoban.ko: kernel/a.ko\n");
	scratch_write(&dir, SECURE_BOOT, "\6\0\0\0\1", 5);
	scratch_text(&dir, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	snprintf(sys, sizeof(sys), "%s/sys", dir.dir);
	snprintf(modules, sizeof(modules), "%s/modules", dir.dir);
	snprintf(cert, sizeof(cert), "%s/mok.pub", dir.dir);
	snprintf(kmsg, sizeof(kmsg), "%s/kmsg", dir.dir);
	view = (struct kb_doctor_view){
		.sys_dir = sys, .modules_dir = modules, .mok_cert = cert, .kernel_log = kmsg,
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&dir);
	return 0;
}

static const struct scratch_signer *signer(unsigned int number)
{
	return scratch_signer(KB_RING_AUTHOR, number);
}

/* A module with what sign-file puts behind it; @flip spoils a byte. */
static void module(unsigned int number, bool flip)
{
	static const char words[] = "~Module signature appended~\n";
	uint8_t file[8192] = "\177ELF the module", trailer[12] = { [2] = 2 };
	size_t len = 1000, sig_len;
	uint32_t be;
	KB_FREE uint8_t *sig = NULL;

	assert_int_equal(kb_sign(file, len, signer(number)->key, signer(number)->cert, &sig, &sig_len, NULL), 0);
	file[500] ^= flip;
	be = htobe32((uint32_t)sig_len);
	memcpy(trailer + 8, &be, 4);
	memcpy(file + len, sig, sig_len);
	memcpy(file + len + sig_len, trailer, sizeof(trailer));
	memcpy(file + len + sig_len + sizeof(trailer), words, strlen(words));
	scratch_write(&dir, "modules/updates/dkms/kidoban.ko", file,
		      len + sig_len + sizeof(trailer) + strlen(words));
}

/* A variable with the certificates of signers @from to @to - 1, each in a list of its own. */
static void list(const char *name, unsigned int from, unsigned int to)
{
	static const uint8_t head[16] = {
		0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
		0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72,
	};
	uint8_t file[16384] = "\6";
	size_t at = 4;
	unsigned int i;

	for (i = from; i < to; i++) {
		uint32_t size = (uint32_t)signer(i)->der_len + 16;
		uint32_t le[3] = { htole32(size + 28), 0, htole32(size) };

		memcpy(file + at, head, 16);
		memcpy(file + at + 16, le, 12);
		memcpy(file + at + 44, signer(i)->der, (size_t)signer(i)->der_len);
		at += size + 28;
	}
	scratch_write(&dir, name, file, at);
}

static void key(unsigned int number)
{
	scratch_write(&dir, "mok.pub", signer(number)->der, (size_t)signer(number)->der_len);
}

static void test_read_firmware(void **state)
{
	struct kb_secureboot s;

	(void)state;
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.firmware, KB_FIRMWARE_ON);
	assert_int_equal(s.lockdown, KB_LOCKDOWN_INTEGRITY);
	assert_true(s.enforced);
	assert_int_equal(s.seal, KB_SEAL_ABSENT);
	assert_false(s.key || s.loaded);
	scratch_write(&dir, EFIVARS "MokSBStateRT" SHIM, "\6\0\0\0\1", 5);
	scratch_text(&dir, "sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.firmware, KB_FIRMWARE_SHIM_OFF);
	assert_int_equal(s.lockdown, KB_LOCKDOWN_CONFIDENTIALITY);
	scratch_write(&dir, SECURE_BOOT, "\6\0\0\0\0", 5);
	scratch_text(&dir, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.firmware, KB_FIRMWARE_OFF);
	assert_false(s.enforced);
	scratch_mkdir(&dir, "sys/module/module/parameters");
	scratch_text(&dir, "sys/module/module/parameters/sig_enforce", "Y\n");
	kb_secureboot_read(&view, &s);
	assert_true(s.enforced);
	assert_int_equal(unlink(scratch_path(&dir, SECURE_BOOT)), 0);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.firmware, KB_FIRMWARE_UNREADABLE);
	scratch_write(&dir, EFIVARS "BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c", "\6\0\0\0\0\0", 6);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.firmware, KB_FIRMWARE_OFF);
	view.sys_dir = "/nonexistent";
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.firmware, KB_FIRMWARE_BIOS);
}

static void test_read_seal(void **state)
{
	struct kb_secureboot s;

	(void)state;
	scratch_text(&dir, "modules/updates/dkms/kidoban.ko", "\177ELF");
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_NONE);
	scratch_text(&dir, "modules/updates/dkms/kidoban.ko", "\177ELF~Module signature appended~\n");
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_BROKEN);
	scratch_text(&dir, "modules/updates/dkms/kidoban.ko", "neither ELF nor compressed");
	kb_secureboot_read(&view, &s);
	assert_true(s.seal == KB_SEAL_UNREADABLE || s.seal == KB_SEAL_NONE);
	/* signed, first by a stranger, then by ourselves */
	module(0, false);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_OTHER);
	assert_true(s.signer[0] != '\0');
	key(1);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_OTHER);
	key(0);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_OURS);
	assert_true(s.key);
	assert_false(s.key_known || s.signer_known || s.key_pending || s.signer_pending);
	module(0, true);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_BROKEN);
}

/* As Fedora and newer Debian releases install it. */
static void test_read_packed(void **state)
{
	struct kb_secureboot s;
	char command[256];

	(void)state;
	key(0);
	module(0, false);
	snprintf(command, sizeof(command), "xz --check=crc32 %s/updates/dkms/kidoban.ko", modules);
	assert_int_equal(system(command), 0);
	scratch_text(&dir, "modules/modules.dep", "updates/dkms/kidoban.ko.xz: kernel/a.ko\n");
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_OURS);
	scratch_write(&dir, "modules/updates/dkms/kidoban.ko.xz", "\3757zXZ\0cut", 9);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_UNREADABLE);
}

static void test_read_lists(void **state)
{
	struct kb_secureboot s;

	(void)state;
	key(0);
	module(0, false);
	list(EFIVARS "MokListRT" SHIM, 1, 3);
	kb_secureboot_read(&view, &s);
	assert_false(s.key_known || s.signer_known);
	list(EFIVARS "MokNew" SHIM, 0, 1);
	kb_secureboot_read(&view, &s);
	assert_true(s.key_pending && s.signer_pending);
	assert_false(s.key_known || s.signer_known);
	list(EFIVARS "MokListRT" SHIM, 0, 3);
	kb_secureboot_read(&view, &s);
	assert_true(s.key_known && s.signer_known);
	/* the last of three, and by the firmware's own list as well */
	module(2, false);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_OTHER);
	assert_true(s.signer_known);
	module(2, true);
	kb_secureboot_read(&view, &s);
	assert_int_equal(s.seal, KB_SEAL_BROKEN);
	assert_false(s.signer_known);
	module(3, false);
	list(EFIVARS "db-d719b2cb-3d3a-4596-a3bc-dad00e67656f", 3, 4);
	kb_secureboot_read(&view, &s);
	assert_true(s.signer_known);
	/* nonsense is no list */
	scratch_write(&dir, EFIVARS "db-d719b2cb-3d3a-4596-a3bc-dad00e67656f",
		      "\6\0\0\0abcdefghijklmnop\377\377\377\377\377\377\377\377\377\377\377\377zzzz", 36);
	kb_secureboot_read(&view, &s);
	assert_false(s.signer_known);
}

static void test_read_log(void **state)
{
	struct kb_secureboot s;

	(void)state;
	scratch_text(&dir, "kmsg", "4,1,1,-;Loading of unsigned module is rejected\n6,2,2,-;something else\n");
	kb_secureboot_read(&view, &s);
	assert_string_equal(s.refusal, "Loading of unsigned module is rejected");
	/* it was loaded after all */
	scratch_mkdir(&dir, "sys/module/kidoban");
	scratch_text(&dir, "sys/module/kidoban/taint", "OE\n");
	kb_secureboot_read(&view, &s);
	assert_string_equal(s.refusal, "");
	assert_true(s.loaded && s.unproven);
	scratch_text(&dir, "sys/module/kidoban/taint", "O\n");
	kb_secureboot_read(&view, &s);
	assert_false(s.unproven);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_road), TEST(test_road_before), TEST(test_odd), TEST(test_all),
		TEST(test_read_firmware), TEST(test_read_seal), TEST(test_read_packed),
		TEST(test_read_lists), TEST(test_read_log),
	};

	return cmocka_run_group_tests_name("agent_secureboot", tests, NULL, NULL);
}
