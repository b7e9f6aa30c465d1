// SPDX-License-Identifier: GPL-2.0-or-later
/* wpa_supplicant by its control sockets: facts of the present association, or none (W2); never long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cmocka.h>

#include "agent/wifi/supplicant_backend.h"
#include "tests/unit/agent_scratch.h"
#include "tests/unit/fake_wpa.h"

#define COMPLETED	"bssid=02:11:22:00:00:01\nid=3\nmode=station\nwpa_state=COMPLETED\n" \
			"suppPortStatus=Authorized\nselectedMethod=13 (EAP-TLS)\n"

static struct {
	struct scratch scratch;
	sd_event *event;
	struct kb_supplicant_link *link;
	struct kb_supplicant_notice notices[64];
	unsigned int n_notices;
} w;

static void on_notice(const struct kb_supplicant_notice *notice, void *userdata)
{
	assert_ptr_equal(userdata, &w);
	assert_true(w.n_notices < ARRAY_SIZE(w.notices));
	w.notices[w.n_notices++] = *notice;
}

/* Lets the loop go on until one of these was told; forgets what was told before. */
static const struct kb_supplicant_notice *await(enum kb_supplicant_event event)
{
	u64 until = kb_now_usec() + 60 * 1000000ull;
	unsigned int i, seen = 0;

	while (kb_now_usec() < until) {
		for (i = seen; i < w.n_notices; i++)
			if (w.notices[i].event == event) {
				w.n_notices = 0;
				return &w.notices[i];
			}
		seen = w.n_notices;
		assert_true(sd_event_run(w.event, 100000) >= 0);
	}
	fail_msg("no event %d in a minute", (int)event);
	return NULL;
}

/* Lets the loop go on until it listens to @fake. */
static void attach(struct fake_wpa *fake)
{
	u64 until = kb_now_usec() + 60 * 1000000ull;

	while (!fake_wpa_heard(fake, "ATTACH")) {
		assert_true(kb_now_usec() < until);
		assert_true(sd_event_run(w.event, 100000) >= 0);
	}
}

static void open_link(enum kb_supplicant wanted)
{
	static char dir[512], client[512], bus[512];
	struct kb_supplicant_places places = { .wpa_dir = dir, .client_dir = client, .bus = bus,
					       .iwd_dir = client };
	struct kb_fault why = {};

	snprintf(dir, sizeof(dir), "%s/wpa", w.scratch.dir);
	snprintf(client, sizeof(client), "%s/run", w.scratch.dir);
	snprintf(bus, sizeof(bus), "%s/no-bus", w.scratch.dir);
	if (kb_supplicant_open_at(&places, wanted, w.event, on_notice, &w, &w.link, &why))
		fail_msg("%s", why.text);
}

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	scratch_make(&w.scratch);
	scratch_mkdir(&w.scratch, "wpa");
	return sd_event_new(&w.event) < 0;
}

static int teardown(void **state)
{
	(void)state;
	kb_supplicant_close(w.link);
	sd_event_unref(w.event);
	scratch_remove(&w.scratch);
	return 0;
}

static struct fake_wpa *start(void)
{
	char dir[512];
	struct fake_wpa *f;

	snprintf(dir, sizeof(dir), "%s/wpa", w.scratch.dir);
	f = fake_wpa_start(dir, "wlan0");
	fake_wpa_say(f, "STATUS", COMPLETED);
	fake_wpa_say(f, "GET_NETWORK 3 ca_cert", "\"/etc/ca.pem\"");
	fake_wpa_say(f, "GET_NETWORK 3 ca_path", "FAIL\n");
	fake_wpa_say(f, "GET_NETWORK 3 domain_match", "\"radius.city.example\"");
	fake_wpa_say(f, "GET_NETWORK 3 eap", "TLS");
	fake_wpa_say(f, "DISCONNECT", "OK\n");
	fake_wpa_say(f, "RECONFIGURE", "OK\n");
	fake_wpa_say(f, "REASSOCIATE", "OK\n");
	fake_wpa_say(f, "BSSID_IGNORE 02:11:22:00:00:01", "OK\n");
	fake_wpa_say(f, "LIST_NETWORKS", "network id / ssid / bssid / flags\n3\tA\tany\t[CURRENT]\n");
	fake_wpa_say(f, "SET_NETWORK 3 bssid_ignore 02:11:22:00:00:01", "OK\n");
	return f;
}

