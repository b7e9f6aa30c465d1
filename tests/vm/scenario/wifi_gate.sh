# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The gates and the agent in a world of radios. Source it after wifi.sh.
#
# Policies. The link gate lets the radios of both sides rise; the path gate closes what is not proven.
#   wifi_policy [MODE…] < YAML    loads one without the agent; MODE is mode.wifi=enforce mode.path=audit …
#   wifi_deliver [MODE…] < YAML   signs one and puts it where the agent finds it
#   wifi_profile [KEY=VALUE…]     prints a profile "A" that wifi_ap's default fulfils: radios 1 and 2. Keys as
#                                 in a policy, or profile= ssid= bssid= pmf= server= akm= and anything else
#   wifi_open [DEV]               1 when IP passes, as the module says; wifi_opens, wifi_closes wait for it
#
# The agent.
#   wifi_gated [MODE…] < YAML     module, policy and agent, all at work; proofs are counted from here on
#   wifi_ungated                  they go
#   agent_start, agent_end        kidoband on $WIFI_ETC; agent_in_force waits for the policy delivered last
#   agent_mark                    what follows is about what the agent says from here on
#   agent_says PATTERN            waits for a line of the journal (grep -E)
#   agent_said PATTERN            the like, without waiting
#   proof_times                   when the kernel was told that wlan0 is proven, in µs of the system's clock,
#                                 once for each association
#   proofs                        for how many associations that was, of any interface

WIFI_ETC=$WIFI_DIR/etc WIFI_STATE=$WIFI_DIR/state WIFI_LOG=$WIFI_DIR/agent.log

# --- Policies

wifi_text() {
	wifi_modes=
	wifi_mode_path=enforce
	for wifi_word; do
		case $wifi_word in
		mode.path=*) wifi_mode_path=${wifi_word#*=} ;;
		mode.*=*) wifi_word=${wifi_word#mode.} wifi_modes="$wifi_modes, ${wifi_word%%=*}: ${wifi_word#*=}" ;;
		*) echo "wifi_text: $wifi_word?" >&2; return 2 ;;
		esac
	done
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $(wifi_serial), expires: 2099-12-31}
		mode: {media: off, link: enforce, path: $wifi_mode_path$wifi_modes}
		media: {default: refuse}
		link:
		  default: refuse
		  bypass: report
		  rules:
		    - allow: {name: office-lan, kind: ethernet, bus: pci}
		    - allow: {name: radios, kind: wifi, mac: "02:00:00:00:00:00/24"}
		      random-mac: allow
		    - allow: {name: air, ifname: hwsim0}
		paths: {other: allow, peers: allow, inbound: allow, discovery: allow}
	END
	cat
}

# One more than what is in force, and than what was made before.
wifi_serial() {
	wifi_last=$(gatectl status serial 2>/dev/null)
	[ ! -s "$WIFI_DIR/serial" ] || [ "$(cat "$WIFI_DIR/serial")" -le "${wifi_last:-0}" ] ||
		wifi_last=$(cat "$WIFI_DIR/serial")
	echo $((${wifi_last:-0} + 1)) >"$WIFI_DIR/serial"
	cat "$WIFI_DIR/serial"
}

wifi_policy() {
	wifi_text "$@" >"$WIFI_DIR/policy.yaml" && gatectl load <"$WIFI_DIR/policy.yaml"
}

wifi_deliver() {
	wifi_text "$@" >"$WIFI_DIR/policy.yaml" || return
	[ -s "$WIFI_DIR/author.der" ] || agent_keys || return
	rm -f "$WIFI_DIR/policy.kdb"
	kidoban policy sign "$WIFI_DIR/policy.yaml" --key "$project/build/selftest/keys/author.key" \
		--cert "$project/build/selftest/keys/author.der" --role author --out "$WIFI_DIR/policy.kdb" \
		>"$WIFI_DIR/sign.log" 2>&1 || { cat "$WIFI_DIR/sign.log"; return 1; }
	cp "$WIFI_DIR/policy.kdb" "$WIFI_ETC/policy.kdb.new" && mv "$WIFI_ETC/policy.kdb.new" "$WIFI_ETC/policy.kdb"
}

