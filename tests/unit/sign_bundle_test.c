// SPDX-License-Identifier: GPL-2.0-or-later
/* Bundles: everything that is not exactly one is refused. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent_scratch.h"
#include "policy/bundle.h"
#include "policy/file.h"

#define BLOCK 512

/* One member as a hostile archive may have it. */
struct member {
	const char *name;
	const char *data;		/* NULL: not a regular file */
	int type;			/* AE_IF*, 0 = regular */
	const char *link;		/* target of a link */
	size_t size;			/* 0 = strlen(data) */
};

static size_t make_tar(int format, const struct member *members, size_t n, uint8_t *buf, size_t size)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry;
	size_t used = 0, len, i;

	assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
	archive_write_set_bytes_per_block(a, 0);
	assert_int_equal(archive_write_open_memory(a, buf, size, &used), ARCHIVE_OK);
	for (i = 0; i < n; i++) {
		entry = archive_entry_new();
		len = members[i].size ? members[i].size : members[i].data ? strlen(members[i].data) : 0;
		archive_entry_set_pathname(entry, members[i].name);
		archive_entry_set_filetype(entry, members[i].type ? (unsigned int)members[i].type : AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (la_int64_t)len);
		if (members[i].link && members[i].type == AE_IFLNK)
			archive_entry_set_symlink(entry, members[i].link);
		else if (members[i].link)
			archive_entry_set_hardlink(entry, members[i].link);
		assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
		if (members[i].data && !members[i].link && !members[i].size)
			assert_int_equal(archive_write_data(a, members[i].data, len), (la_ssize_t)len);
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	return used;
}

#define BLOB	{ "policy.blob", "blob", 0, NULL, 0 }
#define AUTHOR	{ "author.p7s", "author", 0, NULL, 0 }
#define APPROVER { "approver.p7s", "approver", 0, NULL, 0 }
#define SOURCE	{ "policy.yaml", "kidoban: 1\n", 0, NULL, 0 }

static const struct {
	const char *name;
	int format;
	struct member members[6];
	size_t n;
	const char *text;		/* part of the sentence; NULL = accepted */
} cases[] = {
	{ "complete", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, AUTHOR, APPROVER, SOURCE }, 4, NULL },
	{ "without approver", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, AUTHOR, SOURCE }, 3, NULL },
	{ "no members", ARCHIVE_FORMAT_TAR_USTAR, { BLOB }, 0, "missing" },
	{ "no blob", ARCHIVE_FORMAT_TAR_USTAR, { AUTHOR, SOURCE }, 2, "policy.blob is missing" },
	{ "no author", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, SOURCE }, 2, "author.p7s is missing" },
	{ "no source", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, AUTHOR }, 2, "policy.yaml is missing" },
	{ "unknown member", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, AUTHOR, { "x", "x", 0, NULL, 0 }, SOURCE }, 4,
	  "unknown member \"x\"" },
	{ "path traversal", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, { "../author.p7s", "a", 0, NULL, 0 }, SOURCE },
	  3, "unknown member" },
	{ "absolute path", ARCHIVE_FORMAT_TAR_USTAR, { { "/policy.blob", "a", 0, NULL, 0 }, AUTHOR, SOURCE },
	  3, "unknown member" },
	{ "dot path", ARCHIVE_FORMAT_TAR_USTAR, { { "./policy.blob", "a", 0, NULL, 0 }, AUTHOR, SOURCE }, 3,
	  "unknown member" },
	{ "other case", ARCHIVE_FORMAT_TAR_USTAR, { { "Policy.blob", "a", 0, NULL, 0 }, AUTHOR, SOURCE }, 3,
	  "unknown member" },
	{ "duplicate", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, BLOB, AUTHOR, SOURCE }, 4, "twice" },
	{ "duplicate at the end", ARCHIVE_FORMAT_TAR_USTAR, { BLOB, AUTHOR, SOURCE, BLOB }, 4,
	  "out of order" },
	{ "out of order", ARCHIVE_FORMAT_TAR_USTAR, { AUTHOR, BLOB, SOURCE }, 3, "out of order" },
	{ "symbolic link", ARCHIVE_FORMAT_TAR_USTAR,
	  { { "policy.blob", NULL, AE_IFLNK, "/etc/shadow", 0 }, AUTHOR, SOURCE }, 3, "not a regular" },
	{ "hard link", ARCHIVE_FORMAT_TAR_USTAR,
	  { BLOB, { "author.p7s", "", 0, "policy.blob", 0 }, SOURCE }, 3, "not a regular" },
	{ "directory", ARCHIVE_FORMAT_TAR_USTAR,
	  { { "policy.blob", NULL, AE_IFDIR, NULL, 0 }, AUTHOR, SOURCE }, 3, "member" },
	{ "fifo", ARCHIVE_FORMAT_TAR_USTAR, { { "policy.blob", NULL, AE_IFIFO, NULL, 0 }, AUTHOR, SOURCE }, 3,
	  "not a regular" },
	{ "device", ARCHIVE_FORMAT_TAR_USTAR, { { "policy.blob", NULL, AE_IFCHR, NULL, 0 }, AUTHOR, SOURCE },
	  3, "not a regular" },
	{ "empty member", ARCHIVE_FORMAT_TAR_USTAR, { { "policy.blob", "", 0, NULL, 0 }, AUTHOR, SOURCE }, 3,
	  "empty or larger" },
	{ "signature too big", ARCHIVE_FORMAT_TAR_USTAR,
	  { BLOB, { "author.p7s", NULL, 0, NULL, 16 * 1024 + 1 }, SOURCE }, 3, "empty or larger" },
	{ "blob too big", ARCHIVE_FORMAT_TAR_USTAR,
	  { { "policy.blob", NULL, 0, NULL, 1024 * 1024 + 1 }, AUTHOR, SOURCE }, 3, "empty or larger" },
	{ "GNU tar", ARCHIVE_FORMAT_TAR_GNUTAR, { BLOB, AUTHOR, SOURCE }, 3, "not a ustar archive" },
	{ "cpio", ARCHIVE_FORMAT_CPIO_POSIX, { BLOB, AUTHOR, SOURCE }, 3, "not a policy bundle" },
	{ "zip", ARCHIVE_FORMAT_ZIP, { BLOB, AUTHOR, SOURCE }, 3, "not a policy bundle" },
};

