/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files: bounded reading, writing that is never seen half done. */
#ifndef POLICY_FILE_H
#define POLICY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads a regular file of at most @max bytes. *ret_data is malloc'ed and one
 * NUL byte stands behind its *ret_len bytes. -EFBIG when larger, -EINVAL when
 * not a regular file, or the errno of open(2), read(2).
 */
int kb_file_read(const char *path, size_t max, uint8_t **ret_data, size_t *ret_len);

/*
 * Replaces @path by @len bytes: temporary file beside it, fsync, rename, fsync
 * of the directory. Readers see the old bytes or the new ones. Negative errno:
 * -EEXIST when a device or pipe has that name, -EISDIR.
 */
int kb_file_replace(const char *path, const void *data, size_t len, mode_t mode);

/* Makes @path, which must not exist (-EEXIST), and fsyncs it. Removed again on failure. */
int kb_file_create(const char *path, const void *data, size_t len, mode_t mode);

/* Removes @path for good: it does not come back after a power cut. -ENOENT when it is not there. */
int kb_file_remove(const char *path);

/* Are both names of one file that is there? */
bool kb_file_same(const char *a, const char *b);

/* "DIR/NAME", malloc'ed; NULL when there is no memory. */
char *kb_path_join(const char *dir, const char *name);

#endif
