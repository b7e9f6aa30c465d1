// SPDX-License-Identifier: GPL-2.0-or-later
/* The doctor finds each illness, names it, and does not call the ill healthy. */
#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/doctor.h"
#include "agent/place/account.h"
#include "agent/state.h"
#include "agent_fake.h"
#include "agent_scratch.h"
#include "policy/sign.h"
#include "policy/text.h"

#define NOW 1800000000ull

static struct scratch s;
static struct kb_overview overview;
static struct kb_status status;
static struct kb_doctor_view view;
static char config[128], state_dir[128], sys[128], proc[128], modules[128];

static u8 blob_sha256[32];		/* of the last bundle() */

static void process(const char *name, unsigned int uid)
{
	char text[128];

	snprintf(text, sizeof(text), "Name:\t%s\nUmask:\t0077\nUid:\t%u\t0\t0\t0\n", name, uid);
	scratch_text(&s, "proc/42/status", text);
}

/* A terminal in perfect health. */
static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	scratch_mkdir(&s, "state");
	scratch_mkdir(&s, "sys/module/kidoban");
	scratch_mkdir(&s, "proc/42");
	scratch_mkdir(&s, "modules");
	process("kidoband", getuid());
	scratch_text(&s, "sys/module/kidoban/taint", "O\n");
	scratch_text(&s, "modules/modules.dep", "updates/dkms/kidoban.ko:\n");
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: g}\n");
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_trust(&s, KB_RING_APPROVER, "b", scratch_signer(KB_RING_APPROVER, 0));
	snprintf(config, sizeof(config), "%s", s.dir);
	snprintf(state_dir, sizeof(state_dir), "%s/state", s.dir);
	snprintf(sys, sizeof(sys), "%s/sys", s.dir);
	snprintf(proc, sizeof(proc), "%s/proc", s.dir);
	snprintf(modules, sizeof(modules), "%s/modules", s.dir);
	overview = (struct kb_overview){};
	status = (struct kb_status){
		.module_level = KB_MODULE_LEVEL, .module_version = KB_VERSION, .sealed = 1,
		.municipality = "131016", .group = "g", .keys_author = 1, .keys_approver = 1,
		.policy = 1, .epoch = 1, .serial = 5, .mode_media = KB_GATE_ENFORCE,
		.expires = NOW + 86400 * 365, .lock = 1,
	};
	view = (struct kb_doctor_view){
		.config_dir = config, .state_dir = state_dir, .sys_dir = sys, .proc_dir = proc,
		.modules_dir = modules, .status = &status, .overview = &overview, .now = NOW,
		.owner = getuid(),
	};
	return chmod(s.dir, 0755);
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

static const struct kb_finding *find(const struct kb_findings *f, const char *code)
{
	unsigned int i;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->items[i].code, code))
			return &f->items[i];
	return NULL;
}

/* The finding is there with that gravity, says something, and advises when it matters. */
static void expect(const char *code, enum kb_health health)
{
	struct kb_findings f;
	const struct kb_finding *item;

	kb_doctor_look(&view, &f);
	item = find(&f, code);
	if (!item)
		fail_msg("%s was not found", code);
	assert_int_equal(item->health, health);
	assert_true(item->text[0] != '\0');
	assert_true(f.worst >= health);
	if (health == KB_HEALTH_BAD)
		assert_true(item->advice[0] != '\0');
}

static void expect_advice(const char *code, const char *advice)
{
	const struct kb_finding *item;
	struct kb_findings f;

	kb_doctor_look(&view, &f);
	item = find(&f, code);
	assert_non_null(item);
	assert_string_equal(item->advice, advice);
}

static void expect_not(const char *code)
{
	struct kb_findings f;

	kb_doctor_look(&view, &f);
	if (find(&f, code))
		fail_msg("%s was found", code);
}

