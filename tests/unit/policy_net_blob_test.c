// SPDX-License-Identifier: GPL-2.0-or-later
/* Links and paths: text to blob, golden bytes, the largest policies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "net_stage.h"
#include "policy/address.h"
#include "policy/blob_write.h"
#include "policy/prefixes.h"

#define NOW	1795000000	/* 2026-11-18 */

/* The attributes behind the media section, by hand from include/uapi/kidoban/blob.h. */
static void golden(void **state)
{
	static const char text[] = HEAD MODE
		"link: {rules: [{allow: {name: l, kind: ethernet, ifname: \"e*\", mac: \"02:00:00:00:00:00/8\"}}]}\n"
		"wifi: [{profile: A, ssid: S}]\n"
		"places: [{zone: z, label: Z}]\n"
		"networks: {n: [10.20.0.0/16, \"2001:db8::/32\"]}\n"
		"paths: {protected: n, allow: [{name: p, to: [n], service: rdp, from: {cgroup: c, user: \"1-2\"}, link: [l, A], zone: z, hours: \"mon 08:00-09:30\", next_hop_mac: \"02:00:5e:00:01:0a\"}], essential: {dhcp: allow}}\n";
	static const unsigned char wanted[] =
		"\x1c\x00\x02\x00"
			"\x05\x00\x01\x00\x00\0\0\0" "\x05\x00\x02\x00\x02\0\0\0" "\x05\x00\x03\x00\x01\0\0\0"
		"\x0c\x00\x03\x00" "\x05\x00\x01\x00\x00\0\0\0"
		"\x1c\x00\x04\x00"
			"\x05\x00\x01\x00\x01\0\0\0" "\x08\x00\x02\x00\x03\x00\x00\x00" "\x08\x00\x08\x00\x04\x00\x00\x00"
		"\x14\x00\x05\x00" "\x05\x00\x01\x00\x00\0\0\0" "\x05\x00\x03\x00\x00\0\0\0"
		"\x3c\x00\x06\x00"
			"\x05\x00\x01\x00\x01\0\0\0" "\x08\x00\x02\x00\x05\x00\x00\x00" "\x06\x00\x03\x00" "l\0\0\0"
			"\x08\x00\x05\x00\x01\x00\x00\x00" "\x07\x00\x09\x00" "e*\0\0"
			"\x10\x00\x0a\x00" "\x02\0\0\0\0\0" "\xff\0\0\0\0\0"
		"\x14\x00\x07\x00" "\x06\x00\x01\x00" "n\0\0\0" "\x05\x00\x02\x00\x01\0\0\0"
		"\x18\x00\x08\x00" "\x08\x00\x01\x00\x00\x00\x00\x00"
			"\x0c\x00\x02\x00" "\x0a\x14\0\0" "\x10\0\0\0"
		"\x24\x00\x08\x00" "\x08\x00\x01\x00\x00\x00\x00\x00"
			"\x18\x00\x03\x00" "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0" "\x20\0\0\0"
		"\x14\x00\x09\x00" "\x06\x00\x01\x00" "A\0\0\0" "\x05\x00\x02\x00" "S\0\0\0"
		"\x14\x00\x0a\x00" "\x06\x00\x01\x00" "z\0\0\0" "\x06\x00\x02\x00" "Z\0\0\0"
		"\x24\x00\x0b\x00" "\x14\x00\x01\x00" "mon 08:00-09:30\0"
			"\x0a\x00\x02\x00" "\x01\0" "\xe0\x01" "\x3a\x02" "\0\0"
		"\x34\x00\x0c\x00"
			"\x05\x00\x01\x00\x00\0\0\0" "\x05\x00\x02\x00\x00\0\0\0" "\x05\x00\x03\x00\x00\0\0\0"
			"\x05\x00\x04\x00\x00\0\0\0" "\x05\x00\x05\x00\x01\0\0\0" "\x08\x00\x06\x00\x18\0\0\0"
		"\x7c\x00\x0d\x00"
			"\x05\x00\x01\x00\x00\0\0\0" "\x08\x00\x02\x00\x09\0\0\0" "\x06\x00\x03\x00" "p\0\0\0"
			"\x08\x00\x05\x00\x00\0\0\0"
			"\x0a\x00\x06\x00" "\x06\0" "\x3d\x0d" "\x3d\x0d" "\0\0"
			"\x0a\x00\x06\x00" "\x11\0" "\x3d\x0d" "\x3d\x0d" "\0\0"
			"\x08\x00\x07\x00\x00\0\0\0" "\x08\x00\x08\x00\x00\0\0\0" "\x08\x00\x09\x00\x00\0\0\0"
			"\x08\x00\x0a\x00\x00\0\0\0"
			"\x0a\x00\x0b\x00" "\x02\x00\x5e\x00\x01\x0a" "\0\0"
			"\x0c\x00\x0c\x00\x01\0\0\0\x02\0\0\0"
			"\x06\x00\x0e\x00" "c\0\0\0";
	struct kb_model *model = model_of(text);
	unsigned char *blob;
	size_t len, from, i;

	(void)state;
	assert_int_equal(model->policy.header.min_module, 2);
	assert_int_equal(kb_blob_write(&model->policy, &model->agent, (void **)&blob, &len), 0);
	from = len - (sizeof(wanted) - 1);
	for (i = from; i < len; i++)
		if (blob[i] != wanted[i - from])
			fail_msg("byte %zu of %zu: %02x, wanted %02x", i - from, len - from, blob[i],
				 wanted[i - from]);
	assert_int_equal(blob[from - 6], KB_HEADER_LOCK);	/* nothing stands between */
	free(blob);
	kb_policy_free(policy_of(&model->policy));
	kb_model_free(model);
}

