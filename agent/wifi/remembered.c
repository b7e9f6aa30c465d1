// SPDX-License-Identifier: GPL-2.0-or-later
/* What was negotiated, kept while the agent is restarted. */
#include "agent/wifi/remembered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/file.h"

#define FIRST_LINE	"kidoban-wifi-negotiated 1"
#define FILE_MAX	(KB_REMEMBERED_MAX * 256)

static bool parse(const char *line, struct kb_remembered *ret)
{
	struct kb_remembered r = { .negotiated.known = true };
	struct kb_rsn *rsn = &r.negotiated.rsn;
	unsigned int b[6], flags, version;
	int end = 0, i;

	if (sscanf(line, "%u %u %2x:%2x:%2x:%2x:%2x:%2x %u %x %x %x %x %x end%n", &r.ifindex,
		   &r.generation, &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &version, &rsn->group,
		   &rsn->pairwise, &rsn->akms, &rsn->group_mgmt, &flags, &end) != 14 ||
	    !end || line[end] || flags > 0xf)
		return false;
	for (i = 0; i < 6; i++)
		r.negotiated.bssid[i] = (u8)b[i];
	rsn->version = (u16)version;
	rsn->present = flags & 1;
	rsn->mfp_capable = flags & 2;
	rsn->mfp_required = flags & 4;
	rsn->foreign = flags & 8;
	*ret = r;
	return true;
}

size_t kb_remembered_read(const char *runtime_dir, struct kb_remembered *ret)
{
	KB_FREE char *path = kb_path_join(runtime_dir, KB_REMEMBERED_FILE);
	KB_FREE uint8_t *data = NULL;
	char *line, *rest;
	size_t len, n = 0;

	if (!path || kb_file_read(path, FILE_MAX, &data, &len) || strlen((char *)data) != len)
		return 0;
	rest = (char *)data;
	line = strsep(&rest, "\n");
	if (strcmp(line, FIRST_LINE))
		return 0;
	while ((line = strsep(&rest, "\n")) && n < KB_REMEMBERED_MAX)
		n += parse(line, &ret[n]);
	return n;
}

int kb_remembered_write(const char *runtime_dir, const struct kb_remembered *entries, size_t n)
{
	KB_FREE char *path = kb_path_join(runtime_dir, KB_REMEMBERED_FILE);
	KB_FREE char *text = NULL;
	char bssid[20];
	size_t len = 0, i;
	FILE *file;

	if (!path)
		return -ENOMEM;
	if (mkdir(runtime_dir, 0755) && errno != EEXIST)
		return -errno;
	file = open_memstream(&text, &len);
	if (!file)
		return -ENOMEM;
	fputs(FIRST_LINE "\n", file);
	for (i = 0; i < n; i++) {
		const struct kb_negotiated *d = &entries[i].negotiated;

		kb_mac_text(d->bssid, bssid, sizeof(bssid));
		fprintf(file, "%u %u %s %u %x %x %x %x %x end\n", entries[i].ifindex,
			entries[i].generation, bssid, d->rsn.version, d->rsn.group, d->rsn.pairwise,
			d->rsn.akms, d->rsn.group_mgmt,
			d->rsn.present | d->rsn.mfp_capable << 1 | d->rsn.mfp_required << 2 |
				d->rsn.foreign << 3);
	}
	if (fclose(file))
		return -ENOMEM;
	return kb_file_replace(path, text, len, 0600);
}

const struct kb_negotiated *kb_remembered_find(const struct kb_remembered *entries, size_t n,
					       u32 ifindex, u32 generation, const u8 bssid[6])
{
	size_t i;

	for (i = 0; i < n; i++)
		if (entries[i].ifindex == ifindex && entries[i].generation == generation &&
		    !memcmp(entries[i].negotiated.bssid, bssid, 6))
			return &entries[i].negotiated;
	return NULL;
}