/* Signed by author and approver unless @sign says otherwise. */
static void bundle(const char *name, unsigned int serial, bool sign)
{
	const struct scratch_signer *a = scratch_signer(KB_RING_AUTHOR, sign ? 0 : 1);
	const struct scratch_signer *b = scratch_signer(KB_RING_APPROVER, 0);
	struct kb_bundle kdb = { 0 };
	struct kb_diags diags = { 0 };
	uint8_t *sig;
	char text[512];
	size_t len, n;
	void *blob;

	snprintf(text, sizeof(text),
		 "kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: %u, expires: 2030-01-01}\n"
		 "mode: {media: enforce}\nmedia:\n  rules:\n    - allow: {class: [hub, keyboard]}\n", serial);
	assert_int_equal(kb_text_compile(text, strlen(text), NOW, &diags, &blob, &len), 0);
	kb_diags_done(&diags);
	SHA256(blob, len, blob_sha256);
	kb_bundle_set(&kdb, KB_BUNDLE_BLOB, blob, len);
	kb_bundle_set(&kdb, KB_BUNDLE_SOURCE, text, strlen(text));
	assert_int_equal(kb_sign(blob, len, a->key, a->cert, &sig, &n, NULL), 0);
	kb_bundle_set(&kdb, KB_BUNDLE_AUTHOR, sig, n);
	free(sig);
	assert_int_equal(kb_sign(blob, len, b->key, b->cert, &sig, &n, NULL), 0);
	kb_bundle_set(&kdb, KB_BUNDLE_APPROVER, sig, n);
	free(sig);
	free(blob);
	assert_int_equal(kb_bundle_write(scratch_path(&s, name), &kdb, NULL), 0);
	kb_bundle_done(&kdb);
}

static void test_module(void **state)
{
	(void)state;
	view.status = NULL;
	expect("module-silent", KB_HEALTH_BAD);
	unlink(scratch_path(&s, "sys/module/kidoban/taint"));
	assert_int_equal(rmdir(scratch_path(&s, "sys/module/kidoban")), 0);
	expect("module-not-loaded", KB_HEALTH_BAD);
	scratch_text(&s, "modules/modules.dep", "kernel/fs/ext4.ko:\n");
	expect("module-missing", KB_HEALTH_BAD);
}

static void test_module_version(void **state)
{
	(void)state;
	strcpy(status.module_version, "0.0.1");
	expect("module-version", KB_HEALTH_WARNING);
	expect_advice("module-version", "reboot");
	/* after which the same module would be there */
	view.dkms_dir = s.dir;
	scratch_mkdir(&s, "failed");
	scratch_text(&s, "failed/modules", "9.9\n");
	expect_advice("module-version", "");
	status.module_level = KB_MODULE_LEVEL + 1;
	expect("module-level", KB_HEALTH_BAD);
	scratch_text(&s, "sys/module/kidoban/taint", "OFE\n");
	expect("module-forced", KB_HEALTH_BAD);
	scratch_text(&s, "sys/module/kidoban/taint", "OE\n");
	expect("module-unsigned", KB_HEALTH_NOTE);
}

static void test_counters(void **state)
{
	(void)state;
	status.event_lost = 3;
	expect("events-lost", KB_HEALTH_WARNING);
	status.overrides = 1;
	expect("overrides", KB_HEALTH_WARNING);
}

static void test_policy(void **state)
{
	(void)state;
	status.expires = NOW;
	expect("policy-expired", KB_HEALTH_BAD);
	status.expires = NOW + 86400;
	expect("policy-expires-soon", KB_HEALTH_WARNING);
	status.mode_media = KB_GATE_AUDIT;
	expect("not-enforcing", KB_HEALTH_WARNING);
	status.lock = 0;
	expect("not-locked", KB_HEALTH_NOTE);
	status.builtin = 1;
	status.mode_media = KB_GATE_ENFORCE;
	expect("fallback", KB_HEALTH_BAD);
	expect_not("policy");
	expect_not("not-locked");
	expect_not("policy-expires-soon");
	status.sealed = 0;
	expect("fallback", KB_HEALTH_BAD);
	expect("not-sealed", KB_HEALTH_BAD);
	status.sealed = 1;
	status.builtin = 0;
	status.policy = 0;
	expect("no-policy", KB_HEALTH_BAD);
	status.sealed = 0;
	expect("not-sealed", KB_HEALTH_BAD);
}

