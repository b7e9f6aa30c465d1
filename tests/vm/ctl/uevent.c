// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's device events: when has a USB device arrived or gone? */
#include "uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util.h"

enum { KERNEL_GROUP = 1, BUFFER_BYTES = 4 * 1024 * 1024, MESSAGE_MAX = 8192 };
enum { QUIET_MSEC = 500, SETTLE_MSEC = 30000 };

struct uevent {
	char text[MESSAGE_MAX + 1];
	size_t len;
};

int uevent_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	int bytes = BUFFER_BYTES;
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* The value of @key in the event's zero-separated list, or NULL. */
static const char *value(const struct uevent *event, const char *key)
{
	size_t klen = strlen(key);
	size_t at;

	for (at = 0; at < event->len; at += strlen(event->text + at) + 1)
		if (!strncmp(event->text + at, key, klen) && event->text[at + klen] == '=')
			return event->text + at + klen + 1;
	return NULL;
}

static int receive(int fd, long long deadline, struct uevent *ret_event)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	long long left = deadline - now_msec();
	ssize_t got;
	int ready;

	ready = poll(&pfd, 1, left > 0 ? (int)left : 0);
	if (ready < 0)
		return -errno;
	if (!ready)
		return -ETIMEDOUT;
	got = recv(fd, ret_event->text, MESSAGE_MAX, 0);
	if (got < 0)
		return -errno;
	ret_event->len = (size_t)got;
	ret_event->text[got] = '\0';
	return 0;
}

/* Whether the event is @action on a USB device of the controller meant by @under. */
static bool is_usb(const struct uevent *event, const char *under, const char *action)
{
	const char *does = value(event, "ACTION");
	const char *type = value(event, "DEVTYPE");
	const char *path = value(event, "DEVPATH");

	if (!does || !type || !path || strcmp(does, action) || strcmp(type, "usb_device"))
		return false;
	return under ? strstr(path, under) != NULL : !strstr(path, "dummy_hcd");
}

static int wait_usb(int fd, const char *under, const char *action, long long deadline,
		    char *ret_path, size_t size)
{
	struct uevent event;
	int err;

	for (;;) {
		err = receive(fd, deadline, &event);
		if (err == -EINTR || err == -ENOBUFS)
			continue;
		if (err)
			return err;
		if (!is_usb(&event, under, action))
			continue;
		snprintf(ret_path, size, "%s", value(&event, "DEVPATH"));
		return 0;
	}
}

int uevent_usb_arrival(int fd, const char *under, int msec, char *ret_sysname)
{
	long long deadline = now_msec() + msec;
	char added[512], bound[512];
	int err;

	err = wait_usb(fd, under, "add", deadline, added, sizeof(added));
	if (err)
		return err;
	do {
		err = wait_usb(fd, under, "bind", deadline, bound, sizeof(bound));
		if (err)
			return err;
	} while (strcmp(added, bound));
	snprintf(ret_sysname, SYSNAME_MAX, "%s", strrchr(added, '/') + 1);
	return 0;
}

int uevent_usb_departure(int fd, const char *under, int msec)
{
	char path[512];

	return wait_usb(fd, under, "remove", now_msec() + msec, path, sizeof(path));
}

int uevent_settle(int fd)
{
	long long deadline = now_msec() + SETTLE_MSEC;
	struct uevent event;

	while (now_msec() < deadline)
		if (receive(fd, now_msec() + QUIET_MSEC, &event) == -ETIMEDOUT)
			return 0;
	return -ETIMEDOUT;
}
