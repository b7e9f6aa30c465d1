// SPDX-License-Identifier: GPL-2.0-or-later
/* The command as a person types it: exit codes, and a signed policy's whole way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/verb_stage.h"

static void test_usage(void **state)
{
	(void)state;
	expect(2, "$K");
	expect(0, "$K help");
	expect(0, "$K --help");
	expect(0, "$K --version");
	expect(2, "$K statsu");
	expect(0, "grep -q 'did you mean \"status\"' out || { $K statsu; grep -q 'did you mean \"status\"' out; }");
	expect(2, "$K status --frobnicate");
	expect(2, "$K status extra");
	expect(2, "$K load");
	expect(2, "$K load a b");
	expect(2, "$K key");
	expect(2, "$K key new");
	expect(2, "$K key new king");
	expect(2, "$K key new author --bits many");
	expect(2, "$K key new author --bits -3072");
	expect(2, "$K policy sign p.yaml --cert author.der");
	expect(2, "$K policy sign p.yaml --key pkcs11:object=author");
	expect(2, "$K policy sign p.yaml --key approver.key");
	expect(2, "$K policy sign p.yaml --key author.key --cert author.der --role grant");
	expect(2, "$K policy sign p.yaml --key approver.key --cert approver.der --role approver");
	expect(2, "$K explain");
	expect(2, "$K explain pci 1234:5678");
	expect(2, "$K explain packet 10.0.0.1 10.20.1.10");
	expect(2, "$K explain packet a b c d e f");
	expect(2, "$K explain link");
	expect(2, "$K links extra");
	expect(2, "$K paths --all");
	expect(2, "$K isolate");
	expect(2, "$K isolate maybe");
	expect(2, "$K isolate off");
	expect(2, "$K order");
	expect(2, "$K order release --isolation 12 --key author.key --cert author.der -o x");
	expect(2, "$K order release --key author.key --cert author.der -o x");
	expect(2, "$K order isolate --isolation $I --key author.key --cert author.der");
	expect(2, "$K order show");
	expect(2, "$K run-screen");
	expect(2, "$K run-screen --frobnicate");
	expect(2, "$K completion tcsh");
	expect(2, "$K events --since yesterday-ish");
	expect(2, "$D --frobnicate");
	expect(2, "$D extra");
	expect(2, "$D --journal nowhere");
	expect(0, "$D --help && $D --version");
}

static void test_every_verb_has_help(void **state)
{
	(void)state;
	expect(0, "for v in $($K help | awk '/^  [a-z]/ {print $1}'); do $K $v --help || exit 1; done");
	expect(0, "for g in order explain key wifi; do for v in $($K $g help | awk '/^  [a-z]/ {print $1}'); do "
		  "$K $g $v --help || exit 1; done; done");
	expect(0, "for v in $($K policy help | awk '/^  [a-z]/ {print $1}'); do $K policy $v --help || exit 1; done");
}

static void test_absent(void **state)
{
	(void)state;
	if (!access("/sys/module/kidoban", F_OK) || geteuid())
		skip();
	expect(4, "$K status");
	expect(4, "$K devices --json");
	expect(4, "$K events");
	expect(4, "$K explain usb 0781:5583");
	expect(4, "$D --once --config . --state .");
	expect(1, "$K doctor --config . --state .");
}

static void test_not_root(void **state)
{
	(void)state;
	if (geteuid() || shell("command -v setpriv >/dev/null"))
		skip();
	expect(0, "cp $K kb && chmod 755 . kb && chmod 777 out");
	expect(5, "setpriv --reuid 65534 --regid 65534 --clear-groups ./kb status");
	expect(5, "setpriv --reuid 65534 --regid 65534 --clear-groups ./kb doctor");
	expect(5, "cp $D kd; setpriv --reuid 65534 --regid 65534 --clear-groups ./kd --once");
}

static void test_sign_and_verify(void **state)
{
	(void)state;
	expect(0, "$K policy sign p.yaml --key author.key --cert author.der --role author -o a.kdb");
	expect(1, "$K policy verify a.kdb --trust trust");
	expect(0, "$K policy verify a.kdb --trust trust | grep -q \"approver's signature is missing\"");
	expect(0, "$K policy sign a.kdb --key approver.key --cert approver.der --role approver --trust trust -o b.kdb");
	expect(0, "$K policy verify b.kdb --trust trust");
	expect(0, "$K policy verify b.kdb --trust trust --json");
	/* the certificate lies beside the key, and names the role */
	expect(0, "$K policy sign p.yaml --key author.key -o d.kdb && cmp a.kdb d.kdb");
	expect(0, "$K policy sign d.kdb --key approver.key --trust trust && cmp b.kdb d.kdb");
	/* the same keys and text give the same bytes */
	expect(0, "$K policy sign p.yaml --key author.key --cert author.der --role author -o again.kdb && cmp a.kdb again.kdb");
	/* out of a bundle's own source */
	expect(0, "$K policy sign b.kdb --key author.key --cert author.der --role author -o c.kdb && cmp a.kdb c.kdb");
}