static struct kb_supplicant_facts ask(int expected)
{
	struct kb_supplicant_facts f = {};
	struct kb_fault why = {};
	u64 before = kb_now_usec();
	int r = kb_supplicant_ask(w.link, "wlan0", &f, &why);

	assert_true(kb_now_usec() - before <= 1000000);
	if (r != expected)
		fail_msg("%d: %s", r, why.text);
	if (r)
		assert_int_not_equal(why.text[0], '\0');
	return f;
}

static void test_facts(void **state)
{
	static const u8 bssid[6] = { 2, 0x11, 0x22, 0, 0, 1 };
	struct fake_wpa *fake = start();
	struct kb_supplicant_facts f;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_WPA);
	f = ask(0);
	assert_true(f.known && f.completed && f.port_authorized);
	assert_string_equal(f.eap, "TLS");
	assert_string_equal(f.ca, "/etc/ca.pem");
	assert_int_equal(f.n_servers, 1);
	assert_string_equal(f.servers[0], "radius.city.example");
	assert_memory_equal(f.bssid, bssid, 6);
	/* of an interface that nobody manages nothing is known */
	assert_int_equal(kb_supplicant_ask(w.link, "wlan1", &f, NULL), 0);
	assert_false(f.known);
	assert_int_equal(kb_supplicant_ask(w.link, "../wpa/wlan0", &f, NULL), 0);
	assert_false(f.known);
	assert_int_equal(kb_supplicant_ask(w.link, "", &f, NULL), 0);
	assert_false(f.known);
	fake_wpa_stop(fake, false);
}

static void test_nobody(void **state)
{
	struct kb_supplicant_facts f;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_NONE);
	f = ask(0);
	assert_false(f.known);
	assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), -ENODEV);
	assert_int_equal(kb_supplicant_avoid(w.link, "wlan0", (u8 [6]){ 2 }, NULL), -ENODEV);
	assert_int_equal(kb_supplicant_reload(w.link, NULL), 0);
}

/* Whoever is not wanted is not asked, and NONE asks nobody. */
static void test_not_wanted(void **state)
{
	static const enum kb_supplicant others[] = {
		KB_SUPPLICANT_NONE, KB_SUPPLICANT_IWD, KB_SUPPLICANT_NETWORKMANAGER,
	};
	struct fake_wpa *fake = start();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		open_link(others[i]);
		assert_false(ask(0).known);
		assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_NONE);
		assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), -ENODEV);
		kb_supplicant_close(w.link);
		w.link = NULL;
	}
	assert_int_equal(fake_wpa_heard(fake, "STATUS"), 0);
	fake_wpa_stop(fake, false);
}

