// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of what happened on the air, read back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/wifi/history.h"
#include "policy/cleanup.h"
#include "policy/document.h"
#include "policy/file.h"

static const char *text_of(const struct kb_node *map, const char *key)
{
	const struct kb_node *node = kb_node_get(map, key);

	return node && node->type == KB_NODE_SCALAR ? node->text : NULL;
}

static bool number_of(const struct kb_node *map, const char *key, long long low, long long high,
		      long long *ret)
{
	const char *text = text_of(map, key);
	long long value;
	char *end;

	if (!text || !*text)
		return false;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || *end || value < low || value > high)
		return false;
	*ret = value;
	return true;
}

static bool hex_of(const char *text, u8 *ret, size_t max, u8 *ret_len)
{
	size_t i, n = strlen(text);
	unsigned int byte;

	if (n % 2 || n / 2 > max || strspn(text, "0123456789abcdef") != n)
		return false;
	for (i = 0; i < n / 2; i++) {
		sscanf(text + 2 * i, "%2x", &byte);
		ret[i] = (u8)byte;
	}
	*ret_len = (u8)(n / 2);
	return true;
}

static bool kind_of(const char *text, enum kb_history_kind *ret)
{
	unsigned int kind;

	for (kind = 0; text && kind < KB_HISTORY_MAX_KIND; kind++) {
		if (!strcmp(text, kb_history_name((enum kb_history_kind)kind))) {
			*ret = (enum kb_history_kind)kind;
			return true;
		}
	}
	return false;
}

static bool bssid_of(const char *text, u8 ret[6])
{
	unsigned int b[6];
	int i, end = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
		   &end) != 6 ||
	    text[end])
		return false;
	for (i = 0; i < 6; i++)
		ret[i] = (u8)b[i];
	return true;
}

static bool take_entry(const struct kb_node *map, struct kb_history_entry *ret)
{
	struct kb_history_entry e = { .link = text_of(map, "link"),
				      .profile = text_of(map, "profile"),
				      .items = text_of(map, "items"),
				      .detail = text_of(map, "detail") };
	const char *ssid = text_of(map, "ssid_hex"), *bssid = text_of(map, "bssid");
	const char *by_ap = text_of(map, "by_ap");
	long long value;

	if (!kind_of(text_of(map, "event"), &e.kind) ||
	    !number_of(map, "time", 0, INT64_MAX, &value))
		return false;
	e.seconds = (u64)value;
	if (number_of(map, "frequency", 0, 100000, &value))
		e.frequency = (u32)value;
	if (number_of(map, "signal", -200, 100, &value))
		e.signal = (s32)value;
	e.has_reason = number_of(map, "reason", 0, UINT16_MAX, &value);
	if (e.has_reason)
		e.reason = (u16)value;
	e.by_ap = by_ap && !strcmp(by_ap, "true");
	if ((ssid && !hex_of(ssid, e.ssid, KB_SSID_MAX, &e.ssid_len)) ||
	    (bssid && !bssid_of(bssid, e.bssid)))
		return false;
	*ret = e;
	return true;
}

/* 1: torn. */
static int take_line(const char *line, size_t len, u64 since, kb_history_fn fn, void *userdata)
{
	KB_CLEANUP(kb_arena_done) struct kb_arena arena = {};
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	struct kb_history_entry entry;
	struct kb_node *root;
	int r = kb_document_parse(line, len, &arena, &diags, &root);

	if (r == -ENOMEM)
		return r;
	if (r || !take_entry(root, &entry))
		return 1;
	return entry.seconds < since ? 0 : fn(&entry, userdata);
}

static int read_file(const char *state_dir, const char *name, u64 since, kb_history_fn fn,
		     void *userdata, unsigned int *torn)
{
	KB_FREE char *path = kb_path_join(state_dir, name);
	KB_FREE uint8_t *data = NULL;
	const char *line, *end;
	size_t len, n;
	int r;

	if (!path)
		return -ENOMEM;
	r = kb_file_read(path, 2 * KB_HISTORY_MAX, &data, &len);
	if (r)
		return r;
	for (line = (const char *)data; len; line += n, len -= n) {
		end = memchr(line, '\n', len);
		n = end ? (size_t)(end - line) + 1 : len;
		r = take_line(line, n, since, fn, userdata);
		if (r < 0)
			return r;
		*torn += r != 0;
	}
	return 0;
}

int kb_history_read(const char *state_dir, u64 since, kb_history_fn fn, void *userdata,
		    unsigned int *ret_torn)
{
	unsigned int torn = 0;
	int r = read_file(state_dir, KB_HISTORY_OLD, since, fn, userdata, &torn);
	bool old = !r;

	if (r && r != -ENOENT)
		return r;
	r = read_file(state_dir, KB_HISTORY_FILE, since, fn, userdata, &torn);
	if (r && !(r == -ENOENT && old))
		return r;
	if (ret_torn)
		*ret_torn = torn;
	return 0;
}
