// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban place learn: an administrator walks the office, the command listens and writes down (P1). */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>

#include "agent/cli/common.h"
#include "agent/place/sample.h"
#include "agent/wifi/nl80211.h"
#include "policy/file.h"
#include "policy/sysfs.h"

#define ROUND_SEC	15		/* from one survey to the next */
#define SURVEY_SEC	10		/* a survey takes so long at most */
#define MINUTES_MAX	(24 * 60)
#define RADIOS_MAX	8

struct learner {
	struct kb_learn *learn;
	struct kb_radio *radio;		/* NULL: no wireless interface */
	u32 radios[RADIOS_MAX], n_radios;	/* ifindexes */
	int lldp, signals;		/* descriptors, negative = none */
	bool surveyed, stopped;
};

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void find_radios(struct learner *l)
{
	KB_FREE struct kb_wdev *wdevs = NULL;
	struct kb_fault why = {};
	size_t n = 0, i;
	int r = kb_radio_open(&l->radio, &why);

	if (!r)
		r = kb_radio_subscribe(l->radio, &why);
	if (!r)
		r = kb_radio_wdevs(l->radio, &wdevs, &n, &why);
	for (i = 0; !r && i < n && l->n_radios < RADIOS_MAX; i++)
		if (wdevs[i].ifindex && wdevs[i].iftype == 2)	/* NL80211_IFTYPE_STATION */
			l->radios[l->n_radios++] = wdevs[i].ifindex;
	if (r || !l->n_radios)
		kb_complain(0, _("warning: no access point is heard: %s"),
			    r ? (why.text[0] ? why.text : strerror(-r))
			      : _("no wireless interface"));
}

static void on_radio(const struct kb_radio_notice *notice, void *userdata)
{
	struct learner *l = userdata;

	/* one that was broken off says nothing of who is there */
	l->surveyed |= (notice->event == KB_RADIO_SCAN_DONE && notice->status >= 0) ||
		       notice->event == KB_RADIO_LOST;
}

static void take_signal(struct learner *l)
{
	struct signalfd_siginfo info;

	if (read(l->signals, &info, sizeof(info)) == sizeof(info))
		l->stopped = true;
}

/* Hears what comes until the time, a signal, or (@survey) the end of a survey. */
static void listen_until(struct learner *l, double end, bool survey)
{
	l->surveyed = false;
	while (!l->stopped && !(survey && l->surveyed)) {
		struct pollfd fds[] = {
			{ .fd = l->signals, .events = POLLIN },
			{ .fd = l->lldp, .events = POLLIN },
			{ .fd = l->n_radios ? kb_radio_fd(l->radio) : -1, .events = POLLIN },
		};
		double left = end - now_seconds();

		if (left <= 0 || poll(fds, 3, (int)(left * 1000) + 1) < 0)
			return;
		if (fds[0].revents)
			take_signal(l);
		if (fds[1].revents)
			kb_sample_lldp(l->learn, l->lldp);
		if (fds[2].revents && kb_radio_receive(l->radio, on_radio, l) < 0) {
			kb_complain(0, _("warning: no access point is heard: %s"), strerror(EIO));
			l->n_radios = 0;
		}
	}
}

static int take_results(struct learner *l, u32 ifindex, double since)
{
	KB_FREE struct kb_bss *list = NULL;
	struct kb_fault why = {};
	size_t n = 0, i;
	int r = kb_radio_scan_results(l->radio, ifindex, &list, &n, &why);

	if (r)
		return kb_complain(r, _("warning: access points cannot be read: %s"), why.text);
	for (i = 0; i < n && !r; i++)
		if ((double)list[i].heard_usec / 1e6 >= since && list[i].ess)
			r = kb_learn_bss(l->learn, &list[i]);
	return r == -ENOSPC ? 0 : r;
}

/* Somebody else's survey serves as well as ours; a link that is down has none. */
static int survey(struct learner *l)
{
	double begin = now_seconds(), since = begin - 1;
	struct kb_fault why = {};
	u32 i, asked = 0;
	int r = 0;

	for (i = 0; i < l->n_radios; i++) {
		r = kb_radio_scan(l->radio, l->radios[i], NULL, 0, &why);
		/*
		 * the other's began a while ago; rounds are far enough apart that nothing
		 * counts twice
		 */
		if (r == -EBUSY)
			since = begin - SURVEY_SEC;
		if (!r || r == -EBUSY)
			asked++;
		else
			kb_complain(0, _("warning: no survey: %s"),
				    why.text[0] ? why.text : strerror(-r));
	}
	if (!asked)
		return 0;
	listen_until(l, begin + SURVEY_SEC, true);
	if (l->stopped || !l->surveyed)
		return 0;
	for (i = 0, r = 0; i < l->n_radios && !r; i++)
		r = take_results(l, l->radios[i], since);
	return r ?: kb_learn_survey(l->learn);
}

