// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole files: bounded reading, writing that is never seen half done. */
#include "policy/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/cleanup.h"

char *kb_path_join(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

int kb_file_read(const char *path, size_t max, uint8_t **ret_data, size_t *ret_len)
{
	/* O_NONBLOCK: a fifo somebody put there must not hold us */
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	KB_FREE uint8_t *data = NULL;
	size_t size, len = 0;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return -EFBIG;
	/* one byte more than it says shows a file that grows while it is read */
	size = (size_t)st.st_size + 1;
	data = malloc(size + 1);
	if (!data)
		return -ENOMEM;
	while (len < size) {
		n = read(fd, data + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += n;
	}
	if (len == size)
		return -EAGAIN;
	data[len] = '\0';
	*ret_data = data;
	*ret_len = len;
	data = NULL;
	return 0;
}

bool kb_file_same(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int sync_parent(const char *path)
{
	KB_FREE char *copy = strdup(path);
	KB_CLOSE int fd = -1;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* some file systems (FUSE, 9p) cannot sync a directory */
	if (fsync(fd) < 0 && errno != EINVAL && errno != EOPNOTSUPP)
		return -errno;
	return 0;
}

int kb_file_replace(const char *path, const void *data, size_t len, mode_t mode)
{
	KB_FREE char *tmp = NULL;
	KB_CLOSE int fd = -1;
	struct stat st;
	int r;

	/* renaming over a device or a pipe would put a file in its place */
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST;
	if (asprintf(&tmp, "%s.XXXXXX", path) < 0) {
		tmp = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_all(fd, data, len);
	if (!r && fchmod(fd, mode) < 0)
		r = -errno;
	if (!r && rename(tmp, path) < 0)
		r = -errno;
	if (r) {
		unlink(tmp);
		return r;
	}
	return sync_parent(path);
}

int kb_file_create(const char *path, const void *data, size_t len, mode_t mode)
{
	KB_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int r;

	if (fd < 0)
		return -errno;
	/* the umask may have taken bits away, never added any */
	r = write_all(fd, data, len);
	if (r)
		unlink(path);
	return r ?: sync_parent(path);
}

int kb_file_remove(const char *path)
{
	return unlink(path) < 0 ? -errno : sync_parent(path);
}
