// SPDX-License-Identifier: GPL-2.0-or-later
/* Moves this process into a control group of its own, where paths can know it. */
#include "agent/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "policy/cleanup.h"
#include "policy/i18n.h"

#define CGROUP_ROOT	"/sys/fs/cgroup"
#define JOB_USEC	(10 * 1000000ull)	/* systemd moves a process in milliseconds */

KB_DEFINE_CLEANUP(sd_bus *, sd_bus_flush_close_unref)
KB_DEFINE_CLEANUP(sd_bus_message *, sd_bus_message_unref)
KB_DEFINE_CLEANUP(sd_bus_slot *, sd_bus_slot_unref)

/* One component of our cgroup v2 path is @slice. */
static bool is_inside(const char *slice)
{
	KB_CLEANUP(kb_fclosep) FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096], *rest, *part;

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::/", 4))
			continue;
		rest = line + 4;
		while ((part = strsep(&rest, "/\n")) != NULL)
			if (!strcmp(part, slice))
				return true;
	}
	return false;
}

struct job {
	const char *path;		/* object path of the job that we wait for; NULL until it is known */
	char result[32];		/* "done", "failed"; "" = not yet */
};

static int on_removed(sd_bus_message *msg, void *userdata, sd_bus_error *error)
{
	const char *path, *unit, *result;
	struct job *job = userdata;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(msg, "uoss", &id, &path, &unit, &result) >= 0 && job->path &&
	    !strcmp(path, job->path))
		snprintf(job->result, sizeof(job->result), "%s", result);
	return 0;
}

static int ask_for_scope(sd_bus *bus, const char *slice, sd_bus_message **ret_reply,
			 sd_bus_error *error)
{
	KB_CLEANUP(sd_bus_message_unref_p) sd_bus_message *msg = NULL;
	char name[64];
	int r;

	snprintf(name, sizeof(name), "kidoban-screen-%d.scope", (int)getpid());
	r = sd_bus_message_new_method_call(bus, &msg, "org.freedesktop.systemd1",
					   "/org/freedesktop/systemd1",
					   "org.freedesktop.systemd1.Manager", "StartTransientUnit");
	if (r >= 0)
		r = sd_bus_message_append(msg, "ss", name, "fail");
	if (r >= 0)
		r = sd_bus_message_append(msg, "a(sv)", 4, "Slice", "s", slice, "PIDs", "au", 1,
					  (uint32_t)getpid(), "Description", "s",
					  "screen-transfer client of kidoban", "CollectMode", "s",
					  "inactive-or-failed");
	if (r >= 0)
		r = sd_bus_message_append(msg, "a(sa(sv))", 0);
	return r < 0 ? r : sd_bus_call(bus, msg, JOB_USEC, error, ret_reply);
}

static int wait_for_job(sd_bus *bus, struct job *job)
{
	struct timespec now;
	uint64_t end, usec;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000 + JOB_USEC;
	while (!job->result[0]) {
		r = sd_bus_process(bus, NULL);
		if (r < 0)
			return r;
		clock_gettime(CLOCK_MONOTONIC, &now);
		usec = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
		if (usec >= end)
			return -ETIMEDOUT;
		if (r == 0)
			r = sd_bus_wait(bus, end - usec);
		if (r < 0)
			return r;
	}
	return strcmp(job->result, "done") ? -ECANCELED : 0;
}

static int enter_by_systemd(const char *slice, struct kb_fault *ret_fault)
{
	KB_CLEANUP(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	KB_CLEANUP(sd_bus_message_unref_p) sd_bus_message *reply = NULL;
	KB_CLEANUP(sd_bus_flush_close_unref_p) sd_bus *bus = NULL;
	KB_CLEANUP(sd_bus_slot_unref_p) sd_bus_slot *slot = NULL;
	struct job job = {};
	int r;

	r = sd_bus_open_system(&bus);
	/* listening comes first, so that the job cannot end unheard */
	if (r >= 0)
		r = sd_bus_match_signal(bus, &slot, "org.freedesktop.systemd1",
					"/org/freedesktop/systemd1",
					"org.freedesktop.systemd1.Manager", "JobRemoved", on_removed,
					&job);
	if (r >= 0)
		r = sd_bus_call_method(bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
				       "org.freedesktop.systemd1.Manager", "Subscribe", &error, NULL, "");
	if (r >= 0)
		r = ask_for_scope(bus, slice, &reply, &error);
	if (r >= 0)
		r = sd_bus_message_read(reply, "o", &job.path);
	if (r >= 0)
		r = wait_for_job(bus, &job);
	if (r < 0)
		return kb_fault(ret_fault, r, _("systemd did not make a scope in %s: %s"), slice,
				error.message ?: strerror(-r));
	return 0;
}

static int write_pid(const char *path)
{
	KB_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return dprintf(fd, "%d\n", (int)getpid()) < 0 ? -errno : 0;
}

static int enter_by_hand(const char *slice, struct kb_fault *ret_fault)
{
	char dir[512], procs[600];
	struct statfs fs;
	int r = 0;

	if (statfs(CGROUP_ROOT, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)
		return kb_fault(ret_fault, -ENOTSUP,
				_("neither systemd nor cgroup v2 at %s: paths cannot know this program"),
				CGROUP_ROOT);
	snprintf(dir, sizeof(dir), CGROUP_ROOT "/%s", slice);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", dir);
	if (mkdir(dir, 0755) && errno != EEXIST)
		r = -errno;
	if (!r)
		r = write_pid(procs);
	return r ? kb_fault(ret_fault, r, _("cannot enter %s: %s"), dir, strerror(-r)) : 0;
}

int kb_scope_enter(const char *slice, struct kb_fault *ret_fault)
{
	int r = !access("/run/systemd/system", F_OK) ? enter_by_systemd(slice, ret_fault) :
						       enter_by_hand(slice, ret_fault);

	if (!r && !is_inside(slice))
		r = kb_fault(ret_fault, -EIO, _("this process is not in %s"), slice);
	return r;
}
