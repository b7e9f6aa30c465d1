// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy generate: a first policy from what is plugged in. */
#include <stdio.h>
#include <string.h>

#include "agent/cli/policy_verbs.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/generate.h"
#include "policy/scalar.h"

#define YEAR_SECONDS	(365 * 24 * 3600)
#define JAPAN_OFFSET	(9 * 3600)
#define DAY_SECONDS	(24 * 3600)

struct options {
	struct kb_generate_options generate;
	const char *sysfs, *output;
};

static bool take(struct options *o, int c)
{
	unsigned long serial;
	char *end;

	switch (c) {
	case 'm':
		o->generate.municipality = optarg;
		return true;
	case 'g':
		o->generate.group = optarg;
		return true;
	case 'n':
		errno = 0;
		serial = strtoul(optarg, &end, 10);
		o->generate.serial = (uint32_t)serial;
		return !errno && !*end && *optarg != '-' && serial && serial <= UINT32_MAX;
	case 'e':
		return !kb_scalar_date(optarg, true, &o->generate.expires);
	case 's':
		o->sysfs = optarg;
		return true;
	case 'o':
		o->output = optarg;
		return true;
	default:
		return false;
	}
}

/* A year from now, to the end of the day in Japan. */
static uint64_t default_expiry(void)
{
	uint64_t when;

	kb_policy_time(NULL, &when);
	when += YEAR_SECONDS + JAPAN_OFFSET;
	return when - when % DAY_SECONDS + DAY_SECONDS - JAPAN_OFFSET;
}

static int write_policy(const struct kb_sysfs_devices *devices, const struct options *o)
{
	KB_FREE char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r;

	if (!out)
		return kb_complain(KB_EXIT_REFUSED, _("out of memory"));
	kb_generate(devices, &o->generate, out);
	if (fclose(out))
		return kb_complain(KB_EXIT_REFUSED, _("out of memory"));
	if (!o->output) {
		fwrite(text, 1, len, stdout);
		return KB_EXIT_OK;
	}
	r = kb_file_create(o->output, text, len, 0600);
	if (r < 0)
		return kb_complain(kb_policy_exit(r), "%s: %s", o->output, strerror(-r));
	printf(_("%s written; now: kidoban policy check %s\n"), o->output, o->output);
	return KB_EXIT_OK;
}

int kb_policy_generate(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "municipality", required_argument, NULL, 'm' },
		{ "group", required_argument, NULL, 'g' },
		{ "serial", required_argument, NULL, 'n' },
		{ "expires", required_argument, NULL, 'e' },
		{ "out", required_argument, NULL, 'o' },
		{ "sysfs", required_argument, NULL, 's' },
		{ 0 },
	};
	struct options o = { .generate = { .serial = 1, .expires = default_expiry() },
			     .sysfs = KB_SYSFS_ROOT };
	struct kb_sysfs_devices devices;
	int c, r;

	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1)
		if (!take(&o, c))
			return kb_policy_usage("generate");
	if (argc != optind)
		return kb_policy_usage("generate");
	r = kb_sysfs_read(o.sysfs, &devices);
	if (r < 0)
		return kb_complain(kb_policy_exit(r), _("cannot list USB devices below %s: %s"),
				   o.sysfs, strerror(-r));
	c = write_policy(&devices, &o);
	kb_sysfs_done(&devices);
	return c;
}
