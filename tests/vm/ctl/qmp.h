/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A conversation with QEMU's machine protocol, over a socket or a virtio port. */
#ifndef VM_CTL_QMP_H
#define VM_CTL_QMP_H

#include <stdbool.h>
#include <stddef.h>

enum { QMP_LINE_MAX = 64 * 1024, QMP_WHY_MAX = 256 };

struct qmp {
	int fd;			 /* owned; the port or socket */
	int lock;		 /* owned; flock()ed while the conversation lasts, or -1 */
	unsigned int serial;	 /* of the last command, part of its id */
	size_t fill;		 /* bytes in line[] */
	const char *await;	 /* event looked out for, borrowed, or NULL */
	const char *await_about; /* what its data must mention, borrowed, or NULL */
	bool seen;		 /* the awaited event has come */
	char why[QMP_WHY_MAX];	 /* QEMU's words for the last error */
	char line[QMP_LINE_MAX]; /* input not consumed yet */
};

/**
 * qmp_open() - open the conversation and negotiate capabilities
 * @q: to be filled; qmp_close() ends it
 * @path: of a virtio port's device or of a socket
 * @lock: file to lock against other conversations, or NULL
 *
 * Return: 0, or a negative errno.
 */
int qmp_open(struct qmp *q, const char *path, const char *lock);
void qmp_close(struct qmp *q);

/**
 * qmp_run() - run one command
 * @q: the conversation
 * @ret_reply: the reply's line, to be freed by the caller; may be NULL
 * @fmt: the command's name and arguments as the inside of a JSON object, such as
 *	 "\"execute\": \"system_wakeup\""
 *
 * Return: 0; -EREMOTEIO when QEMU refused, with its words in q->why; -ETIMEDOUT when no
 * answer came in time; another negative errno when the line broke.
 */
int qmp_run(struct qmp *q, char **ret_reply, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * qmp_await() - from now on look out for an event
 * @q: the conversation
 * @event: its name, such as "SUSPEND"
 * @about: text the event must hold too, such as "\"device\": \"stick\"", or NULL
 */
void qmp_await(struct qmp *q, const char *event, const char *about);

/**
 * qmp_wait() - wait for the event that qmp_await() named
 * @q: the conversation
 * @msec: how long, negative for ever
 *
 * Return: 0, -ETIMEDOUT, or the error that broke the line.
 */
int qmp_wait(struct qmp *q, int msec);

#endif
