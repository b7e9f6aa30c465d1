// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the supplicant's configuration as the policy has it. */
#include "agent/wifi/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/wifi/follow.h"
#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define AGAIN_USEC	(60 * 1000000ull)	/* after trouble, or when somebody fights */
#define FIGHT_MAX	10			/* restorations in that time */

/* What the child says: one for each file, and a last one. Smaller than PIPE_BUF: whole or not at all. */
struct word {
	int state;			/* enum kb_provision_state; -1: the last one */
	int result;			/* of the last one: files changed, or -errno */
	char text[600];			/* path, or why not */
};

struct kb_guard {
	struct kb_guard_host host;
	const struct kb_agent_policy *policy;	/* borrowed; NULL = nothing is kept */
	struct kb_supplicant_link *link;	/* borrowed */
	struct kb_provision provision;
	bool rendered, first;		/* .first: nothing of this was put in place yet */
	size_t n_follows;
	struct kb_follow **follows;
	sd_event_source *timer;
	/* The child at work; pid 0 = none. */
	pid_t pid;
	int fd;
	sd_event_source *io;
	bool once_more;			/* something changed while it worked */
	bool stale;			/* it works for a policy that went */
	unsigned int n_restored;	/* since: */
	uint64_t since_usec;
};

__attribute__((format(printf, 3, 4)))
static void tell(const struct kb_guard *guard, int priority, const char *fmt, ...)
{
	char text[1024], shown[2 * sizeof(text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kb_printable(text, shown, sizeof(shown));
	if (guard->host.tell)
		guard->host.tell(priority, shown, guard->host.userdata);
	else
		kb_journal(priority, KB_MESSAGE_WIFI_PROVISION, "%s", shown);
}

static void say(int fd, const struct word *word)
{
	ssize_t n;

	do {
		n = write(fd, word, sizeof(*word));
	} while (n < 0 && errno == EINTR);
}

static void on_file(const char *path, enum kb_provision_state state, void *userdata)
{
	struct word word = { .state = (int)state };

	snprintf(word.text, sizeof(word.text), "%s", path);
	say(*(int *)userdata, &word);
}

/* Disks may take longer than a lease: whoever renews that does not wait for them. */
static _Noreturn void child(const struct kb_guard *guard, int fd)
{
	struct word word = { .state = -1 };
	struct kb_fault why = {};

	static_assert(sizeof(struct word) <= 4096, "one write to a pipe is whole up to PIPE_BUF");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	word.result = kb_provision_apply(&guard->provision, guard->host.root, on_file, &fd, &why);
	snprintf(word.text, sizeof(word.text), "%s", why.text);
	say(fd, &word);
	_exit(EXIT_SUCCESS);
}

static void begin(struct kb_guard *guard);

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	begin(userdata);
	return 0;
}

/* Once, AGAIN_USEC from now. */
static void begin_later(struct kb_guard *guard)
{
	uint64_t now;

	if (sd_event_now(guard->host.event, CLOCK_MONOTONIC, &now) < 0)
		return;
	guard->timer = sd_event_source_disable_unref(guard->timer);
	sd_event_add_time(guard->host.event, &guard->timer, CLOCK_MONOTONIC, now + AGAIN_USEC, 0,
			  on_timer, guard);
}

static void tell_file(struct kb_guard *guard, const struct word *word)
{
	if (word->state == KB_PROVISION_STRAY)
		tell(guard, LOG_WARNING, _("%s would offer other networks: moved aside"), word->text);
	else if (guard->first)
		tell(guard, LOG_NOTICE, _("%s was written from the policy"), word->text);
	else if (word->state == KB_PROVISION_MISSING)
		tell(guard, LOG_WARNING, _("%s was removed by hand: put back"), word->text);
	else
		tell(guard, LOG_WARNING, _("%s was changed by hand: put back"), word->text);
}

/* Who keeps rewriting our files is let win for a minute: the gates do not depend on them. */
static bool is_fight(struct kb_guard *guard)
{
	uint64_t now = 0;

	sd_event_now(guard->host.event, CLOCK_MONOTONIC, &now);
	if (now - guard->since_usec > AGAIN_USEC) {
		guard->since_usec = now;
		guard->n_restored = 0;
	}
	return ++guard->n_restored > FIGHT_MAX;
}

static void reload(struct kb_guard *guard)
{
	struct kb_fault why = {};
	int r = guard->link ? kb_supplicant_reload(guard->link, &why) : 0;

	if (r)
		tell(guard, LOG_ERR, _("the supplicant does not read its configuration again: %s"),
		     why.text[0] ? why.text : strerror(-r));
	if (guard->host.changed)
		guard->host.changed(guard->host.userdata);
}

static void end_child(struct kb_guard *guard)
{
	guard->io = sd_event_source_disable_unref(guard->io);
	close(guard->fd);
	while (waitpid(guard->pid, NULL, 0) < 0 && errno == EINTR)
		;
	guard->pid = 0;
}

/* The child is done, or died (@word NULL). */
static void finish(struct kb_guard *guard, const struct word *word)
{
	bool once_more = guard->once_more, stale = guard->stale, fight;

	end_child(guard);
	guard->once_more = guard->stale = false;
	if (stale)
		begin(guard);
	if (stale || !guard->rendered)
		return;
	if (!word || word->result < 0) {
		tell(guard, LOG_ERR, _("the supplicant's configuration cannot be put in place: %s"),
		     word ? word->text : strerror(EIO));
		begin_later(guard);
		return;
	}
	guard->first = false;
	fight = word->result && is_fight(guard);
	if (word->result)
		reload(guard);
	if (fight) {
		tell(guard, LOG_ERR, _("somebody keeps changing the supplicant's configuration: looking again in a minute"));
		begin_later(guard);
	} else if (once_more) {
		begin(guard);
	}
}

static int on_word(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_guard *guard = userdata;
	struct word word;
	ssize_t n = read(fd, &word, sizeof(word));

	(void)source;
	(void)revents;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n != (ssize_t)sizeof(word))
		finish(guard, NULL);
	else if (word.state < 0)
		finish(guard, &word);
	else if (guard->rendered && !guard->stale)
		tell_file(guard, &word);
	return 0;
}

