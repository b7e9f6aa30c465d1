// SPDX-License-Identifier: GPL-2.0-or-later
/* A wpa_supplicant that says what it is told to. */
#include "tests/unit/fake_wpa.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define ANSWERS_MAX	32
#define HEARD_MAX	256

struct answer {
	const char *command, *text, *first;
};

struct fake_wpa {
	int fd, end;
	struct sockaddr_un address;
	pthread_t thread;
	pthread_mutex_t lock;		/* all below */
	struct answer answers[ANSWERS_MAX];
	unsigned int n_answers;
	char heard[HEARD_MAX][64];
	unsigned int n_heard;
	bool silent, deaf, over, has_client;
	struct sockaddr_un client;
	socklen_t client_len;
};

static struct answer *find(struct fake_wpa *f, const char *command)
{
	unsigned int i;

	for (i = 0; i < f->n_answers; i++)
		if (!strcmp(f->answers[i].command, command))
			return &f->answers[i];
	return NULL;
}

static const char *answer_to(struct fake_wpa *f, const char *command)
{
	struct answer *a = find(f, command);
	const char *text;

	if (!strcmp(command, "ATTACH"))
		return "OK\n";
	if (!a)
		return "UNKNOWN COMMAND\n";
	text = a->first ?: a->text;
	a->first = NULL;
	return text;
}

static void serve_one(struct fake_wpa *f)
{
	struct sockaddr_un from;
	socklen_t len = sizeof(from);
	char command[1024];
	const char *text;
	ssize_t n = recvfrom(f->fd, command, sizeof(command) - 1, 0, (struct sockaddr *)&from, &len);

	if (n < 0)
		return;
	command[n] = '\0';
	pthread_mutex_lock(&f->lock);
	if (f->n_heard < HEARD_MAX)
		snprintf(f->heard[f->n_heard++], sizeof(f->heard[0]), "%.63s", command);
	text = f->silent ? NULL : answer_to(f, command);
	if (text && !strcmp(command, "ATTACH")) {
		f->client = from;
		f->client_len = len;
		f->has_client = true;
	}
	pthread_mutex_unlock(&f->lock);
	if (text)
		sendto(f->fd, text, strlen(text), 0, (struct sockaddr *)&from, len);
}

static void *serve(void *userdata)
{
	struct fake_wpa *f = userdata;
	struct pollfd fds[2] = { { .fd = f->end, .events = POLLIN }, { .fd = f->fd, .events = POLLIN } };
	uint64_t n;
	bool deaf;

	for (;;) {
		pthread_mutex_lock(&f->lock);
		deaf = f->deaf;
		if (f->over) {
			pthread_mutex_unlock(&f->lock);
			return NULL;
		}
		pthread_mutex_unlock(&f->lock);
		fds[1].revents = 0;
		if (poll(fds, deaf ? 1 : 2, -1) < 0)
			continue;
		if (fds[0].revents && read(f->end, &n, sizeof(n)) < 0)
			return NULL;
		if (fds[1].revents)
			serve_one(f);
	}
}

static void wake(struct fake_wpa *f)
{
	const uint64_t one = 1;

	assert_int_equal(write(f->end, &one, sizeof(one)), sizeof(one));
}

struct fake_wpa *fake_wpa_start(const char *dir, const char *ifname)
{
	struct fake_wpa *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->address.sun_family = AF_UNIX;
	snprintf(f->address.sun_path, sizeof(f->address.sun_path), "%s/%s", dir, ifname);
	unlink(f->address.sun_path);
	f->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(f->fd >= 0);
	assert_int_equal(bind(f->fd, (struct sockaddr *)&f->address, sizeof(f->address)), 0);
	f->end = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&f->lock, NULL);
	assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
	return f;
}

static void set(struct fake_wpa *f, const char *command, const char *text, const char *first)
{
	struct answer *a;

	pthread_mutex_lock(&f->lock);
	a = find(f, command);
	if (!a) {
		assert_true(f->n_answers < ANSWERS_MAX);
		a = &f->answers[f->n_answers++];
		a->command = command;
	}
	if (first)
		a->first = first;
	else
		a->text = text;
	pthread_mutex_unlock(&f->lock);
}

void fake_wpa_say(struct fake_wpa *f, const char *command, const char *answer)
{
	set(f, command, answer, NULL);
}

void fake_wpa_say_first(struct fake_wpa *f, const char *command, const char *first)
{
	set(f, command, NULL, first);
}

void fake_wpa_hang(struct fake_wpa *f, bool read)
{
	pthread_mutex_lock(&f->lock);
	f->silent = true;
	f->deaf = !read;
	pthread_mutex_unlock(&f->lock);
	wake(f);
}

void fake_wpa_event(struct fake_wpa *f, const char *text)
{
	pthread_mutex_lock(&f->lock);
	assert_true(f->has_client);
	assert_int_equal(sendto(f->fd, text, strlen(text), 0, (struct sockaddr *)&f->client,
				f->client_len), strlen(text));
	pthread_mutex_unlock(&f->lock);
}

unsigned int fake_wpa_heard(struct fake_wpa *f, const char *command)
{
	unsigned int i, n = 0;

	pthread_mutex_lock(&f->lock);
	for (i = 0; i < f->n_heard; i++)
		n += !strcmp(f->heard[i], command);
	pthread_mutex_unlock(&f->lock);
	return n;
}

void fake_wpa_stop(struct fake_wpa *f, bool killed)
{
	pthread_mutex_lock(&f->lock);
	f->over = true;
	pthread_mutex_unlock(&f->lock);
	wake(f);
	pthread_join(f->thread, NULL);
	close(f->fd);
	close(f->end);
	if (!killed)
		unlink(f->address.sun_path);
	free(f);
}
