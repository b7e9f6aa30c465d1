// SPDX-License-Identifier: GPL-2.0-or-later
/* iwd and NetworkManager by the bus: facts of the present association, or none (W2); never long. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "agent/wifi/supplicant_backend.h"
#include "tests/unit/agent_scratch.h"
#include "tests/unit/fake_bus.h"

static struct {
	struct scratch scratch;
	char path[128];			/* of the bus */
	pid_t bus;
	struct fake_world world;
	sd_event *event;
	struct kb_supplicant_link *link;
	struct kb_supplicant_notice notices[64];
	unsigned int n_notices, n_of[KB_SUPPLICANT_EVENT_MAX];
} w;

static void on_notice(const struct kb_supplicant_notice *notice, void *userdata)
{
	assert_ptr_equal(userdata, &w);
	assert_true(w.n_notices < ARRAY_SIZE(w.notices));
	w.notices[w.n_notices++] = *notice;
	w.n_of[notice->event]++;
}

static const struct kb_supplicant_notice *await(enum kb_supplicant_event event)
{
	u64 until = kb_now_usec() + 60 * 1000000ull;
	unsigned int i;

	while (kb_now_usec() < until) {
		for (i = 0; i < w.n_notices; i++)
			if (w.notices[i].event == event) {
				w.n_notices = 0;
				return &w.notices[i];
			}
		w.n_notices = 0;
		assert_true(sd_event_run(w.event, 100000) >= 0);
	}
	fail_msg("no event %d in a minute", (int)event);
	return NULL;
}

static void open_link(enum kb_supplicant wanted)
{
	static char iwd[256], wpa[256];
	const struct kb_supplicant_places places = {
		.wpa_dir = wpa, .client_dir = w.scratch.dir, .iwd_dir = iwd, .bus = w.path,
	};
	struct kb_fault why = {};
	u64 before = kb_now_usec();

	snprintf(iwd, sizeof(iwd), "%s/iwd", w.scratch.dir);
	snprintf(wpa, sizeof(wpa), "%s/wpa", w.scratch.dir);
	if (kb_supplicant_open_at(&places, wanted, w.event, on_notice, &w, &w.link, &why))
		fail_msg("%s", why.text);
	assert_true(kb_now_usec() - before < 1500000);
}

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	scratch_make(&w.scratch);
	snprintf(w.path, sizeof(w.path), "%s/bus", w.scratch.dir);
	scratch_mkdir(&w.scratch, "iwd");
	scratch_text(&w.scratch, "iwd/MY.8021x", "[Security]\nEAP-Method=TLS\nEAP-TLS-CACert=/etc/ca.pem\n"
		     "EAP-TLS-ServerDomainMask=radius.city.example\n");
	w.world = (struct fake_world){
		.device = "wlan0", .state = "connected", .network = "/net/connman/iwd/0/3/4d59_8021x",
		.bssid = "02:11:22:00:00:01", .managed = true, .device_state = 70, .applied_eap = "tls",
		.applied_ca = "file:///etc/ca.pem", .applied_domain = "radius.city.example",
		.wpa_state = "completed", .wpa_network = "/net", .wpa_ca = "\"/etc/ca.pem\"",
		.wpa_domain = "\"radius.city.example\"", .wpa_eap = "TLS",
		.wpa_bssid = { 2, 0x11, 0x22, 0, 0, 1 },
	};
	w.bus = fake_bus_start(w.scratch.dir, w.path);
	return sd_event_new(&w.event) < 0;
}

static int teardown(void **state)
{
	(void)state;
	kb_supplicant_close(w.link);
	sd_event_unref(w.event);
	if (w.bus)
		fake_bus_stop(w.bus);
	scratch_remove(&w.scratch);
	return 0;
}

static struct kb_supplicant_facts ask(int expected)
{
	struct kb_supplicant_facts f = {};
	struct kb_fault why = {};
	u64 before = kb_now_usec();
	int r = kb_supplicant_ask(w.link, "wlan0", &f, &why);