static void begin(struct kb_guard *guard)
{
	int fds[2];

	guard->timer = sd_event_source_disable_unref(guard->timer);
	if (!guard->rendered)
		return;
	if (guard->pid) {
		guard->once_more = true;
		return;
	}
	if (pipe2(fds, O_CLOEXEC) < 0) {
		begin_later(guard);
		return;
	}
	guard->pid = fork();
	if (!guard->pid) {
		close(fds[0]);
		child(guard, fds[1]);
	}
	close(fds[1]);
	guard->fd = fds[0];
	if (guard->pid < 0) {
		guard->pid = 0;
		close(fds[0]);
		begin_later(guard);
		return;
	}
	/* without a source nobody would ever reap it */
	if (sd_event_add_io(guard->host.event, &guard->io, fds[0], EPOLLIN, on_word, guard) < 0) {
		kill(guard->pid, SIGKILL);
		end_child(guard);
		begin_later(guard);
	}
}

static bool ends_with(const char *name, const char *ending)
{
	size_t len = strlen(name), n = strlen(ending);

	return len >= n && !strcmp(name + len - n, ending);
}

/* Is it one of ours, or one that would count as a stray? Supplicants write other files all the time. */
static bool matters(const struct kb_guard *guard, const char *name)
{
	const struct kb_provision *p = &guard->provision;
	size_t i;

	for (i = 0; i < p->n_files; i++)
		if (!strcmp(strrchr(p->files[i].path, '/') + 1, name))
			return true;
	for (i = 0; i < p->n_strays; i++)
		if (ends_with(name, p->strays[i].ending) && *name != '.' &&
		    !strncmp(name, p->strays[i].beginning, strlen(p->strays[i].beginning)))
			return true;
	return false;
}

static void on_follow(const char *name, void *userdata)
{
	struct kb_guard *guard = userdata;

	/* one who fights waits for the timer */
	if (!guard->timer && (!name || matters(guard, name)))
		begin(guard);
}

