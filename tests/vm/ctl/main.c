// SPDX-License-Identifier: GPL-2.0-or-later
/* vmctl: the virtual terminal's hand on its own hypervisor. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interface.h"
#include "plug.h"
#include "sleep.h"
#include "tsc.h"
#include "uevent.h"
#include "util.h"

#define VM_DIR "/run/vm"

enum { EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNSEEN = 3 };

struct options {
	bool nowait;
	int msec; /* to wait for the kernel */
};

static int usage(void)
{
	fputs("usage: vmctl plug [--nowait] [--timeout S] ID TYPE [key=value...]\n"
	      "       vmctl unplug [--nowait] [--timeout S] ID\n"
	      "       vmctl list\n"
	      "       vmctl press KEY    (QEMU's name: a, ret, shift...; goes to a USB keyboard)\n"
	      "       vmctl suspend [--plug 'ID TYPE key=value...' | --unplug ID |\n"
	      "                      --swap OLD 'ID TYPE key=value...']...\n"
	      "       vmctl resume\n"
	      "       vmctl drivers\n"
	      "       vmctl udev\n"
	      "       vmctl arrival|departure [--timeout S] UNDER COMMAND...\n"
	      "       vmctl interface DIRECTORY CLASS/SUBCLASS/PROTOCOL[:STRING]\n"
	      "       vmctl tsc          (kHz of the time stamp counter)\n"
	      "Types: ",
	      stderr);
	machine_types(stderr);
	fputs("plug prints the device's name below /sys/bus/usb/devices once it is enumerated.\n"
	      "Exit status: 0; 1 refused by QEMU or kernel; 2 usage; 3 not enumerated in time.\n",
	      stderr);
	return EXIT_USAGE;
}

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "vmctl: %s: %s\n", what, why);
	return EXIT_REFUSED;
}

