// SPDX-License-Identifier: GPL-2.0-or-later
/* A switch at the other end of the cable, and everything that it and the cable may do (P1). */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/place/hardware.h"
#include "agent/place/lldp_parse.h"
#include "surroundings.h"

/* One frame that the switch shall send. */
struct order {
	u8 group;			/* last byte of the destination */
	u8 chassis;			/* last byte of its address */
	char port[32];			/* "" = a frame that is none */
	u16 ttl;
};

static struct surroundings s;
static struct cable cable;
static int orders[2], sent[2];
static bool software;			/* the cable counts as made by software, which it is */
static unsigned int questions;

/* In the place of agent/place/hardware.c. */
bool kb_link_is_hardware(u32 ifindex)
{
	(void)ifindex;
	questions++;
	return !software;
}

static size_t frame(const struct order *order, u8 ret[200])
{
	static const u8 head[] = { 0x01, 0x80, 0xc2, 0, 0, 0, 0x02, 0, 0x5e, 0, 0, 1, 0x88, 0xcc,
				   0x02, 7, 4, 0x02, 0, 0x5e, 0, 0, 0 };
	size_t len = sizeof(head), port = strlen(order->port);

	memcpy(ret, head, len);
	ret[5] = order->group;
	ret[len - 1] = order->chassis;
	if (!port)
		return len;
	ret[len++] = 0x04;
	ret[len++] = (u8)(port + 1);
	ret[len++] = 5;
	memcpy(ret + len, order->port, port);
	len += port;
	ret[len++] = 0x06;
	ret[len++] = 2;
	ret[len++] = (u8)(order->ttl >> 8);
	ret[len++] = (u8)order->ttl;
	memset(ret + len, 0, 60);
	return len < 60 ? 60 : len + 2;
}

static void run(void *arg)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex("there"),
				  .sll_protocol = htons(KB_LLDP_ETHERTYPE) };
	struct order order;
	u8 bytes[200];

	(void)arg;
	while (read(orders[0], &order, sizeof(order)) == sizeof(order))
		if (sendto(fd, bytes, frame(&order, bytes), 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0 || write(sent[1], "", 1) != 1)
			_exit(1);
}

static void say(u8 group, u8 chassis, const char *port, u16 ttl)
{
	struct order order = { .group = group, .chassis = chassis, .ttl = ttl };
	char byte;

	snprintf(order.port, sizeof(order.port), "%s", port);
	assert_int_equal(write(orders[1], &order, sizeof(order)), sizeof(order));
	/* it is on its way when this returns, however busy the machine is */
	assert_int_equal(poll(&(struct pollfd){ .fd = sent[0], .events = POLLIN }, 1, 30000), 1);
	assert_int_equal(read(sent[0], &byte, 1), 1);
}

static void begin(void)
{
	static const char *const ports[] = { "Gi1/0/[1-24]", "Gi1/0/48" };

	assert_false(pipe(orders) || pipe(sent));
	if (!cable_make(&cable, run, NULL))
		skip();
	surroundings_make(&s, &kb_provider_lldp);
	s.evidence.lldp.chassis = "02:00:5e:00:00:01";
	s.evidence.lldp.ports = ports;
	s.evidence.lldp.n_ports = ARRAY_SIZE(ports);
	surroundings_start(&s);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
}

static int teardown(void **state)
{
	(void)state;
	if (s.around.event)
		surroundings_done(&s);
	cable_done(&cable);
	close(orders[0]);
	close(orders[1]);
	close(sent[0]);
	close(sent[1]);
	return 0;
}

static void inside(void)
{
	say(0x0e, 1, "Gi1/0/7", 120);
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	assert_non_null(strstr(s.finding.detail, "Gi1/0/7"));
}

static void test_refused(void **state)
{
	(void)state;
	begin();
	/* to everybody, not to a group of LLDP; not LLDP; what follows shows that they were seen */
	say(0x0f, 1, "Gi1/0/7", 120);
	say(0x0e, 1, "", 0);
	say(0x0e, 2, "Gi1/0/7", 120);
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_non_null(strstr(s.finding.detail, "02:00:5e:00:00:02"));
	assert_false(s.finding.hard);
	say(0x0e, 1, "Gi1/0/25", 120);
	assert_true(surroundings_until_said(&s, "Gi1/0/25"));
	assert_int_equal(s.finding.presence, KB_PRESENCE_ABSENT);
}

/* A tap may have an owner without root, who writes into it what he likes. */
static void test_software(void **state)
{
	(void)state;
	begin();
	software = true;
	questions = 0;
	say(0x0e, 1, "Gi1/0/7", 120);
	while (!questions)
		assert_true(sd_event_run(s.around.event, UINT64_MAX) >= 0);
	software = false;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	inside();
}

/* A frame that somebody slipped in once is no place for the rest of the day. */
static void test_long(void **state)
{
	(void)state;
	begin();
	say(0x0e, 1, "Gi1/0/7", 65535);
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	assert_true(s.finding.good_until_usec <= kb_boottime_usec() + 600 * 1000000ull);
}