static int follow(struct kb_guard *guard, const char *dir)
{
	KB_FREE char *path = NULL;
	struct kb_follow **follows;
	int r;

	follows = realloc(guard->follows, (guard->n_follows + 1) * sizeof(*follows));
	if (!follows)
		return -ENOMEM;
	guard->follows = follows;
	if (asprintf(&path, "%s%s", strcmp(guard->host.root, "/") ? guard->host.root : "", dir) < 0)
		return -ENOMEM;
	r = kb_follow_dir(guard->host.event, path, on_follow, guard, &follows[guard->n_follows]);
	if (!r)
		guard->n_follows++;
	return r;
}

/* Every directory once would do; twice costs a second look. */
static int follow_all(struct kb_guard *guard)
{
	const struct kb_provision *p = &guard->provision;
	size_t i, before;
	int r = 0;

	for (i = 0; !r && i < p->n_files; i++) {
		KB_FREE char *dir = strdup(p->files[i].path);

		if (!dir)
			return -ENOMEM;
		*strrchr(dir, '/') = '\0';
		for (before = 0; before < i; before++)
			if (!strncmp(p->files[before].path, dir, strlen(dir)) &&
			    strrchr(p->files[before].path, '/') == p->files[before].path + strlen(dir))
				break;
		if (before == i)
			r = follow(guard, dir);
	}
	for (i = 0; !r && i < p->n_strays; i++)
		if (!i || strcmp(p->strays[i - 1].dir, p->strays[i].dir))
			r = follow(guard, p->strays[i].dir);
	return r;
}

static void forget(struct kb_guard *guard)
{
	while (guard->n_follows)
		kb_follow_free(guard->follows[--guard->n_follows]);
	kb_provision_done(&guard->provision);
	guard->timer = sd_event_source_disable_unref(guard->timer);
	guard->rendered = false;
	guard->stale = guard->pid != 0;
}

static enum kb_supplicant which(const struct kb_guard *guard)
{
	enum kb_supplicant wanted = guard->policy->wireless.supplicant;

	if (wanted != KB_SUPPLICANT_AUTO)
		return wanted;
	return guard->link ? kb_supplicant_kind(guard->link) : KB_SUPPLICANT_NONE;
}

static int render(struct kb_guard *guard, struct kb_fault *ret_fault)
{
	char host[HOST_NAME_MAX + 1] = "";
	enum kb_supplicant supplicant = which(guard);
	int r;

	if (supplicant == KB_SUPPLICANT_NONE)
		return 0;
	if (gethostname(host, sizeof(host) - 1))
		return kb_fault(ret_fault, -errno, "%s", strerror(errno));
	r = kb_provision_render(guard->policy, supplicant, host, &guard->provision, ret_fault);
	if (!r) {
		guard->rendered = guard->first = true;
		r = follow_all(guard);
		if (r)
			kb_fault(ret_fault, r, "%s", strerror(-r));
	}
	return r;
}

void kb_guard_policy(struct kb_guard *guard, const struct kb_agent_policy *policy,
		     struct kb_supplicant_link *link)
{
	struct kb_fault why = {};
	int r;

	forget(guard);
	guard->link = link;
	guard->policy = policy && policy->wifi_mode != KB_GATE_OFF && policy->wireless.provision ?
			policy : NULL;
	if (!guard->policy)
		return;
	r = render(guard, &why);
	if (r)
		tell(guard, LOG_ERR, _("the supplicant's configuration cannot be made: %s"), why.text);
	/* files that nobody watches are at least written */
	begin(guard);
}

void kb_guard_supplicant(struct kb_guard *guard)
{
	enum kb_supplicant now;

	if (!guard->policy)
		return;
	now = which(guard);
	/* one that is away comes back to its own files: they stay kept */
	if (now != KB_SUPPLICANT_NONE && (!guard->rendered || now != guard->provision.supplicant))
		kb_guard_policy(guard, guard->policy, guard->link);
}

int kb_guard_new(const struct kb_guard_host *host, struct kb_guard **ret)
{
	struct kb_guard *guard = calloc(1, sizeof(*guard));

	if (!guard)
		return -ENOMEM;
	guard->host = *host;
	if (!guard->host.root)
		guard->host.root = "/";
	*ret = guard;
	return 0;
}

void kb_guard_free(struct kb_guard *guard)
{
	if (!guard)
		return;
	forget(guard);
	if (guard->pid) {
		/* at any moment: files are exchanged whole */
		kill(guard->pid, SIGKILL);
		end_child(guard);
	}
	free(guard->follows);
	free(guard);
}
