// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of supplicants are put in place whole, and nowhere else (W1). */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/wifi/render.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "tests/unit/agent_scratch.h"
#include "tests/unit/provision_world.h"

static struct {
	struct scratch scratch;
	struct kb_provision provision;
	struct { char path[64]; enum kb_provision_state state; } told[16];
	unsigned int n_told;
	int fail_at;			/* the n-th of write, fsync, fchmod and renameat fails */
	int failed_with;
} w;

static bool fails(void)
{
	if (!w.fail_at || --w.fail_at)
		return false;
	errno = w.failed_with;
	return true;
}

ssize_t __real_write(int fd, const void *data, size_t len);
int __real_fsync(int fd);
int __real_fchmod(int fd, mode_t mode);
int __real_renameat(int from, const char *old, int to, const char *new);
ssize_t __wrap_write(int fd, const void *data, size_t len);
int __wrap_fsync(int fd);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_renameat(int from, const char *old, int to, const char *new);

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	/* a disk that fills up takes a part first */
	if (w.fail_at == 1 && w.failed_with == ENOSPC && len > 1)
		return __real_write(fd, data, len / 2);
	return fails() ? -1 : __real_write(fd, data, len);
}

int __wrap_fsync(int fd)
{
	return fails() ? -1 : __real_fsync(fd);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	return fails() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
	return fails() ? -1 : __real_renameat(from, old, to, new);
}

static void on_file(const char *path, enum kb_provision_state state, void *userdata)
{
	assert_ptr_equal(userdata, &w);
	assert_true(w.n_told < ARRAY_SIZE(w.told));
	snprintf(w.told[w.n_told].path, sizeof(w.told[0].path), "%s", path);
	w.told[w.n_told++].state = state;
}

static int compare(void)
{
	w.n_told = 0;
	return kb_provision_compare(&w.provision, w.scratch.dir, on_file, &w, NULL);
}

static int apply(void)
{
	w.n_told = 0;
	return kb_provision_apply(&w.provision, w.scratch.dir, on_file, &w, NULL);
}

static void is_told(unsigned int i, const char *path, enum kb_provision_state state)
{
	assert_true(i < w.n_told);
	assert_string_equal(w.told[i].path, path);
	assert_int_equal(w.told[i].state, state);
}

static bool is_there(const char *name)
{
	struct stat st;

	return !lstat(scratch_path(&w.scratch, name), &st);
}

static void holds(const char *name, const char *text)
{
	KB_FREE uint8_t *data = NULL;
	size_t len;

	assert_int_equal(kb_file_read(scratch_path(&w.scratch, name), 4096, &data, &len), 0);
	assert_string_equal((char *)data, text);
}

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	scratch_make(&w.scratch);
	assert_int_equal(kb_provision_add(&w.provision, "/etc/a/one.conf", strdup("one\n"), 4, 0600), 0);
	assert_int_equal(kb_provision_add(&w.provision, "/var/lib/b/two", strdup("two\n"), 4, 0644), 0);
	assert_int_equal(kb_provision_no_others(&w.provision, "/etc/a", "", ".conf", false), 0);
	assert_int_equal(kb_provision_no_others(&w.provision, "/etc/c", "kidoban-", ".nm", true), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	kb_provision_done(&w.provision);
	scratch_remove(&w.scratch);
	return 0;
}