/* Without a demand the facts have none: any server would do. */
static void test_demands(void **state)
{
	struct fake_wpa *fake = start();
	struct kb_supplicant_facts f;

	(void)state;
	open_link(KB_SUPPLICANT_WPA);
	fake_wpa_say(fake, "GET_NETWORK 3 ca_cert", "FAIL\n");
	fake_wpa_say(fake, "GET_NETWORK 3 domain_match", "FAIL\n");
	f = ask(0);
	assert_string_equal(f.ca, "");
	assert_int_equal(f.n_servers, 0);
	/* a directory of CAs beside the file: all of them are trusted */
	fake_wpa_say(fake, "GET_NETWORK 3 ca_cert", "\"/etc/ca.pem\"");
	fake_wpa_say(fake, "GET_NETWORK 3 ca_path", "\"/etc/ssl/certs\"");
	assert_string_equal(ask(0).ca, "/etc/ssl/certs");
	fake_wpa_say(fake, "GET_NETWORK 3 ca_path", "FAIL\n");
	/* a cached key: no method ran; the network allows one only, or nobody knows */
	fake_wpa_say(fake, "STATUS", "id=3\nwpa_state=COMPLETED\nsuppPortStatus=Authorized\n");
	assert_string_equal(ask(0).eap, "TLS");
	fake_wpa_say(fake, "GET_NETWORK 3 eap", "TLS PEAP");
	assert_string_equal(ask(0).eap, "");
	fake_wpa_say(fake, "GET_NETWORK 3 eap", "FAIL\n");
	assert_string_equal(ask(0).eap, "");
	fake_wpa_say(fake, "GET_NETWORK 3 eap", "TLS");
	fake_wpa_say(fake, "STATUS", "id=3\nwpa_state=COMPLETED\nsuppPortStatus=Unauthorized\n");
	assert_string_equal(ask(0).eap, "");
	/* no network at all */
	fake_wpa_say(fake, "STATUS", "wpa_state=DISCONNECTED\n");
	f = ask(0);
	assert_true(f.known && !f.completed);
	fake_wpa_stop(fake, false);
}

/* It goes to another access point, or network, between two questions: proof of neither. */
static void test_goes_on(void **state)
{
	static const char *const afterwards[] = {
		"bssid=02:11:22:00:00:02\nid=3\nwpa_state=COMPLETED\nsuppPortStatus=Authorized\n",
		"bssid=02:11:22:00:00:01\nid=4\nwpa_state=COMPLETED\nsuppPortStatus=Authorized\n",
		"bssid=02:11:22:00:00:01\nid=3\nwpa_state=ASSOCIATED\nsuppPortStatus=Unauthorized\n",
		"wpa_state=DISCONNECTED\n",
		"no answer at all\n",
	};
	struct fake_wpa *fake = start();
	struct kb_supplicant_facts f;
	size_t i;

	(void)state;
	open_link(KB_SUPPLICANT_WPA);
	for (i = 0; i < ARRAY_SIZE(afterwards); i++) {
		fake_wpa_say_first(fake, "STATUS", COMPLETED);
		fake_wpa_say(fake, "STATUS", afterwards[i]);
		f = ask(0);
		assert_true(f.known && !f.completed && !f.port_authorized);
	}
	fake_wpa_stop(fake, false);
}

static void test_garbage(void **state)
{
	static const struct {
		const char *command, *answer;
	} rows[] = {
		{ "STATUS", "" }, { "STATUS", "FAIL\n" }, { "STATUS", "UNKNOWN COMMAND\n" },
		{ "STATUS", "\xff\xfe\xfd" }, { "STATUS", "wpa_state=COMPLETED\nwpa_state=COMPLETED\n" },
		{ "GET_NETWORK 3 ca_cert", "/etc/ca.pem" }, { "GET_NETWORK 3 ca_cert", "\"/etc" },
		{ "GET_NETWORK 3 ca_path", "2f0" }, { "GET_NETWORK 3 domain_match", "radius" },
		{ "GET_NETWORK 3 domain_match", "\"1;2;3;4;5;6;7;8;9\"" },
		{ "GET_NETWORK 3 eap", "TLS\x01" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fake_wpa *fake = start();

		fake_wpa_say(fake, rows[i].command, rows[i].answer);
		open_link(KB_SUPPLICANT_WPA);
		/* an empty datagram is no answer: it waits for one */
		ask(*rows[i].answer ? -EBADMSG : -ETIMEDOUT);
		kb_supplicant_close(w.link);
		w.link = NULL;
		fake_wpa_stop(fake, false);
	}
}

static void test_hangs(void **state)
{
	struct fake_wpa *fake = start();
	unsigned int i;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	fake_wpa_hang(fake, true);
	ask(-ETIMEDOUT);
	assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), -ETIMEDOUT);
	assert_int_equal(kb_supplicant_reload(w.link, NULL), -ETIMEDOUT);
	/* until its queue is full, too */
	fake_wpa_hang(fake, false);
	for (i = 0; i < 20; i++)
		assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), -ETIMEDOUT);
	ask(-ETIMEDOUT);
	fake_wpa_stop(fake, false);
}

