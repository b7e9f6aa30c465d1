// SPDX-License-Identifier: GPL-2.0-or-later
/* What the agent must remember. */
#include "agent/state.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/paths.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/order.h"

#define STATE_MAX	512
#define SUM_LEN		16

int kb_state_lock(const char *state_dir)
{
	int fd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	r = errno == EWOULDBLOCK ? -EBUSY : -errno;
	close(fd);
	return r;
}

/*
 * FNV-1a over the text, in hex. It finds torn writes, not forgers: whoever can
 * write here is root. (A digest of OpenSSL would stay in the agent's memory.)
 */
static void checksum(const void *data, size_t len, char ret[static SUM_LEN + 1])
{
	const u8 *p = data;
	u64 sum = 0xcbf29ce484222325ull;

	while (len--)
		sum = (sum ^ *p++) * 0x100000001b3ull;
	snprintf(ret, SUM_LEN + 1, "%016" PRIx64, sum);
}

int kb_state_read(const char *dir, const char *name, char **ret_text)
{
	KB_FREE char *path = kb_path_join(dir, name);
	KB_FREE uint8_t *data = NULL;
	char sum[SUM_LEN + 1];
	size_t len, body;
	int r;

	if (!path)
		return -ENOMEM;
	r = kb_file_read(path, STATE_MAX, &data, &len);
	if (r)
		return r == -EFBIG ? -EBADMSG : r;
	if (len < SUM_LEN + 5 || memchr(data, '\0', len))
		return -EBADMSG;
	body = len - SUM_LEN - 5;
	checksum(data, body, sum);
	if (memcmp(data + body, "sum ", 4) || memcmp(data + body + 4, sum, SUM_LEN) ||
	    data[len - 1] != '\n')
		return -EBADMSG;
	data[body] = '\0';
	*ret_text = (char *)data;
	data = NULL;
	return 0;
}

static int seal_text(const char *body, char **ret)
{
	char sum[SUM_LEN + 1];

	checksum(body, strlen(body), sum);
	if (asprintf(ret, "%ssum %s\n", body, sum) < 0) {
		*ret = NULL;
		return -ENOMEM;
	}
	return 0;
}

int kb_floor_read(const char *state_dir, struct kb_floor *ret)
{
	KB_FREE char *text = NULL;
	struct kb_floor floor;
	int end = 0;
	int r = kb_state_read(state_dir, KB_STATE_FILE, &text);

	if (r)
		return r;
	if (sscanf(text, "kidoban-state 1\nfloor %" SCNu32 " %" SCNu32 "\n%n", &floor.epoch,
		   &floor.serial, &end) != 2 || text[end])
		return -EBADMSG;
	*ret = floor;
	return 0;
}

int kb_floor_raise(const char *state_dir, const struct kb_floor *floor)
{
	struct kb_floor old;
	char body[128];

	if (!kb_floor_read(state_dir, &old) &&
	    (old.epoch > floor->epoch || (old.epoch == floor->epoch && old.serial >= floor->serial)))
		return 0;
	snprintf(body, sizeof(body), "kidoban-state 1\nfloor %" PRIu32 " %" PRIu32 "\n",
		 floor->epoch, floor->serial);
	return kb_state_write(state_dir, KB_STATE_FILE, body);
}

int kb_state_write(const char *dir, const char *name, const char *body)
{
	KB_FREE char *path = kb_path_join(dir, name);
	KB_FREE char *text = NULL;
	int r;

	if (!path)
		return -ENOMEM;
	r = seal_text(body, &text);
	if (!r && strlen(text) > STATE_MAX)
		r = -EFBIG;
	return r ?: kb_file_replace(path, text, strlen(text), 0600);
}

static int read_boot_id(char ret[static KB_BOOT_ID_LEN + 1])
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	int n;

	if (!file)
		return -errno;
	n = fscanf(file, "%36s", ret);
	fclose(file);
	return n == 1 ? 0 : -EIO;
}

int kb_cursor_read(const char *state_dir, struct kb_cursor *ret)
{
	char boot_id[KB_BOOT_ID_LEN + 1];
	KB_FREE char *text = NULL;
	struct kb_cursor cursor;
	int end = 0;
	int r = kb_state_read(state_dir, KB_CURSOR_FILE, &text);

	if (!r)
		r = read_boot_id(boot_id);
	if (r)
		return r;
	if (sscanf(text, "kidoban-events 1\nboot %36s\nseq %" SCNu64 "\n%n", cursor.boot_id,
		   &cursor.seq, &end) != 2 || text[end])
		return -EBADMSG;
	if (strcmp(cursor.boot_id, boot_id))
		return -ESTALE;
	*ret = cursor;
	return 0;
}

int kb_cursor_write(const char *state_dir, u64 seq)
{
	KB_FREE char *path = kb_path_join(state_dir, KB_CURSOR_FILE);
	KB_FREE char *tmp = kb_path_join(state_dir, "." KB_CURSOR_FILE ".new");
	char boot_id[KB_BOOT_ID_LEN + 1], body[128];
	KB_FREE char *text = NULL;
	FILE *file;
	int r;

	if (!path || !tmp)
		return -ENOMEM;
	r = read_boot_id(boot_id);
	if (r)
		return r;
	snprintf(body, sizeof(body), "kidoban-events 1\nboot %s\nseq %" PRIu64 "\n", boot_id, seq);
	r = seal_text(body, &text);
	if (r)
		return r;
	file = fopen(tmp, "we");
	if (!file)
		return -errno;
	r = fputs(text, file) < 0 ? -EIO : 0;
	if (fclose(file) && !r)
		r = -errno;
	if (!r && rename(tmp, path) < 0)
		r = -errno;
	return r;
}

int kb_isolation_read(const char *state_dir, u8 ret[KB_ISOLATION_LEN])
{
	char hex[2 * KB_ISOLATION_LEN + 1] = "";
	u8 id[KB_ISOLATION_LEN];
	KB_FREE char *text = NULL;
	int end = 0;
	int r = kb_state_read(state_dir, KB_ISOLATION_FILE, &text);

	if (r)
		return r;
	if (sscanf(text, "kidoban-isolation 1\nid %32s\n%n", hex, &end) != 1 || !end || text[end] ||
	    !kb_isolation_parse(hex, id))
		return -EBADMSG;
	memcpy(ret, id, sizeof(id));
	return 0;
}

int kb_isolation_write(const char *state_dir, const u8 id[KB_ISOLATION_LEN])
{
	char body[128];
	int i, used;

	used = snprintf(body, sizeof(body), "kidoban-isolation 1\nid ");
	for (i = 0; i < KB_ISOLATION_LEN; i++)
		used += snprintf(body + used, sizeof(body) - (size_t)used, "%02x", id[i]);
	snprintf(body + used, sizeof(body) - (size_t)used, "\n");
	return kb_state_write(state_dir, KB_ISOLATION_FILE, body);
}

int kb_isolation_clear(const char *state_dir)
{
	KB_FREE char *path = kb_path_join(state_dir, KB_ISOLATION_FILE);
	int r = path ? kb_file_remove(path) : -ENOMEM;

	return r == -ENOENT ? 0 : r;
}