/* Old terminals go on taking policies that say nothing new. */
static void asks_for_level_2_only_where_needed(void **state)
{
	static const struct {
		const char *text;
		u32 level;
	} cases[] = {
		{ HEAD "mode: {media: off}\n", 1 },
		{ HEAD "mode: {media: off, link: off, path: off}\n", 1 },
		{ HEAD "mode: {media: off}\nlink: {}\n", 1 },
		{ HEAD "mode: {media: off, link: audit}\nlink: {}\n", 2 },
		{ HEAD "mode: {media: off, path: audit}\npaths: {}\n", 2 },
		{ HEAD "mode: {media: off}\nlink: {rules: [{refuse: {}}]}\n", 2 },
		{ HEAD "mode: {media: off}\npaths: {other: allow}\n", 2 },
		{ HEAD "mode: {media: off}\nnetworks: {n: 10.0.0.1}\n", 2 },
		{ HEAD "mode: {media: off}\nwifi: [{profile: a, ssid: b}]\n", 2 },
		{ HEAD "mode: {media: off}\nplaces: [{zone: a}]\n", 2 },
	};
	struct kb_model *model;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		model = model_of(cases[i].text);
		if (model->policy.header.min_module != cases[i].level)
			fail_msg("level %u: %s", model->policy.header.min_module, cases[i].text);
		kb_policy_free(policy_of(&model->policy));
		kb_model_free(model);
	}
}

/* text -> model -> blob -> policy: the same. */
static void survives_the_blob(void **state)
{
	struct kb_model *model = model_of(everything);
	struct kb_policy *policy = policy_of(&model->policy);

	(void)state;
	assert_int_equal(policy->link.n_rules, 5);
	assert_int_equal(policy->paths.n_rules, 17);
	assert_int_equal(policy->paths.n_schedules, 3);
	/* 8 of networks, 1 protected, 4 + 4 + 1 + 1 + 1 in rules, 8 groups; what stands twice counts once. */
	assert_int_equal(policy->paths.n_prefixes, 28);
	assert_int_equal(policy->paths.screen, KB_SCREEN_ALL & ~(KB_SCREEN_SMARTCARD | KB_SCREEN_SOUND));
	assert_same_policy(&model->policy, policy);
	kb_policy_free(policy);
	kb_model_free(model);
}