static void test_terminal(void **state)
{
	(void)state;
	strcpy(status.group, "other");
	expect("terminal-changed", KB_HEALTH_WARNING);
	scratch_text(&s, "terminal.yaml", "terminal: [\n");
	expect("terminal-wrong", KB_HEALTH_BAD);
	unlink(scratch_path(&s, "terminal.yaml"));
	expect("terminal-missing", KB_HEALTH_BAD);
	snprintf(config, sizeof(config), "%s/none", s.dir);
	expect("config-missing", KB_HEALTH_BAD);
}

static int place_of(const struct kb_findings *f, const char *code)
{
	const struct kb_finding *item = find(f, code);

	if (!item)
		fail_msg("%s was not found", code);
	return (int)(item - f->items);
}

/* Just installed: each finding leads to the next, and the name comes last, since it seals. */
static void test_fresh(void **state)
{
	struct kb_findings f;

	(void)state;
	unlink(scratch_path(&s, "terminal.yaml"));
	unlink(scratch_path(&s, "trust/author/a.der"));
	unlink(scratch_path(&s, "trust/approver/b.der"));
	status.sealed = status.policy = 0;
	kb_doctor_look(&view, &f);
	assert_true(place_of(&f, "module") < place_of(&f, "trust-unusable"));
	assert_true(place_of(&f, "trust-unusable") < place_of(&f, "terminal-missing"));
	assert_true(place_of(&f, "one-person") < place_of(&f, "terminal-missing"));
	assert_true(place_of(&f, "terminal-missing") < place_of(&f, "not-sealed"));
	assert_non_null(strstr(find(&f, "not-sealed")->advice, "above"));
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: g}\n");
	expect("not-sealed", KB_HEALTH_BAD);
	kb_doctor_look(&view, &f);
	assert_non_null(strstr(find(&f, "not-sealed")->advice, "above"));
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	kb_doctor_look(&view, &f);
	assert_string_equal(find(&f, "not-sealed")->advice, "systemctl restart kidoband");
}

static void test_trust(void **state)
{
	(void)state;
	scratch_trust(&s, KB_RING_APPROVER, "same", scratch_signer(KB_RING_AUTHOR, 0));
	expect("trust-file", KB_HEALTH_BAD);
	unlink(scratch_path(&s, "trust/approver/same.der"));
	scratch_trust(&s, KB_RING_APPROVER, "role", scratch_signer(KB_RING_AUTHOR, 1));
	expect("trust-role", KB_HEALTH_WARNING);
	expect("trust-changed", KB_HEALTH_WARNING);
	unlink(scratch_path(&s, "trust/approver/role.der"));
	unlink(scratch_path(&s, "trust/approver/b.der"));
	expect("one-person", KB_HEALTH_NOTE);
	scratch_text(&s, "trust/approver/b.der", "rubbish");
	expect("trust-unusable", KB_HEALTH_BAD);
	view.now = NOW + 200ull * 365 * 86400;
	expect("trust-expired", KB_HEALTH_WARNING);
}

static void test_trust_missing(void **state)
{
	(void)state;
	unlink(scratch_path(&s, "trust/author/a.der"));
	expect("trust-unusable", KB_HEALTH_BAD);
	rename(scratch_path(&s, "trust"), scratch_path(&s, "moved"));
	expect("trust-missing", KB_HEALTH_BAD);
}

static void test_permissions(void **state)
{
	(void)state;
	chmod(scratch_path(&s, "trust/author/a.der"), 0664);
	expect("trust-permissions", KB_HEALTH_BAD);
	chmod(scratch_path(&s, "terminal.yaml"), 0666);
	expect("terminal-permissions", KB_HEALTH_BAD);
	chmod(scratch_path(&s, "state"), 0777);
	expect("state-permissions", KB_HEALTH_BAD);
	view.owner++;
	expect("config-permissions", KB_HEALTH_BAD);
}

