// SPDX-License-Identifier: GPL-2.0-or-later
/* The doctor on early boot: what it says of each way that it can go. */
#include <openssl/sha.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/doctor.h"
#include "agent_scratch.h"

#define BOOT "01234567-89ab-cdef-0123-456789abcdef"

static struct scratch s;
static struct kb_status status;
static struct kb_doctor_view view;
static char run[128], state_dir[128], proc[128];

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	scratch_mkdir(&s, "run");
	scratch_mkdir(&s, "state");
	scratch_mkdir(&s, "proc/sys/kernel/random");
	scratch_text(&s, "proc/sys/kernel/random/boot_id", BOOT "\n");
	snprintf(run, sizeof(run), "%s/run", s.dir);
	snprintf(state_dir, sizeof(state_dir), "%s/state", s.dir);
	snprintf(proc, sizeof(proc), "%s/proc", s.dir);
	status = (struct kb_status){ .sealed = 1, .policy = 1, .epoch = 1, .serial = 5 };
	view = (struct kb_doctor_view){ .state_dir = state_dir, .run_dir = run, .proc_dir = proc,
					.status = &status };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

/* Exactly @n findings, the first of which is @code with @words in its text. */
static void expect(unsigned int n, const char *code, enum kb_health health, const char *words)
{
	struct kb_findings f = { .n = 0 };

	kb_doctor_early(&view, &f);
	if (f.n != n)
		fail_msg("%u findings, the first %s: %s", f.n, f.n ? f.items[0].code : "-", f.items[0].text);
	if (!n)
		return;
	if (strcmp(f.items[0].code, code) || f.items[0].health != health || !strstr(f.items[0].text, words))
		fail_msg("%s, %u: %s", f.items[0].code, f.items[0].health, f.items[0].text);
	/* whatever is wrong and can be mended says how */
	if (health > KB_HEALTH_NOTE && strcmp(code, "early-usb"))
		assert_string_not_equal(f.items[0].advice, "");
}

static void word(const char *loaded, const char *policy, const char *fallback)
{
	char text[512];

	snprintf(text, sizeof(text), "kidoban-early 1\nloaded %s\npolicy %s\nfallback %s\nwhy torn file\n",
		 loaded, policy, fallback);
	scratch_text(&s, "run/early", text);
}

static void image(const char *result, const char *boot, const char *why)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char text[1024], hex[65];
	size_t i;

	scratch_text(&s, "state/policy.kdb", "bundle");
	SHA256((const unsigned char *)"bundle", 6, digest);
	for (i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	snprintf(text, sizeof(text), "kidoban-early-image 1\nresult %s\nboot %s\nwhy %s\n"
		 "%s  %s/policy.kdb\n%s  /lib/modules/0.0-none/kidoban.ko\n", result, boot, why, hex, state_dir,
		 hex);
	scratch_text(&s, "state/early", text);
}

/* A terminal without a policy needs none early. */
static void test_nothing_to_say(void **state)
{
	(void)state;
	status.policy = 0;
	expect(0, NULL, 0, NULL);
	status.policy = status.builtin = 1;
	expect(0, NULL, 0, NULL);
	view.status = NULL;
	expect(0, NULL, 0, NULL);
	view.run_dir = NULL;
	word("nothing", "0.0", "no");
	expect(0, NULL, 0, NULL);
}

/* Files of the kernel's own have no size. */
static void test_real_boot(void **state)
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	char boot[64];

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(boot, sizeof(boot), file));
	fclose(file);
	boot[strcspn(boot, "\n")] = '\0';
	view.proc_dir = "/proc";
	image("made", boot, "");
	expect(1, "early-next-boot", KB_HEALTH_NOTE, "next boot");
	image("made", BOOT, "");
	expect(1, "early-missing", KB_HEALTH_WARNING, "power-on");
}

static void test_began_without(void **state)
{
	(void)state;
	expect(1, "early-missing", KB_HEALTH_WARNING, "power-on");
	image("usb", BOOT, "/ ");
	expect(1, "early-usb", KB_HEALTH_WARNING, "on USB: /");
	image("absent", BOOT, "");
	expect(1, "early-no-tool", KB_HEALTH_WARNING, "dracut");
	image("made", BOOT, "");
	expect(1, "early-next-boot", KB_HEALTH_NOTE, "next boot");
	/* made before this boot, and still not there: another image was booted */
	image("made", "another", "");
	expect(1, "early-missing", KB_HEALTH_WARNING, "power-on");
	scratch_text(&s, "state/early", "rubbish");
	expect(1, "early-missing", KB_HEALTH_WARNING, "power-on");
}

/* While the image is being made, nobody is told to make it. */
static void test_running(void **state)
{
	int fd;

	(void)state;
	scratch_text(&s, "run-early-refresh.lock", "");
	expect(1, "early-missing", KB_HEALTH_WARNING, "power-on");
	fd = open(scratch_path(&s, "run-early-refresh.lock"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	expect(1, "early-running", KB_HEALTH_NOTE, "being made anew");
	/* what it will find out again */
	image("usb", BOOT, "/ ");
	expect(1, "early-usb", KB_HEALTH_WARNING, "on USB: /");
	word("last", "1.5", "yes");
	image("failed", BOOT, "no space left");
	expect(1, "early", KB_HEALTH_GOOD, "1.5");
	close(fd);
	expect(2, "early", KB_HEALTH_GOOD, "1.5");
}

static void test_this_boot(void **state)
{
	(void)state;
	image("made", "another", "");
	word("last", "1.5", "yes");
	expect(1, "early", KB_HEALTH_GOOD, "1.5");
	word("previous", "1.4", "yes");
	expect(1, "early-previous", KB_HEALTH_WARNING, "1.4: torn file");
	word("nothing", "0.0", "yes");
	expect(1, "early-fallback", KB_HEALTH_WARNING, "torn file");
	word("nothing", "0.0", "no");
	expect(1, "early-nothing", KB_HEALTH_BAD, "torn file");
	scratch_text(&s, "run/early", "kidoban-early 1\nloaded");
	expect(1, "early-missing", KB_HEALTH_WARNING, "power-on");
}

static void test_next_boot(void **state)
{
	struct kb_findings f = { .n = 0 };

	(void)state;
	word("last", "1.5", "yes");
	image("made", BOOT, "");
	expect(1, "early", KB_HEALTH_GOOD, "1.5");
	scratch_text(&s, "state/policy.kdb", "another");
	kb_doctor_early(&view, &f);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.items[1].code, "early-stale");
	assert_non_null(strstr(f.items[1].text, "policy.kdb"));
	image("failed", BOOT, "no space left");
	f = (struct kb_findings){ .n = 0 };
	kb_doctor_early(&view, &f);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.items[1].code, "early-failed");
	assert_non_null(strstr(f.items[1].text, "no space left"));
	assert_int_equal(f.worst, KB_HEALTH_BAD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_to_say), TEST(test_began_without), TEST(test_real_boot), TEST(test_running),
		TEST(test_this_boot), TEST(test_next_boot),
	};

	return cmocka_run_group_tests_name("agent_doctor_early", tests, NULL, NULL);
}
