/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was negotiated, kept while the agent is restarted and for "kidoban wifi". */
#ifndef AGENT_WIFI_REMEMBERED_H
#define AGENT_WIFI_REMEMBERED_H

#include "agent/wifi/collect.h"

#define KB_REMEMBERED_FILE	"wifi-negotiated"
#define KB_REMEMBERED_MAX	KB_CONTEXT_LINKS_MAX

/*
 * One association. It holds as long as the kernel counts the same one on that
 * link and the access point is the same: so it lives in a directory that is empty
 * after a boot.
 */
struct kb_remembered {
	u32 ifindex, generation;
	struct kb_negotiated negotiated;
};

/* Up to KB_REMEMBERED_MAX entries into @ret; how many. A file that is missing or torn has none. */
size_t kb_remembered_read(const char *runtime_dir, struct kb_remembered *ret);
/* Replaces the file (0600), making the directory. Negative errno. */
int kb_remembered_write(const char *runtime_dir, const struct kb_remembered *entries, size_t n);

/* The one that holds for @bssid on that link; NULL when there is none. */
const struct kb_negotiated *kb_remembered_find(const struct kb_remembered *entries, size_t n,
					       u32 ifindex, u32 generation, const u8 bssid[6]);

#endif
