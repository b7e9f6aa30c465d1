// SPDX-License-Identifier: GPL-2.0-or-later
/* The supplicant's files: compared with what lies there, and put in place. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/wifi/provision.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define SAVED_MAX	1000		/* strays of one name that are kept */

/* One run over a provision: where, to whom it tells, and whether it writes. */
struct run {
	const struct kb_provision *provision;
	int root;
	kb_provision_fn fn;
	void *userdata;
	struct kb_fault *fault;
	bool write;
	int changed;
};

/* Nothing is above it that a link could lead to. */
static bool is_own_root(int root)
{
	struct stat st, own;

	return !fstat(root, &st) && !stat("/", &own) && st.st_dev == own.st_dev && st.st_ino == own.st_ino;
}

/*
 * Below the root whatever links say; "" is the root itself. RestrictSUIDSGID= of the agent's unit takes
 * openat2() away, because no filter can see what it would create; in the own root openat() does the same.
 */
static int open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (u64)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	while (*path == '/')
		path++;
	if (!*path)
		path = ".";
	fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (fd < 0 && errno == ENOSYS && is_own_root(root))
		fd = openat(root, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* Directories that only their owner may change: in others a file could be exchanged any time. */
static int check_dir(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid && st.st_uid != geteuid())
		return -EPERM;
	return st.st_mode & (S_IWGRP | S_IWOTH) ? -EPERM : 0;
}

static int make_dir(int root, const char *dir, bool make, int *ret);