static void test_bundles(void **state)
{
	struct kb_floor floor = { 1, 5 };

	(void)state;
	bundle("policy.kdb", 6, true);
	expect("bundle-not-in-force", KB_HEALTH_BAD);
	/* the fallback is 0.0: anything is newer, and what it says of itself is compared with nothing */
	status = (struct kb_status){ .module_level = KB_MODULE_LEVEL, .module_version = KB_VERSION,
				     .sealed = 1, .municipality = "131016", .group = "g",
				     .keys_author = 1, .keys_approver = 1, .policy = 1,
				     .epoch = 9, .serial = 9, .builtin = 1 };
	bundle("policy.kdb", 1, true);
	expect("bundle-not-in-force", KB_HEALTH_BAD);
	bundle("policy.kdb", 6, false);
	expect("bundle-refused", KB_HEALTH_BAD);
	scratch_text(&s, "policy.kdb", "rubbish");
	expect("bundle-damaged", KB_HEALTH_BAD);
	unlink(scratch_path(&s, "policy.kdb"));
	assert_int_equal(kb_floor_raise(state_dir, &floor), 0);
	scratch_text(&s, "state/state", "torn");
	expect("state-damaged", KB_HEALTH_WARNING);
	snprintf(state_dir, sizeof(state_dir), "%s/none", s.dir);
	expect("state-missing", KB_HEALTH_WARNING);
}

/* What is on disk must be what is in force: not older, not another with its serial, not somebody else's. */
static void test_bundle_not_ours(void **state)
{
	(void)state;
	bundle("policy.kdb", 4, true);
	expect("bundle-older", KB_HEALTH_WARNING);
	bundle("policy.kdb", 5, true);
	kb_have_add(&status.have, KB_A_BLOB_SHA256);
	expect("bundle-serial", KB_HEALTH_BAD);
	bundle("policy.kdb", 6, true);
	strcpy(status.group, "other");
	expect("bundle-elsewhere", KB_HEALTH_BAD);
	strcpy(status.group, "g");
	view.status = NULL;
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131024\", group: g}\n");
	expect("bundle-elsewhere", KB_HEALTH_BAD);
}

/* An expired policy that is in force is told as such, not as a bundle that would be refused. */
static void test_bundle_expired_in_force(void **state)
{
	struct kb_findings f;

	(void)state;
	bundle("state/policy.kdb", 5, true);
	memcpy(status.blob_sha256, blob_sha256, sizeof(blob_sha256));
	kb_have_add(&status.have, KB_A_BLOB_SHA256);
	view.now = status.expires = 2000000000;
	expect("policy-expired", KB_HEALTH_BAD);
	kb_doctor_look(&view, &f);
	assert_null(find(&f, "bundle-refused"));
	assert_non_null(find(&f, "bundle"));
}

/* Any user may call a process kidoband. */
static void test_agent_of_another(void **state)
{
	(void)state;
	process("kidoband", getuid() + 1);
	expect("agent-missing", KB_HEALTH_BAD);
}

static void test_system(void **state)
{
	(void)state;
	process("kidoband-not", getuid());
	expect("agent-missing", KB_HEALTH_BAD);
	view.now = 86400;
	expect("clock-wrong", KB_HEALTH_BAD);
}

/* A policy with links and paths is in force, and the agent vouches for the terminal. */
static void networked(void)
{
	status.mode_link = status.mode_path = KB_GATE_ENFORCE;
	status.lease = 1;
	overview = (struct kb_overview){ .links = 1, .links_open = 1, .paths = 3, .paths_open = 2 };
}