static uint8_t buf[4 * 1024 * 1024];

static void test_cases(void **state)
{
	struct kb_bundle bundle = { 0 };
	struct kb_fault why;
	size_t i, len;
	int r;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		why.text[0] = '\0';
		len = make_tar(cases[i].format, cases[i].members, cases[i].n, buf, sizeof(buf));
		r = kb_bundle_decode(buf, len, &bundle, &why);
		if (r != (cases[i].text ? -EBADMSG : 0))
			fail_msg("%s: answered %d %s", cases[i].name, r, why.text);
		if (cases[i].text && !strstr(why.text, cases[i].text))
			fail_msg("%s: said \"%s\"", cases[i].name, why.text);
		if (!r)
			kb_bundle_done(&bundle);
		else
			assert_null(bundle.members[0].data);
	}
}

static void fill(struct kb_bundle *bundle)
{
	assert_int_equal(kb_bundle_set(bundle, KB_BUNDLE_BLOB, "the blob", 8), 0);
	assert_int_equal(kb_bundle_set(bundle, KB_BUNDLE_AUTHOR, "sig", 3), 0);
	assert_int_equal(kb_bundle_set(bundle, KB_BUNDLE_SOURCE, "text\n", 5), 0);
}

static void test_pax_header(void **state)
{
	struct kb_bundle bundle = { 0 }, out = { 0 };
	struct kb_bytes bytes = { 0 };

	(void)state;
	fill(&bundle);
	assert_int_equal(kb_bundle_encode(&bundle, &bytes, NULL), 0);
	/* a pax extended header in front could rename what follows */
	memmove(buf + 2 * BLOCK, bytes.data, bytes.len);
	memcpy(buf, bytes.data, BLOCK);
	memset(buf + BLOCK, 0, BLOCK);
	memcpy(buf + BLOCK, "20 path=policy.blob\n", 20);
	buf[156] = 'x';
	assert_int_equal(kb_bundle_decode(buf, bytes.len + 2 * BLOCK, &out, NULL), -EBADMSG);
	kb_bytes_done(&bytes);
	kb_bundle_done(&bundle);
}

static void test_every_truncation(void **state)
{
	struct kb_bundle bundle = { 0 }, out = { 0 };
	struct kb_bytes bytes = { 0 };
	size_t len;

	(void)state;
	fill(&bundle);
	assert_int_equal(kb_bundle_encode(&bundle, &bytes, NULL), 0);
	for (len = 0; len < bytes.len; len++) {
		/* an exact copy, so that the sanitizer sees a read behind the end */
		uint8_t *copy = malloc(len ? len : 1);

		memcpy(copy, bytes.data, len);
		if (!kb_bundle_decode(copy, len, &out, NULL))
			fail_msg("%zu of %zu bytes were accepted", len, bytes.len);
		free(copy);
	}
	kb_bytes_done(&bytes);
	kb_bundle_done(&bundle);
}