static void test_hangs_midway(void **state)
{
	struct fake_wpa *fake = start();

	(void)state;
	open_link(KB_SUPPLICANT_WPA);
	fake_wpa_say(fake, "GET_NETWORK 3 eap", NULL);
	ask(-ETIMEDOUT);
	fake_wpa_stop(fake, false);
}

/* Killed, it leaves its socket behind; a new one makes another. */
static void test_killed(void **state)
{
	struct fake_wpa *fake = start(), *second;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	await(KB_SUPPLICANT_CAME);
	assert_true(ask(0).known);
	fake_wpa_stop(fake, true);
	assert_false(ask(0).known);
	await(KB_SUPPLICANT_GONE);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_NONE);
	second = start();
	await(KB_SUPPLICANT_CAME);
	assert_true(ask(0).known);
	attach(second);
	fake_wpa_event(second, "<3>CTRL-EVENT-CONNECTED - x");
	await(KB_SUPPLICANT_CHANGED);
	fake_wpa_stop(second, false);
	await(KB_SUPPLICANT_GONE);
	assert_false(ask(0).known);
}

/* Killed and started again before anybody looked: it is another one, and is listened to. */
static void test_exchanged(void **state)
{
	struct fake_wpa *fake = start(), *second;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	await(KB_SUPPLICANT_CAME);
	attach(fake);
	fake_wpa_stop(fake, true);
	second = start();
	await(KB_SUPPLICANT_GONE);
	attach(second);
	fake_wpa_event(second, "<3>CTRL-EVENT-EAP-FAILURE EAP authentication failed");
	await(KB_SUPPLICANT_FAILURE);
	fake_wpa_stop(second, false);
}

static void test_events(void **state)
{
	static const u8 first[6] = { 2, 0x11, 0x22, 0, 0, 1 }, other[6] = { 2, 0x11, 0x22, 0, 0, 9 };
	const struct kb_supplicant_notice *n;
	struct fake_wpa *fake = start();

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	n = await(KB_SUPPLICANT_CAME);
	assert_string_equal(n->ifname, "wlan0");
	attach(fake);
	fake_wpa_event(fake, "<3>Associated with 02:11:22:00:00:01");
	fake_wpa_event(fake, "<3>CTRL-EVENT-EAP-TLS-CERT-ERROR reason=10 depth=0 subject='/CN=x' err='Domain mismatch'");
	n = await(KB_SUPPLICANT_CERTIFICATE);
	assert_memory_equal(n->bssid, first, 6);
	assert_non_null(strstr(n->detail, "Domain mismatch"));
	fake_wpa_event(fake, "<3>CTRL-EVENT-ASSOC-REJECT bssid=02:11:22:00:00:09 status_code=1");
	n = await(KB_SUPPLICANT_FAILURE);
	assert_memory_equal(n->bssid, other, 6);
	fake_wpa_event(fake, "<3>CTRL-EVENT-TERMINATING ");
	n = await(KB_SUPPLICANT_GONE);
	assert_string_equal(n->ifname, "wlan0");
	fake_wpa_stop(fake, false);
}

/* A thousand events do not grow anything; that something changed is told in the end. */
static void test_flood(void **state)
{
	struct fake_wpa *fake = start();
	unsigned int i, n;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	attach(fake);
	for (i = 0; i < 50; i++) {
		for (n = 0; n < 5; n++)
			fake_wpa_event(fake, "<3>CTRL-EVENT-CONNECTED - x");
		w.n_notices = 0;
		await(KB_SUPPLICANT_CHANGED);
	}
	fake_wpa_stop(fake, false);
}

