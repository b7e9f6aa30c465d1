/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent must remember: the replay floor, the last event it told, whether it is isolated. */
#ifndef AGENT_STATE_H
#define AGENT_STATE_H

#include "agent/decode.h"

#define KB_BOOT_ID_LEN	36		/* characters of /proc/sys/kernel/random/boot_id */

/* The newest policy ever obeyed here. Survives everything; written rarely and synced. */
struct kb_floor {
	u32 epoch, serial;		/* 0, 0 = none yet */
};

/* The last event handed to the journal. Worth nothing after the boot it is of. */
struct kb_cursor {
	char boot_id[KB_BOOT_ID_LEN + 1];
	u64 seq;			/* 0 = none yet */
};

/*
 * Makes the caller the one agent of @state_dir for as long as the returned
 * descriptor is open. -EBUSY when there is one, -ENOENT without the directory.
 */
int kb_state_lock(const char *state_dir);

/*
 * Any small text that must survive: @dir/@name with a checksum behind it, written at once or not at
 * all. *ret_text is malloc'ed. -ENOENT when missing, -EBADMSG when torn or edited; -EFBIG beyond some
 * 400 bytes.
 */
int kb_state_read(const char *dir, const char *name, char **ret_text);
int kb_state_write(const char *dir, const char *name, const char *body);

/*
 * Files carry a checksum. -ENOENT when missing, -EBADMSG when torn or edited:
 * then nothing of the file is believed.
 */
int kb_floor_read(const char *state_dir, struct kb_floor *ret);
/* Writes unless the floor on disk is as high already: it never sinks. */
int kb_floor_raise(const char *state_dir, const struct kb_floor *floor);

/* -ESTALE when the file is of another boot. */
int kb_cursor_read(const char *state_dir, struct kb_cursor *ret);
/* Replaces the file without syncing it: a crash of the machine ends the boot it counts for. */
int kb_cursor_write(const char *state_dir, u64 seq);

/*
 * The name of the isolation that holds until a signed release, over every
 * reboot (N6). -ENOENT: not isolated. -EBADMSG: torn or edited, which counts as isolated.
 */
int kb_isolation_read(const char *state_dir, u8 ret[KB_ISOLATION_LEN]);
int kb_isolation_write(const char *state_dir, const u8 id[KB_ISOLATION_LEN]);
/* Forgets it. 0 when there is none. */
int kb_isolation_clear(const char *state_dir);

#endif
