// SPDX-License-Identifier: GPL-2.0-or-later
/* The module under test: in and out of the kernel, and what the tests' policies look like. */
#include "gate.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define REMOVE_TRIES	200		/* of 10 ms */
#define SAMPLE_MAX	(512 * 1024)

static void module_path(char *to, size_t size)
{
	const char *given = getenv("KIDOBAN_MODULE");
	char self[PATH_MAX] = "";
	struct utsname name;

	if (given) {
		snprintf(to, size, "%s", given);
		return;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || uname(&name))
		abort();
	snprintf(to, size, "%s/../kmod/%s/kidoban.ko", dirname(self), name.release);
}

int gate_insert(void)
{
	char path[2 * PATH_MAX];
	int fd, err = 0;

	module_path(path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		err = -errno;
	close(fd);
	return err;
}

int gate_remove(void)
{
	int i;

	for (i = 0; i < REMOVE_TRIES; i++) {
		if (!syscall(SYS_delete_module, "kidoban", O_NONBLOCK))
			return 0;
		if (errno != EWOULDBLOCK)
			return -errno;
		poll(NULL, 0, 10);
	}
	return -EWOULDBLOCK;
}

int gate_seal(const struct client *c, bool approver, u32 epoch, u32 serial)
{
	struct bytes cert = forge_cert("author");
	int err = client_trust(c, KB_RING_AUTHOR, &cert).err;

	bytes_done(&cert);
	if (!err && approver) {
		cert = forge_cert("approver");
		err = client_trust(c, KB_RING_APPROVER, &cert).err;
		bytes_done(&cert);
	}
	return err ?: client_seal(c, "131016", "shared-terminals", epoch, serial).err;
}

struct offer gate_offer_bytes(const void *blob, size_t len, bool approver)
{
	struct offer offer = {
		.blob = bytes_of(blob, len),
		.author = forge_sign("author", blob, len),
	};

	if (approver)
		offer.approver = forge_sign("approver", blob, len);
	return offer;
}

struct offer gate_offer(const struct kb_sample *sample, bool approver)
{
	u8 *buf = malloc(SAMPLE_MAX);
	u32 len = buf ? kb_make_sample(buf, SAMPLE_MAX, sample) : 0;
	struct offer offer;

	if (!len)
		abort();
	offer = gate_offer_bytes(buf, len, approver);
	free(buf);
	return offer;
}

void offer_done(struct offer *offer)
{
	bytes_done(&offer->blob);
	bytes_done(&offer->author);
	bytes_done(&offer->approver);
}

struct answer gate_load(const struct client *c, const struct offer *offer)
{
	return client_load(c, &offer->blob, &offer->author,
			   offer->approver.len ? &offer->approver : NULL);
}