	/* sanitizers and a busy machine take their share of it */
	assert_true(kb_now_usec() - before <= 1500000);
	if (r != expected)
		fail_msg("%d: %s", r, why.text);
	return f;
}

static void is_city(const struct kb_supplicant_facts *f)
{
	static const u8 bssid[6] = { 2, 0x11, 0x22, 0, 0, 1 };

	assert_true(f->known && f->completed && f->port_authorized);
	assert_string_equal(f->eap, "TLS");
	assert_string_equal(f->ca, "/etc/ca.pem");
	assert_int_equal(f->n_servers, 1);
	assert_string_equal(f->servers[0], "radius.city.example");
	assert_memory_equal(f->bssid, bssid, 6);
}

static void test_iwd(void **state)
{
	struct fake_peer *peer = fake_peer_start(w.path, FAKE_IWD, &w.world);
	struct kb_supplicant_facts f;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_IWD);
	f = ask(0);
	is_city(&f);
	assert_int_equal(kb_supplicant_ask(w.link, "wlan1", &f, NULL), 0);
	assert_false(f.known);
	assert_int_equal(kb_supplicant_avoid(w.link, "wlan0", (u8 [6]){ 2 }, NULL), -EOPNOTSUPP);
	assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), 0);
	fake_signal_state(peer);
	await(KB_SUPPLICANT_CHANGED);
	fake_peer_stop(peer);
	assert_int_equal(w.world.disconnects, 1);
	await(KB_SUPPLICANT_GONE);
	assert_false(ask(0).known);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_NONE);
}

/* In any state but one it is through with nothing, and what the file lacks is not demanded. */
static void test_iwd_less(void **state)
{
	static const char *const states[] = { "connecting", "disconnected", "disconnecting", "roaming", "" };
	struct fake_peer *peer = fake_peer_start(w.path, FAKE_IWD, &w.world);
	struct kb_supplicant_facts f;
	size_t i;

	(void)state;
	open_link(KB_SUPPLICANT_IWD);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		fake_lock(peer);
		w.world.state = states[i];
		fake_unlock(peer);
		f = ask(0);
		assert_true(f.known && !f.completed && !f.port_authorized);
		assert_string_equal(f.eap, "");
	}
	/* it goes on between two questions */
	fake_lock(peer);
	w.world.state = "connected";
	w.world.state_then = "roaming";
	fake_unlock(peer);
	assert_false(ask(0).completed);
	fake_lock(peer);
	w.world.state = "connected";
	w.world.state_then = NULL;
	w.world.network = "/net/connman/iwd/0/3/4d59_psk";
	fake_unlock(peer);
	f = ask(0);
	assert_string_equal(f.eap, "");
	assert_string_equal(f.ca, "");
	fake_lock(peer);
	w.world.network = "/net/connman/iwd/0/3/4d5a_8021x";	/* no such file */
	w.world.bssid = NULL;
	fake_unlock(peer);
	f = ask(0);
	assert_string_equal(f.ca, "");
	assert_int_equal(f.n_servers, 0);
	fake_lock(peer);
	w.world.network = "/net/connman/iwd/0/3/4d59_8021x";
	w.world.bssid = "02:11:22:00:00:0";
	fake_unlock(peer);
	ask(-EBADMSG);
	fake_lock(peer);
	w.world.bssid = NULL;
	fake_unlock(peer);
	scratch_text(&w.scratch, "iwd/MY.8021x", "[Security]\nEAP-TLS-CACert=/a\nEAP-TLS-CACert=/b\n");
	ask(-EBADMSG);
	fake_peer_stop(peer);
}