static void is_deterministic(void **state)
{
	size_t len[2];
	void *blob[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct kb_model *model = model_of(everything);

		assert_int_equal(kb_blob_write(&model->policy, &model->agent, &blob[i], &len[i]), 0);
		kb_model_free(model);
	}
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(blob[0], blob[1], len[0]);
	free(blob[0]);
	free(blob[1]);
}

/* Ten thousand prefixes in ten networks, through check, writer, reader and show: within 2 s. */
static void takes_10000_prefixes(void **state)
{
	clock_t begin;
	struct kb_diags diags = { 0 };
	struct kb_policy *policy;
	struct kb_prefix *list;
	struct kb_blob_error error;
	char *text, *again;
	size_t len, blob_len;
	void *blob;
	u32 i, n;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	fputs(HEAD "mode: {media: off, path: enforce}\nnetworks:\n", out);
	for (i = 0; i < 10000; i++) {
		if (i % 1000 == 0)
			fprintf(out, "  net%u:\n", i / 1000);
		if (i % 2)
			fprintf(out, "    - \"2001:db8:%x::/48\"\n", i);
		else
			fprintf(out, "    - 10.%u.%u.0/24\n", i / 256, i % 256);
	}
	fputs("paths:\n  protected: [net0, net9]\n  essential: {dhcp: allow}\n  other: allow\n  allow:\n"
	      "    - {name: a, to: [net0], service: rdp, from: {user: 1}}\n"
	      "    - {name: b, to: [net1, net2]}\n", out);
	fclose(out);
	begin = clock();
	assert_int_equal(kb_text_compile(text, len, NOW, &diags, &blob, &blob_len), 0);
	assert_int_equal(kb_policy_parse(blob, blob_len, &policy, &error), 0);
	again = shown(policy, false);
	assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 2.0);
	assert_int_equal(policy->paths.n_prefixes, 10000);
	assert_int_equal(kb_prefixes_list(policy, &list, &n), 0);
	assert_int_equal(n, 10000);
	assert_int_equal(list[0].addr.v4, 10u << 24);
	assert_int_equal(list[999].version, 6);
	free(list);
	free(again);
	free(text);
	free(blob);
	kb_policy_free(policy);
	kb_diags_done(&diags);
}

/* A network larger than one part is divided, and put together again. */
static void divides_large_networks(void **state)
{
	struct kb_policy policy = { .header = { .municipality = "1", .group = "g", .serial = 1, .min_module = 2 } };
	struct kb_network network = { .name = "n" };
	struct kb_prefix *written = calloc(2 * KB_PREFIX_PART_MAX + 2, sizeof(*written)), *list;
	struct kb_policy *parsed;
	u32 i, n;

	(void)state;
	for (i = 0; i < 2 * KB_PREFIX_PART_MAX + 2; i++) {
		written[i] = (struct kb_prefix){ .version = i <= KB_PREFIX_PART_MAX ? 4 : 6, .len = 32 };
		if (written[i].version == 4)
			written[i].addr.v4 = i;
		else
			memcpy(written[i].addr.v6, (u8[]){ 0x20, 1, i >> 8, i }, 4);
	}
	policy.paths.networks = &network;
	policy.paths.n_networks = 1;
	policy.paths.written = written;
	policy.paths.n_prefixes = 2 * KB_PREFIX_PART_MAX + 2;
	parsed = policy_of(&policy);
	assert_int_equal(kb_prefixes_list(parsed, &list, &n), 0);
	assert_int_equal(n, policy.paths.n_prefixes);
	for (i = 0; i < n; i++)
		assert_int_equal(kb_prefix_compare(&list[i], &written[i]), 0);
	free(list);
	free(written);
	kb_policy_free(parsed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(asks_for_level_2_only_where_needed),
		cmocka_unit_test(survives_the_blob),
		cmocka_unit_test(is_deterministic),
		cmocka_unit_test(takes_10000_prefixes),
		cmocka_unit_test(divides_large_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
