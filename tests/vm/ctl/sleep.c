// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Putting the terminal to sleep, and what is done to it meanwhile.
 *
 * It is a true suspend to RAM (ACPI S3). The kernel resets every virtio device on the way,
 * which virtio-9p does not survive (it has no suspend hooks), so such a run has its root
 * on virtio-blk, which does: run --disk. While the terminal sleeps nobody in it can talk
 * to QEMU; the orders for that time are left on a port, and this program, attending on the
 * host, carries them out when QEMU reports the sleep, then wakes the machine.
 */
#include "sleep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "util.h"

enum { WORDS_MAX = 32 };

static int obey(struct machine *m, char *line)
{
	char *words[WORDS_MAX];
	int count = 0;
	char *word;

	for (word = strtok(line, " \n"); word && count < WORDS_MAX; word = strtok(NULL, " \n"))
		words[count++] = word;
	if (count >= 3 && !strcmp(words[0], "plug"))
		return machine_plug(m, words[1], words[2], words + 3, count - 3);
	if (count == 2 && !strcmp(words[0], "unplug"))
		return machine_unplug(m, words[1]);
	snprintf(m->why, sizeof(m->why), "not an order");
	return -EINVAL;
}

int sleep_attend(struct machine *m, const char *orders)
{
	__cleanup(free_text) char *line = NULL;
	size_t size = 0;
	FILE *file;
	int err;

	file = fopen(orders, "re");
	if (!file)
		return -errno;
	for (;;) {
		qmp_await(&m->qmp, "\"SUSPEND\"", NULL);
		err = qmp_wait(&m->qmp, -1);
		if (err)
			break;
		clearerr(file);
		while (getline(&line, &size, file) > 0)
			if (obey(m, line))
				fprintf(stderr, "vmctl: while asleep: %s\n", m->why);
		err = qmp_run(&m->qmp, NULL, "\"execute\": \"system_wakeup\"");
		if (err)
			break;
	}
	fclose(file);
	return err == -EPIPE || err == -ECONNRESET ? 0 : err;
}

static int write_file(const char *path, const char *text)
{
	__cleanup(close_fd) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -errno;
	return 0;
}

int sleep_now(const char *port, const char *orders)
{
	int err = 0;

	if (*orders)
		err = write_file(port, orders);
	if (!err)
		err = write_file("/sys/power/mem_sleep", "deep");
	return err ? err : write_file("/sys/power/state", "mem");
}
