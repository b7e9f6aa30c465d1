// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with this installation: early boot. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/file.h>

#include "agent/doctor.h"
#include "agent/paths.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

#define LIST_MAX	(256 * 1024)
#define INPUT_MAX	(64 * 1024 * 1024)	/* a module with its symbols */
#define REFRESH		"/usr/lib/kidoban/kidoban-early-refresh"

/* What kidoban-early left of this boot. */
struct word {
	char loaded[16];		/* "last", "previous", "nothing" */
	u32 epoch, serial;
	bool fallback;
	char why[256];
};

/* What kidoban-early-refresh wrote of the images. */
struct image {
	char result[16], boot[64], why[256];
	char *text;			/* malloc'ed */
	const char *files;		/* lines "SHA-256  PATH", in text */
};

static void image_done(struct image *image)
{
	free(image->text);
}

static char *read_text(const char *dir)
{
	KB_FREE char *path = kb_path_join(dir, KB_EARLY_FILE);
	uint8_t *text = NULL;
	size_t len;

	if (!path || kb_file_read(path, LIST_MAX, &text, &len))
		return NULL;
	return (char *)text;
}

/* The rest of the line that begins with @key, empty when there is none. */
static void line_of(const char *text, const char *key, char *ret, size_t size)
{
	size_t len = strlen(key);
	const char *line;

	*ret = '\0';
	for (line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, key, len) || line[len] != ' ')
			continue;
		snprintf(ret, size, "%.*s", (int)strcspn(line + len + 1, "\n"), line + len + 1);
		return;
	}
}

static bool read_word(const struct kb_doctor_view *view, struct word *ret)
{
	KB_FREE char *text = read_text(view->run_dir);
	char line[32];

	if (!text || strncmp(text, "kidoban-early 1\n", 16))
		return false;
	line_of(text, "loaded", ret->loaded, sizeof(ret->loaded));
	line_of(text, "why", ret->why, sizeof(ret->why));
	line_of(text, "fallback", line, sizeof(line));
	ret->fallback = !strcmp(line, "yes");
	line_of(text, "policy", line, sizeof(line));
	return sscanf(line, "%u.%u", &ret->epoch, &ret->serial) == 2;
}

static bool read_image(const struct kb_doctor_view *view, struct image *ret)
{
	ret->text = read_text(view->state_dir);
	if (!ret->text || strncmp(ret->text, "kidoban-early-image 1\n", 22))
		return false;
	line_of(ret->text, "result", ret->result, sizeof(ret->result));
	line_of(ret->text, "boot", ret->boot, sizeof(ret->boot));
	line_of(ret->text, "why", ret->why, sizeof(ret->why));
	ret->files = strstr(ret->text, "\nwhy ");
	ret->files = ret->files ? strchr(ret->files + 1, '\n') : NULL;
	return ret->files;
}

static bool is_this_boot(const struct kb_doctor_view *view, const char *boot)
{
	KB_FREE char *path = kb_path_join(view->proc_dir, "sys/kernel/random/boot_id");
	/* not kb_file_read(): what lies there has no size */
	KB_CLEANUP(kb_fclosep) FILE *file = path ? fopen(path, "re") : NULL;
	char id[64];

	return *boot && file && fgets(id, sizeof(id), file) && !strncmp(id, boot, strlen(boot));
}

/* Is kidoban-early-refresh at work? It holds a lock beside the runtime directory, which root sees. */
static bool is_running(const struct kb_doctor_view *view)
{
	char path[256];
	KB_CLOSE int fd = -EBADF;

	snprintf(path, sizeof(path), "%s-early-refresh.lock", view->run_dir);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
}