static void test_sign_refuses(void **state)
{
	(void)state;
	expect(0, "$K policy sign p.yaml --key author.key --cert author.der --role author -o a.kdb");
	/* a certificate of another role, a key of another certificate, the author as approver */
	expect(1, "$K policy sign a.kdb --key author.key --cert author.der --role approver --trust trust -o x.kdb");
	expect(0, "$K key new grant --name g --no-password --bits 2048");
	expect(1, "$K policy sign p.yaml --key g.key -o x.kdb");
	expect(1, "cp author.key alone.key && $K policy sign p.yaml --key alone.key -o x.kdb");
	/* nobody approves what is signed by whom nobody knows */
	expect(1, "$K policy sign a.kdb --key approver.key --cert approver.der --role approver -o x.kdb 2>w");
	expect(0, "grep -q -e '--trust DIR' w && ! test -e x.kdb");
	expect(1, "$K policy sign p.yaml --key approver.key --cert author.der --role author -o x.kdb");
	expect(1, "$K policy sign p.yaml --key none.key --cert author.der --role author -o x.kdb");
	/* a bundle whose text is not what was signed */
	expect(0, "mkdir -p t && tar -C t -xf a.kdb && sed -i 's/131016/131024/' t/policy.yaml && "
		  "tar -C t --format=ustar -cf x2.kdb policy.blob author.p7s policy.yaml");
	expect(1, "$K policy sign x2.kdb --key approver.key --cert approver.der --role approver --trust trust -o x.kdb");
	/* one that somebody else signed as author */
	expect(0, "$K key new author --name other --no-password --bits 2048");
	expect(0, "$K policy sign p.yaml --key other.key --cert other.der --role author -o o.kdb");
	expect(1, "$K policy sign o.kdb --key approver.key --cert approver.der --role approver --trust trust -o x.kdb");
	expect(3, "$K policy sign p.yaml.none --key author.key --cert author.der --role author -o x.kdb || "
		  "{ printf 'kidoban: 1\\nbogus: 2\\n' >bad.yaml; "
		  "$K policy sign bad.yaml --key author.key --cert author.der --role author -o x.kdb; }");
	expect(1, "test -e x.kdb");
}

static void test_verify_refuses(void **state)
{
	(void)state;
	expect(3, "echo rubbish >r.kdb; $K policy verify r.kdb --trust trust");
	expect(1, "$K policy verify none.kdb --trust trust");
	expect(0, "$K policy sign p.yaml --key author.key --cert author.der --role author -o a.kdb");
	expect(1, "$K policy verify a.kdb --trust nowhere");
	expect(1, "mkdir -p empty; $K policy verify a.kdb --trust empty");
}