/* Profiles of Wi-Fi first, then the radio that is to keep them. */
static void expect_wifi(void)
{
	struct kb_findings f;

	overview.profiles = 1;
	expect("wifi-unpinned", KB_HEALTH_NOTE);
	overview.unproven = 1;
	expect("wifi-unpinned", KB_HEALTH_WARNING);
	overview.pinned = 1;
	expect("wifi-off", KB_HEALTH_WARNING);
	overview.wifi_mode = KB_GATE_AUDIT;
	expect("wifi-not-enforced", KB_HEALTH_WARNING);
	expect("wifi-unproven", KB_HEALTH_WARNING);
	overview.wifi_mode = KB_GATE_ENFORCE;
	expect("wifi-unproven", KB_HEALTH_WARNING);
	/* nobody looked at radios: nothing is said of them */
	kb_doctor_look(&view, &f);
	assert_null(find(&f, "wifi-no-radio"));
	assert_null(find(&f, "wifi-no-supplicant"));
	overview.wireless.looked = true;
	expect("wifi-no-radio", KB_HEALTH_NOTE);
	overview.wireless.radio = true;
	overview.wireless.stations = 1;
	expect("wifi-no-supplicant", KB_HEALTH_WARNING);
	overview.wireless.supplicant = true;
	overview.wireless.differing = 2;
	expect("wifi-provision", KB_HEALTH_NOTE);
	overview.provision = true;
	expect("wifi-provision", KB_HEALTH_WARNING);
	kb_doctor_look(&view, &f);
	assert_null(find(&f, "wifi-steered"));
	strcpy(overview.wireless.steerer, "suzuki");
	expect("wifi-steered", KB_HEALTH_WARNING);
	overview.wireless.foreign = 1;
	expect("wifi-foreign", KB_HEALTH_WARNING);
}

static void test_network(void **state)
{
	struct kb_findings f;

	(void)state;
	/* of a policy without links and paths nothing of all this is said */
	kb_doctor_look(&view, &f);
	assert_null(find(&f, "lease-missing"));
	networked();
	status.lease = 0;
	expect("lease-missing", KB_HEALTH_BAD);
	process("kidoband-not", getuid());
	expect("agent-missing", KB_HEALTH_BAD);
	kb_doctor_look(&view, &f);
	assert_non_null(strstr(find(&f, "agent-missing")->text, "protected paths are closed"));
	networked();
	status.isolated = 1;
	memset(status.isolation, 0xab, sizeof(status.isolation));
	expect("isolated", KB_HEALTH_BAD);
	kb_doctor_look(&view, &f);
	assert_non_null(strstr(find(&f, "isolated")->advice, "abababababababababababababababab"));
	status.isolated = 0;
	overview.bypass = KB_BYPASS_XDP | KB_BYPASS_TC;
	strcpy(overview.bypass_link, "eth0\033[2J");
	expect("bypass", KB_HEALTH_BAD);
	kb_doctor_look(&view, &f);
	assert_non_null(strstr(find(&f, "bypass")->text, "xdp,tc"));
	assert_null(strchr(find(&f, "bypass")->text, '\033'));
	networked();
	overview.links_open = 0;
	expect("no-link-open", KB_HEALTH_WARNING);
	networked();
	overview.unreadable = true;
	expect("agent-policy", KB_HEALTH_BAD);
	overview.unreadable = false;
	expect_wifi();
	networked();
	status.mode_link = KB_GATE_AUDIT;
	expect("links-not-enforced", KB_HEALTH_WARNING);
	status.mode_path = KB_GATE_AUDIT;
	expect("paths-not-enforced", KB_HEALTH_WARNING);
}

static void test_overview(void **state)
{
	struct kb_wire kernel = { .n_links = 4, .n_paths = 2 };
	struct kb_overview o;

	(void)state;
	/* without a policy nothing is asked for */
	kb_overview_read(&kernel, &kernel.status, &o);
	assert_int_equal(o.links, 0);
	kernel.status.policy = 1;
	kernel.links[0].link_kind = KB_LINK_LOOPBACK;
	kernel.links[1] = (struct kb_record){ .link = "eth0", .action = KB_ACTION_ALLOW, .open = 1 };
	kernel.links[2] = (struct kb_record){ .link = "wlan0", .action = KB_ACTION_ALLOW, .up = 1,
					      .link_kind = KB_LINK_WIFI };
	kernel.links[3] = (struct kb_record){ .link = "usb0", .bypass = KB_BYPASS_TC };
	kernel.paths[1].open = 1;
	kb_overview_read(&kernel, &kernel.status, &o);
	assert_int_equal(o.links, 3);
	assert_int_equal(o.links_open, 1);
	assert_int_equal(o.links_refused, 1);
	assert_int_equal(o.unproven, 1);
	assert_int_equal(o.bypass, KB_BYPASS_TC);
	assert_string_equal(o.bypass_link, "usb0");
	assert_int_equal(o.paths, 2);
	assert_int_equal(o.paths_open, 1);
}