wifi_profile() {
	profile_profile=A profile_ssid=$WIFI_SSID profile_akm='[wpa2-eap-sha256]' profile_server=$WIFI_SERVER
	profile_bssid='["02:11:22:00:00:01", "02:11:22:00:00:02"]' profile_more=''
	for profile_word; do
		case $profile_word in
		profile=* | ssid=* | akm=* | server=* | bssid=*)
			eval "profile_${profile_word%%=*}=\${profile_word#*=}" ;;
		*) profile_more="$profile_more, ${profile_word%%=*}: ${profile_word#*=}" ;;
		esac
	done
	cat <<-END
		wifi:
		  - {profile: $profile_profile, ssid: "$profile_ssid", akm: $profile_akm, cipher: [ccmp], bssid: $profile_bssid,
		     ca: $WIFI_KEYS/ca.pem, server: $profile_server, identity: $WIFI_IDENTITY,
		     cert: $WIFI_KEYS/terminal.pem, key: $WIFI_KEYS/terminal.key$profile_more}
	END
}

wifi_open() {
	gatectl links "${1:-${WIFI_DEV:-wlan0}}" open
}

wifi_opens() {
	until_true $WIFI_SECONDS sh -c '[ "$(gatectl links "$0" open)" = 1 ]' "${1:-${WIFI_DEV:-wlan0}}"
}

wifi_closes() {
	until_true $WIFI_SECONDS sh -c '[ "$(gatectl links "$0" open)" = 0 ]' "${1:-${WIFI_DEV:-wlan0}}"
}

# --- The agent

agent_keys() {
	mkdir -p "$WIFI_ETC/trust/author" "$WIFI_STATE" && chmod 755 "$WIFI_ETC" &&
		cp "$project/build/selftest/keys/author.der" "$WIFI_ETC/trust/author/" &&
		cp "$project/build/selftest/keys/author.der" "$WIFI_DIR/" && chmod -R go-w "$WIFI_ETC" &&
		echo 'terminal: {municipality: "131016", group: shared-terminals}' >"$WIFI_ETC/terminal.yaml"
}

agent_start() {
	LC_ALL=C.UTF-8 LANGUAGE=en kidoband --config "$WIFI_ETC" --state "$WIFI_STATE" --journal stderr \
		>>"$WIFI_LOG" 2>&1 &
	echo $! >"$WIFI_DIR/agent.pid"
}

wifi_gated() {
	insmod "$module" && wifi_deliver "$@" && agent_start && agent_in_force && proof_starts
}

wifi_ungated() {
	proof_ends
	agent_end && gate_out
}

agent_end() {
	wifi_end_of "$WIFI_DIR/agent.pid"
}

agent_in_force() {
	until_true $WIFI_SECONDS sh -c '[ "$(gatectl status serial)" = "$(cat "$0/serial")" ]' "$WIFI_DIR"
}

agent_mark() {
	agent_from=$(($(wc -l <"$WIFI_LOG" 2>/dev/null || echo 0) + 1))
}

agent_said() {
	tail -n "+${agent_from:-1}" "$WIFI_LOG" | grep -E "$1"
}

agent_says() {
	until_true $WIFI_SECONDS sh -c 'tail -n "+$0" "$1" | grep -qE "$2"' "${agent_from:-1}" "$WIFI_LOG" "$1" && return
	tail -n "+${agent_from:-1}" "$WIFI_LOG" | grep -v 'KIDOBAN_EVENT=packet' | tail -n 20
	return 1
}

# The kernel is told a profile at every renewal; what counts is the first time for an association.
proof_starts() {
	echo mono >$tracing/trace_clock
	echo 'p:wifi/prove kb_link_prove ifindex=%di:s32 generation=%si:u32 profile=%dx:u16' >>$tracing/kprobe_events &&
		echo "profile != 65535" >$tracing/events/wifi/prove/filter &&
		echo 1 >$tracing/events/wifi/prove/enable && echo 1 >$tracing/tracing_on
}

proof_times() {
	python3 - "$tracing/trace" "$(cat "/sys/class/net/${WIFI_DEV:-wlan0}/ifindex")" <<-'END'
		import re, sys, time
		ahead = time.time() - time.monotonic()
		seen = set()
		for line in open(sys.argv[1]):
		    m = re.search(r"(\d+\.\d+): prove: .*ifindex=(\d+) generation=(\d+) ", line)
		    if m and m[2] == sys.argv[2] and m[3] not in seen:
		        seen.add(m[3])
		        print(int((float(m[1]) + ahead) * 1e6))
	END
}

proofs() {
	grep -o 'prove: .*ifindex=[0-9]* generation=[0-9]*' $tracing/trace | sort -u | wc -l
}

proof_ends() {
	echo 0 >$tracing/events/wifi/prove/enable
	echo '-:wifi/prove' >>$tracing/kprobe_events
	echo local >$tracing/trace_clock
}
