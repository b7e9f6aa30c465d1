// SPDX-License-Identifier: GPL-2.0-or-later
/* A beacon's configuration, its key, and how often it answers. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "agent/beacon/bucket.h"
#include "agent/beacon/config.h"
#include "agent/beacon/key.h"
#include "agent/beacon/message.h"
#include "agent_scratch.h"
#include "policy/file.h"

static struct scratch s;
static struct kb_beacon_config *config;
static struct kb_fault why;

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kb_beacon_config_free(config);
	config = NULL;
	scratch_remove(&s);
	return 0;
}

static int read_text(const char *text)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/beacon.yaml", s.dir);
	assert_int_equal(kb_file_replace(path, text, strlen(text), 0600), 0);
	kb_beacon_config_free(config);
	config = NULL;
	why.text[0] = '\0';
	return kb_beacon_config_read(path, &config, &why);
}

static void refused(const char *text, const char *where)
{
	assert_int_equal(read_text(text), -EBADMSG);
	assert_null(config);
	if (!strstr(why.text, where))
		print_message("%s\n", why.text);
	assert_non_null(strstr(why.text, where));
}

#define REST "name: b\nzone: z\nkey: k\n"

static void test_config_refused(void **state)
{
	(void)state;
	refused("", "beacon.yaml:");
	refused("site: \"131016\"\nname: b\nzone: z\n", "beacon.yaml:1:1: ");
	refused(REST "site: a b\n", "beacon.yaml:4:7: ");
	refused(REST "site: \"1234567890123456\"\n", "beacon.yaml:4:7: ");
	refused(REST "site: \"1\"\nport: 0\n", "beacon.yaml:5:7: ");
	refused(REST "site: \"1\"\nport: 65536\n", "beacon.yaml:5:7: ");
	refused(REST "site: \"1\"\nunicast: perhaps\n", "beacon.yaml:5:10: ");
	refused(REST "site: \"1\"\ninterfaces: [sixteen-letters-]\n", "beacon.yaml:5:");
	refused(REST "site: \"1\"\nprot: 1\n", "did you mean 'port'?");
	assert_int_equal(kb_beacon_config_read("/nonexistent/beacon.yaml", &config, &why), -ENOENT);
}

static void test_config(void **state)
{
	char key[300];

	(void)state;
	snprintf(key, sizeof(key), "%s/k", s.dir);
	assert_int_equal(read_text("site: \"131016\"\n" REST), 0);
	assert_string_equal(config->site, "131016");
	assert_string_equal(config->name, "b");
	assert_string_equal(config->zone, "z");
	assert_string_equal(config->key, key);
	assert_int_equal(config->port, KB_BEACON_PORT);
	assert_int_equal(config->n_interfaces, 0);
	assert_false(config->unicast);
	assert_int_equal(read_text("site: \"1\"\nname: b\nzone: 市民課\nkey: /etc/k\nport: 7\nunicast: true\n"
				   "interfaces: [eth0, eth1]\n"), 0);
	assert_string_equal(config->key, "/etc/k");
	assert_int_equal(config->port, 7);
	assert_true(config->unicast);
	assert_int_equal(config->n_interfaces, 2);
	assert_string_equal(config->interfaces[1], "eth1");
}

static void test_key(void **state)
{
	u8 private[32], public[32], made[32];
	char path[300], text[KB_BEACON_KEY_TEXT];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/beacon.key", s.dir);
	assert_int_equal(kb_beacon_key_read(path, private, public, &why), -ENOENT);
	assert_int_equal(kb_beacon_key_make(path, made, &why), 0);
	assert_int_equal(kb_beacon_key_make(path, public, &why), -EEXIST);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(kb_beacon_key_read(path, private, public, &why), 0);
	assert_memory_equal(public, made, 32);
	kb_beacon_key_text(public, text);
	assert_int_equal(strlen(text), 44);
	assert_int_equal(text[43], '=');
	/* what is no Ed25519 key, and nothing at all */
	assert_int_equal(kb_file_replace(path, "x", 1, 0600), 0);
	assert_int_equal(kb_beacon_key_read(path, private, public, &why), -EBADMSG);
	assert_int_equal(kb_file_replace(path, "", 0, 0600), 0);
	assert_int_equal(kb_beacon_key_read(path, private, public, &why), -EBADMSG);
}

/* --- how often */

#define SECOND 1000000ull

static struct kb_buckets buckets;

static struct in6_addr source(u8 net, u8 host)
{
	return (struct in6_addr){ .s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [7] = net, [15] = host } };
}

static unsigned int take(struct in6_addr from, u32 ifindex, unsigned int tries, u64 now)
{
	unsigned int got = 0;

	while (tries--)
		got += kb_buckets_take(&buckets, &from, ifindex, now);
	return got;
}

static void test_bucket(void **state)
{
	struct in6_addr link = { .s6_addr = { 0xfe, 0x80, [15] = 1 } };
	struct in6_addr v4 = { .s6_addr = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 } };
	struct in6_addr v4b = v4;

	(void)state;
	memset(&buckets, 0, sizeof(buckets));
	assert_int_equal(take(source(1, 1), 1, 100, SECOND), KB_BUCKET_BURST);
	/* the same network is the same source, wherever it comes in */
	assert_int_equal(take(source(1, 2), 2, 100, SECOND), 0);
	assert_int_equal(take(source(2, 1), 1, 100, SECOND), KB_BUCKET_BURST);
	assert_int_equal(take(source(1, 1), 1, 100, 2 * SECOND), KB_BUCKET_RATE);
	assert_int_equal(take(source(1, 1), 1, 100, 2 * SECOND + SECOND / 5 - 1), 0);
	assert_int_equal(take(source(1, 1), 1, 100, 2 * SECOND + SECOND / 5), 1);
	assert_int_equal(take(source(1, 1), 1, 100, 1000 * SECOND), KB_BUCKET_BURST);
	/* a clock that goes back gives nothing */
	assert_int_equal(take(source(1, 1), 1, 100, 500 * SECOND), 0);
	/* on a link, addresses of two links are two; IPv4 addresses are each their own */
	assert_int_equal(take(link, 1, 100, 1000 * SECOND), KB_BUCKET_BURST);
	assert_int_equal(take(link, 2, 100, 1000 * SECOND), KB_BUCKET_BURST);
	assert_int_equal(take(link, 1, 100, 1000 * SECOND), 0);
	v4b.s6_addr[15] = 2;
	assert_int_equal(take(v4, 1, 100, 1000 * SECOND), KB_BUCKET_BURST);
	assert_int_equal(take(v4b, 1, 100, 1000 * SECOND), KB_BUCKET_BURST);
}

/* Under however many addresses: all together have their limit, and one who behaves gets through later. */
static void test_bucket_many(void **state)
{
	unsigned int got = 0, i;

	(void)state;
	memset(&buckets, 0, sizeof(buckets));
	for (i = 0; i < 65536; i++) {
		struct in6_addr from = source((u8)i, 1);

		from.s6_addr[6] = (u8)(i >> 8);
		got += kb_buckets_take(&buckets, &from, 1, SECOND);
	}
	assert_int_equal(got, KB_BUCKETS_RATE);
	assert_int_equal(take(source(1, 1), 1, 1, SECOND), 0);
	assert_int_equal(take(source(1, 1), 1, 1, SECOND + 1000), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_config_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_config, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_key, set_up, tear_down),
		cmocka_unit_test(test_bucket),
		cmocka_unit_test(test_bucket_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