static void test_place(void **state)
{
	struct kb_account_place places[2] = {
		{ .zone = "a", .n = 2, .pieces = { { .text = "beacon b", .presence = "unknown", .detail = "no route" },
						   { .text = "dock", .presence = "unknown" } } },
		{ .zone = "b", .label = "市民課" },
	};
	struct kb_account account = { .mode = "audit", .veto = "an impostor", .n = 2, .places = places,
				      .carry = { .where = KB_WHERE_OUT, .zone = "b" } };
	struct kb_findings f;

	(void)state;
	kb_doctor_look(&view, &f);
	assert_null(find(&f, "place"));
	assert_null(find(&f, "place-off"));
	overview.places = 2;
	kb_doctor_look(&view, &f);
	assert_int_equal(find(&f, "place-off")->health, KB_HEALTH_WARNING);
	overview.place_mode = KB_GATE_ENFORCE;
	kb_doctor_look(&view, &f);
	assert_int_equal(find(&f, "place-missing")->health, KB_HEALTH_BAD);
	view.account = &account;
	kb_doctor_look(&view, &f);
	assert_int_equal(find(&f, "place")->health, KB_HEALTH_NOTE);
	assert_int_equal(find(&f, "place-not-enforced")->health, KB_HEALTH_WARNING);
	assert_non_null(strstr(find(&f, "place-veto")->text, "an impostor"));
	assert_non_null(strstr(find(&f, "evidence-unknown")->text, "a: beacon b says nothing: no route"));
	assert_int_equal(find(&f, "carry-out")->health, KB_HEALTH_WARNING);
	strcpy(account.mode, "enforce");
	strcpy(account.proven, "b");
	strcpy(account.carry.grant, "x");
	account.veto[0] = '\0';
	kb_doctor_look(&view, &f);
	assert_non_null(strstr(find(&f, "place")->text, "市民課"));
	assert_int_equal(find(&f, "place")->health, KB_HEALTH_GOOD);
	assert_null(find(&f, "place-not-enforced"));
	assert_null(find(&f, "place-veto"));
	assert_int_equal(find(&f, "carry-out")->health, KB_HEALTH_NOTE);
	account.carry.overdue = true;
	kb_doctor_look(&view, &f);
	assert_int_equal(find(&f, "carry-overdue")->health, KB_HEALTH_WARNING);
	account.carry.where = KB_WHERE_IN;
	kb_doctor_look(&view, &f);
	assert_null(find(&f, "carry-overdue"));
}

static void test_healthy(void **state)
{
	struct kb_findings f;
	unsigned int i;

	(void)state;
	bundle("policy.kdb", 5, true);
	bundle("state/policy.kdb", 5, true);
	networked();
	kb_doctor_look(&view, &f);
	for (i = 0; i < f.n; i++)
		if (f.items[i].health > KB_HEALTH_NOTE)
			fail_msg("%s: %s", f.items[i].code, f.items[i].text);
	assert_non_null(find(&f, "agent"));
	assert_non_null(find(&f, "bundle"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_module), TEST(test_module_version), TEST(test_counters), TEST(test_policy),
		TEST(test_terminal), TEST(test_fresh), TEST(test_trust), TEST(test_trust_missing), TEST(test_permissions),
		TEST(test_bundles), TEST(test_system), TEST(test_bundle_not_ours),
		TEST(test_bundle_expired_in_force), TEST(test_agent_of_another), TEST(test_network),
		TEST(test_overview), TEST(test_place), TEST(test_healthy),
	};

	/* files of the test must not be writable by others because of a lax umask */
	umask(022);
	return cmocka_run_group_tests_name("agent_doctor", tests, NULL, NULL);
}
