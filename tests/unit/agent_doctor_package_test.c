// SPDX-License-Identifier: GPL-2.0-or-later
/* The doctor on other kernels: which have no module, or an older one than they should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/doctor.h"
#include "agent_scratch.h"

static struct scratch s;
static struct kb_doctor_view view;
static char modules[128], helper[128], left[128];

/* Kernel "run" runs and has a module, kernel "next" is installed with its headers and has one, too. */
static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	scratch_mkdir(&s, "modules/run");
	scratch_mkdir(&s, "modules/next/build/include");
	scratch_mkdir(&s, "left/failed");
	scratch_text(&s, "modules/run/modules.builtin", "");
	scratch_text(&s, "modules/run/modules.dep", "updates/dkms/kidoban.ko:\n");
	scratch_text(&s, "modules/next/modules.builtin", "");
	scratch_text(&s, "modules/next/modules.dep", "updates/dkms/kidoban.ko.xz:\n");
	snprintf(modules, sizeof(modules), "%s/modules/run", s.dir);
	snprintf(left, sizeof(left), "%s/left", s.dir);
	snprintf(helper, sizeof(helper), "/bin/sh");
	view = (struct kb_doctor_view){ .modules_dir = modules, .dkms_helper = helper, .dkms_dir = left };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

static void expect(const char *code, enum kb_health health, const char *words, const char *advice)
{
	struct kb_findings f = { .n = 0 };

	kb_doctor_package(&view, &f);
	if (!code) {
		if (f.n)
			fail_msg("%s: %s", f.items[0].code, f.items[0].text);
		return;
	}
	if (f.n != 1)
		fail_msg("%u findings", f.n);
	if (strcmp(f.items[0].code, code) || f.items[0].health != health ||
	    !strstr(f.items[0].text, words) || !strstr(f.items[0].advice, advice))
		fail_msg("%s, %u: %s (%s)", f.items[0].code, f.items[0].health, f.items[0].text,
			 f.items[0].advice);
}

static void test_no_module(void **state)
{
	(void)state;
	scratch_text(&s, "modules/next/modules.dep", "kernel/fs/ext4/ext4.ko:\n");
	expect("kernel-without-module", KB_HEALTH_WARNING, "kernel next", "kidoban-dkms install");
	/* headers are what is missing */
	scratch_mkdir(&s, "modules/bare");
	scratch_text(&s, "modules/next/modules.dep", "updates/dkms/kidoban.ko:\n");
	scratch_text(&s, "modules/bare/modules.builtin", "");
	expect("kernel-without-module", KB_HEALTH_WARNING, "kernel bare", "-bare");
}

static void test_failed_build(void **state)
{
	(void)state;
	scratch_text(&s, "left/failed/next", "9.9\n");
	expect("module-build-failed", KB_HEALTH_WARNING, "version 9.9", "/log/next");
	scratch_text(&s, "modules/next/modules.dep", "kernel/fs/ext4/ext4.ko:\n");
	expect("module-build-failed", KB_HEALTH_BAD, "nothing is enforced", "kidoban-dkms install");
}

static void test_build_under_way(void **state)
{
	char us[16];

	(void)state;
	snprintf(us, sizeof(us), "%d\n", getpid());
	scratch_mkdir(&s, "left/building");
	scratch_text(&s, "left/building/next", us);
	scratch_text(&s, "modules/next/modules.dep", "kernel/fs/ext4/ext4.ko:\n");
	/* another process has the number of one that built before a power cut */
	expect("kernel-without-module", KB_HEALTH_WARNING, "kernel next", "kidoban-dkms install");
	prctl(PR_SET_NAME, "kidoban-dkms");
	expect(NULL, 0, NULL, NULL);
	assert_true(kb_doctor_module_building(&view, "next"));
	assert_false(kb_doctor_module_building(&view, "run"));
	/* whoever built is gone */
	scratch_text(&s, "left/building/next", "999999999\n");
	expect("kernel-without-module", KB_HEALTH_WARNING, "kernel next", "kidoban-dkms install");
	scratch_text(&s, "left/building/next", "\n");
	expect("kernel-without-module", KB_HEALTH_WARNING, "kernel next", "kidoban-dkms install");
}

static void test_running_kernel(void **state)
{
	(void)state;
	/* that it has none is told by another finding, that it could not be built is not */
	scratch_text(&s, "modules/run/modules.dep", "kernel/fs/ext4/ext4.ko:\n");
	expect(NULL, 0, NULL, NULL);
	scratch_text(&s, "left/failed/run", "9.9\n");
	expect("module-build-failed", KB_HEALTH_BAD, "kernel run", "/log/run");
}

static void test_nothing_to_say(void **state)
{
	(void)state;
	expect(NULL, 0, NULL, NULL);
	/* headers without their kernel, and a kernel that was removed */
	scratch_mkdir(&s, "modules/headers/build/include");
	scratch_mkdir(&s, "modules/gone/updates/dkms");
	expect(NULL, 0, NULL, NULL);
	/* nobody promised anything: the module came by hand */
	scratch_text(&s, "left/failed/next", "9.9\n");
	view.dkms_helper = "/nonexistent";
	expect(NULL, 0, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_module, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failed_build, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_build_under_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_running_kernel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_to_say, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