/* The module was not in the image that this boot began with. */
static void began_without(const struct kb_doctor_view *view, const struct image *image,
			  bool running, struct kb_findings *f)
{
	if (!strcmp(image->result, "usb"))
		kb_finding_add(f, KB_HEALTH_WARNING, "early-usb", NULL,
			       _("early boot is without kidoban, because this lies on USB: %s; a stick that is there at power-on is a disk until the agent runs"),
			       image->why);
	else if (!strcmp(image->result, "absent"))
		kb_finding_add(f, KB_HEALTH_WARNING, "early-no-tool", "apt install initramfs-tools",
			       _("neither initramfs-tools nor dracut is installed: a stick that is there at power-on is a disk until the agent runs"));
	else if (running)
		kb_finding_add(f, KB_HEALTH_NOTE, "early-running",
			       "systemctl start kidoban-early-refresh && reboot",
			       _("the initial RAM file system is being made anew; from the next boot after that on, the policy is in force before USB devices are looked for"));
	else if (!strcmp(image->result, "made") && is_this_boot(view, image->boot))
		kb_finding_add(f, KB_HEALTH_NOTE, "early-next-boot", "reboot",
			       _("from the next boot on, the policy is in force before USB devices are looked for"));
	else
		kb_finding_add(f, KB_HEALTH_WARNING, "early-missing", REFRESH " --force && reboot",
			       _("this boot began without kidoban: a stick that was there at power-on was a disk until the agent ran"));
}

static void this_boot(const struct kb_doctor_view *view, const struct word *word,
		      struct kb_findings *f)
{
	if (!strcmp(word->loaded, "last"))
		kb_finding_add(f, KB_HEALTH_GOOD, "early", NULL,
			       _("policy %u.%u was in force before USB devices were looked for"),
			       word->epoch, word->serial);
	else if (!strcmp(word->loaded, "previous"))
		kb_finding_add(f, KB_HEALTH_WARNING, "early-previous", REFRESH " --force",
			       _("this boot began with the policy before the last, %u.%u: %s"), word->epoch,
			       word->serial, word->why);
	else if (word->fallback)
		kb_finding_add(f, KB_HEALTH_WARNING, "early-fallback", REFRESH " --force",
			       _("this boot began with the module's own policy: %s"), word->why);
	else if (view->status)
		kb_finding_add(f, KB_HEALTH_BAD, "early-nothing", REFRESH " --force",
			       _("this boot began without any policy: %s"), word->why);
}

static bool is_changed(const char *line)
{
	char path[512], text[2 * SHA256_DIGEST_LENGTH + 1];
	KB_FREE uint8_t *data = NULL;
	u8 digest[SHA256_DIGEST_LENGTH];
	size_t i, len;
	int r;

	snprintf(path, sizeof(path), "%.*s", (int)strcspn(line + 66, "\n"), line + 66);
	r = kb_file_read(path, INPUT_MAX, &data, &len);
	/* a kernel that was removed took its module along */
	if (r)
		return r != -ENOENT || strncmp(path, "/lib/modules/", 13);
	SHA256(data, len, digest);
	for (i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return strncmp(line, text, 64);
}

/* What the next boot begins with. */
static void next_boot(const struct image *image, struct kb_findings *f)
{
	const char *line, *end;

	if (!strcmp(image->result, "failed")) {
		kb_finding_add(f, KB_HEALTH_BAD, "early-failed", "journalctl -u kidoban-early-refresh",
			       _("the initial RAM file system could not be made anew: %s"), image->why);
		return;
	}
	if (strcmp(image->result, "made"))
		return;
	for (line = image->files + 1; (end = strchr(line, '\n')); line = end + 1) {
		if (end - line <= 66 || !is_changed(line))
			continue;
		kb_finding_add(f, KB_HEALTH_WARNING, "early-stale", "systemctl start kidoban-early-refresh",
			       _("the initial RAM file system is older than %.*s"), (int)(end - line - 66),
			       line + 66);
		return;
	}
}

void kb_doctor_early(const struct kb_doctor_view *view, struct kb_findings *f)
{
	KB_CLEANUP(image_done) struct image image = {};
	struct word word = {};
	bool has_word, has_image, running;

	if (!view->run_dir)
		return;
	has_word = read_word(view, &word);
	has_image = read_image(view, &image);
	running = is_running(view);
	/* without a policy there is nothing to begin with */
	if (!has_word && (!view->status || !view->status->policy || view->status->builtin))
		return;
	if (has_word)
		this_boot(view, &word, f);
	else
		began_without(view, &image, running, f);
	/* what is about to change says nothing of the next boot */
	if (has_image && !running)
		next_boot(&image, f);
}
