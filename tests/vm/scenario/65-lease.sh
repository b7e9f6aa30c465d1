#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent vouches for the terminal, or nothing protected is reachable (P1, N7); isolation outlives
# everything but a signature (N6); a screen-transfer client runs where its path is (M6).
# vm: net timeout=800
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

work=$(mktemp -d)
config=$work/etc state=$work/state log=$work/log
mkdir -p "$config/trust/author" "$state"
cd "$work" || exit 1
export LC_ALL=C.UTF-8 LANGUAGE=en

# text SERIAL HOURS: "plain" is open to everybody, "timed" in those hours, "screen" to clients alone.
text() {
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $1, expires: 2099-12-31}
		mode: {media: enforce, link: enforce, path: enforce}
		media:
		  rules:
		    - allow: {class: [hub, keyboard, mouse]}
		  default: refuse
		link:
		  rules:
		    - allow: {name: office-lan, kind: ethernet, bus: pci}
		  default: refuse
		networks:
		  mynumber: [$PROTECTED, "$PROTECTED6"]
		paths:
		  protected: [mynumber]
		  allow:
		    - {name: plain, to: [$SERVER], service: tcp/8443, link: [office-lan], from: {user: 0-65535}}
		    - {name: timed, to: [$SERVER], service: tcp/1494, link: [office-lan], hours: "$2", from: {user: 0-65535}}
		    - name: screen
		      to: [$SERVER]
		      service: tcp/3389
		      link: [office-lan]
		      from: {cgroup: kidoban-screen.slice}
		      tell: ask the office
		  essential: {collector: {address: [$COLLECTOR], port: 443}}
		  peers: refuse
		  inbound: refuse
		  other: allow
	END
}

# deliver SERIAL HOURS
deliver() {
	text "$1" "$2" >p.yaml &&
		kidoban policy sign p.yaml --key author.key --cert author.der --role author -o p.kdb >/dev/null 2>&1 &&
		cp p.kdb "$config/policy.kdb.new" && mv "$config/policy.kdb.new" "$config/policy.kdb"
}

start_agent() {
	kidoband --config "$config" --state "$state" --journal stderr 2>>"$log" &
	agent=$!
}

leased() {
	[ "$(gatectl status lease)" = 1 ]
}

in_force() {
	[ "$(gatectl status serial)" = "$1" ]
}

plain() {
	reach_tcp $SERVER 8443
}

# exits CODE WHAT COMMAND...
exits() {
	exits_code=$1 exits_what=$2
	shift 2
	said=$("$@" 2>&1)
	exits_got=$?
	[ $exits_got -eq "$exits_code" ] || note "$said"
	check_is "$exits_what" "$exits_code" "$exits_got"
}

# The client fails, and not for want of a display, which starts anew whenever its last client leaves.
client_refused() {
	! timeout 60 xfreerdp /v:$SERVER /cert:ignore /u:staff /p:staff /sec:tls +auth-only &&
		[ "$(gatectl paths screen refusals)" -gt "$before" ]
}

is_isolated() {
	[ "$(gatectl status isolated)" = 1 ]
}

check "the office network is there" net_up
for name in author stranger; do kidoban key new author --name $name --no-password --bits 2048 >/dev/null; done
cp author.der "$config/trust/author/"
echo 'terminal: {municipality: "131016", group: shared-terminals}' >"$config/terminal.yaml"
deliver 1 "毎日 00:00-24:00" || bail "cannot sign"
insmod "$module" || bail "no module"
check "what is protected answers before there is a policy" plain

# --- the lease
start_agent
check "the policy comes into force" until_true 30 in_force 1
check "a lease runs at once" until_true 30 leased
check "and the path is open" plain
check "kidoban says so" sh -c 'kidoban paths --json | grep -A4 "\"path\": \"plain\"" | grep -q "\"open\": true"'
kill -STOP $agent
check "a stopped agent's lease runs out" until_true 17 sh -c '! [ "$(gatectl status lease)" = 1 ]'
exits 1 "and the path is closed" plain
check_is "kidoban names the lease" lease \
	"$(kidoban paths --json | grep -A6 '"path": "plain"' | sed -n 's/.*"reason": "\(.*\)",/\1/p')"
check "the doctor says what to do" sh -c "kidoban doctor --config $config --state $state | grep -A1 'no lease' | grep -q 'restart kidoband'"
kill -CONT $agent
check "it goes on when the agent does" until_true 20 leased
check "the path is open again" plain
kill $agent
wait $agent
check "an agent that ends takes the lease along" sh -c '! [ "$(gatectl status lease)" = 1 ]'
exits 1 "and the path is closed at once" plain
start_agent
check "a new agent brings it back" until_true 10 leased
kill -9 $agent
wait $agent
check "a killed one leaves it for some seconds" leased
check "not for longer" until_true 17 sh -c '! [ "$(gatectl status lease)" = 1 ]'
start_agent
check "and it is back" until_true 10 leased

# --- a policy that follows: the lease is of the new one at once
deliver 2 "毎日 00:00-24:00"
check "the next policy comes into force" until_true 30 in_force 2
check "with a lease" until_true 30 leased
check "the path never needed more" plain

check "an agent with a lease takes less than 6 MB" test "$(sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' /proc/$agent/smaps_rollup)" -lt 6144
note "it takes $(sed -n 's/^Pss: *//p' /proc/$agent/smaps_rollup)"

