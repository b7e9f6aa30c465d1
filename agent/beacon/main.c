// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban-beacon: options, then the loop. */
#include <errno.h>
#include <getopt.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "agent/beacon/config.h"
#include "agent/beacon/key.h"
#include "agent/beacon/responder.h"
#include "agent/cli/verb.h"
#include "agent/i18n.h"

KB_DEFINE_CLEANUP(sd_event *, sd_event_unref)

struct options {
	const char *config, *key;	/* key: instead of the one that the configuration names */
	const char *out;
	bool check, keygen;
};

static void print_help(void)
{
	printf(_("Usage: kidoban-beacon [OPTION]...\n"
		 "       kidoban-beacon keygen -o FILE\n"
		 "Tells terminals that ask, signed, in which zone they are.\n"
		 "\n"
		 "  --config FILE   site, name, zone, key (%s)\n"
		 "  --key FILE      the private key, instead of the one that the file names\n"
		 "  --check         read both, print what the policy needs, and exit\n"
		 "  keygen -o FILE  make a private key and print its public half\n"
		 "  --version, --help\n"),
	       KB_BEACON_CONFIG);
}

/* -1 to go on, else an exit code. */
static int parse(int argc, char **argv, struct options *o)
{
	enum { OPT_CONFIG = 256, OPT_KEY, OPT_CHECK, OPT_VERSION, OPT_HELP };
	static const struct option longs[] = {
		{ "config", required_argument, NULL, OPT_CONFIG },
		{ "key", required_argument, NULL, OPT_KEY },
		{ "check", no_argument, NULL, OPT_CHECK },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ "help", no_argument, NULL, OPT_HELP },
		{}
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
		switch (c) {
		case OPT_CONFIG:
			o->config = optarg;
			break;
		case OPT_KEY:
			o->key = optarg;
			break;
		case OPT_CHECK:
			o->check = true;
			break;
		case 'o':
			o->out = optarg;
			break;
		case OPT_VERSION:
			printf("kidoban-beacon %s\n", KB_VERSION);
			return KB_EXIT_OK;
		case OPT_HELP:
			print_help();
			return KB_EXIT_OK;
		default:
			return KB_EXIT_USAGE;
		}
	}
	o->keygen = optind < argc && !strcmp(argv[optind], "keygen");
	optind += o->keygen;
	/* keygen wants a file and nothing else; all else wants none */
	return optind == argc && o->keygen == !!o->out ? -1 : KB_EXIT_USAGE;
}

static int complain(int code, const struct kb_fault *why)
{
	fprintf(stderr, "%skidoban-beacon: %s\n", getenv("JOURNAL_STREAM") ? SD_ERR : "", why->text);
	return code;
}

static int exit_code(int err)
{
	switch (err) {
	case -EBADMSG:
		return KB_EXIT_PARSE;
	case -EACCES:
	case -EPERM:
		return KB_EXIT_PERMISSION;
	default:
		return KB_EXIT_REFUSED;
	}
}

static int keygen(const char *path)
{
	u8 public[KB_BEACON_KEY_LEN];
	char text[KB_BEACON_KEY_TEXT];
	struct kb_fault why = {};
	int r = kb_beacon_key_make(path, public, &why);

	if (r)
		return complain(exit_code(r), &why);
	kb_beacon_key_text(public, text);
	printf("%s\n", text);
	return KB_EXIT_OK;
}

/* What stands below "evidence:" of the zone. */
static void print_evidence(const struct kb_beacon_config *config, const u8 *public)
{
	char text[KB_BEACON_KEY_TEXT];

	kb_beacon_key_text(public, text);
	printf("- {beacon: {name: %s, key: \"%s\", port: %u}}\n", config->name, text, config->port);
}

static int loop(const struct kb_beacon_config *config, const u8 *key, struct kb_fault *why)
{
	KB_CLEANUP(sd_event_unref_p) sd_event *event = NULL;
	KB_CLEANUP(kb_responder_free_p) struct kb_responder *responder = NULL;
	const struct kb_responder_counts *counts;
	sigset_t ends;
	int r = sd_event_new(&event);

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
	if (r >= 0)
		r = sd_event_set_watchdog(event, true);
	if (r < 0)
		return kb_fault(why, r, "%s", strerror(-r));
	r = kb_responder_new(event, config, key, &responder, why);
	if (r)
		return r;
	sd_notifyf(0, "READY=1\nSTATUS=%s: %s, %s", config->name, config->site, config->zone);
	r = sd_event_loop(event);
	counts = kb_responder_counts(responder);
	fprintf(stderr, _("%llu answered; passed over: %llu for their form or name, %llu from afar, %llu not for us, %llu too often; %llu failed\n"),
		(unsigned long long)counts->answered, (unsigned long long)counts->form,
		(unsigned long long)counts->far, (unsigned long long)counts->elsewhere,
		(unsigned long long)counts->often, (unsigned long long)counts->failed);
	return r < 0 ? kb_fault(why, r, "%s", strerror(-r)) : 0;
}

static int run(const struct options *o)
{
	KB_CLEANUP(kb_beacon_config_free_p) struct kb_beacon_config *config = NULL;
	u8 private[KB_BEACON_KEY_LEN], public[KB_BEACON_KEY_LEN];
	struct kb_fault why = {};
	int r = kb_beacon_config_read(o->config, &config, &why);

	if (!r)
		r = kb_beacon_key_read(o->key ?: config->key, private, public, &why);
	if (!r && o->check)
		print_evidence(config, public);
	else if (!r)
		r = loop(config, private, &why);
	OPENSSL_cleanse(private, sizeof(private));
	return r ? complain(exit_code(r), &why) : KB_EXIT_OK;
}

int main(int argc, char **argv)
{
	struct options o = { .config = KB_BEACON_CONFIG };
	int r;

	kb_i18n_init();
	r = parse(argc, argv, &o);
	if (r == KB_EXIT_USAGE)
		fprintf(stderr, _("Try \"kidoban-beacon --help\".\n"));
	if (r >= 0)
		return r;
	return o.keygen ? keygen(o.out) : run(&o);
}
