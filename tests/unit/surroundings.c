// SPDX-License-Identifier: GPL-2.0-or-later
/* What a provider of evidence runs in. */
#include "surroundings.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_USEC	(60 * 1000000ull)	/* a busy machine's */

static const struct kb_wifi_view *view_of(void *userdata)
{
	struct surroundings *s = userdata;

	return s->blind ? NULL : &s->view;
}

static void count(void *userdata)
{
	((struct surroundings *)userdata)->changes++;
}

void surroundings_make(struct surroundings *s, const struct kb_provider_ops *ops)
{
	static const char *const names[] = { "A", "B", "C" };
	size_t i;

	memset(s, 0, sizeof(*s));
	s->ops = ops;
	s->evidence.kind = ops->kind;
	for (i = 0; i < ARRAY_SIZE(s->profiles); i++)
		s->profiles[i].name = names[i];
	s->place = (struct kb_place){ .name = "madoguchi", .need = 1, .n_evidence = 1,
				      .evidence = &s->evidence };
	s->policy = (struct kb_agent_policy){ .n_profiles = ARRAY_SIZE(s->profiles),
					      .profiles = s->profiles, .n_places = 1,
					      .places = &s->place };
	s->around = (struct kb_surroundings){ .policy = &s->policy, .site = "131016",
					      .wifi = view_of, .changed = count, .userdata = s };
	assert_true(sd_event_new(&s->around.event) >= 0);
}

void surroundings_start(struct surroundings *s)
{
	assert_int_equal(s->ops->start(&s->evidence, &s->around, &s->provider), 0);
}

void surroundings_done(struct surroundings *s)
{
	if (s->provider)
		s->ops->stop(s->provider);
	sd_event_unref(s->around.event);
	s->provider = NULL;
	s->around.event = NULL;
}

enum kb_presence surroundings_look_at(struct surroundings *s, u64 usec)
{
	memset(&s->finding, 0x5a, sizeof(s->finding));
	s->ops->evaluate(s->provider, kb_boottime_usec() + usec, &s->finding);
	assert_non_null(memchr(s->finding.detail, '\0', sizeof(s->finding.detail)));
	assert_true(s->finding.detail[0]);
	return s->finding.presence;
}

enum kb_presence surroundings_look(struct surroundings *s)
{
	return surroundings_look_at(s, 0);
}

/* One turn of the loop; false when the time is over. */
static bool turn(struct surroundings *s, u64 end)
{
	u64 now = kb_boottime_usec();

	if (now >= end)
		return false;
	assert_true(sd_event_run(s->around.event, end - now) >= 0);
	return true;
}

bool surroundings_until(struct surroundings *s, enum kb_presence presence)
{
	u64 end = kb_boottime_usec() + PATIENCE_USEC;

	while (surroundings_look(s) != presence)
		if (!turn(s, end)) {
			print_message("%s: %s\n", kb_presence_name(s->finding.presence), s->finding.detail);
			return false;
		}
	return true;
}

bool surroundings_until_said(struct surroundings *s, const char *text)
{
	u64 end = kb_boottime_usec() + PATIENCE_USEC;

	do {
		surroundings_look(s);
		if (strstr(s->finding.detail, text))
			return true;
	} while (turn(s, end));
	print_message("wanted \"%s\", says \"%s\"\n", text, s->finding.detail);
	return false;
}

bool surroundings_changed(struct surroundings *s, unsigned int n)
{
	u64 end = kb_boottime_usec() + PATIENCE_USEC;

	while (s->changes < n)
		if (!turn(s, end))
			return false;
	return true;
}

bool sh(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return !system(command);
}

/* Ends with the test; begins when the cable is plugged in. */
static void child(int ready, int plugged, void (*run)(void *arg), void *arg)
{
	char byte = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET) || !sh("ip link set lo up") || write(ready, &byte, 1) != 1 ||
	    read(plugged, &byte, 1) != 1)
		_exit(1);
	run(arg);
	_exit(0);
}

/* Of all cards here: there is one, whatever its name. */
bool cable_is_up(const struct cable *cable)
{
	return sh("n=0; until ip -br link show type veth | grep -q ' UP ' &&"
		  " nsenter -t %d -n ip -br link show there | grep -q ' UP '; do"
		  " [ $((n += 1)) -lt 1000 ] || exit 1; sleep 0.05; done", cable->pid);
}

bool cable_make(struct cable *cable, void (*run)(void *arg), void *arg)
{
	int ready[2], plugged[2];
	char byte = 0;

	if (unshare(CLONE_NEWNET))
		return false;
	assert_true(sh("ip link set lo up"));
	assert_false(pipe(ready) || pipe(plugged));
	cable->pid = fork();
	if (!cable->pid)
		child(ready[1], plugged[0], run, arg);
	assert_true(cable->pid > 0);
	close(ready[1]);
	close(plugged[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	/* duplicate address detection would take a second */
	assert_true(sh("ip link add here type veth peer name there netns %d &&"
		       " nsenter -t %d -n sh -c 'echo 0 >/proc/sys/net/ipv6/conf/there/accept_dad; ip link set there up' &&"
		       " echo 0 >/proc/sys/net/ipv6/conf/here/accept_dad && ip link set here up",
		       cable->pid, cable->pid));
	assert_true(cable_is_up(cable));
	assert_int_equal(write(plugged[1], &byte, 1), 1);
	close(ready[0]);
	close(plugged[1]);
	return true;
}

void cable_done(struct cable *cable)
{
	if (cable->pid <= 0)
		return;
	kill(cable->pid, SIGKILL);
	waitpid(cable->pid, NULL, 0);
	cable->pid = 0;
}