/* The run's directory on the host, as tests/vm/run left it in the configuration. */
static const char *run_dir(void)
{
	static char line[4096];
	FILE *file = fopen(VM_DIR "/config", "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, "run=", 4);
	if (file)
		fclose(file);
	if (!found)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line + 4;
}

static int open_machine(struct machine *m)
{
	int err;

	m->run = run_dir();
	if (!m->run)
		return complain(VM_DIR, "this is not a virtual terminal");
	err = qmp_open(&m->qmp, VM_DIR "/qmp", VM_DIR "/lock");
	return err ? complain("hypervisor", strerror(-err)) : 0;
}

/* Take --nowait and --timeout off the front; returns how many words, negative for nonsense. */
static int read_options(int argc, char **argv, struct options *opt)
{
	int i;

	opt->nowait = false;
	opt->msec = 20000;
	for (i = 0; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--nowait"))
			opt->nowait = true;
		else if (!strcmp(argv[i], "--timeout") && i + 1 < argc)
			opt->msec = atoi(argv[++i]) * 1000;
		else
			return -EINVAL;
	}
	return i;
}

static int verb_plug(int argc, char **argv)
{
	struct options opt;
	int skip = read_options(argc, argv, &opt);
	__cleanup(close_fd) int events = -1;
	static struct machine m;
	char name[SYSNAME_MAX];
	int err;

	if (skip < 0 || argc - skip < 2)
		return usage();
	argc -= skip;
	argv += skip;
	events = uevent_open();
	if (events < 0)
		return complain("uevents", strerror(-events));
	if (open_machine(&m))
		return EXIT_REFUSED;
	err = machine_plug(&m, argv[0], argv[1], argv + 2, argc - 2);
	if (err || opt.nowait) {
		qmp_close(&m.qmp);
		return err ? complain(argv[0], m.why) : 0;
	}
	/* the lock is kept meanwhile, so that the next arrival is ours */
	err = uevent_usb_arrival(events, NULL, opt.msec, name);
	qmp_close(&m.qmp);
	if (err) {
		complain(argv[0], "plugged in, but the kernel has not enumerated it");
		return EXIT_UNSEEN;
	}
	puts(name);
	return 0;
}

static int verb_unplug(int argc, char **argv)
{
	struct options opt;
	int skip = read_options(argc, argv, &opt);
	__cleanup(close_fd) int events = -1;
	static struct machine m;
	int err;

	if (skip < 0 || argc - skip != 1)
		return usage();
	events = uevent_open();
	if (events < 0)
		return complain("uevents", strerror(-events));
	if (open_machine(&m))
		return EXIT_REFUSED;
	err = machine_unplug(&m, argv[skip]);
	if (!err && !opt.nowait && uevent_usb_departure(events, NULL, opt.msec)) {
		qmp_close(&m.qmp);
		complain(argv[skip], "pulled out, but the kernel has not noticed");
		return EXIT_UNSEEN;
	}
	qmp_close(&m.qmp);
	return err ? complain(argv[skip], m.why) : 0;
}

static int verb_list(int argc, char **argv)
{
	static struct machine m;
	int err;

	if (argc)
		return usage();
	if (open_machine(&m))
		return EXIT_REFUSED;
	err = machine_list(&m, stdout);
	qmp_close(&m.qmp);
	return err ? complain(*argv ? *argv : "list", m.why) : 0;
}

/* Turn suspend's options into orders for the host. */
static int read_orders(int argc, char **argv, char *orders, size_t size)
{
	size_t used = 0;
	int i;

	orders[0] = '\0';
	for (i = 0; i < argc && used < size; i++) {
		char *to = orders + used;

		if (!strcmp(argv[i], "--plug") && i + 1 < argc) {
			used += (size_t)snprintf(to, size - used, "plug %s\n", argv[i + 1]);
			i++;
		} else if (!strcmp(argv[i], "--unplug") && i + 1 < argc) {
			used += (size_t)snprintf(to, size - used, "unplug %s\n", argv[i + 1]);
			i++;
		} else if (!strcmp(argv[i], "--swap") && i + 2 < argc) {
			used += (size_t)snprintf(to, size - used, "unplug %s\nplug %s\n",
						 argv[i + 1], argv[i + 2]);
			i += 2;
		} else {
			return -EINVAL;
		}
	}
	return used < size ? 0 : -E2BIG;
}

static int verb_suspend(int argc, char **argv)
{
	char orders[4096];
	int err;

	if (read_orders(argc, argv, orders, sizeof(orders)))
		return usage();
	if (access(VM_DIR "/sleep", W_OK))
		return complain("suspend", "this terminal's root lies on 9p, which does not "
					   "survive it; start it with run --disk");
	err = sleep_now(VM_DIR "/sleep", orders);
	return err ? complain("suspend", strerror(-err)) : 0;
}

/* The host wakes the terminal by itself; whoever runs is awake. What is left is to wait
 * until the devices that came or went in the meantime are sorted out.
 */
static int verb_resume(int argc, char **argv)
{
	__cleanup(close_fd) int events = uevent_open();

	(void)argv;
	if (argc)
		return usage();
	if (events < 0)
		return complain("uevents", strerror(-events));
	return uevent_settle(events) ? complain("resume", "devices keep coming and going") : 0;
}

/* Run a command; its exit status, or 127. */
static int call(char *const *command)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return 127;
	if (!pid) {
		execvp(command[0], command);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

/* Run a command that makes a device below a controller come or go, and wait for that. */
static int watch(int argc, char **argv, bool coming)
{
	struct options opt;
	int skip = read_options(argc, argv, &opt);
	__cleanup(close_fd) int events = -1;
	char name[SYSNAME_MAX];
	int err;

	if (skip < 0 || argc - skip < 2)
		return usage();
	events = uevent_open();
	if (events < 0)
		return complain("uevents", strerror(-events));
	if (call(argv + skip + 1))
		return complain(argv[skip + 1], "failed");
	err = coming ? uevent_usb_arrival(events, argv[skip], opt.msec, name)
		     : uevent_usb_departure(events, argv[skip], opt.msec);
	if (err) {
		complain(argv[skip], coming ? "no device came" : "no device went");
		return EXIT_UNSEEN;
	}
	if (coming)
		puts(name);
	return 0;
}

static int verb_arrival(int argc, char **argv)
{
	return watch(argc, argv, true);
}

static int verb_departure(int argc, char **argv)
{
	return watch(argc, argv, false);
}

/* Be an interface of a gadget until killed; says "ready" when it is described. */
static int verb_interface(int argc, char **argv)
{
	int err;

	if (argc != 2)
		return usage();
	err = interface_hold(argv[0], argv[1]);
	return err == -EINVAL ? usage() : complain(argv[0], strerror(-err));
}

static int become(char *const command[])
{
	execvp(command[0], command);
	return complain(command[0], strerror(errno));
}

/* Press and release a key; QEMU gives it to the keyboard that was plugged in last. */
static int verb_press(int argc, char **argv)
{
	static struct machine m;
	int err;

	if (argc != 1 || strspn(argv[0], "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(argv[0]))
		return usage();
	if (open_machine(&m))
		return EXIT_REFUSED;
	err = qmp_run(&m.qmp, NULL,
		      "\"execute\": \"send-key\", \"arguments\": "
		      "{\"keys\": [{\"type\": \"qcode\", \"data\": \"%s\"}]}",
		      argv[0]);
	qmp_close(&m.qmp);
	return err ? complain(argv[0], err == -EREMOTEIO ? m.qmp.why : strerror(-err)) : 0;
}

/* Load the drivers udev would load, so that devices meet them with or without udev. */
static int verb_drivers(int argc, char **argv)
{
	static char *const command[] = { "modprobe",	"-a",	     "-q",	 "usb-storage",
					 "uas",		"sd_mod",    "sr_mod",	 "usbhid",
					 "hid-generic", "cdc_ether", "cdc_ncm",	 "rndis_host",
					 "cdc_acm",	"usblp",     "ftdi_sio", "snd-usb-audio",
					 NULL };

	(void)argv;
	if (argc)
		return usage();
	return become(command);
}

static int verb_udev(int argc, char **argv)
{
	static char *const command[] = {
		"sh", "-ec",
		"for d in /usr/lib/systemd/systemd-udevd /lib/systemd/systemd-udevd; do\n"
		"	[ -x $d ] || continue\n"
		"	[ -S /run/udev/control ] || $d --daemon\n"
		"	udevadm trigger --action=add\n"
		"	exec udevadm settle --timeout=60\n"
		"done\n"
		"echo 'vmctl: there is no udev: apt-get install udev' >&2; exit 1\n",
		NULL
	};

	(void)argv;
	if (argc)
		return usage();
	return become(command);
}

/* On the host, started by tests/vm/run: vmctl attend SOCKET ORDERS RUN */
static int verb_attend(int argc, char **argv)
{
	static struct machine m;
	int err;

	if (argc != 3)
		return usage();
	m.run = argv[2];
	err = qmp_open(&m.qmp, argv[0], NULL);
	if (!err)
		err = sleep_attend(&m, argv[1]);
	return err ? complain("attend", strerror(-err)) : 0;
}

static int verb_tsc(int argc, char **argv)
{
	unsigned long khz = tsc_khz();

	(void)argv;
	if (argc)
		return usage();
	if (!khz)
		return complain("tsc", "this machine has none");
	printf("%lu\n", khz);
	return 0;
}

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "plug", verb_plug },		 { "unplug", verb_unplug },
	{ "list", verb_list },		 { "suspend", verb_suspend },
	{ "resume", verb_resume },	 { "drivers", verb_drivers },
	{ "udev", verb_udev },		 { "attend", verb_attend },
	{ "arrival", verb_arrival },	 { "departure", verb_departure },
	{ "interface", verb_interface }, { "press", verb_press },
	{ "tsc", verb_tsc },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].run(argc - 2, argv + 2);
	return usage();
}
