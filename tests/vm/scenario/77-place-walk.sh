#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A terminal is carried around: in and out of its place, into another one, with the agent killed and the clock set in
# between. The evidence is real: a beacon, a switch's LLDP, access points, a dock, the gateway (P1, P2).
# vm: once patient net wifi timeout=1500
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"
. "$(dirname "$0")/path.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"
. "$(dirname "$0")/place.sh"

walk_policy() {
	cat >"$WIFI_DIR/policy.yaml" <<-END || return
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $(wifi_serial), expires: 2099-12-31}
		mode: {media: off, link: enforce, path: enforce, wifi: audit, place: ${1:-enforce}}
		media: {default: allow}
		wireless: {supplicant: none, survey: 30}
		link:
		  default: refuse
		  bypass: report
		  rules:
		    - allow: {name: office-lan, kind: ethernet, bus: pci}
		    - allow: {name: radios, kind: wifi, mac: "02:00:00:00:00:00/24"}
		      random-mac: allow
		    - allow: {name: air, ifname: hwsim0}
		$(wifi_profile)
		places:
		  - zone: madoguchi
		    label: 市民課
		    need: 3
		    lock: true
		    cut: true
		    evidence:
		      - {beacon: {name: beacon-1, key: "$(beacon_key beacon-1)", host: $ROUTER, rtt: 1000}}
		      - {lldp: {chassis: $SWITCH, port: "Gi1/0/[1-24]"}}
		      - {ap: {bssid: ["02:33:44:00:00:01", "02:33:44:00:00:02", "02:33:44:00:00:03"], count: 3, rssi-min: -70}}
		      - {gateway: {mac: "$ROUTER_MAC"}}
		  - zone: archive
		    need: 2
		    grace: 20
		    evidence:
		      - {beacon: {name: beacon-2, key: "$(beacon_key beacon-2)", host: $ROUTER, port: 5870, rtt: 1000}}
		      - {dock: {usb: "0627:0001", serial: DOCK-1}}
		networks:
		  mynumber: [$PROTECTED, "$PROTECTED6"]
		paths:
		  protected: [mynumber]
		  allow:
		    - {name: screen, to: [$SERVER], service: rdp, from: {cgroup: $SLICE}, zone: [madoguchi]}
		    - {name: shelf, to: [$ARCHIVE], service: rdp, from: {cgroup: $SLICE}, zone: [archive]}
		  other: allow
		  peers: allow
		  inbound: allow
		  discovery: allow
	END
	rm -f "$WIFI_DIR/policy.kdb"
	kidoban policy sign "$WIFI_DIR/policy.yaml" --key "$project/build/selftest/keys/author.key" \
		--cert "$project/build/selftest/keys/author.der" --role author --out "$WIFI_DIR/policy.kdb" \
		>"$WIFI_DIR/sign.log" 2>&1 || { cat "$WIFI_DIR/sign.log"; return 1; }
	cp "$WIFI_DIR/policy.kdb" "$WIFI_ETC/policy.kdb.new" && mv "$WIFI_ETC/policy.kdb.new" "$WIFI_ETC/policy.kdb"
}

PLACE_SECONDS=240

# What a staff member's client meets at the server: "answered", "ECONNREFUSED".
screen() {
	client reach tcp "${1:-$SERVER}" 3389 timeout=2000 | cut -d' ' -f1
}

ended() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.*zombie' "/proc/$1/status"
}

check "the terminal is up" net_up
check "radios" wifi_world 4
ip link set wlan0 up
for n in 1 2 3; do wifi_ap walk$n $n ssid=CITY-$n bssid=02:33:44:00:00:0$n security=open channel=$((n * 5 - 4)) || bail "no access point $n"; done
for n in 1 2 3; do wifi_range $n far; done
check "two beacons" eval 'beacon_on beacon-1 madoguchi && beacon_on beacon-2 archive 5870'
beacon_off beacon-1
beacon_off beacon-2
ping -q -c 1 -W 3 $ROUTER >/dev/null
insmod "$module" || bail "the module does not load"
agent_keys || bail "no keys"
mkdir -p "$WIFI_ETC/trust/grant"
kidoban key new grant --name kacho --bits 2048 --no-password --out "$WIFI_DIR" >/dev/null || bail "no key for grants"
cp "$WIFI_DIR/kacho.der" "$WIFI_ETC/trust/grant/"
echo 'terminal: {municipality: "131016", group: shared-terminals, name: pc-1}' >"$WIFI_ETC/terminal.yaml"
chmod -R go-w "$WIFI_ETC"
check "a policy with places" walk_policy
agent_start
check "it is in force" agent_in_force