static void test_there(void **state)
{
	static const u8 groups[] = { 0x0e, 0x03, 0x00 };
	char port[32];
	u64 now;
	size_t i;

	(void)state;
	begin();
	for (i = 0; i < sizeof(groups); i++) {
		snprintf(port, sizeof(port), "Gi1/0/1%zu", i);
		now = kb_boottime_usec();
		say(groups[i], 1, port, 120);
		assert_true(surroundings_until_said(&s, port));
		assert_int_equal(s.finding.presence, KB_PRESENCE_PRESENT);
		assert_true(s.finding.good_until_usec >= now + 120 * 1000000ull);
		assert_true(s.finding.good_until_usec <= kb_boottime_usec() + 120 * 1000000ull);
	}
	/* its word is good as long as it says */
	assert_int_equal(surroundings_look_at(&s, 119 * 1000000ull - (kb_boottime_usec() - now)),
			 KB_PRESENCE_PRESENT);
	assert_int_equal(surroundings_look_at(&s, 121 * 1000000ull), KB_PRESENCE_ABSENT);
	assert_non_null(strstr(s.finding.detail, "silent"));
	assert_false(s.finding.hard);
	/* another who speaks on the cable, a telephone, changes nothing */
	say(0x0e, 9, "Port 1", 120);
	say(0x0e, 1, "Gi1/0/48", 120);
	assert_true(surroundings_until_said(&s, "Gi1/0/48"));
	assert_int_equal(s.finding.presence, KB_PRESENCE_PRESENT);
	s.ops->doubt(s.provider);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
}

static void test_moved(void **state)
{
	(void)state;
	begin();
	inside();
	say(0x0e, 1, "Gi1/0/30", 120);
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_true(s.finding.hard);
	assert_non_null(strstr(s.finding.detail, "Gi1/0/30"));
	inside();
}

static void test_shutdown(void **state)
{
	(void)state;
	begin();
	inside();
	say(0x0e, 1, "Gi1/0/7", 0);
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_true(s.finding.hard);
	inside();
}

static void test_carrier(void **state)
{
	(void)state;
	begin();
	inside();
	assert_true(sh("nsenter -t %d -n ip link set there down", cable.pid));
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_true(s.finding.hard);
	assert_true(sh("nsenter -t %d -n ip link set there up", cable.pid));
	assert_true(cable_is_up(&cable));
	/* what was said before the carrier went is not believed again */
	say(0x0e, 9, "Port 1", 120);
	assert_true(surroundings_changed(&s, s.changes + 1));
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_true(s.finding.hard);
	inside();
}

/* Pulled and put in again before anybody looked: nothing of before holds. */
static void test_carrier_quick(void **state)
{
	(void)state;
	begin();
	/* since then the library's cache has IPv6's own idea of the link, too */
	assert_true(sh("ip link set here down && ip link set here up"));
	assert_true(cable_is_up(&cable));
	inside();
	assert_true(sh("nsenter -t %d -n sh -c 'ip link set there down; ip link set there up'",
		       cable.pid));
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_true(s.finding.hard);
}

/* A frame that lay there since before the cable was moved is not of where it is now. */
static void test_stale(void **state)
{
	(void)state;
	begin();
	inside();
	s.ops->doubt(s.provider);
	say(0x0e, 1, "Gi1/0/7", 120);
	usleep(800000);		/* the loop is busy: the frame must have grown old */
	assert_true(sh("nsenter -t %d -n sh -c 'ip link set there down; ip link set there up'",
		       cable.pid));
	assert_true(cable_is_up(&cable));
	say(0x0e, 9, "Port 1", 120);
	assert_true(surroundings_until_said(&s, "02:00:5e:00:00:09"));
	assert_int_equal(s.finding.presence, KB_PRESENCE_ABSENT);
}

static void test_gone(void **state)
{
	(void)state;
	begin();
	inside();
	assert_true(sh("ip link del here"));
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_true(s.finding.hard);
}

/* A card that is plugged in later is listened to as well. */
static void test_late(void **state)
{
	(void)state;
	begin();
	assert_true(sh("ip link set here down && ip link set here name inside && ip link set inside up"));
	assert_true(cable_is_up(&cable));
	inside();
	assert_non_null(strstr(s.finding.detail, "inside"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_refused, teardown),
		cmocka_unit_test_teardown(test_software, teardown),
		cmocka_unit_test_teardown(test_long, teardown),
		cmocka_unit_test_teardown(test_there, teardown),
		cmocka_unit_test_teardown(test_moved, teardown),
		cmocka_unit_test_teardown(test_shutdown, teardown),
		cmocka_unit_test_teardown(test_carrier, teardown),
		cmocka_unit_test_teardown(test_carrier_quick, teardown),
		cmocka_unit_test_teardown(test_stale, teardown),
		cmocka_unit_test_teardown(test_gone, teardown),
		cmocka_unit_test_teardown(test_late, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