/* "-o /dev/stdout" must not turn a device into a file, nor a directory's name into one. */
static void test_out_is_no_file(void **state)
{
	(void)state;
	expect(0, "rm -rf fifo dir && mkfifo fifo && mkdir dir && ln -s fifo link");
	expect(1, "$K policy compile p.yaml -o fifo");
	expect(1, "$K policy compile p.yaml -o link");
	expect(1, "$K policy sign p.yaml --key author.key --cert author.der --role author -o fifo");
	expect(1, "$K policy compile p.yaml -o dir");
	/* the text itself */
	expect(0, "cp p.yaml q.yaml && cp p.yaml q.blob");
	expect(2, "$K policy compile q.yaml -o ./q.yaml");
	expect(2, "$K policy compile q.blob");
	expect(2, "$K policy sign q.yaml --key author.key --cert author.der --role author -o q.yaml");
	expect(0, "cmp p.yaml q.yaml && cmp p.yaml q.blob");
	expect(0, "test -p fifo && test -L link && test -d dir && ! ls | grep 'fifo\\.\\|link\\.\\|dir\\.'");
}

/* Half a password would lock the key away for good. */
static void test_long_password(void **state)
{
	(void)state;
	expect(0, "head -c 300 /dev/zero | tr '\\0' x >long");
	expect(1, "$K key new author --name toolong --bits 2048 --password-file long");
	expect(1, "test -e toolong.key");
	expect(1, "$K key new author --name nofile --bits 2048 --password-file none 2>v");
	expect(0, "grep -q 'No such file' v");
	expect(2, "$K policy generate --serial 4294967296");
	expect(2, "$K policy generate --serial -1");
}

/* Whoever signs sees what, warnings included, before the key is opened. */
static void test_shown_before_signed(void **state)
{
	(void)state;
	expect(0, "echo right-one >pw && echo wrong-one >wrong && "
		  "$K key new author --name locked --bits 2048 --password-file pw && "
		  "$K key new approver --name locked2 --bits 2048 --password-file pw");
	expect(1, "$K policy sign p.yaml --key locked.key --cert locked.der --role author "
		  "--password-file wrong -o x.kdb >v");
	expect(0, "grep -q '1.1 for 131016' v && ! test -e x.kdb");
	expect(0, "sed 's/keyboard, mouse]}/&\\n    - allow: {usb: \"1234:5678\", serial: \"123456\"}/' p.yaml >w.yaml && "
		  "$K policy sign w.yaml --key author.key --cert author.der --role author -o w.kdb");
	expect(1, "$K policy sign w.kdb --key locked2.key --cert locked2.der --role approver "
		  "--trust trust --password-file wrong >v 2>w -o x.kdb");
	expect(0, "grep -q '1.1 for 131016' v && grep -q 'many devices share' w && ! test -e x.kdb");
	expect(0, "$K policy sign w.kdb --key locked2.key --cert locked2.der --role approver "
		  "--trust trust --password-file pw -o y.kdb");
}