static void test_anew(void **state)
{
	struct stat st;

	(void)state;
	umask(077);
	assert_int_equal(compare(), 2);
	is_told(0, "/etc/a/one.conf", KB_PROVISION_MISSING);
	assert_false(is_there("etc"));		/* looking makes nothing */
	assert_int_equal(apply(), 2);
	holds("etc/a/one.conf", "one\n");
	assert_int_equal(stat(scratch_path(&w.scratch, "var/lib/b/two"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(stat(scratch_path(&w.scratch, "etc/a/one.conf"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	umask(022);
	assert_int_equal(compare(), 0);
	assert_int_equal(apply(), 0);
	assert_int_equal(w.n_told, 0);
}

static void test_edits(void **state)
{
	static const char *const texts[] = { "", "one", "one\n\n", "two\n", "one\nnetwork={\n}\n" };
	size_t i;

	(void)state;
	apply();
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		scratch_text(&w.scratch, "etc/a/one.conf", texts[i]);
		assert_int_equal(compare(), 1);
		is_told(0, "/etc/a/one.conf", KB_PROVISION_EDITED);
		assert_int_equal(apply(), 1);
		holds("etc/a/one.conf", "one\n");
	}
	assert_int_equal(chmod(scratch_path(&w.scratch, "etc/a/one.conf"), 0644), 0);
	assert_int_equal(apply(), 1);
	is_told(0, "/etc/a/one.conf", KB_PROVISION_EDITED);
	assert_int_equal(link(scratch_path(&w.scratch, "etc/a/one.conf"),
			      scratch_path(&w.scratch, "etc/a/other-name")), 0);
	assert_int_equal(apply(), 1);		/* whoever has the other name could write to it */
	if (!geteuid()) {
		assert_int_equal(chown(scratch_path(&w.scratch, "etc/a/one.conf"), 12345, 0), 0);
		assert_int_equal(apply(), 1);
	}
	assert_int_equal(compare(), 0);
}

/* The name leads elsewhere: the link goes, what it leads to stays as it is. */
static void test_links(void **state)
{
	(void)state;
	apply();
	scratch_text(&w.scratch, "victim", "one\n");
	assert_int_equal(unlink(scratch_path(&w.scratch, "etc/a/one.conf")), 0);
	assert_int_equal(symlink("../../victim", scratch_path(&w.scratch, "etc/a/one.conf")), 0);
	assert_int_equal(compare(), 1);
	is_told(0, "/etc/a/one.conf", KB_PROVISION_EDITED);
	scratch_text(&w.scratch, "victim", "precious");
	assert_int_equal(apply(), 1);
	holds("victim", "precious");
	holds("etc/a/one.conf", "one\n");
	/* the temporary name, too */
	assert_int_equal(symlink("../../victim", scratch_path(&w.scratch, "etc/a/.one.conf.kidoban-new")), 0);
	scratch_text(&w.scratch, "etc/a/one.conf", "x");
	assert_int_equal(apply(), 1);
	holds("victim", "precious");
	assert_false(is_there("etc/a/.one.conf.kidoban-new"));
}

/* A directory that is a link leads within the root only; one that others may write is refused. */
static void test_directories(void **state)
{
	char outside[] = "/tmp/kidoban-unit.XXXXXX", path[64];
	struct kb_fault why = {};

	(void)state;
	assert_non_null(mkdtemp(outside));
	scratch_mkdir(&w.scratch, "etc");
	assert_int_equal(symlink(outside, scratch_path(&w.scratch, "etc/a")), 0);
	assert_true(apply() < 0);
	snprintf(path, sizeof(path), "%s/one.conf", outside);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(unlink(scratch_path(&w.scratch, "etc/a")), 0);
	scratch_mkdir(&w.scratch, "real");
	assert_int_equal(symlink("/real", scratch_path(&w.scratch, "etc/a")), 0);
	assert_int_equal(apply(), 2);
	holds("real/one.conf", "one\n");
	assert_int_equal(chmod(scratch_path(&w.scratch, "real"), 0777), 0);
	assert_int_equal(kb_provision_apply(&w.provision, w.scratch.dir, NULL, NULL, &why), -EPERM);
	assert_non_null(strstr(why.text, "/etc/a/one.conf"));
	assert_int_equal(kb_provision_compare(&w.provision, w.scratch.dir, NULL, NULL, &why), -EPERM);
	rmdir(outside);
}

static void test_other_things(void **state)
{
	(void)state;
	apply();
	assert_int_equal(unlink(scratch_path(&w.scratch, "etc/a/one.conf")), 0);
	assert_int_equal(mkfifo(scratch_path(&w.scratch, "etc/a/one.conf"), 0600), 0);
	assert_int_equal(apply(), 1);		/* and nobody waits for a writer */
	holds("etc/a/one.conf", "one\n");
	assert_int_equal(unlink(scratch_path(&w.scratch, "etc/a/one.conf")), 0);
	scratch_mkdir(&w.scratch, "etc/a/one.conf");
	scratch_text(&w.scratch, "etc/a/one.conf/kept", "x");
	assert_int_equal(apply(), 1);
	holds("etc/a/one.conf", "one\n");
	assert_true(is_there("etc/a/.one.conf.kidoban-saved/kept"));
	assert_int_equal(compare(), 0);
}

static void test_strays(void **state)
{
	(void)state;
	apply();
	scratch_text(&w.scratch, "etc/a/wpa_supplicant-wlan0.conf", "mine");
	scratch_text(&w.scratch, "etc/a/readme", "x");
	scratch_text(&w.scratch, "etc/a/.hidden.conf", "x");
	scratch_mkdir(&w.scratch, "etc/c");
	scratch_text(&w.scratch, "etc/c/cable.nm", "x");
	scratch_text(&w.scratch, "etc/c/kidoban-old.nm", "x");
	assert_int_equal(compare(), 2);
	is_told(0, "/etc/a/wpa_supplicant-wlan0.conf", KB_PROVISION_STRAY);
	is_told(1, "/etc/c/kidoban-old.nm", KB_PROVISION_STRAY);
	assert_true(is_there("etc/c/kidoban-old.nm"));
	assert_int_equal(apply(), 2);
	holds("etc/a/wpa_supplicant-wlan0.conf.kidoban-saved", "mine");
	assert_true(is_there("etc/c/.kidoban-old.nm.kidoban-saved"));
	assert_true(is_there("etc/c/cable.nm") && is_there("etc/a/readme") && is_there("etc/a/.hidden.conf"));
	assert_int_equal(compare(), 0);
	/* what was saved before stays */
	scratch_text(&w.scratch, "etc/a/wpa_supplicant-wlan0.conf", "again");
	assert_int_equal(apply(), 1);
	holds("etc/a/wpa_supplicant-wlan0.conf.kidoban-saved", "mine");
	holds("etc/a/wpa_supplicant-wlan0.conf.kidoban-saved.1", "again");
	/* a link is a stray like any other: it goes, not what it leads to */
	scratch_text(&w.scratch, "victim", "precious");
	assert_int_equal(symlink("../../victim", scratch_path(&w.scratch, "etc/a/x.conf")), 0);
	assert_int_equal(apply(), 1);
	holds("victim", "precious");
}

/* Full, failing: each step, and what was there is still whole. */
static void test_disk_fails(void **state)
{
	static const int errors[] = { ENOSPC, EIO, EDQUOT };
	unsigned int e, at, failures = 0;

	(void)state;
	for (e = 0; e < ARRAY_SIZE(errors); e++) {
		for (at = 1; at < 12; at++) {
			apply();
			scratch_text(&w.scratch, "etc/a/one.conf", "old");
			w.failed_with = errors[e];
			w.fail_at = (int)at;
			if (apply() < 0) {
				failures++;
				w.fail_at = 0;
				assert_false(is_there("etc/a/.one.conf.kidoban-new"));
				/* the old one or the new one */
				if (compare())
					holds("etc/a/one.conf", "old");
			}
			w.fail_at = 0;
		}
	}
	assert_true(failures >= 4 * ARRAY_SIZE(errors));
	assert_true(apply() >= 0);
	assert_int_equal(compare(), 0);
}

/* As behind RestrictSUIDSGID=: the kernel seems not to have the call. */
static void take_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_SIZE(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		_exit(100);
}

/* What a child without the call gets, that many files changed or an errno. */
static int without_openat2(const struct kb_provision *provision, const char *root)
{
	int status, r;
	pid_t pid = fork();

	if (!pid) {
		take_openat2();
		r = kb_provision_apply(provision, root, NULL, NULL, NULL);
		_exit(r < 0 ? 50 - r : r);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_behind_walls(void **state)
{
	struct kb_provision own = {};
	char *path = NULL;

	(void)state;
	/* below another root links would lead out of it: refused, as ever without the call */
	assert_int_equal(without_openat2(&w.provision, w.scratch.dir), 50 + ENOSYS);
	/* in the own root there is no out */
	assert_true(asprintf(&path, "%s/etc/own.conf", w.scratch.dir) > 0);
	assert_int_equal(kb_provision_add(&own, path, strdup("text"), 4, 0600), 0);
	assert_int_equal(without_openat2(&own, "/"), 1);
	holds("etc/own.conf", "text");
	free(path);
	kb_provision_done(&own);
}

static void test_no_root(void **state)
{
	(void)state;
	assert_int_equal(kb_provision_apply(&w.provision, "/nowhere/at/all", NULL, NULL, NULL), -ENOENT);
	assert_int_equal(kb_provision_compare(&w.provision, "/dev/null", NULL, NULL, NULL), -ENOTDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(test_edits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directories, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_things, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_disk_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_behind_walls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_root, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
