#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The units under a real systemd: nothing of them holds up a boot, an administrator is told what to do,
# the walls stand, and the agent does its work behind them.
# vm: once own-boot timeout=1500
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/systemd.sh"

keys=$project/build/selftest/keys etc=/etc/kidoban state=/var/lib/kidoban
config=/run/systemd/system/kidoband.service.d
export LC_ALL=C.UTF-8 LANGUAGE=en

# bundle SERIAL: signed by the author, delivered as an administrator would
bundle() {
	cat >/tmp/policy.yaml <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $1, expires: 2099-12-31}
		mode: {media: enforce, link: audit, path: audit}
		media:
		  default: refuse
		  rules:
		    - allow: {class: [hub, keyboard]}
		link:
		  default: refuse
		  rules:
		    - allow: {name: cable, kind: ethernet, bus: pci}
		paths: {other: allow, essential: {dhcp: allow}}
	END
	kidoban policy sign /tmp/policy.yaml --key "$keys/author.key" --cert "$keys/author.der" --role author \
		-o /tmp/half.kdb >/dev/null &&
		kidoban policy sign /tmp/half.kdb --key "$keys/approver.key" --cert "$keys/approver.der" \
			--role approver --trust $etc/trust -o $etc/policy.kdb.new >/dev/null &&
		mv $etc/policy.kdb.new $etc/policy.kdb
}

# drop_in LINE…: for the agent's [Service], until drop_out
drop_in() {
	mkdir -p $config
	{ echo '[Service]' && printf '%s\n' "$@"; } >$config/test.conf
	inside systemctl daemon-reload
}

