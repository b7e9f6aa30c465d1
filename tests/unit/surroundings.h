/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a provider of evidence runs in: a loop, a policy of one place, a view of the air. */
#ifndef TESTS_UNIT_SURROUNDINGS_H
#define TESTS_UNIT_SURROUNDINGS_H

#include "agent/place/providers.h"

struct surroundings {
	struct kb_surroundings around;
	struct kb_agent_policy policy;
	struct kb_wifi_profile profiles[3];	/* A, B, C */
	struct kb_place place;		/* zone "madoguchi"; its evidence is .evidence */
	struct kb_evidence evidence;
	struct kb_wifi_view view;
	bool blind;			/* nobody has a view */
	unsigned int changes;		/* how often the provider called */
	const struct kb_provider_ops *ops;
	struct kb_provider *provider;
	struct kb_finding finding;	/* of the last look */
};

/* Zeroed but for the evidence, with a loop; end it with surroundings_done(). */
void surroundings_make(struct surroundings *s, const struct kb_provider_ops *ops);
void surroundings_done(struct surroundings *s);
void surroundings_start(struct surroundings *s);
/* One evaluation, now or @usec later than now. */
enum kb_presence surroundings_look(struct surroundings *s);
enum kb_presence surroundings_look_at(struct surroundings *s, u64 usec);
/* Runs the loop until the provider says so, half a minute at most; false when it never did. */
bool surroundings_until(struct surroundings *s, enum kb_presence presence);
/* The like, until the detail has @text in it. */
bool surroundings_until_said(struct surroundings *s, const char *text);
/* Runs the loop until the provider called @n times in all. */
bool surroundings_changed(struct surroundings *s, unsigned int n);

/* Runs a command of the shell; its success. */
bool sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * A network namespace of our own, with a cable "here" whose other end "there" is in one
 * of a child's, which runs @run(@arg) and ends with it. False without the right to have them.
 */
struct cable {
	int pid;			/* of the child; its namespace is /proc/PID/ns/net */
};
bool cable_make(struct cable *cable, void (*run)(void *arg), void *arg);
/* Waits until both ends work: the kernel drops what is sent before. */
bool cable_is_up(const struct cable *cable);
void cable_done(struct cable *cable);

#endif
