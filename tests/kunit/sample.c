// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the unsigned samples that tests/kunit/keys signs: sample DIRECTORY. */
#include "maker.h"

struct named {
	const char *name;
	struct kb_sample sample;
};

static const struct named samples[] = {
	{ "serial_9", { .serial = 9 } },
	{ "serial_10", { .serial = 10 } },
	{ "serial_10_other", { .serial = 10, .media_default = KB_ACTION_ALLOW } },
	{ "serial_11", { .serial = 11, .media_default = KB_ACTION_ALLOW } },
	{ "locked", { .serial = 12, .lock = 1 } },
	{ "unlocked", { .serial = 13 } },
	{ "epoch_2", { .serial = 1, .epoch = 2 } },
	{ "expired", { .serial = 20, .expires = 946684800 } },
	{ "not_yet", { .serial = 20, .not_before = KB_MAKER_EXPIRES - 1 } },
	{ "elsewhere", { .serial = 20, .municipality = "131024" } },
	{ "other_group", { .serial = 20, .group = "dedicated-terminals" } },
	{ "next_format", { .serial = 20, .format = KB_BLOB_FORMAT + 1 } },
	{ "next_level", { .serial = 20, .min_module = KB_MODULE_LEVEL + 1 } },
	{ "audit", { .serial = 30, .mode = KB_GATE_AUDIT } },
	{ "careful", { .serial = 31, .media_default = KB_ACTION_ALLOW, .n_rules = 1 } },
	{ "open", { .serial = 32, .n_rules = 1, .rule_action = KB_ACTION_ALLOW } },
	{ "careful_again", { .serial = 33, .media_default = KB_ACTION_ALLOW, .n_rules = 1 } },
	{ "no_group", { .serial = 20, .without = 1u << KB_HEADER_GROUP } },
};

static int write_sample(const char *directory, const struct named *n)
{
	u8 buf[4096];
	char path[4096];
	u32 len = kb_make_sample(buf, sizeof(buf), &n->sample);
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/%s.blob", directory, n->name);
	f = fopen(path, "wb");
	if (!f)
		return -errno;
	err = len && fwrite(buf, 1, len, f) == len ? 0 : -EIO;
	if (fclose(f) && !err)
		err = -errno;
	return err;
}

int main(int argc, char **argv)
{
	unsigned int i;
	int err;

	if (argc != 2)
		return 2;
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		err = write_sample(argv[1], &samples[i]);
		if (err) {
			fprintf(stderr, "%s: %s\n", samples[i].name, strerror(-err));
			return 1;
		}
	}
	return 0;
}