/* Unsigned bytes must not drive the terminal of whoever looks at them. */
static void test_escapes(void **state)
{
	(void)state;
	expect(0, "$K policy sign p.yaml --key author.key --cert author.der --role author -o a.kdb && "
		  "rm -rf t && mkdir t && tar -C t -xf a.kdb");
	/* a group that is a control sequence, in a blob that the compiler would not write */
	expect(0, "sed 's/group: g,/group: GGGG,/' p.yaml >g.yaml && $K policy compile g.yaml -o g.blob && "
		  "LC_ALL=C sed 's/GGGG/\\x1b[2J/' g.blob >t/policy.blob && "
		  "tar -C t --format=ustar -cf e.kdb policy.blob author.p7s policy.yaml");
	expect(0, "$K policy verify e.kdb --trust trust >v; grep -q x1b v && ! grep -q \"$(printf '\\033')\" v");
	expect(0, "$K policy verify e.kdb --trust trust --json >v; grep -q u001b v && ! grep -q \"$(printf '\\033')\" v");
	/* a member of that name */
	expect(0, "cp t/policy.yaml t/\"$(printf '\\033[2J')\" && "
		  "tar -C t --format=ustar -cf m.kdb policy.blob author.p7s policy.yaml \"$(printf '\\033[2J')\"");
	expect(0, "$K policy verify m.kdb --trust trust 2>v; grep -q x1b v && ! grep -q \"$(printf '\\033')\" v");
	/* a rule's label and its sentence */
	expect(0, "printf '%s\n' 'kidoban: 1' 'policy: {municipality: \"131016\", group: g, serial: 1, expires: 2099-01-01}' "
		  "'mode: {media: audit}' 'media: {rules: [{refuse: {class: storage, label: GGGG}, tell: GGGG}], tell: GGGG}' >l.yaml && "
		  "$K policy compile l.yaml -o l.blob && LC_ALL=C sed -i 's/GGGG/\\x1b[2J/g' l.blob");
	expect(1, "$K policy diff p.yaml l.blob >v");
	expect(0, "grep -q x1b v && ! grep -q \"$(printf '\\033')\" v");
	expect(1, "$K explain usb 1234:5678 --class storage --policy l.blob >v");
	expect(0, "grep -c x1b v | grep -q 2 && ! grep -q \"$(printf '\\033')\" v");
	expect(0, "$K explain usb 1234:5678 --class storage --policy l.blob --json >v; grep -q u001b v && ! grep -q \"$(printf '\\033')\" v");
}

static void test_key_show(void **state)
{
	(void)state;
	expect(0, "$K key show author.der && $K key show author.key");
	expect(0, "test \"$($K key show author.der --json | grep '\"key\"' | tr -d ,)\" = \"$($K key show author.key --json | grep '\"key\"' | tr -d ,)\"");
	expect(3, "$K key show p.yaml");
	expect(1, "$K key show none.der");
}

static void test_completion(void **state)
{
	(void)state;
	expect(0, "$K completion bash >c.bash && bash -n c.bash");
	expect(0, "bash -c '. ./c.bash; COMP_WORDS=(kidoban po) COMP_CWORD=1; _kidoban; test \"${COMPREPLY[*]}\" = policy'");
	expect(0, "bash -c '. ./c.bash; COMP_WORDS=(kidoban key sh) COMP_CWORD=2; _kidoban; test \"${COMPREPLY[*]}\" = show'");
	expect(0, "bash -c '. ./c.bash; COMP_WORDS=(kidoban policy verify --tr) COMP_CWORD=3; _kidoban; test \"${COMPREPLY[*]}\" = --trust'");
	expect(0, "bash -c '. ./c.bash; COMP_WORDS=(kidoban wifi su) COMP_CWORD=2; _kidoban; test \"${COMPREPLY[*]}\" = survey'");
	expect(0, "$K completion zsh | grep -q '#compdef kidoban'");
	expect(0, "$K completion fish | grep -q __fish_use_subcommand");
}

/* Orders of release (N6): who may sign one, what is none. */
static void test_orders(void **state)
{
	(void)state;
	expect(1, "$K order release --isolation $I --key approver.key --cert approver.der -o x.kdo");
	expect(1, "$K order release --isolation $I --key approver.key --cert author.der -o x.kdo");
	expect(1, "$K order release --isolation $I --key none.key --cert author.der -o x.kdo");
	expect(1, "test -e x.kdo");
	expect(0, "$K order release --isolation $I --key author.key --cert author.der -o r.kdo");
	expect(0, "$K order show r.kdo | grep -q \"release.*$I\"");
	expect(0, "$K order show r.kdo --json | grep -q '\"order\": \"release\"'");
	/* the same key and name give the same bytes, and openssl itself agrees */
	expect(0, "$K order release --isolation $I --key author.key --cert author.der -o r2.kdo && cmp r.kdo r2.kdo");
	expect(0, "head -c 32 r.kdo >r.order && tail -c +33 r.kdo >r.p7s && "
		  "openssl x509 -inform DER -in author.der -out author.pem && "
		  "openssl cms -verify -binary -inform DER -in r.p7s -content r.order -certfile author.pem "
		  "-CAfile author.pem -purpose any -noverify -out /dev/null");
	expect(3, "head -c 31 r.kdo >cut.kdo; $K order show cut.kdo");
	expect(3, "head -c 32 r.kdo >bare.kdo; $K order show bare.kdo");
	expect(3, "$K order show p.yaml");
	expect(1, "$K order show none.kdo");
	/* a release isolates nobody */
	expect(1, "$K isolate on --order r.kdo 2>v");
	expect(0, "grep -q 'to release, not to isolate' v");
}