drop_out() {
	rm -f $config/*.conf
	inside systemctl daemon-reload
}

is_active() {
	inside systemctl -q is-active "$1"
}

vmctl drivers
systemd_in || bail "systemd does not come up: $(tail -n 3 /tmp/systemd.log)"
ok "systemd comes up with the units"
check_is "and nothing of it failed" '' "$(inside systemctl --failed --plain --no-legend | head -n 3)"

# --- without the module, without anything
check "the agent is up without a module" is_active kidoband
check "and says what it waits for" unit_status 'waiting for the kernel module'
check_is "what it kept of root's rights: to signal, to administer the network, to hear raw frames" \
	0000000000003020 "$(awk '/^CapBnd/ { print $2 }' "/proc/$(unit_pid)/status")"
check_is "its files are root's alone" "755 700 700 700" "$(stat -c %a $etc $etc/trust/author \
	$etc/trust/approver $state | tr '\n' ' ' | sed 's/ $//')"

# --- the first start: certificates and name come one after the other
insmod "$module" || bail "the module does not load"
check "without a certificate it says which file and which command" unit_status \
	'no author certificate in /etc/kidoban/trust/author: copy one, then type: systemctl reload kidoband'
echo 'terminal: {municipality: "131016", group: shared-terminals}' >$etc/terminal.yaml
cp "$keys/author.der" $etc/trust/author/
check "with the author's it waits for a word" unit_status '1 authors and 0 approvers are there'
check_is "and has sealed nothing" 0 "$(gatectl status sealed)"
cp "$keys/approver.der" $etc/trust/approver/
check "the approver's is counted" unit_status '1 authors and 1 approvers are there'
inside systemctl reload kidoband
check "at the word it seals and says what is missing next" unit_status 'sealed, but there is no policy yet'
check_is "both keys are known" 2 "$(kidoban status --json | grep -cE '"(author|approver)": 1,')"
bundle 1 || bail "cannot sign"
check "a policy that is delivered comes into force" unit_status 'policy 1.1 is in force'
check "its worker wrote the state" test -s $state/policy.kdb -a -s $state/state
check "the lease runs" until_true 120 sh -c '[ "$(gatectl status lease)" = 1 ]'
name=$(vmctl plug stick storage serial=UNIT1)
check "a stick is refused" until_true 120 is_refused "$name:1.0"
check "the journal has it, with fields" until_true 120 sh -c 'nsenter -t "$0" --pid --mount -- \
	journalctl -q -u kidoband KIDOBAN_USB_SERIAL=UNIT1 --no-pager | grep -q refused' "$systemd_init"
# the kernel alone is told: it is the agent who writes and forgets
isolation=00112233445566778899aabbccddeeff
gatectl isolate $isolation
check "an isolation is remembered" until_true 120 test -s $state/isolation
inside systemctl restart kidoband
check_is "over a restart, too" 1 "$(gatectl status isolated)"
gatectl order release $isolation /tmp/order /tmp/order.p7s && gatectl release /tmp/order /tmp/order.p7s
check "after an order it is forgotten" until_true 120 test ! -e $state/isolation

# --- the walls, seen from inside
agent=$(unit_pid)
inner=/proc/$agent/root
check_fails "it cannot write what the next boot trusts" touch "$inner/etc/kidoban/trust/author/x.der"
check_fails "nor units" touch "$inner/etc/systemd/system/x.service"
check_fails "nor programs" touch "$inner/usr/sbin/x"
check "it can write drop-ins of the supplicant's unit" \
	touch "$inner/etc/systemd/system/wpa_supplicant@.service.d/x.conf"
rm -f /etc/systemd/system/wpa_supplicant@.service.d/x.conf
check "its state" touch "$inner$state/x"
rm -f $state/x
mkdir -p /home/suzuki
check_fails "homes it does not see" ls "$inner/home/suzuki"
echo secret >/tmp/secret
check_fails "nor what others keep in /tmp" cat "$inner/tmp/secret"
check_fails "it executes nothing: no shell" nsenter -t "$agent" --mount -- /bin/sh -c true
check "but itself" nsenter -t "$agent" --mount -- /usr/sbin/kidoband --version
check_is "its calls are filtered, and it gains no rights" "2 1" \
	"$(awk '/^Seccomp:/ { s = $2 } /^NoNewPrivs/ { n = $2 } END { print s, n }' "/proc/$agent/status")"

# --- it dies, it hangs, it never starts
kill -KILL "$agent"
check "killed, it comes back" until_true 120 sh -c "[ \"\$(head -n 1 /sys/fs/cgroup/system.slice/kidoband.service/cgroup.procs)\" -gt $agent ]"
check "and finds the policy" unit_status 'policy 1.1 is in force'
drop_in WatchdogSec=15
inside systemctl restart kidoband
agent=$(unit_pid)
sleep 18 # more than the watchdog's time: it is fed
check_is "an agent at work feeds the watchdog" "$agent" "$(unit_pid)"
kill -STOP "$agent"
check "one that hangs is replaced" until_true 240 test ! -e "/proc/$agent"
check "by one that works" unit_status 'policy 1.1 is in force' 240
drop_out
check_is "nobody gives up on it" "0 always" "$(unit_property StartLimitIntervalUSec) $(unit_property Restart)"
check_is "a boot waits half a minute for it at most" 30s "$(unit_property JobRunningTimeoutUSec)"
check_is "and without need of it" '' "$(unit_property RequiredBy)"
printf '[Unit]\nJobRunningTimeoutSec=3\n' >/tmp/short.conf
mkdir -p $config && cp /tmp/short.conf $config/short.conf
drop_in ExecStart= ExecStart=/usr/bin/false "ExecPaths=/usr/bin/false"
printf '[Unit]\nAfter=kidoband.service\n[Service]\nType=oneshot\nExecStart=/bin/true\nRemainAfterExit=yes\n' \
	>/run/systemd/system/login.service
inside systemctl daemon-reload
inside systemctl stop kidoband
inside systemctl --no-block start kidoband login
check "with an agent that fails for ever, what comes after it starts" until_true 120 is_active login
check "and the agent is tried again" until_true 120 sh -c '[ "$(nsenter -t "$0" --pid --mount -- \
	systemctl show -P NRestarts kidoband)" -gt 1 ]' "$systemd_init"
drop_out
inside systemctl restart kidoband
check "once it can start, it works" unit_status 'policy 1.1 is in force' 240

# --- screen-transfer clients: what is behind these walls may end them (the agent itself: 77-place-walk)
slice=/sys/fs/cgroup/kidoban.slice/kidoban-screen.slice
inside systemd-run -q --slice=kidoban-screen.slice --uid=65534 --unit=client sleep 3600
check "a client runs in the slice" grep -q . $slice/client.service/cgroup.procs
check_is "with its limit" 512 "$(cat $slice/pids.max)"
drop_in Type=oneshot Restart=no NoExecPaths= ExecStart= \
	"ExecStart=/bin/sh -c 'while read -r pid; do kill -KILL \$\$pid; done <$slice/client.service/cgroup.procs'"
inside systemctl restart kidoband
check "it ends" until_true 120 test ! -e $slice/client.service
drop_out
inside systemctl restart kidoband

# --- the beacon
printf 'site: "131016"\nname: beacon-1\nzone: office\nkey: /etc/kidoban/beacon.key\n' >$etc/beacon.yaml
kidoban-beacon keygen -o $etc/beacon.key >/dev/null
inside systemctl start kidoban-beacon
check "the beacon runs" is_active kidoban-beacon
check_is "as nobody, with no rights" "$(id -u kidoban-beacon) 0000000000000000" \
	"$(awk '/^Uid/ { u = $2 } /^CapBnd/ { print u, $2 }' "/proc/$(unit_pid kidoban-beacon)/status")"
check_is "and says what for" "beacon-1: 131016, office" "$(unit_property StatusText kidoban-beacon)"

# --- the end
inside systemctl stop kidoband
check_is "the agent stops cleanly" success "$(unit_property Result)"
check_is "and its lease with it" 0 "$(gatectl status lease)"
vmctl unplug stick
check "the module unloads" gate_out
done_testing