static void test_bytes_behind(void **state)
{
	struct kb_bundle bundle = { 0 }, out = { 0 };
	struct kb_bytes bytes = { 0 };
	struct kb_fault why;

	(void)state;
	fill(&bundle);
	assert_int_equal(kb_bundle_encode(&bundle, &bytes, NULL), 0);
	memset(buf, 0, bytes.len + 2 * BLOCK);
	memcpy(buf, bytes.data, bytes.len);
	assert_int_equal(kb_bundle_decode(buf, bytes.len + 2 * BLOCK, &out, NULL), 0);
	kb_bundle_done(&out);
	buf[bytes.len + BLOCK] = 1;
	assert_int_equal(kb_bundle_decode(buf, bytes.len + 2 * BLOCK, &out, &why), -EBADMSG);
	assert_non_null(strstr(why.text, "follow"));
	kb_bytes_done(&bytes);
	kb_bundle_done(&bundle);
}

static void test_round_trip(void **state)
{
	struct kb_bundle bundle = { 0 }, out = { 0 };
	struct kb_bytes a = { 0 }, b = { 0 };

	(void)state;
	fill(&bundle);
	assert_int_equal(kb_bundle_encode(&bundle, &a, NULL), 0);
	assert_int_equal(kb_bundle_decode(a.data, a.len, &out, NULL), 0);
	assert_memory_equal(out.members[KB_BUNDLE_BLOB].data, "the blob", 9);
	assert_null(out.members[KB_BUNDLE_APPROVER].data);
	assert_int_equal(kb_bundle_encode(&out, &b, NULL), 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	kb_bytes_done(&a);
	kb_bytes_done(&b);
	kb_bundle_done(&out);
	kb_bundle_done(&bundle);
}

static void test_encode_refuses(void **state)
{
	struct kb_bundle bundle = { 0 };
	struct kb_bytes bytes = { 0 };

	(void)state;
	assert_int_equal(kb_bundle_encode(&bundle, &bytes, NULL), -EINVAL);
	fill(&bundle);
	assert_int_equal(kb_bundle_set(&bundle, KB_BUNDLE_AUTHOR, buf, 16 * 1024 + 1), 0);
	assert_int_equal(kb_bundle_encode(&bundle, &bytes, NULL), -EINVAL);
	assert_null(bytes.data);
	kb_bundle_done(&bundle);
}

static void test_files(void **state)
{
	struct kb_bundle bundle = { 0 }, out = { 0 };
	struct kb_fault why = { "" };
	struct scratch s;

	(void)state;
	scratch_make(&s);
	assert_int_equal(kb_bundle_read(scratch_path(&s, "none"), &out, &why), -ENOENT);
	assert_non_null(strstr(why.text, "none"));
	assert_int_equal(kb_bundle_read(s.dir, &out, &why), -EISDIR);
	fill(&bundle);
	assert_int_equal(kb_bundle_write(scratch_path(&s, "p.kdb"), &bundle, &why), 0);
	assert_int_equal(kb_bundle_read(scratch_path(&s, "p.kdb"), &out, &why), 0);
	kb_bundle_done(&out);
	assert_int_equal(kb_bundle_write(scratch_path(&s, "no/p.kdb"), &bundle, &why), -ENOENT);
	kb_bundle_done(&bundle);
	scratch_remove(&s);
}

static void test_create_never_overwrites(void **state)
{
	uint8_t *data;
	struct scratch s;
	size_t len;

	(void)state;
	scratch_make(&s);
	scratch_text(&s, "f", "first");
	assert_int_equal(kb_file_create(scratch_path(&s, "f"), "second", 6, 0600), -EEXIST);
	assert_int_equal(kb_file_read(scratch_path(&s, "f"), 100, &data, &len), 0);
	assert_string_equal((char *)data, "first");
	free(data);
	assert_int_equal(kb_file_read(scratch_path(&s, "f"), 4, &data, &len), -EFBIG);
	scratch_remove(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_pax_header),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_bytes_behind),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_encode_refuses),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_create_never_overwrites),
	};

	return cmocka_run_group_tests_name("sign_bundle", tests, NULL, NULL);
}