static void test_moods(void **state)
{
	static const unsigned int whos[] = { FAKE_IWD, FAKE_NM, FAKE_NM | FAKE_WPA };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(whos); i++) {
		struct fake_peer *peer = fake_peer_start(w.path, whos[i], &w.world);
		struct kb_supplicant_facts f = {};

		open_link(KB_SUPPLICANT_AUTO);
		fake_lock(peer);
		w.world.mood = FAKE_HANGS;
		fake_unlock(peer);
		ask(-ETIMEDOUT);
		assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), -ETIMEDOUT);
		fake_lock(peer);
		w.world.mood = FAKE_GARBAGE;
		fake_unlock(peer);
		ask(-EBADMSG);
		fake_lock(peer);
		w.world.mood = FAKE_ERRORS;
		fake_unlock(peer);
		assert_true(kb_supplicant_ask(w.link, "wlan0", &f, NULL) < 0);
		fake_lock(peer);
		w.world.mood = FAKE_ANSWERS;
		fake_unlock(peer);
		assert_true(ask(0).completed);
		fake_peer_stop(peer);
		kb_supplicant_close(w.link);
		w.link = NULL;
	}
}

static void test_nm(void **state)
{
	struct fake_peer *peer = fake_peer_start(w.path, FAKE_NM | FAKE_WPA, &w.world);
	const struct kb_supplicant_notice *n;
	struct kb_supplicant_facts f;

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_NETWORKMANAGER);
	f = ask(0);
	is_city(&f);
	fake_lock(peer);
	w.world.wpa_state = "4way_handshake";
	fake_unlock(peer);
	f = ask(0);
	assert_true(f.known && !f.completed);
	assert_string_equal(f.eap, "");
	fake_lock(peer);
	w.world.wpa_state = "completed";
	w.world.wpa_eap = "TLS PEAP";
	fake_unlock(peer);
	assert_string_equal(ask(0).eap, "");
	fake_lock(peer);
	w.world.wpa_eap = "TLS";
	w.world.wpa_ca = "/etc/ca.pem";		/* not as it writes it */
	fake_unlock(peer);
	ask(-EBADMSG);
	fake_signal_eap(peer, "remote certificate verification", "Domain mismatch");
	n = await(KB_SUPPLICANT_CERTIFICATE);
	assert_string_equal(n->ifname, "wlan0");
	assert_int_equal(n->bssid[5], 1);
	assert_string_equal(n->detail, "remote certificate verification: Domain mismatch");
	fake_signal_eap(peer, "completion", "failure");
	await(KB_SUPPLICANT_FAILURE);
	assert_int_equal(kb_supplicant_disconnect(w.link, "wlan0", NULL), 0);
	assert_int_equal(kb_supplicant_reload(w.link, NULL), 0);
	fake_peer_stop(peer);
	assert_int_equal(w.world.disconnects, 1);
	assert_int_equal(w.world.reloads, 2);
}

/* Neither supplicant below can be asked: what was applied, and how far the device is. */
static void test_nm_alone(void **state)
{
	struct fake_peer *peer = fake_peer_start(w.path, FAKE_NM, &w.world);
	static const unsigned int states[] = { 30, 40, 50, 60, 110, 120 };
	struct kb_supplicant_facts f;
	size_t i;

	(void)state;
	open_link(KB_SUPPLICANT_NETWORKMANAGER);
	memcpy(w.world.wpa_bssid, "\0\0\0\0\0\0", 6);
	f = ask(0);
	assert_true(f.known && f.completed);
	assert_string_equal(f.eap, "TLS");
	assert_string_equal(f.ca, "/etc/ca.pem");
	assert_string_equal(f.servers[0], "radius.city.example");
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		fake_lock(peer);
		w.world.device_state = states[i];
		fake_unlock(peer);
		f = ask(0);
		assert_true(f.known && !f.completed);
	}
	fake_lock(peer);
	w.world.device_state = 100;
	w.world.applied_ca = "/etc/ca.pem";	/* bytes of a certificate, not a path */
	w.world.applied_domain = "";
	fake_unlock(peer);
	f = ask(0);
	assert_string_equal(f.ca, "");
	assert_int_equal(f.n_servers, 0);
	fake_lock(peer);
	w.world.applied_eap = NULL;
	fake_unlock(peer);
	assert_string_equal(ask(0).eap, "");
	fake_peer_stop(peer);
}