# --- Nowhere

check "nothing speaks: outside" standing_is madoguchi outside
check_is "and the kernel knows of no place" - "$(zone_told)"
check_is "the protected server is closed" ECONNREFUSED "$(screen)"
check "a beacon alone" beacon_on beacon-1 madoguchi
check "is believed" until_true 60 sh -c 'kidoban place | grep -q "there .*beacon beacon-1"'
check_is "with the gateway, which is weak, it is not enough" outside "$(standing madoguchi)"
check "the command says what is missing" sh -c 'kidoban place | grep -q "needs one physical piece of: switch port, access points"'
check_is "and the server stays closed" ECONNREFUSED "$(screen)"

# --- In by the switch

agent_mark
check "the cable is in the right switch" switch_on Gi1/0/7
check "inside" standing_is madoguchi inside
check "told with its evidence" agent_says 'in 市民課: .*beacon beacon-1.*switch port'
check_is "the kernel knows" madoguchi "$(zone_told)"
check_is "the server answers" answered "$(screen)"
check "the command says so" sh -c 'kidoban place | grep "^place" | grep -q 市民課'
client sleep 3600 &
sleeper=$!
check "a screen-transfer client runs" until_true 30 grep -q . /sys/fs/cgroup/$SLICE/cgroup.procs

# --- Another port of the same switch

agent_mark
check "the cable goes into another port" switch_port Gi1/0/48
check "left" standing_is madoguchi outside
check_is "the server is closed" ECONNREFUSED "$(screen)"
check_is "the kernel knows" - "$(zone_told)"
check "told, with what is missing" agent_says 'left 市民課: .*switch port'
check "and that nobody granted it" agent_says 'carried out of madoguchi without a grant'
check "screen-transfer clients end" until_true 30 ended $sleeper
check "without logind nothing is locked, and that is told" agent_says 'no session could be locked'
check "back in the right port" switch_port Gi1/0/8
check "inside again" standing_is madoguchi inside
check "the return is recorded" agent_says 'back; it was carried out of madoguchi without a grant'

# --- The switch falls silent: its word holds for eight seconds

agent_mark
check "the switch dies without a word" switch_off KILL
check "left when its word is over" standing_is madoguchi outside
check "told" agent_says 'left 市民課: .*switch port'

# --- In by access points

agent_mark
for n in 1 2 3; do wifi_range $n near; done
check "three access points in range" standing_is madoguchi inside
check "told" agent_says 'in 市民課: .*access points'
agent_mark
wifi_range 3 -78
check "one of them far away" standing_is madoguchi outside
check "told" agent_says 'left 市民課: .*access points'
for n in 1 2 3; do wifi_range $n near; done
check "near again" standing_is madoguchi inside

# --- What the command learns of this place

check "it listens, twice" kidoban place learn madoguchi --samples 2 -o "$WIFI_DIR/learned.yaml"
check_is "all three access points" 3 "$(grep -c '"02:33:44:00:00:0[123]"' "$WIFI_DIR/learned.yaml")"
check "as many as there are must be in range" grep -q '^ *count: 3$' "$WIFI_DIR/learned.yaml"
check "the weakest signal that counts" grep -qE '^ *rssi-min: -(5|6)[0-9]$' "$WIFI_DIR/learned.yaml"
check "the gateway, called weak" sh -c 'grep -A 3 "# weak" "$0" | grep -q "$1"' "$WIFI_DIR/learned.yaml" $ROUTER_MAC
timeout -s INT 40 kidoban place learn madoguchi --minutes 60 -o "$WIFI_DIR/short.yaml" >/dev/null 2>&1
check "ended by Ctrl-C it writes what it has" grep -q '^places:' "$WIFI_DIR/short.yaml"

