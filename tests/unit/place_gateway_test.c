// SPDX-License-Identifier: GPL-2.0-or-later
/* The default gateway's address, as the kernel knows it (P1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "surroundings.h"

static const struct kb_link_mac macs[] = {
	{ { 0x02, 0, 0x5e, 0, 1, 0 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0 } },
};

static struct surroundings s;
static struct cable cable;

static void run(void *arg)
{
	(void)arg;
	pause();
}

static void begin(void)
{
	if (!cable_make(&cable, run, NULL))
		skip();
	assert_true(sh("ip addr add 10.9.0.1/24 dev here && ip -6 addr add 2001:db8::1/64 dev here nodad"));
	surroundings_make(&s, &kb_provider_gateway);
	s.evidence.gateway.n_macs = 1;
	s.evidence.gateway.macs = macs;
	surroundings_start(&s);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_string_equal(s.finding.detail, "there is no default gateway");
}

static int teardown(void **state)
{
	(void)state;
	if (s.around.event)
		surroundings_done(&s);
	cable_done(&cable);
	return 0;
}

static void test_refused(void **state)
{
	(void)state;
	begin();
	/* a route that is no default route, and one of another table */
	assert_true(sh("ip neigh add 10.9.0.2 lladdr 02:00:5e:00:01:0a dev here &&"
		       " ip route add 10.0.0.0/8 via 10.9.0.2 &&"
		       " ip route add default via 10.9.0.2 table 7 && ip route add default via 10.9.0.3"));
	assert_true(surroundings_until_said(&s, "not been heard of"));
	assert_int_equal(s.finding.presence, KB_PRESENCE_UNKNOWN);
	/* nobody answers there */
	assert_true(sh("ip neigh add 10.9.0.3 lladdr 02:00:5e:00:01:0a nud failed dev here"));
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	assert_true(sh("ip neigh replace 10.9.0.3 lladdr 02:00:5e:00:01:10 nud reachable dev here"));
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_non_null(strstr(s.finding.detail, "02:00:5e:00:01:10"));
	assert_false(s.finding.hard);
}

static void test_there(void **state)
{
	static const char *const states[] = { "permanent", "stale", "reachable", "delay", "probe" };
	size_t i;

	(void)state;
	begin();
	assert_true(sh("ip route add default via 10.9.0.2"));
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		assert_true(sh("ip neigh replace 10.9.0.2 lladdr 02:00:5e:00:01:0a nud %s dev here",
			       states[i]));
		assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
		assert_non_null(strstr(s.finding.detail, "02:00:5e:00:01:0a"));
		assert_true(sh("ip neigh replace 10.9.0.2 lladdr 02:00:5e:00:02:0a nud permanent dev here"));
		assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	}
	assert_true(sh("ip route del default"));
	assert_true(surroundings_until_said(&s, "no default gateway"));
	/* IPv6 counts as well */
	assert_true(sh("ip -6 neigh add 2001:db8::2 lladdr 02:00:5e:00:01:0b dev here &&"
		       " ip -6 route add default via 2001:db8::2"));
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	assert_true(sh("ip link set here down"));
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_refused, teardown),
		cmocka_unit_test_teardown(test_there, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