/* By who really manages it, and one that does not answer is not passed over. */
static void test_who(void **state)
{
	struct fake_world other = w.world;
	struct fake_peer *nm = fake_peer_start(w.path, FAKE_NM, &w.world);
	struct fake_peer *iwd = fake_peer_start(w.path, FAKE_IWD, &other);

	(void)state;
	w.world.managed = false;
	open_link(KB_SUPPLICANT_AUTO);
	assert_true(ask(0).completed);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_IWD);
	fake_lock(nm);
	w.world.managed = true;
	w.world.mood = FAKE_HANGS;
	fake_unlock(nm);
	fake_lock(iwd);
	other.calls = 0;
	fake_unlock(iwd);
	ask(-ETIMEDOUT);
	fake_lock(iwd);
	assert_int_equal(other.calls, 0);
	fake_unlock(iwd);
	/* NetworkManager with iwd below it */
	fake_lock(nm);
	w.world.mood = FAKE_ANSWERS;
	fake_unlock(nm);
	assert_true(ask(0).completed);
	assert_int_equal(kb_supplicant_kind(w.link), KB_SUPPLICANT_NETWORKMANAGER);
	fake_lock(iwd);
	other.state = "connecting";
	fake_unlock(iwd);
	assert_false(ask(0).completed);
	fake_peer_stop(nm);
	fake_peer_stop(iwd);
}

/* Anybody may send a signal; only the one who has the name is heard. */
static void test_strangers(void **state)
{
	struct fake_peer *peer = fake_peer_start(w.path, FAKE_NM | FAKE_WPA, &w.world);
	struct fake_peer *stranger = fake_peer_start(w.path, 0, &w.world);

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	await(KB_SUPPLICANT_CAME);
	fake_signal_eap(stranger, "remote certificate verification", "Domain mismatch");
	fake_signal_state(stranger);
	fake_peer_stop(stranger);
	fake_signal_eap(peer, "completion", "failure");
	await(KB_SUPPLICANT_FAILURE);
	assert_int_equal(w.n_of[KB_SUPPLICANT_CERTIFICATE], 0);
	fake_peer_stop(peer);
}

/* The bus itself comes later, goes, comes again. */
static void test_bus_comes(void **state)
{
	struct fake_peer *peer;

	(void)state;
	fake_bus_stop(w.bus);
	w.bus = 0;
	unlink(w.path);
	open_link(KB_SUPPLICANT_AUTO);
	assert_false(ask(0).known);
	w.bus = fake_bus_start(w.scratch.dir, w.path);
	peer = fake_peer_start(w.path, FAKE_IWD, &w.world);
	await(KB_SUPPLICANT_CAME);
	assert_true(ask(0).completed);
	fake_peer_stop(peer);
	await(KB_SUPPLICANT_GONE);
	peer = fake_peer_start(w.path, FAKE_IWD, &w.world);
	await(KB_SUPPLICANT_CAME);
	fake_bus_stop(w.bus);
	w.bus = 0;
	await(KB_SUPPLICANT_GONE);
	assert_false(ask(0).known);
	fake_peer_stop(peer);
	unlink(w.path);
	w.bus = fake_bus_start(w.scratch.dir, w.path);
	peer = fake_peer_start(w.path, FAKE_IWD, &w.world);
	await(KB_SUPPLICANT_CAME);
	assert_true(ask(0).completed);
	fake_signal_state(peer);
	await(KB_SUPPLICANT_CHANGED);
	fake_peer_stop(peer);
}

static void test_bus_hangs(void **state)
{
	struct fake_peer *peer = fake_peer_start(w.path, FAKE_IWD, &w.world);

	(void)state;
	open_link(KB_SUPPLICANT_AUTO);
	assert_true(ask(0).completed);
	kill(w.bus, SIGSTOP);
	ask(-ETIMEDOUT);
	kb_supplicant_close(w.link);
	w.link = NULL;
	open_link(KB_SUPPLICANT_AUTO);		/* says nothing at all */
	assert_false(ask(0).known);
	kill(w.bus, SIGCONT);
	await(KB_SUPPLICANT_CAME);
	assert_true(ask(0).completed);
	fake_peer_stop(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_iwd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_iwd_less, setup, teardown),
		cmocka_unit_test_setup_teardown(test_moods, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nm, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nm_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strangers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bus_comes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bus_hangs, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