# --- A grant

kidoban grant make --terminal pc-1 --municipality 131016 --until 2099-01-01 --reason x --ticket R8-1 --approver k \
	--key "$WIFI_DIR/kacho.key" --cert "$WIFI_DIR/kacho.der" \
	--out "$WIFI_DIR/long.grant" >/dev/null 2>&1
check_is "a grant for ever is not made" 2 $?
kidoban grant make --terminal pc-1 --municipality 131016 --until "$(date -d '+2 days' +%F)" --reason 避難所 --ticket R8-42 \
	--approver 課長 --key "$WIFI_DIR/kacho.key" --cert "$WIFI_DIR/kacho.der" \
	--out "$WIFI_DIR/carry.grant" >/dev/null
sed s/R8-42/R8-43/ "$WIFI_DIR/carry.grant" >"$WIFI_DIR/forged.grant"
check_fails "a forged one is refused" kidoban grant apply "$WIFI_DIR/forged.grant" --config "$WIFI_ETC" --state "$WIFI_STATE"
check "the true one is taken" kidoban grant apply "$WIFI_DIR/carry.grant" --config "$WIFI_ETC" --state "$WIFI_STATE"
agent_mark
check "the beacon falls silent" beacon_off beacon-1
check "left" standing_is madoguchi outside
check "carried out with the grant" agent_says 'carried out of madoguchi with grant [0-9a-f]{32}, .*R8-42'
check_is "which opens nothing" ECONNREFUSED "$(screen)"

# --- Into the other place, and its grace

agent_mark
check "another beacon" beacon_on beacon-2 archive 5870
check "and a dock" vmctl plug dock keyboard serial=DOCK-1
check "inside there" standing_is archive inside
check_is "the kernel knows" archive "$(zone_told)"
check_is "its server answers" answered "$(screen $ARCHIVE)"
check_is "the other one's not" ECONNREFUSED "$(screen)"
check "that is a return" agent_says 'back; it was carried out of madoguchi with a grant'
agent_mark
check "out of the dock" vmctl unplug dock
check "its grace begins" standing_is archive grace
check_is "in which the path is open" answered "$(screen $ARCHIVE)"
check "and ends" standing_is archive outside
check_is "with it the path" ECONNREFUSED "$(screen $ARCHIVE)"
beacon_off beacon-2

# --- The agent dies

check "back" beacon_on beacon-1 madoguchi
check "inside" standing_is madoguchi inside
kill -KILL "$(cat "$WIFI_DIR/agent.pid")"
check "the agent is killed: the lease ends" until_true 60 sh -c '[ "$(gatectl status lease)" = 0 ]'
check_is "and the path" ECONNREFUSED "$(screen)"
rm -f /run/kidoban/place.json
agent_mark
agent_start
check "another one holds the lease" until_true 60 sh -c '[ "$(gatectl status lease)" = 1 ]'
check_is "and knows no place yet" - "$(zone_told)"
check "it was inside and is" standing_is madoguchi inside
check_fails "nobody carried anything out" agent_said 'carried out'

# --- The clock is set

agent_mark
date -s '+3 seconds' >/dev/null
check "whoever sets the clock makes the place unknown" agent_says 'nobody knows any more whether this is 市民課'
check "until it is proven again" standing_is madoguchi inside

# --- Audit

check "audit mode" walk_policy audit
check "is in force" agent_in_force
check "nothing is proven" beacon_off beacon-1
check "by nothing" standing_is madoguchi outside
check_is "but the kernel is told the place that is likeliest" madoguchi "$(zone_told)"
check "said by the command" sh -c 'kidoban place | grep -q "^mode .*audit"'

agent_end
note "$(tail -n 5 "$WIFI_LOG")"
check "the module unloads" gate_out
wifi_end >/dev/null 2>&1
done_testing
