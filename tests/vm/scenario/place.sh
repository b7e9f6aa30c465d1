# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Evidence of a place, for scenarios with "# vm: net". Source it after net.sh.
#
#   beacon_on NAME ZONE [PORT]   a beacon at the router; beacon_key NAME prints its public key
#   beacon_off NAME
#   switch_on PORT               the router's end of the cable speaks LLDP: chassis $SWITCH, this port, every
#                                two seconds, good for eight
#   switch_port PORT             the cable is in another port now
#   switch_off [KILL]            says goodbye; with KILL it falls silent without a word
#
# The agent's word: /run/kidoban/place.json.
#   standing ZONE                "inside", "outside" …; standing_is ZONE STANDING waits for it
#   zone_told                    the zone as the kernel knows it, "-" = none

SWITCH=kb-switch-1

beacon_on() {
	at router sh -c '[ -s "/run/beacon-$1.key" ] || "$4" keygen -o "/run/beacon-$1.key" >"/run/beacon-$1.pub"
		printf "site: \"131016\"\nname: %s\nzone: %s\nkey: %s\nunicast: true\nport: %s\n" \
			"$1" "$2" "/run/beacon-$1.key" "$3" >"/run/beacon-$1.yaml"' \
		- "$1" "$2" "${3:-5869}" "$project/build/kidoban-beacon" &&
		at router start "beacon-$1" "$project/build/kidoban-beacon" --config "/run/beacon-$1.yaml"
}

beacon_key() {
	at router cat "/run/beacon-$1.pub"
}

beacon_off() {
	at router stop "beacon-$1"
}

# A real one, of which nobody but this cable is told; it begins to speak when it was configured.
switch_on() {
	at router sh -c 'mkdir -p /run/lldpd && : >/run/lldpd.conf' &&
		at router start lldpd lldpd -d -I wire -u /run/lldpd.sock -O /run/lldpd.conf &&
		until_true 30 switch_cli show chassis >/dev/null &&
		switch_cli configure lldp tx-interval 2 && switch_cli configure lldp tx-hold 4 &&
		switch_cli configure system chassisid "$SWITCH" && switch_port "$1"
}

switch_cli() {
	at router lldpcli -u /run/lldpd.sock "$@"
}

switch_port() {
	switch_cli configure ports wire lldp portidsubtype local "$1"
}

# What is killed says nothing any more; its children neither.
switch_off() {
	case ${1:-} in
	KILL) at router bash -c 'pid=$(<lldpd.pid) && rm lldpd.pid && kill -KILL -- "-$pid"' ;;
	*) at router stop lldpd ;;
	esac
}

standing() {
	python3 - "$1" <<-'END'
		import json, sys
		try:
		    account = json.load(open("/run/kidoban/place.json"))
		except FileNotFoundError:
		    print("none")
		    sys.exit()
		print(*[p["standing"] for p in account["places"] if p["zone"] == sys.argv[1]])
	END
}

standing_now() {
	[ "$(standing "$1")" = "$2" ]
}

standing_is() {
	until_true "${PLACE_SECONDS:-120}" standing_now "$1" "$2"
}

zone_told() {
	kidoban place --json | python3 -c 'import json, sys
print((json.load(sys.stdin)["kernel"] or {}).get("zone") or "-")'
}