static void test_orders(void **state)
{
	static const u8 bssid[6] = { 2, 0x11, 0x22, 0, 0, 1 };
	struct fake_wpa *fake = start();
	struct kb_fault why = {};

	(void)state;
	open_link(KB_SUPPLICANT_WPA);
	assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), 0);
	assert_int_equal(fake_wpa_heard(fake, "DISCONNECT"), 1);
	assert_int_equal(kb_supplicant_avoid(w.link, "wlan0", bssid, NULL), 0);
	assert_int_equal(fake_wpa_heard(fake, "BSSID_IGNORE 02:11:22:00:00:01"), 1);
	assert_int_equal(fake_wpa_heard(fake, "SET_NETWORK 3 bssid_ignore 02:11:22:00:00:01"), 1);
	assert_int_equal(fake_wpa_heard(fake, "REASSOCIATE"), 1);
	/* reading its file again makes it forget: it is told again */
	assert_int_equal(kb_supplicant_reload(w.link, NULL), 0);
	assert_int_equal(fake_wpa_heard(fake, "RECONFIGURE"), 1);
	assert_int_equal(fake_wpa_heard(fake, "SET_NETWORK 3 bssid_ignore 02:11:22:00:00:01"), 2);
	/* one that says no, and one of before 2.10 */
	fake_wpa_say(fake, "DISCONNECT", "FAIL\n");
	assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", &why), -EREMOTEIO);
	assert_non_null(strstr(why.text, "DISCONNECT"));
	fake_wpa_say(fake, "BSSID_IGNORE 02:11:22:00:00:01", "UNKNOWN COMMAND\n");
	fake_wpa_say(fake, "BLACKLIST 02:11:22:00:00:01", "OK\n");
	fake_wpa_say(fake, "SET_NETWORK 3 bssid_ignore 02:11:22:00:00:01", "FAIL\n");
	fake_wpa_say(fake, "SET_NETWORK 3 bssid_blacklist 02:11:22:00:00:01", "OK\n");
	assert_int_equal(kb_supplicant_avoid(w.link, "wlan0", bssid, NULL), 0);
	assert_int_equal(fake_wpa_heard(fake, "BLACKLIST 02:11:22:00:00:01"), 1);
	fake_wpa_say(fake, "SET_NETWORK 3 bssid_blacklist 02:11:22:00:00:01", "FAIL\n");
	assert_int_equal(kb_supplicant_avoid(w.link, "wlan0", bssid, NULL), -EREMOTEIO);
	fake_wpa_say(fake, "RECONFIGURE", "FAIL\n");
	assert_int_equal(kb_supplicant_reload(w.link, NULL), -EREMOTEIO);
	fake_wpa_stop(fake, false);
}

/* Whoever can make a socket there could vouch for anything. */
static void test_directory_of_others(void **state)
{
	struct fake_wpa *fake = start();

	(void)state;
	assert_int_equal(chmod(scratch_path(&w.scratch, "wpa"), 0777), 0);
	open_link(KB_SUPPLICANT_AUTO);
	assert_false(ask(0).known);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_NONE);
	fake_wpa_stop(fake, false);
}

static void test_directory_later(void **state)
{
	struct fake_wpa *fake;

	(void)state;
	assert_int_equal(rmdir(scratch_path(&w.scratch, "wpa")), 0);
	open_link(KB_SUPPLICANT_AUTO);
	scratch_mkdir(&w.scratch, "wpa");
	fake = start();
	await(KB_SUPPLICANT_CAME);
	assert_true(ask(0).known);
	fake_wpa_stop(fake, false);
	await(KB_SUPPLICANT_GONE);
	/* and again, when it was removed with everything in it */
	assert_int_equal(rmdir(scratch_path(&w.scratch, "wpa")), 0);
	scratch_mkdir(&w.scratch, "wpa");
	fake = start();
	await(KB_SUPPLICANT_CAME);
	fake_wpa_stop(fake, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_facts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_wanted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_demands, setup, teardown),
		cmocka_unit_test_setup_teardown(test_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_garbage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hangs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hangs_midway, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exchanged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(test_orders, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directory_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directory_later, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
