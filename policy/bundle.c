// SPDX-License-Identifier: GPL-2.0-or-later
/* A bundle (.kdb): blob, signatures and source text in one ustar archive. */
#include "policy/bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uapi/kidoban/limits.h>

#include "policy/archive.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

/* Set by kb_archive_load() before anything below is called. */
static const struct kb_archive_library *lib;

static void read_freep(struct archive **a)
{
	if (*a)
		lib->archive_read_free(*a);
}

static void write_freep(struct archive **a)
{
	if (*a)
		lib->archive_write_free(*a);
}

static void entry_freep(struct archive_entry **entry)
{
	if (*entry)
		lib->archive_entry_free(*entry);
}

#define TAR_BLOCK 512

static const struct {
	const char *name;
	size_t max;
	bool optional;
} members[KB_BUNDLE_MEMBERS] = {
	[KB_BUNDLE_BLOB] = { "policy.blob", KB_BLOB_MAX, false },
	[KB_BUNDLE_AUTHOR] = { "author.p7s", KB_SIGNATURE_MAX, false },
	[KB_BUNDLE_APPROVER] = { "approver.p7s", KB_SIGNATURE_MAX, true },
	[KB_BUNDLE_SOURCE] = { "policy.yaml", KB_BUNDLE_SOURCE_MAX, false },
};

void kb_bytes_done(struct kb_bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct kb_bytes){};
}

void kb_bundle_done(struct kb_bundle *bundle)
{
	int i;

	for (i = 0; i < KB_BUNDLE_MEMBERS; i++)
		kb_bytes_done(&bundle->members[i]);
}

int kb_bundle_set(struct kb_bundle *bundle, enum kb_bundle_member member, const void *data,
		  size_t len)
{
	uint8_t *copy = malloc(len + 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, len);
	copy[len] = '\0';
	kb_bytes_done(&bundle->members[member]);
	bundle->members[member] = (struct kb_bytes){ copy, len };
	return 0;
}

static int member_by_name(const char *name)
{
	int i;

	for (i = 0; i < KB_BUNDLE_MEMBERS; i++)
		if (!strcmp(members[i].name, name))
			return i;
	return -ENOENT;
}

/* Which member an entry is, or -EBADMSG. @last is the member before it, -1 at first. */
static int check_entry(struct archive *a, struct archive_entry *entry, int last,
		       struct kb_fault *ret_fault)
{
	const char *name = lib->archive_entry_pathname(entry);
	int member;

	if (lib->archive_format(a) != ARCHIVE_FORMAT_TAR_USTAR)
		return kb_fault(ret_fault, -EBADMSG, _("not a ustar archive; take the bundle as 'kidoban policy sign' wrote it"));
	member = name ? member_by_name(name) : -ENOENT;
	if (member < 0)
		return kb_fault(ret_fault, -EBADMSG, _("unknown member \"%.80s\""), name ?: "?");
	if (lib->archive_entry_filetype(entry) != AE_IFREG || lib->archive_entry_hardlink(entry) ||
	    lib->archive_entry_symlink(entry))
		return kb_fault(ret_fault, -EBADMSG, _("member %s is not a regular file"), name);
	if (member == last)
		return kb_fault(ret_fault, -EBADMSG, _("member %s stands there twice"), name);
	if (member < last)
		return kb_fault(ret_fault, -EBADMSG, _("member %s is out of order"), name);
	if (!lib->archive_entry_size_is_set(entry) || lib->archive_entry_size(entry) <= 0 ||
	    (uint64_t)lib->archive_entry_size(entry) > members[member].max)
		return kb_fault(ret_fault, -EBADMSG, _("member %s is empty or larger than %zu bytes"),
				name, members[member].max);
	return member;
}

static int read_member(struct archive *a, struct archive_entry *entry, struct kb_bytes *ret)
{
	size_t size = (size_t)lib->archive_entry_size(entry), done = 0;
	uint8_t *data = malloc(size + 1);
	la_ssize_t n;

	if (!data)
		return -ENOMEM;
	while (done < size) {
		n = lib->archive_read_data(a, data + done, size - done);
		if (n <= 0) {
			free(data);
			return -EBADMSG;
		}
		done += (size_t)n;
	}
	data[size] = '\0';
	*ret = (struct kb_bytes){ data, size };
	return 0;
}