# --- hours: closed at the second, without anybody asking
minute=$(TZ=JST-9 date -d '+100 seconds' +%H:%M)
deliver 3 "毎日 00:00-$minute"
check "a policy whose hours end soon" until_true 30 in_force 3
# hours that no policy had before wait for the agent's word
check "the agent says that they have begun" until_true 20 sh -c '[ "$(gatectl paths timed open)" = 1 ]'
check "its path is open" reach_tcp $SERVER 1494
check "until its hours end" until_true 130 sh -c '[ "$(gatectl paths timed open)" = 0 ]'
# when the lease was renewed last says when the agent spoke, however late we look
before=$(date +%s%3N) left=$(gatectl status lease-left) after=$(date +%s%3N)
end=$((1000 * $(date -d "$(TZ=JST-9 date +%F) $minute:00 JST" +%s)))
note "the agent spoke between $((before - 15000 + left - end)) and $((after - 15000 + left - end)) ms after the minute"
check "at the second" test $((before - 15000 + left - end)) -le 1000 -a $((after - 15000 + left - end)) -ge 0
exits 1 "it is closed" reach_tcp $SERVER 1494
check_is "for want of hours" hours "$(gatectl paths timed reason)"
check "the other is not" plain

# --- who was refused what
kidoban events >/dev/null
exits 1 "a program that is no client" reach_tcp $SERVER 3389
check "is told by name, with user, destination, rule and sentence" until_true 15 sh -c \
	"kidoban events | grep 'refused: reach (process [0-9]*, user root) to $SERVER tcp/3389 over office: the path is for another program (screen, line [0-9]*)' | grep -q 'ask the office'"
check "the journal has it in fields" until_true 15 grep -q "KIDOBAN_DST=$SERVER .*KIDOBAN_DPORT=3389 .*KIDOBAN_COMM=reach" "$log"
exits 1 "explain agrees" kidoban explain packet $TERMINAL $SERVER tcp 3389 --link office-lan --user 0 --now
exits 0 "and knows who may" kidoban explain packet $TERMINAL $SERVER tcp 3389 --link office-lan --user 1500 \
	--cgroup kidoban-screen.slice/x --now

# --- a screen-transfer client
grep -q ' /sys/fs/cgroup cgroup2 ' /proc/mounts || mount -t cgroup2 none /sys/fs/cgroup
useradd -m -u 1500 clerk || note "no user clerk"
rdp_display || bail "no display"
DISPLAY=:$(cat /tmp/rdp.display)
export DISPLAY
rdp_server >/dev/null
before=$(gatectl paths screen refusals)
check "the client without its slice is refused by the gate" until_true 90 client_refused
exits 1 "sharing what the policy does not" kidoban run-screen --user clerk -- xfreerdp /v:$SERVER /drive:x,/tmp
check "is refused by name" sh -c "kidoban run-screen --user clerk -- xfreerdp /v:$SERVER +clipboard 2>&1 | grep -q \"'+clipboard'\""
check "the client in its slice" until_true 200 timeout 150 kidoban run-screen --user clerk -- xfreerdp /v:$SERVER \
	/cert:ignore /u:staff /p:staff /sec:tls +auth-only
check "and its path was used" test "$(gatectl paths screen packets)" -gt 0

# --- isolation
check "the collector's network answers" reach_tcp $WEB 8443
exits 0 "isolate on" kidoban isolate on --state "$state"
exits 1 "nothing protected answers" plain
exits 1 "nothing else either" reach_tcp $WEB 8443
isolation=$(kidoban status --json | sed -n 's/.*"isolation": "\(.*\)",/\1/p')
check_is "it has a name" 32 ${#isolation}
exits 0 "once more is fine" kidoban isolate on --state "$state"
check_is "and stays the same" "$isolation" "$(kidoban status --json | sed -n 's/.*"isolation": "\(.*\)",/\1/p')"
kidoban order release --isolation "$isolation" --key stranger.key --cert stranger.der --out stranger.kdo >/dev/null
kidoban order release --isolation 00000000000000000000000000000000 --key author.key --cert author.der --out other.kdo >/dev/null
kidoban order release --isolation "$isolation" --key author.key --cert author.der --out release.kdo >/dev/null
exits 1 "a stranger's order" kidoban isolate off --order stranger.kdo --state "$state"
exits 1 "an order for another isolation" kidoban isolate off --order other.kdo --state "$state"
{ head -c 31 release.kdo; printf 'X'; tail -c +33 release.kdo; } >edited.kdo
exits 1 "an edited order" kidoban isolate off --order edited.kdo --state "$state"
check "it is isolated still" is_isolated
# as after a power cut: the agent killed, the module gone
kill -9 $agent
wait $agent
check "the module unloads" gate_out
insmod "$module"
check "nothing is isolated, as nobody said so yet" sh -c '! [ "$(gatectl status isolated)" = 1 ]'
start_agent
check "the agent isolates" until_true 10 is_isolated
check_is "before anything else" isolate "$(gatectl events 1 | sed -n '1s/^1 \([a-z]*\) .*/\1/p')"
until_true 30 in_force 3
exits 1 "nothing answers" reach_tcp $WEB 8443
exits 0 "the author's order releases it" kidoban isolate off --order release.kdo --state "$state"
check "what is open is open again" until_true 30 plain
check "and so it stays" sh -c "! [ -e $state/isolation ]"
exits 1 "the order is used up" kidoban isolate off --order release.kdo --state "$state"

kill $agent
wait $agent
check "the module unloads at the end" gate_out
cd /
rm -rf "$work"
done_testing
