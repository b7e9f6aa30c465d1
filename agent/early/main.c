// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban-early: in the initial RAM file system, before USB devices are looked for. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "agent/early/early.h"
#include "agent/paths.h"
#include "policy/bundle.h"
#include "policy/cleanup.h"
#include "policy/file.h"

/* A boot is never held up for longer: then the module's own policy has to do until the agent runs. */
#define PATIENCE_SECONDS 10

#define UNFINISHED "it did not come to an end"

static const char usage[] =
	"Usage: kidoban-early [--config DIR] [--state DIR] [--run DIR]\n"
	"       kidoban-early --unpack BUNDLE DIR\n"
	"Seals the trust of this terminal and loads its last valid policy, or the one before.\n"
	"What it did stands in the kernel's log and in DIR/early. The boot goes on whatever comes\n"
	"of it: except for --unpack, the exit status is always 0.\n"
	"\n"
	"  --config DIR   terminal.yaml, trust/ (" KB_CONFIG_DIR ")\n"
	"  --state DIR    policy/, policy.previous/, state (" KB_STATE_DIR ")\n"
	"  --run DIR      where the outcome is left (" KB_RUNTIME_DIR ")\n"
	"  --unpack       puts a bundle's blob and signatures into DIR, for the image\n"
	"  --version, --help\n";

/* One line for the kernel's log, which the console shows up to the level that it is told. */
__attribute__((format(printf, 2, 3)))
static void say(int level, const char *fmt, ...)
{
	KB_CLOSE int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	char text[800], line[900];
	va_list ap;
	int len;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* in one piece, and not by stdio, which would look for a place in the log first */
	len = snprintf(line, sizeof(line), "<%d>kidoban-early: %s\n", level, text);
	if (fd < 0 || write(fd, line, (size_t)len) < 0)
		fprintf(stderr, "kidoban-early: %s\n", text);
}

static void note(const char *text, void *userdata)
{
	(void)userdata;
	say(LOG_ERR, "%s", text);
}

static void give_up(int signal)
{
	static const char text[] = "<3>kidoban-early: gave up waiting; the agent will load the policy\n";
	int fd = open("/dev/kmsg", O_WRONLY | O_NOCTTY);

	(void)signal;
	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0)
		_exit(0);
	_exit(0);
}

/* What kidoban doctor reads after the boot. @why may be empty. */
static void leave_word(const char *run_dir, const struct kb_early *early, const char *why)
{
	static const char *const sources[] = { "nothing", "last", "previous" };
	KB_FREE char *path = kb_path_join(run_dir, KB_EARLY_FILE);
	KB_CLEANUP(kb_fclosep) FILE *file = NULL;

	mkdir(run_dir, 0755);
	file = path ? fopen(path, "we") : NULL;
	if (!file) {
		say(LOG_WARNING, "cannot write to %s: %s", run_dir, strerror(errno));
		return;
	}
	fprintf(file, "kidoban-early 1\nloaded %s\npolicy %u.%u\nfallback %s\nwhy %s\n",
		sources[early->source], early->age.epoch, early->age.serial,
		early->builtin ? "yes" : "no", why);
}

static int load(const char *config_dir, const char *state_dir, const char *run_dir,
		struct kb_early *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	int r = kb_wire_open(&wire, ret_fault);

	if (r == -ENOENT)
		return kb_fault(ret_fault, r, "the kernel module kidoban is not loaded");
	if (!r)
		r = kb_early_look(wire, ret, ret_fault);
	if (r)
		return r;
	leave_word(run_dir, ret, UNFINISHED);
	return kb_early_load(wire, config_dir, state_dir, note, NULL, ret, ret_fault);
}

static void start(const char *config_dir, const char *state_dir, const char *run_dir)
{
	struct kb_early early = {};
	struct kb_fault why = {};
	int r;

	/* should it be cut off, this is what happened */
	leave_word(run_dir, &early, UNFINISHED);
	r = load(config_dir, state_dir, run_dir, &early, &why);
	if (r && !why.text[0])
		kb_fault(&why, r, "%s", strerror(-r));
	leave_word(run_dir, &early, why.text);
	if (!r)
		say(early.source == KB_EARLY_FROM_LAST ? LOG_NOTICE : LOG_ERR,
		    "policy %u.%u is in force%s", early.age.epoch, early.age.serial,
		    early.source == KB_EARLY_FROM_LAST ? "" : ": the one before the last");
	else if (r != -ENOENT || early.builtin)
		say(LOG_CRIT, "%s; until the agent has loaded a policy %s", why.text, early.builtin ?
		    "the module's own one holds: what stores is refused, keyboards work" :
		    "nothing is enforced");
	else
		say(LOG_CRIT, "%s: nothing is enforced", why.text);
}

static int unpack(const char *path, const char *dir)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	struct kb_fault why = {};
	int r = kb_bundle_read(path, &bundle, &why);

	if (!r)
		r = kb_bundle_unpack(&bundle, dir, &why);
	if (r)
		fprintf(stderr, "kidoban-early: %s\n", why.text);
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "state", required_argument, NULL, 's' },
		{ "run", required_argument, NULL, 'r' },
		{ "unpack", no_argument, NULL, 'u' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	const char *config = KB_CONFIG_DIR, *state = KB_STATE_DIR, *run = KB_RUNTIME_DIR;
	bool unpacks = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'c')
			config = optarg;
		else if (c == 's')
			state = optarg;
		else if (c == 'r')
			run = optarg;
		else if (c == 'u')
			unpacks = true;
		else if (c == 'v')
			return printf("kidoban-early %s\n", KB_VERSION) < 0;
		else
			return fputs(usage, c == 'h' ? stdout : stderr) < 0 || c != 'h';
	}
	if (unpacks && argc - optind == 2)
		return unpack(argv[optind], argv[optind + 1]);
	if (unpacks || optind != argc)
		return fputs(usage, stderr) < 0 || true;
	signal(SIGALRM, give_up);
	alarm(PATIENCE_SECONDS);
	start(config, state, run);
	return EXIT_SUCCESS;
}
