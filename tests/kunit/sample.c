// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the unsigned samples (policies, orders) that tests/kunit/keys signs: sample DIRECTORY. */
#include <uapi/kidoban/netlink.h>

#include "maker.h"
#include "net_sample.h"

struct named {
	const char *name;
	struct kb_sample sample;
};

struct named_net {
	const char *name;
	struct kb_net_sample sample;
};

struct named_order {
	const char *name;
	const char *isolation;		/* KB_FIRST */
	const char *magic;		/* KB_ORDER_MAGIC */
	u32 action, reserved;
	u32 missing;			/* bytes at the end */
};

#define KB_FIRST	"the first of all"

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

static const struct named_net net_samples[] = {
	{ "net_a", { .serial = 40, .zones = { "counter", "store" }, .hours = { "day", "night" } } },
	{ "net_b", { .serial = 41, .zones = { "store", "counter" }, .hours = { "night", "day" } } },
	{ "net_c", { .serial = 42, .zones = { "archive" } } },
	{ "net_d", { .serial = 43, .zones = { "counter" }, .hours = { "day" } } },
	{ "net_audit", { .serial = 44, .mode = KB_GATE_AUDIT } },
	{ "net_open", { .serial = 45, .other = KB_ACTION_ALLOW } },
};

static const struct named_order orders[] = {
	{ .name = "order_release" },
	{ .name = "order_other", .isolation = "the second of it" },
	{ .name = "order_magic", .magic = "KDBANO02" },
	{ .name = "order_isolate", .action = KB_ORDER_ISOLATE },
	{ .name = "order_reserved", .reserved = 1 },
	{ .name = "order_short", .missing = 1 },
};

static int write_blob(const char *directory, const char *name, const void *data, u32 len)
{
	char path[4096];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/%s.blob", directory, name);
	f = fopen(path, "wb");
	if (!f)
		return -errno;
	err = len && fwrite(data, 1, len, f) == len ? 0 : -EIO;
	if (fclose(f) && !err)
		err = -errno;
	if (err)
		fprintf(stderr, "%s: %s\n", name, strerror(-err));
	return err;
}

static int write_sample(const char *directory, const struct named *n)
{
	u8 buf[4096];
	u32 len = kb_make_sample(buf, sizeof(buf), &n->sample);

	return write_blob(directory, n->name, buf, len);
}

static int write_net_sample(const char *directory, const struct named_net *n)
{
	u8 buf[4096];
	u32 len = kb_make_net_sample(buf, sizeof(buf), &n->sample);

	return write_blob(directory, n->name, buf, len);
}

static int write_order(const char *directory, const struct named_order *n)
{
	struct kb_order order = {
		.action = cpu_to_le32(n->action),
		.reserved = cpu_to_le32(n->reserved),
	};

	memcpy(order.magic, n->magic ?: KB_ORDER_MAGIC, sizeof(order.magic));
	memcpy(order.isolation, n->isolation ?: KB_FIRST, sizeof(order.isolation));
	return write_blob(directory, n->name, &order, sizeof(order) - n->missing);
}

int main(int argc, char **argv)
{
	unsigned int i;
	int err = 0;

	if (argc != 2)
		return 2;
	for (i = 0; i < ARRAY_SIZE(samples) && !err; i++)
		err = write_sample(argv[1], &samples[i]);
	for (i = 0; i < ARRAY_SIZE(net_samples) && !err; i++)
		err = write_net_sample(argv[1], &net_samples[i]);
	for (i = 0; i < ARRAY_SIZE(orders) && !err; i++)
		err = write_order(argv[1], &orders[i]);
	return err ? 1 : 0;
}