static int read_entries(struct archive *a, struct kb_bundle *bundle, size_t *ret_end,
			struct kb_fault *ret_fault)
{
	struct archive_entry *entry;
	size_t end = 0;
	int last = -1;
	int r;

	while ((r = lib->archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		last = check_entry(a, entry, last, ret_fault);
		if (last < 0)
			return last;
		r = read_member(a, entry, &bundle->members[last]);
		if (r)
			return kb_fault(ret_fault, r, _("member %s is cut off"), members[last].name);
		end += TAR_BLOCK + (bundle->members[last].len + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	}
	if (r != ARCHIVE_EOF)
		return kb_fault(ret_fault, -EBADMSG, _("damaged archive: %s"),
				lib->archive_error_string(a) ?: "?");
	*ret_end = end;
	return 0;
}

/* Nothing may hide behind the archive, and its end mark must be whole. */
static int check_tail(const uint8_t *data, size_t len, size_t end, struct kb_fault *ret_fault)
{
	size_t i;

	if (len < end + 2 * TAR_BLOCK)
		return kb_fault(ret_fault, -EBADMSG, _("the archive's end is cut off"));
	for (i = end; i < len; i++)
		if (data[i])
			return kb_fault(ret_fault, -EBADMSG, _("bytes follow the archive's end"));
	return 0;
}

static int check_complete(const struct kb_bundle *bundle, int err, struct kb_fault *ret_fault)
{
	int i;

	for (i = 0; i < KB_BUNDLE_MEMBERS; i++)
		if (!members[i].optional && !bundle->members[i].data)
			return kb_fault(ret_fault, err, _("member %s is missing"), members[i].name);
	return 0;
}

int kb_bundle_decode(const void *data, size_t len, struct kb_bundle *ret,
		     struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	KB_CLEANUP(read_freep) struct archive *a = NULL;
	size_t end = 0;
	int r;

	r = kb_archive_load(&lib, ret_fault);
	if (r)
		return r;
	a = lib->archive_read_new();
	if (!a)
		return -ENOMEM;
	if (len > KB_BUNDLE_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("larger than %d bytes"), KB_BUNDLE_MAX);
	if (lib->archive_read_support_format_tar(a) != ARCHIVE_OK ||
	    lib->archive_read_open_memory(a, data, len) != ARCHIVE_OK)
		return kb_fault(ret_fault, -EBADMSG, _("not a policy bundle (.kdb); 'kidoban policy sign' makes one"));
	r = read_entries(a, &bundle, &end, ret_fault);
	if (!r)
		r = check_complete(&bundle, -EBADMSG, ret_fault);
	if (!r)
		r = check_tail(data, len, end, ret_fault);
	if (r)
		return r;
	*ret = bundle;
	bundle = (struct kb_bundle){};
	return 0;
}

static int write_member(struct archive *a, int member, const struct kb_bytes *bytes)
{
	KB_CLEANUP(entry_freep) struct archive_entry *entry = lib->archive_entry_new();

	if (!entry)
		return -ENOMEM;
	lib->archive_entry_set_pathname(entry, members[member].name);
	lib->archive_entry_set_filetype(entry, AE_IFREG);
	lib->archive_entry_set_perm(entry, 0644);
	lib->archive_entry_set_size(entry, (la_int64_t)bytes->len);
	lib->archive_entry_set_mtime(entry, 0, 0);
	if (lib->archive_write_header(a, entry) != ARCHIVE_OK ||
	    lib->archive_write_data(a, bytes->data, bytes->len) != (la_ssize_t)bytes->len)
		return -EIO;
	return 0;
}

static size_t encoded_size(const struct kb_bundle *bundle)
{
	size_t size = 2 * TAR_BLOCK;
	int i;

	for (i = 0; i < KB_BUNDLE_MEMBERS; i++)
		if (bundle->members[i].data)
			size += TAR_BLOCK +
				(bundle->members[i].len + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
	return size;
}

static int check_sizes(const struct kb_bundle *bundle, struct kb_fault *ret_fault)
{
	int i;

	for (i = 0; i < KB_BUNDLE_MEMBERS; i++)
		if (bundle->members[i].data &&
		    (!bundle->members[i].len || bundle->members[i].len > members[i].max))
			return kb_fault(ret_fault, -EINVAL,
					_("member %s is empty or larger than %zu bytes"),
					members[i].name, members[i].max);
	return check_complete(bundle, -EINVAL, ret_fault);
}

int kb_bundle_encode(const struct kb_bundle *bundle, struct kb_bytes *ret,
		     struct kb_fault *ret_fault)
{
	size_t size = encoded_size(bundle), used = 0;
	/* freed after the archive, which writes into it even when it is given up */
	KB_FREE uint8_t *data = NULL;
	KB_CLEANUP(write_freep) struct archive *a = NULL;
	int i, r;

	r = check_sizes(bundle, ret_fault);
	if (!r)
		r = kb_archive_load(&lib, ret_fault);
	if (r)
		return r;
	a = lib->archive_write_new();
	data = malloc(size + 1);
	if (!a || !data)
		return -ENOMEM;
	if (lib->archive_write_set_format_ustar(a) != ARCHIVE_OK ||
	    lib->archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK ||
	    lib->archive_write_open_memory(a, data, size, &used) != ARCHIVE_OK)
		return kb_fault(ret_fault, -EIO, "%s", lib->archive_error_string(a) ?: "?");
	for (i = 0; !r && i < KB_BUNDLE_MEMBERS; i++)
		if (bundle->members[i].data)
			r = write_member(a, i, &bundle->members[i]);
	if (r || lib->archive_write_close(a) != ARCHIVE_OK)
		return kb_fault(ret_fault, -EIO, "%s", lib->archive_error_string(a) ?: "?");
	data[used] = '\0';
	*ret = (struct kb_bytes){ data, used };
	data = NULL;
	return 0;
}

int kb_bundle_read(const char *path, struct kb_bundle *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes file = {};
	struct kb_fault why = {};
	int r;

	r = kb_file_read(path, KB_BUNDLE_MAX, &file.data, &file.len);
	if (r == -EFBIG)
		return kb_fault(ret_fault, -EBADMSG, _("%s: larger than %d bytes"), path, KB_BUNDLE_MAX);
	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	r = kb_bundle_decode(file.data, file.len, ret, &why);
	return r ? kb_fault(ret_fault, r, "%s: %s", path, why.text) : 0;
}

int kb_bundle_write(const char *path, const struct kb_bundle *bundle, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes bytes = {};
	int r;

	r = kb_bundle_encode(bundle, &bytes, ret_fault);
	if (r)
		return r;
	r = kb_file_replace(path, bytes.data, bytes.len, 0644);
	return r ? kb_fault(ret_fault, r, _("cannot write %s: %s"), path, strerror(-r)) : 0;
}

int kb_bundle_unpack(const struct kb_bundle *bundle, const char *dir, struct kb_fault *ret_fault)
{
	int i, r = check_sizes(bundle, ret_fault);

	for (i = 0; !r && i < KB_BUNDLE_MEMBERS; i++) {
		KB_FREE char *path = kb_path_join(dir, members[i].name);

		if (!bundle->members[i].data || i == KB_BUNDLE_SOURCE)
			continue;
		r = path ? kb_file_replace(path, bundle->members[i].data, bundle->members[i].len, 0600) :
			   -ENOMEM;
		if (r)
			kb_fault(ret_fault, r, _("cannot write %s: %s"), path ?: dir, strerror(-r));
	}
	return r;
}

int kb_bundle_gather(const char *dir, struct kb_bundle *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	int i, r;

	for (i = 0; i < KB_BUNDLE_SOURCE; i++) {
		struct kb_bytes *to = &bundle.members[i];
		KB_FREE char *path = kb_path_join(dir, members[i].name);

		r = path ? kb_file_read(path, members[i].max, &to->data, &to->len) : -ENOMEM;
		if (r == -ENOENT && members[i].optional)
			continue;
		if (!r && !to->len)
			r = -ENODATA;
		if (r)
			return kb_fault(ret_fault, r, _("cannot read %s: %s"), path ?: dir, strerror(-r));
	}
	*ret = bundle;
	bundle = (struct kb_bundle){};
	return 0;
}