static int look_around(struct learner *l)
{
	struct kb_fault why = {};
	int r = kb_sample_gateways(l->learn, &why);

	if (!r)
		r = kb_sample_usb(l->learn, KB_SYSFS_ROOT, &why);
	if (r && r != -ENOSPC)
		return kb_complain(r, "%s", why.text[0] ? why.text : strerror(-r));
	kb_learn_look(l->learn);
	return 0;
}

static void progress(const struct learner *l, double left)
{
	struct kb_learned learned;

	kb_learn_result(l->learn, &learned);
	fprintf(stderr,
		_("%u surveys, %u access points (%u all the time), %u switch ports, %u gateways; %d s left\n"),
		learned.surveys, learned.heard, learned.kept, learned.ports, learned.gateways,
		left > 0 ? (int)left : 0);
}

static int run(struct learner *l, double seconds, u32 samples)
{
	double end = now_seconds() + seconds, round;
	struct kb_learned learned = {};
	int r;

	do {
		round = now_seconds();
		r = survey(l);
		if (!r)
			r = look_around(l);
		if (r)
			return r;
		kb_learn_result(l->learn, &learned);
		progress(l, end - now_seconds());
		if (samples && learned.surveys >= samples)
			break;
		listen_until(l, round + ROUND_SEC < end ? round + ROUND_SEC : end, false);
	} while (!l->stopped && now_seconds() < end);
	return 0;
}

static int write_result(const struct learner *l, const char *zone, const char *path)
{
	KB_FREE char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r = out ? kb_learn_write(l->learn, zone, out) : -ENOMEM;

	if (out && fclose(out) && !r)
		r = -ENOMEM;
	if (!r && path)
		r = kb_file_replace(path, text, len, 0644);
	if (r)
		return kb_complain(kb_exit_code(r), _("cannot write %s: %s"), path ?: "-",
				   strerror(-r));
	if (!path)
		fputs(text, stdout);
	kb_learn_warn(l->learn, stderr);
	return KB_EXIT_OK;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int learn(const char *zone, double seconds, u32 samples, const char *path)
{
	struct learner l = { .learn = kb_learn_new(), .signals = open_signals(), .lldp = -1 };
	struct kb_fault why = {};
	int r;

	if (!l.learn || l.signals < 0) {
		kb_learn_free(l.learn);
		return kb_complain(KB_EXIT_REFUSED, "%s", strerror(ENOMEM));
	}
	find_radios(&l);
	l.lldp = kb_sample_lldp_open(&why);
	if (l.lldp < 0)
		kb_complain(0, _("warning: %s"), why.text);
	r = run(&l, seconds, samples);
	r = r ? kb_exit_code(r) : write_result(&l, zone, path);
	if (l.lldp >= 0)
		close(l.lldp);
	close(l.signals);
	kb_radio_close(l.radio);
	kb_learn_free(l.learn);
	return r;
}

static bool number(const char *text, unsigned long max, unsigned long *ret)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || !n || n > max)
		return false;
	*ret = n;
	return true;
}

int kb_place_learn(int argc, char **argv)
{
	static const struct option longs[] = { { "minutes", required_argument, NULL, 'm' },
					       { "samples", required_argument, NULL, 's' },
					       { "out", required_argument, NULL, 'o' },
					       {} };
	unsigned long minutes = 10, samples = 0;
	const char *out = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
		if (c == 'o')
			out = optarg;
		else if (c == 'm' && !number(optarg, MINUTES_MAX, &minutes))
			return kb_complain(KB_EXIT_USAGE, _("--minutes is 1 to %d"), MINUTES_MAX);
		else if (c == 's' && !number(optarg, 100000, &samples))
			return kb_complain(KB_EXIT_USAGE, _("--samples is 1 to %d"), 100000);
		else if (c == '?')
			return kb_usage("place", kb_place_verbs, "learn");
	}
	if (argc - optind != 1 || !argv[optind][0] || strlen(argv[optind]) > KB_NAME_MAX)
		return kb_usage("place", kb_place_verbs, "learn");
	if (geteuid())
		return kb_complain(KB_EXIT_PERMISSION,
				   _("only root may listen; try again with sudo"));
	return learn(argv[optind], 60.0 * (double)minutes, (u32)samples, out);
}