/* Questions about packets and links to a file need neither module nor root (N2, N3, M6). */
static void test_explain_network(void **state)
{
	(void)state;
	expect(0, "printf '%s\n' 'kidoban: 1' 'policy: {municipality: \"131016\", group: g, serial: 1, expires: 2099-01-01}' "
		  "'mode: {media: audit, link: enforce, path: enforce}' 'media: {default: allow}' "
		  "'link: {rules: [{allow: {name: lan, kind: ethernet}}], default: refuse}' "
		  "'networks: {mynumber: [10.20.0.0/16]}' "
		  "'paths: {protected: [mynumber], allow: [{name: screen, to: [10.20.1.10], service: rdp, "
		  "from: {cgroup: kidoban-screen.slice}, link: [lan], tell: GGGG}]}' >n.yaml");
	expect(1, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --policy n.yaml >v");
	expect(0, "grep -q '^refused: ' v && grep -q GGGG v");
	expect(1, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --policy n.yaml --json | tee v | "
		  "grep -q '\"action\": \"refuse\"'; exit 1");
	expect(0, "grep -q '\"rule\": \"screen\"' v");
	expect(0, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --link lan "
		  "--cgroup kidoban-screen.slice/a.scope --policy n.yaml");
	/* one thing missing at a time */
	expect(1, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --link lan "
		  "--cgroup kidoban-screen.slice/a.scope --no-lease --policy n.yaml");
	expect(1, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --link lan "
		  "--cgroup kidoban-screen.slice/a.scope --isolated --policy n.yaml");
	expect(1, "$K explain packet 10.10.0.5 10.20.1.10 tcp 443 --link lan "
		  "--cgroup kidoban-screen.slice/a.scope --policy n.yaml");
	expect(1, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --link lan --cgroup user.slice --policy n.yaml");
	expect(1, "$K explain packet 10.20.1.10 10.10.0.5 tcp 22 --inbound --link lan --policy n.yaml");
	expect(2, "$K explain packet here there tcp 3389 --policy n.yaml");
	expect(2, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --link none --policy n.yaml");
	expect(2, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --now --policy n.yaml");
	expect(1, "$K explain link usb0 --kind tether --policy n.yaml");
	expect(0, "$K explain link eth0 --kind ethernet --policy n.yaml");
	expect(2, "$K explain link eth0 --kind submarine --policy n.yaml");
	/* what the policy's author wrote does not drive the terminal */
	expect(0, "$K policy compile n.yaml -o n.blob && LC_ALL=C sed -i 's/GGGG/\x1b[2J/' n.blob");
	expect(1, "$K explain packet 10.10.0.5 10.20.1.10 tcp 3389 --policy n.blob >v");
	expect(0, "grep -q x1b v && ! grep -q \"$(printf '\033')\" v");
}

/* A typed association is judged as the agent judges a real one, and everything that differs is said (W1, W2). */
static void test_explain_wifi(void **state)
{
	(void)state;
	expect(0, "printf 'city' >ca.pem && printf '%s\n' 'kidoban: 1' "
		  "'policy: {municipality: \"131016\", group: g, serial: 1, expires: 2099-01-01}' "
		  "'mode: {media: audit, wifi: enforce}' 'media: {default: allow}' "
		  "'wifi: [{profile: A, ssid: \"市 A\", bssid: [\"02:11:22:00:00:00/28\"], akm: wpa2-eap-sha256, "
		  "cipher: ccmp, band: [5], ca: '$PWD'/ca.pem, ca-sha256: '$(sha256sum <ca.pem | cut -c-64)', "
		  "server: [r1.example, r2.example]}, {profile: N, ssid: NAME}]' >w.yaml");
	expect(0, "echo \"$K explain wifi --policy w.yaml --bssid 02:11:22:00:00:09 --akm wpa2-eap-sha256 --pairwise ccmp "
		  "--group ccmp --group-mgmt bip-cmac --freq 5180 --eap TLS --ca $PWD/ca.pem\" >ask");
	expect(0, "$(cat ask) --pmf yes --server r1.example --ssid '市 A' >v && grep -qx 'proven: profile A' v");
	expect(0, "$(cat ask) --pmf yes --server r1.example --server R2.example --ssid-hex e5b8822041");
	expect(0, "$(cat ask) --pmf yes --server r1.example --ssid '市 A' --json | grep -q '\"proven\": true'");
	/* one thing at a time */
	expect(1, "$(cat ask) --pmf no --server r1.example --ssid '市 A' >v");
	expect(0, "test $(wc -l <v) = 2 && grep -q 'PMF: needed required, has none' v");
	expect(1, "$(cat ask) --pmf yes --server r1.example --server evil.example --ssid '市 A' >v");
	expect(0, "test $(wc -l <v) = 2 && grep -q 'server name: needed r1.example, r2.example, has r1.example, evil.example' v");
	expect(1, "$(cat ask) --pmf yes --server r1.example --ssid '市 A' --akm open");
	expect(1, "$(cat ask) --pmf yes --server r1.example --ssid '市 A ' --json | tee v | grep -q '\"item\": \"ssid\"'; "
		  "grep -q 'A..x20' v && exit 1");
	expect(1, "$(cat ask) --pmf yes --server r1.example --ssid NAME --profile A >v");
	expect(0, "test $(wc -l <v) = 2 && grep -q 'SSID: needed ' v");
	/* the file behind the name is looked into */
	expect(1, "printf x >>ca.pem; $(cat ask) --pmf yes --server r1.example --ssid '市 A' >v");
	expect(0, "test $(wc -l <v) = 2 && grep -q 'CA certificate: ' v");
	expect(1, "rm ca.pem; $(cat ask) --pmf yes --server r1.example --ssid '市 A'");
	/* nothing known proves nothing, and neither does a name only; names do not drive the terminal */
	expect(1, "$K explain wifi w.yaml --ssid '市 A'");
	expect(1, "$K explain wifi w.yaml --ssid NAME --akm open >v && exit 9; grep -q 'a name and an SSID only' v; exit 1");
	expect(1, "$K explain wifi w.yaml --ssid \"$(printf '\\033[2J')\" >v");
	expect(0, "grep -q 'x1b.2J' v && ! grep -q \"$(printf '\\033')\" v");
	expect(0, "$K policy compile w.yaml -o w.blob");
	expect(1, "$K explain wifi w.blob --ssid NAME");
	for (unsigned int i = 0; i < 12; i++) {
		static const char *const wrong[] = {
			"--ssid 123456789012345678901234567890123", "--ssid ''", "--ssid-hex 0", "--ssid-hex zz",
			"--ssid a --bssid 02:11", "--ssid a --akm wpa", "--ssid a --pairwise rot13",
			"--ssid a --pmf maybe", "--ssid a --freq 5GHz", "--ssid a --freq -1", "--ssid a --profile X",
			"--bssid 02:11:22:00:00:09",
		};
		char command[256];

		snprintf(command, sizeof(command), "$K explain wifi w.yaml %s", wrong[i]);
		expect(2, command);
	}
	expect(2, "$K explain wifi w.yaml w.yaml --ssid a");
	expect(1, "$K explain wifi none.yaml --ssid a");
}

/* Whom a client runs for, and what may be one (M6). */
/* The agent's file of the air, without agent, module or journal (W3). */
static void test_wifi_history(void **state)
{
	(void)state;
	expect(2, "$K wifi hsitory");
	expect(2, "$K wifi --jsno");
	expect(2, "$K wifi history --since yesteryear");
	expect(2, "$K wifi history more");
	expect(2, "$K wifi survey more");
	expect(0, "$K wifi --help && grep -q survey out");
	expect(4, "mkdir -p air && $K wifi history --state air");
	expect(0, "printf '%s\\n' '{\"time\": 1, \"event\": \"joined\", \"link\": \"wlan0\", "
		  "\"ssid_hex\": \"1b5b324a\", \"bssid\": \"02:11:22:00:00:01\", \"signal\": -60}' "
		  "'{\"time\": 4000000000, \"event\": \"left\", \"link\": \"wlan0\", \"reason\": 15}' torn "
		  ">air/wifi-history.jsonl; $K wifi history --state air; "
		  "grep -q 'joined  wlan0  \"\\\\x1b\\[2J\"  02:11:22:00:00:01  -60 dBm' out && "
		  "grep -q '4-way handshake timeout (15)' out && grep -q '1 lines cannot be read' out");
	expect(0, "$K wifi history --state air --since 2030-01-01 --json | grep -c event | grep -qx 1");
	expect(0, "$K wifi history --state air --json | head -n 1 | grep -q '\"bssid\": \"02:11:22:00:00:01\"'");
	/* no answer is no JSON */
	expect(4, "$K wifi history --state nowhere --json 2>/dev/null");
	expect(1, "test -s out");
}

#define GRANT_MAKE "$K grant make --config gc --terminal pc-1 --reason '避難所' --ticket R8-42 --approver '課長' "

/* A grant on its way: made, shown, refused elsewhere, applied once, ended for good (P2). */
static void test_grants(void **state)
{
	(void)state;
	expect(0, "mkdir -p gc/trust/grant gs && chmod 755 gc gc/trust gc/trust/grant && "
		  "echo 'terminal: {municipality: \"131016\", group: g, name: pc-1}' >gc/terminal.yaml && "
		  "$K key new grant --name grant --bits 2048 --no-password && cp grant.der gc/trust/grant/");
	expect(2, GRANT_MAKE "--until 2099-01-01 --key grant.key --cert grant.der --out x.grant");
	expect(2, GRANT_MAKE "--until tomorrow --key grant.key --cert grant.der --out x.grant");
	expect(2, GRANT_MAKE "--until 2000-01-01 --key grant.key --cert grant.der --out x.grant");
	expect(2, GRANT_MAKE "--key grant.key --cert grant.der --out x.grant");
	expect(1, GRANT_MAKE "--until $(date -d '+9 days' +%F) --key author.key --cert author.der --out x.grant");
	expect(1, "test -e x.grant");
	expect(0, GRANT_MAKE "--until $(date -d '+9 days' +%F) --key grant.key --cert grant.der --out g.grant");
	expect(0, "$K grant show g.grant --config gc | grep -q 'signed by .*CN=grant'");
	expect(1, "$K grant show g.grant");
	expect(0, "$K grant show g.grant --config gc --json | grep -q '\"ticket\": \"R8-42\"'");
	/* what is signed is the text in front of the signature, and openssl agrees */
	expect(0, "sed '/^-----BEGIN/,$d' g.grant >g.text && sed -n '/^-----BEGIN/,$p' g.grant >g.pem && "
		  "openssl x509 -inform DER -in grant.der -out grant.pem && "
		  "openssl cms -verify -binary -inform PEM -in g.pem -content g.text -certfile grant.pem "
		  "-CAfile grant.pem -purpose any -noverify -out /dev/null");
	expect(1, "sed s/R8-42/R8-43/ g.grant >f.grant; $K grant apply f.grant --config gc --state gs");
	expect(1, "sed 's/pc-1/pc-2/' gc/terminal.yaml >pc-2.yaml && mkdir -p gd && cp -r gc/trust gd/ && cp pc-2.yaml gd/terminal.yaml && "
		  "$K grant apply g.grant --config gd --state gs");
	expect(1, "$K grant apply g.text --config gc --state gs");
	expect(3, "head -c 40 g.grant >c.grant; echo '-----BEGIN CMS-----' >>c.grant; "
		  "$K grant apply c.grant --config gc --state gs");
	expect(0, "$K grant list --config gc --state gs | grep -q '^no grant'");
	expect(0, "$K grant apply g.grant --config gc --state gs");
	expect(1, "$K grant apply g.grant --config gc --state gs");
	expect(0, "$K grant list --config gc --state gs --json | grep -q '\"state\": \"good\"'");
	expect(2, "$K grant end 12 --state gs");
	expect(0, "$K grant end $(ls gs/grants | cut -d. -f1) --state gs");
	expect(1, "$K grant apply g.grant --config gc --state gs");
	expect(0, "$K grant list --config gc --state gs --json | grep -q '\"state\": \"ended\"'");
}

/* The agent's account is read by anybody, where there is one (P1). */
static void test_place(void **state)
{
	(void)state;
	expect(4, "$K place --runtime nowhere");
	expect(3, "mkdir -p run && echo '{}' >run/place.json && $K place --runtime run");
	expect(2, "$K place nonsense");
	expect(2, "$K place learn");
	expect(2, "$K place learn z --minutes 0");
	expect(0, "printf '%s' '{\"mode\": \"enforce\", \"zone\": null, \"proven\": null, \"veto\": null, \"written\": 1, "
		  "\"carry\": {\"where\": \"out\", \"zone\": \"z\", \"since\": 1, \"grant\": null, \"until\": 0, \"overdue\": false}, "
		  "\"places\": [{\"zone\": \"z\", \"label\": null, \"standing\": \"outside\", \"since\": 1, \"need\": 2, "
		  "\"grace\": 0, \"lock\": false, \"cut\": false, \"evidence\": [{\"kind\": \"beacon\", \"class\": \"cryptographic\", "
		  "\"text\": \"beacon b\", \"presence\": \"absent\", \"hard\": false, \"veto\": false, \"detail\": \"no answer\"}]}]}' "
		  ">run/place.json; $K place --runtime run >v");
	expect(0, "grep -q \"none of the policy's places\" v && grep -q 'missing *beacon b *cryptographic *no answer' v");
	expect(0, "grep -q 'needs one cryptographic piece of: beacon b' v && grep -q 'carried out .* without a grant' v");
	expect(0, "$K place --runtime run --json | grep -q '\"standing\": \"outside\"'");
}

static void test_full_disk(void **state)
{
	(void)state;
	if (access("/dev/full", W_OK))
		skip();
	expect(1, "$K help >/dev/full");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usage), cmocka_unit_test(test_every_verb_has_help),
		cmocka_unit_test(test_absent), cmocka_unit_test(test_not_root),
		cmocka_unit_test(test_sign_refuses), cmocka_unit_test(test_verify_refuses),
		cmocka_unit_test(test_sign_and_verify), cmocka_unit_test(test_key_show), cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_shown_before_signed), cmocka_unit_test(test_long_password),
		cmocka_unit_test(test_out_is_no_file),
		cmocka_unit_test(test_orders), cmocka_unit_test(test_explain_network),
		cmocka_unit_test(test_explain_wifi),
		cmocka_unit_test(test_wifi_history), cmocka_unit_test(test_grants), cmocka_unit_test(test_place),
		cmocka_unit_test(test_completion), cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests_name("agent_verb", tests, verb_stage_make, verb_stage_remove);
}
