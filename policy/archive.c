// SPDX-License-Identifier: GPL-2.0-or-later
/* libarchive, loaded when a bundle is first touched. */
#include "policy/archive.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "policy/i18n.h"

#define ENTRY(name) { #name, offsetof(struct kb_archive_library, name) },
static const struct {
	const char *name;
	size_t offset;
} functions[] = { KB_ARCHIVE_FUNCTIONS(ENTRY) };

int kb_archive_load(const struct kb_archive_library **ret, struct kb_fault *ret_fault)
{
	static struct kb_archive_library library;
	static void *handle;
	void *function;
	size_t i;

	if (!handle) {
		handle = dlopen(KB_ARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);
		if (!handle)
			return kb_fault(ret_fault, -ENOPKG, _("%s is missing; type: apt install libarchive13"),
					KB_ARCHIVE_SONAME);
		for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
			function = dlsym(handle, functions[i].name);
			if (!function) {
				dlclose(handle);
				handle = NULL;
				return kb_fault(ret_fault, -ENOPKG, "%s: %s", KB_ARCHIVE_SONAME,
						functions[i].name);
			}
			memcpy((char *)&library + functions[i].offset, &function, sizeof(function));
		}
	}
	*ret = &library;
	return 0;
}
