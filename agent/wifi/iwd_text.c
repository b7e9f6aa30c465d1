// SPDX-License-Identifier: GPL-2.0-or-later
/* iwd's files of networks. */
#include "agent/wifi/iwd_text.h"

#include <ctype.h>

#include "agent/wifi/wpa_text.h"
#include "policy/utf8.h"

/* Not isalnum(): that asks the locale. */
static bool is_plain(u8 c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == ' ' || c == '_' || c == '-';
}

void kb_iwd_file_name(const u8 *ssid, u8 len, char ret[KB_IWD_FILE_MAX])
{
	char *at = ret;
	u8 i;

	for (i = 0; i < len && is_plain(ssid[i]); i++)
		;
	if (i == len) {
		memcpy(at, ssid, len);
		at += len;
	} else {
		*at++ = '=';
		for (i = 0; i < len; i++)
			at += sprintf(at, "%02x", ssid[i]);
	}
	strcpy(at, ".8021x");
}

bool kb_iwd_path_ssid(const char *path, u8 ret[KB_SSID_MAX], u8 *ret_len)
{
	const char *name = strrchr(path, '/');
	const char *end = name ? strchr(name, '_') : NULL;
	u8 ssid[KB_SSID_MAX];
	unsigned int byte;
	size_t i, n;

	if (!end || strcmp(end, "_8021x"))
		return false;
	name++;
	n = (size_t)(end - name);
	if (!n || n % 2 || n / 2 > KB_SSID_MAX)
		return false;
	for (i = 0; i < n / 2; i++) {
		if (!isxdigit((unsigned char)name[2 * i]) || !isxdigit((unsigned char)name[2 * i + 1]) ||
		    sscanf(name + 2 * i, "%2x", &byte) != 1)
			return false;
		ssid[i] = (u8)byte;
	}
	memcpy(ret, ssid, n / 2);
	*ret_len = (u8)(n / 2);
	return true;
}

enum wanted_key {
	WANTED_METHOD,
	WANTED_CA,
	WANTED_SERVERS,
	WANTED_MAX
};

struct reading {
	bool security;			/* inside [Security] */
	bool seen_security;
	bool seen[WANTED_MAX];
	char method[16], ca[KB_FILE_MAX + 1];
	char servers[KB_SERVERS_MAX * (KB_SERVER_NAME_MAX + 1) + 1];
};

/* \s \t \r \n \\, and nothing else. */
static int unescape(const char *value, size_t len, char *ret, size_t size)
{
	static const char names[] = "strn\\", values[] = " \t\r\n\\";
	const char *name;
	size_t i, n = 0;
	char c;

	for (i = 0; i < len; i++) {
		c = value[i];
		if (c == '\\') {
			name = ++i < len ? strchr(names, value[i]) : NULL;
			if (!name || !*name)
				return -EBADMSG;
			c = values[name - names];
		}
		if (!c || n + 1 >= size)
			return -EBADMSG;
		ret[n++] = c;
	}
	ret[n] = '\0';
	return 0;
}

static int read_group(struct reading *reading, const char *line, size_t len)
{
	const char *end = memchr(line, ']', len);

	if (!end || line[1] == '@')
		return -EBADMSG;
	reading->security = (size_t)(end - line) == strlen("[Security") &&
			    !memcmp(line, "[Security", strlen("[Security"));
	if (reading->security && reading->seen_security)
		return -EBADMSG;
	reading->seen_security |= reading->security;
	return 0;
}

static int read_key(struct reading *reading, const char *line, size_t len)
{
	const struct {
		const char *key;
		char *ret;
		size_t size;
	} wanted[WANTED_MAX] = {
		[WANTED_METHOD] = { "EAP-Method", reading->method, sizeof(reading->method) },
		[WANTED_CA] = { "EAP-TLS-CACert", reading->ca, sizeof(reading->ca) },
		[WANTED_SERVERS] = { "EAP-TLS-ServerDomainMask", reading->servers,
				     sizeof(reading->servers) },
	};
	const char *value = memchr(line, '=', len);
	size_t n, i;

	if (!value)
		return -EBADMSG;
	for (n = (size_t)(value - line); n && isspace((unsigned char)line[n - 1]); n--)
		;
	len -= (size_t)(++value - line);
	for (; len && isspace((unsigned char)*value); value++)
		len--;
	for (i = 0; reading->security && i < WANTED_MAX; i++) {
		if (n != strlen(wanted[i].key) || memcmp(line, wanted[i].key, n))
			continue;
		if (reading->seen[i])
			return -EBADMSG;
		reading->seen[i] = true;
		return unescape(value, len, wanted[i].ret, wanted[i].size);
	}
	return 0;
}

int kb_iwd_demands(const char *text, size_t len, struct kb_supplicant_facts *ret)
{
	struct reading reading = {};
	const char *end = text + len, *line, *stop;
	u32 row, column;
	int r = 0;

	if (memchr(text, '\0', len) || !kb_utf8_check(text, len, &row, &column))
		return -EBADMSG;
	for (line = text; !r && line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line)) ?: end;
		for (; line < stop && isspace((unsigned char)*line); line++)
			;
		if (line == stop || *line == '#')
			continue;
		r = *line == '[' ? read_group(&reading, line, (size_t)(stop - line)) :
				   read_key(&reading, line, (size_t)(stop - line));
	}
	if (r || kb_wpa_servers(reading.servers, ret))
		return -EBADMSG;
	strcpy(ret->eap, reading.method);
	strcpy(ret->ca, reading.ca);
	return 0;
}