/* mkdir(2) below the parent, which is made likewise. */
static int make_missing(int root, const char *dir)
{
	KB_FREE char *parent = strdup(dir);
	KB_CLOSE int fd = -1;
	char *slash;
	int r;

	if (!parent)
		return -ENOMEM;
	slash = strrchr(parent, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	r = make_dir(root, parent, true, &fd);
	if (!r && mkdirat(fd, slash + 1, 0755) && errno != EEXIST)
		r = -errno;
	if (!r && fsync(fd))
		r = -errno;
	return r;
}

/* Opens @dir, made on the way when @make. */
static int make_dir(int root, const char *dir, bool make, int *ret)
{
	int fd = open_below(root, dir, O_RDONLY | O_DIRECTORY), r;

	if (fd == -ENOENT && make) {
		r = make_missing(root, dir);
		if (r)
			return r;
		fd = open_below(root, dir, O_RDONLY | O_DIRECTORY);
	}
	if (fd < 0)
		return fd;
	r = check_dir(fd);
	if (r) {
		close(fd);
		return r;
	}
	*ret = fd;
	return 0;
}

static int trouble(const struct run *run, int r, const char *path)
{
	if (r == -EPERM)
		return kb_fault(run->fault, r, _("%s: others than root may write there"), path);
	return kb_fault(run->fault, r, "%s: %s", path, strerror(-r));
}

/* Does @fd hold exactly this? More is an edit, too. */
static bool holds(int fd, const struct kb_bytes *content)
{
	KB_FREE char *has = malloc(content->len + 1);
	size_t len = 0;
	ssize_t n;

	while (has && len <= content->len) {
		n = read(fd, has + len, content->len + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (!n)
			return len == content->len && !memcmp(has, content->data, len);
		len += (size_t)n;
	}
	return false;
}

static int state_of(int dir, const char *name, const struct kb_provision_file *file,
		    enum kb_provision_state *ret)
{
	KB_CLOSE int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT) {
		*ret = KB_PROVISION_MISSING;
		return 0;
	}
	*ret = KB_PROVISION_EDITED;
	/* a link, a socket: whatever it is, it is not ours */
	if (fd < 0)
		return errno == ELOOP || errno == ENXIO || errno == EACCES ? 0 : -errno;
	if (fstat(fd, &st))
		return -errno;
	if (S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1 &&
	    (st.st_mode & 07777) == file->mode && holds(fd, &file->content))
		*ret = KB_PROVISION_SAME;
	return 0;
}

static int write_all(int fd, const struct kb_bytes *content)
{
	size_t done = 0;
	ssize_t n;

	while (done < content->len) {
		n = write(fd, content->data + done, content->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

/* The old one stays whole until the new one is on the disk. A directory in the way is moved aside. */
static int put(int dir, const char *name, const struct kb_provision_file *file)
{
	KB_FREE char *temporary = NULL;
	KB_CLOSE int fd = -1;
	int r;

	/* a dot before the name: none of the three reads those */
	if (asprintf(&temporary, ".%s.kidoban-new", name) < 0)
		return -ENOMEM;
	if (unlinkat(dir, temporary, 0) && errno != ENOENT)
		return -errno;
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, &file->content);
	/* after the umask, and after what it holds is complete */
	if (!r && (fchmod(fd, file->mode) || fsync(fd)))
		r = -errno;
	if (!r && renameat(dir, temporary, dir, name))
		r = -errno;
	if (!r && fsync(dir))
		return -errno;
	if (r)
		unlinkat(dir, temporary, 0);
	return r;
}

static int save(int dir, const char *name, bool hidden)
{
	unsigned int n;
	int r;

	for (n = 0; n < SAVED_MAX; n++) {
		KB_FREE char *saved = NULL;

		r = n ? asprintf(&saved, "%s%s.kidoban-saved.%u", hidden ? "." : "", name, n) :
			asprintf(&saved, "%s%s.kidoban-saved", hidden ? "." : "", name);
		if (r < 0)
			return -ENOMEM;
		if (!renameat2(dir, name, dir, saved, RENAME_NOREPLACE))
			return fsync(dir) ? -errno : 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static void tell(struct run *run, const char *path, enum kb_provision_state state)
{
	run->changed++;
	if (run->fn)
		run->fn(path, state, run->userdata);
}

static int visit_file(struct run *run, const struct kb_provision_file *file)
{
	KB_FREE char *dir_path = strdup(file->path);
	enum kb_provision_state state;
	KB_CLOSE int dir = -1;
	char *slash;
	int r;

	slash = dir_path ? strrchr(dir_path, '/') : NULL;
	if (!slash)
		return -ENOMEM;
	*slash = '\0';
	r = make_dir(run->root, dir_path, run->write, &dir);
	if (r == -ENOENT && !run->write) {
		tell(run, file->path, KB_PROVISION_MISSING);
		return 0;
	}
	if (!r)
		r = state_of(dir, slash + 1, file, &state);
	if (r)
		return trouble(run, r, file->path);
	if (state == KB_PROVISION_SAME)
		return 0;
	if (run->write) {
		r = put(dir, slash + 1, file);
		if (r == -EISDIR || r == -EEXIST || r == -ENOTEMPTY) {
			r = save(dir, slash + 1, true);
			r = r ?: put(dir, slash + 1, file);
		}
	}
	if (r)
		return trouble(run, r, file->path);
	tell(run, file->path, state);
	return 0;
}

static bool has_ending(const char *name, const char *ending)
{
	size_t len = strlen(name), n = strlen(ending);

	return len >= n && !strcmp(name + len - n, ending);
}

static bool is_ours(const struct kb_provision *provision, const char *path)
{
	size_t i;

	for (i = 0; i < provision->n_files; i++)
		if (!strcmp(provision->files[i].path, path))
			return true;
	return false;
}

/* Names are gathered first: a directory that changes while it is read shows them twice or not. */
static int list_strays(const struct run *run, const struct kb_provision_stray *stray, int fd,
		       char ***ret, size_t *ret_n)
{
	KB_CLEANUP(kb_closedirp) DIR *dir = NULL;
	KB_CLOSE int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	char **names;

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir)
		return -errno;
	copy = -1;
	while ((entry = readdir(dir))) {
		KB_FREE char *path = NULL;

		if (*entry->d_name == '.' || !has_ending(entry->d_name, stray->ending) ||
		    strncmp(entry->d_name, stray->beginning, strlen(stray->beginning)))
			continue;
		if (asprintf(&path, "%s/%s", stray->dir, entry->d_name) < 0)
			return -ENOMEM;
		if (is_ours(run->provision, path))
			continue;
		names = realloc(*ret, (*ret_n + 1) * sizeof(*names));
		if (!names)
			return -ENOMEM;
		*ret = names;
		names[(*ret_n)++] = path;
		path = NULL;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int visit_strays(struct run *run, const struct kb_provision_stray *stray)
{
	KB_CLOSE int dir = -1;
	KB_FREE char **names = NULL;
	size_t i, n = 0;
	int r = make_dir(run->root, stray->dir, false, &dir);

	if (r == -ENOENT)
		return 0;
	if (!r)
		r = list_strays(run, stray, dir, &names, &n);
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	for (i = 0; i < n; i++) {
		if (!r && run->write)
			r = save(dir, strrchr(names[i], '/') + 1, stray->hidden);
		if (!r)
			tell(run, names[i], KB_PROVISION_STRAY);
		free(names[i]);
	}
	return r ? trouble(run, r, stray->dir) : 0;
}

static int visit_all(struct run *run, const char *root)
{
	KB_CLOSE int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct kb_provision *provision = run->provision;
	size_t i;
	int r = 0;

	if (fd < 0)
		return kb_fault(run->fault, -errno, "%s: %s", root, strerror(errno));
	run->root = fd;
	for (i = 0; !r && i < provision->n_files; i++)
		r = visit_file(run, &provision->files[i]);
	/* what else would be offered goes when ours stand */
	for (i = 0; !r && i < provision->n_strays; i++)
		r = visit_strays(run, &provision->strays[i]);
	return r ?: run->changed;
}

int kb_provision_compare(const struct kb_provision *provision, const char *root,
			 kb_provision_fn fn, void *userdata, struct kb_fault *ret_fault)
{
	struct run run = { .provision = provision, .fn = fn, .userdata = userdata,
			   .fault = ret_fault };

	return visit_all(&run, root);
}

int kb_provision_apply(const struct kb_provision *provision, const char *root, kb_provision_fn fn,
		       void *userdata, struct kb_fault *ret_fault)
{
	struct run run = { .provision = provision, .fn = fn, .userdata = userdata,
			   .fault = ret_fault, .write = true };

	return visit_all(&run, root);
}
