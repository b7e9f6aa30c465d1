// SPDX-License-Identifier: GPL-2.0-or-later
/* Follows what a directory holds, also while the directory is not there. */
#include "agent/wifi/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "policy/cleanup.h"

/* Attributes count: a mode that was widened is an edit. */
#define INSIDE	(IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_ATTRIB | \
		 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define ABOVE	(IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

struct kb_follow {
	sd_event *event;
	char *dir;			/* wanted */
	char *file;			/* the only name of interest, or NULL */
	kb_follow_fn fn;
	void *userdata;
	sd_event_source *source;	/* on .dir, or on one above it */
	sd_event_source *again;		/* arms anew outside of the watch's own callback */
	char *waits_for;		/* name in the directory above; NULL: .source is on .dir */
};

static int arm(struct kb_follow *follow);

static int on_again(sd_event_source *source, void *userdata)
{
	struct kb_follow *follow = userdata;

	(void)source;
	arm(follow);
	follow->fn(NULL, follow->userdata);
	return 0;
}

static int on_notice(sd_event_source *source, const struct inotify_event *notice, void *userdata)
{
	const uint32_t gone = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;
	struct kb_follow *follow = userdata;

	(void)source;
	if (notice->mask & gone || (follow->waits_for && (notice->mask & IN_Q_OVERFLOW))) {
		sd_event_source_set_enabled(follow->again, SD_EVENT_ONESHOT);
		return 0;
	}
	if (follow->waits_for) {
		if (notice->len && !strcmp(notice->name, follow->waits_for))
			sd_event_source_set_enabled(follow->again, SD_EVENT_ONESHOT);
		return 0;
	}
	if (notice->mask & IN_Q_OVERFLOW)
		follow->fn(NULL, follow->userdata);
	else if (notice->len && (!follow->file || !strcmp(notice->name, follow->file)))
		follow->fn(notice->name, follow->userdata);
	return 0;
}

/* Watches the directory, or the nearest one above that is there. */
static int arm_nearest(struct kb_follow *follow)
{
	KB_FREE char *dir = strdup(follow->dir);
	char *slash;
	int r;

	follow->source = sd_event_source_disable_unref(follow->source);
	free(follow->waits_for);
	follow->waits_for = NULL;
	if (!dir)
		return -ENOMEM;
	for (;;) {
		r = sd_event_add_inotify(follow->event, &follow->source, *dir ? dir : "/",
					 follow->waits_for ? ABOVE : INSIDE, on_notice, follow);
		slash = strrchr(dir, '/');
		if ((r != -ENOENT && r != -ENOTDIR) || !slash)
			return r < 0 ? r : 0;
		free(follow->waits_for);
		follow->waits_for = strdup(slash + 1);
		if (!follow->waits_for)
			return -ENOMEM;
		*slash = '\0';
	}
}

static int arm(struct kb_follow *follow)
{
	int r, tries;

	/* it may have come between looking for it and watching where it comes */
	for (tries = 0; tries < 8; tries++) {
		r = arm_nearest(follow);
		if (r || !follow->waits_for || access(follow->dir, F_OK))
			return r;
	}
	return -EAGAIN;
}

static int make(sd_event *event, const char *dir, size_t len, const char *file, kb_follow_fn fn,
		void *userdata, struct kb_follow **ret)
{
	struct kb_follow *follow = calloc(1, sizeof(*follow));
	int r = -ENOMEM;

	if (!follow)
		return -ENOMEM;
	*follow = (struct kb_follow){ .event = sd_event_ref(event), .fn = fn, .userdata = userdata };
	follow->dir = strndup(dir, len);
	follow->file = file ? strdup(file) : NULL;
	if (follow->dir && (follow->file || !file))
		r = sd_event_add_defer(event, &follow->again, on_again, follow);
	if (r >= 0)
		r = sd_event_source_set_enabled(follow->again, SD_EVENT_OFF);
	if (r >= 0)
		r = arm(follow);
	if (r < 0) {
		kb_follow_free(follow);
		return r;
	}
	*ret = follow;
	return 0;
}

int kb_follow_dir(sd_event *event, const char *dir, kb_follow_fn fn, void *userdata,
		  struct kb_follow **ret)
{
	return make(event, dir, strlen(dir), NULL, fn, userdata, ret);
}

int kb_follow_file(sd_event *event, const char *path, kb_follow_fn fn, void *userdata,
		   struct kb_follow **ret)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return -EINVAL;
	return make(event, path, (size_t)(slash - path), slash + 1, fn, userdata, ret);
}

void kb_follow_free(struct kb_follow *follow)
{
	if (!follow)
		return;
	sd_event_source_disable_unref(follow->source);
	sd_event_source_disable_unref(follow->again);
	free(follow->dir);
	free(follow->file);
	free(follow->waits_for);
	sd_event_unref(follow->event);
	free(follow);
}
