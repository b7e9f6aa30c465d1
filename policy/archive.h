/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libarchive, loaded when a bundle is first touched. */
#ifndef POLICY_ARCHIVE_H
#define POLICY_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#include "policy/fault.h"

/*
 * It brings XML, Unicode and C++ libraries along, 2 MB of memory that the agent
 * would hold for ever; only its short-lived workers read bundles. Packages must
 * name libarchive13, because no tool sees it in the program.
 */
#define KB_ARCHIVE_SONAME "libarchive.so.13"

#define KB_ARCHIVE_FUNCTIONS(F)						\
	F(archive_error_string) F(archive_format)			\
	F(archive_read_new) F(archive_read_free)			\
	F(archive_read_support_format_tar) F(archive_read_open_memory)	\
	F(archive_read_support_format_raw) F(archive_read_support_filter_gzip) \
	F(archive_read_support_filter_xz) F(archive_read_support_filter_zstd) \
	F(archive_read_next_header) F(archive_read_data)		\
	F(archive_write_new) F(archive_write_free)			\
	F(archive_write_set_format_ustar) F(archive_write_set_bytes_per_block) \
	F(archive_write_open_memory) F(archive_write_header)		\
	F(archive_write_data) F(archive_write_close)			\
	F(archive_entry_new) F(archive_entry_free)			\
	F(archive_entry_pathname) F(archive_entry_filetype)		\
	F(archive_entry_hardlink) F(archive_entry_symlink)		\
	F(archive_entry_size) F(archive_entry_size_is_set)		\
	F(archive_entry_set_pathname) F(archive_entry_set_filetype)	\
	F(archive_entry_set_perm) F(archive_entry_set_size)		\
	F(archive_entry_set_mtime)

#define KB_ARCHIVE_POINTER(name) __typeof__(name) *name;
struct kb_archive_library {
	KB_ARCHIVE_FUNCTIONS(KB_ARCHIVE_POINTER)
};

/* Loads it once and for the life of the process. -ENOPKG when it is not installed. */
int kb_archive_load(const struct kb_archive_library **ret, struct kb_fault *ret_fault);

#endif
