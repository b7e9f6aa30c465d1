// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that a policy hands on to a supplicant. */
#include "policy/file_name.h"

#include <ctype.h>
#include <string.h>

#define LABEL_MAX	63	/* RFC 1035 2.3.4 */

static bool needs_no_quotes(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f || strchr("\"'\\", *text))
			return false;
	return true;
}

bool kb_file_name_valid(const char *path)
{
	size_t len;

	if (*path != '/' || !needs_no_quotes(path))
		return false;
	for (; *path == '/'; path += len) {
		path++;
		len = strcspn(path, "/");
		if (!len || (len <= 2 && strspn(path, ".") >= len))
			return false;
	}
	return true;
}

bool kb_pkcs11_uri_valid(const char *uri)
{
	static const char scheme[] = "pkcs11:";
	static const char others[] = "-._~:/?#[]@!$&()*+,;=%";
	const char *c;

	if (strncmp(uri, scheme, strlen(scheme)))
		return false;
	uri += strlen(scheme);
	for (c = uri; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(others, *c))
			return false;
	/* whoever may read a policy would have the token's PIN; pin-source names a file */
	return *uri && !strstr(uri, "pin-value");
}

bool kb_host_name_valid(const char *name)
{
	size_t len, i;

	if (strlen(name) > KB_HOST_NAME_MAX)
		return false;
	for (;; name += len + 1) {
		len = strcspn(name, ".");
		if (!len || len > LABEL_MAX || name[0] == '-' || name[len - 1] == '-')
			return false;
		for (i = 0; i < len; i++)
			if (!isalnum((unsigned char)name[i]) && name[i] != '-')
				return false;
		if (!name[len])
			return true;
	}
}
