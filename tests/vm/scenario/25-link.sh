#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Network interfaces: what is listed rises, what is not stays down, whoever asks and whatever it is (N1).
# vm: net timeout=420
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

# link_policy MODE [BYPASS [DEFAULT]] < RULES: the media gate is off.
link_policy() {
	link_rules=$(sed 's/^/    /')
	cat >/tmp/link.yaml <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $(($(gatectl status serial) + 1)), expires: 2099-12-31, lock: false}
		mode: {media: off, link: $1}
		media: {default: refuse}
		link:
		  default: ${3:-refuse}
		  bypass: ${2:-refuse}
		  tell: ask the office
		${link_rules:+  rules:}
		$link_rules
	END
	gatectl load </tmp/link.yaml
}

# link_is NAME: "allow rule", as the module says.
link_is() {
	echo "$(gatectl links "$1" action) $(gatectl links "$1" reason)"
}

is_up() {
	ip -o link show "$1" 2>/dev/null | grep -q '[<,]UP[,>]'
}

is_down() {
	[ -d "/sys/class/net/$1" ] && ! is_up "$1"
}

# stays_down NAME: root asks, in three ways, and is told no.
stays_down() {
	! ip link set "$1" up 2>/tmp/up && grep -q 'Operation not permitted' /tmp/up || return
	read -r flags <"/sys/class/net/$1/flags"
	! echo $((flags | 1)) 2>/dev/null >"/sys/class/net/$1/flags" || return
	! busybox ifconfig "$1" 192.0.2.1 up 2>/dev/null || return
	is_down "$1"
}

# not_made WHAT ARGUMENTS…: ip link add does not make it.
not_made() {
	what=$1
	shift
	if said=$(ip link add made0 "$@" 2>&1); then
		not_ok "$what is not made"
		ip link del made0
	else
		case $said in
		*'Operation not permitted'*) ok "$what is not made" ;;
		*)
			not_ok "$what is not made"
			note "$said"
			;;
		esac
	fi
}

# made WHAT ARGUMENTS…: it can be made and rises.
made() {
	what=$1
	shift
	check "$what is made where the policy lists it" ip link add made0 "$@"
	check "$what rises" ip link set made0 up
	ip link del made0
}

# happened TYPE NAME [BY]: an event of that kind since $since
happened() {
	gatectl events "$since" | grep -q "^[0-9]* $1 $2 [a-z]* [a-z-]* ${3:-}"
}

mark() {
	since=$(($(gatectl status seq) + 1))
}

modprobe -a dummy veth 8021q bridge bonding macvlan ipvlan tun wireguard vxlan ip_gre ipip sit ip6_tunnel \
	nlmon usbnet cdc_ether cdc_ncm cdc_eem rndis_host sch_ingress cls_matchall act_gact netconsole 2>/dev/null
net_cards || bail "there are no cards"
# 6.12 makes an interface of its own name without the module's parameter
ip link del bond0 2>/dev/null

# --- Before the module: something of everything is there, and up.
ip link add old0 type dummy && ip link set old0 up
ip link add old1 type veth peer name old2 && ip link set old1 up && ip link set old2 up
ip tuntap add mode tun name old3 && ip link set old3 up
net_up || bail "the cards do not rise"

gate_in || bail "the module does not load"
check "without a policy everything stays up" is_up old0
check "and rises" sh -c 'ip link set old0 down && ip link set old0 up'
check_is "the module knows the card" "ethernet pci pci-$OFFICE_PCI $OFFICE_DRIVER $OFFICE_MAC" \
	"$(for f in kind bus path driver perm; do gatectl links office $f; done | xargs)"
check_is "and the virtio card by its place on PCI" "ethernet pci pci-$ANNEX_PCI virtio_net" \
	"$(for f in kind bus path driver; do gatectl links annex $f; done | xargs)"

# --- Audit
mark
check "a policy comes into force, to watch only" link_policy audit <<'END'
- allow: {name: office-lan, kind: ethernet, bus: pci, mac: "52:54:00:0a:00:05"}
END
check "nothing is closed" is_up old0
check "it says what it would refuse" happened link old0
check_is "in so many words" "refuse default" "$(link_is old0)"
check "devices can still be made" ip link add watch0 type dummy
check "and rise" ip link set watch0 up
check "and have other addresses" ip link set annex address 02:00:00:00:00:99
ip link set annex address $ANNEX_MAC
check_fails "no attempt is counted" happened link-override watch0
ip link del watch0

# --- Enforce: what is up and refused is closed by the load
generation=$(gatectl links office generation)
mark
check "a policy comes into force" link_policy enforce <<'END'
- allow: {name: office-lan, kind: ethernet, bus: pci, mac: "52:54:00:0a:00:05"}
END
for name in old0 old1 old2 old3; do
	check "$name is closed when the load returns" is_down $name
	check "$name is told of" happened link $name
done
check "the listed card stays up" is_up office
check_is "by its rule" "office-lan 10 1" \
	"$(for f in rule line open; do gatectl links office $f; done | xargs)"
check_is "its generation is the same" "$generation" "$(gatectl links office generation)"
check "and reaches the server" reach_tcp $SERVER 7
check_is "the other card is refused" "refuse default" "$(link_is annex)"
mark
check "it stays down" stays_down annex
check "each attempt is an event" happened link-override annex up
check "a dummy of before stays down" stays_down old0
check "so does a veth" stays_down old1
check "so does a tun" stays_down old3
check "loopback rises" sh -c 'ip link set lo down; ip link set lo up'
check_is "and is nobody's business" "allow loopback" "$(link_is lo)"

# --- What cannot be allowed is not made
mark
not_made "a dummy" type dummy
check "an attempt to make it is an event" happened link-override made0 create
not_made "a veth" type veth peer name made1
not_made "a VLAN" link office type vlan id 7
not_made "a bridge" type bridge
not_made "a bond" type bond
not_made "a macvlan" link office type macvlan mode bridge
not_made "an ipvlan" link office type ipvlan
not_made "a macvtap" link office type macvtap
not_made "a WireGuard tunnel" type wireguard
not_made "a VXLAN" type vxlan id 7 remote $ROUTER dstport 4789
not_made "a GRE tunnel" type gre remote $ROUTER
not_made "an IPIP tunnel" type ipip remote $ROUTER
not_made "a SIT tunnel" type sit remote $ROUTER
not_made "an IPv6 tunnel" type ip6tnl remote $ROUTER6
not_made "a monitor of netlink" type nlmon
check_fails "a tun is not made" ip tuntap add mode tun name made0
check_fails "a tap is not made" ip tuntap add mode tap name made0
check_fails "a VLAN is not made the old way" busybox vconfig add office 8
check_is "nothing is left of it" "" "$(ls /sys/class/net | grep -E '^made|^office\.')"

busybox brctl addbr old9
check "a bridge of the old way stays down" stays_down old9
check_fails "and takes nothing in" busybox brctl addif old9 office
busybox brctl delbr old9

# --- Namespaces
check "a namespace can be made" ip netns add box
check "its loopback rises" ip -n box link set lo up
check_fails "its tunnels do not" ip -n box link set tunl0 up
check_fails "nothing is made in it" ip -n box link add made0 type dummy
check "the listed card can go there" ip link set office netns box
check "the refused one, too" ip link set annex netns box
check "the listed one rises there" ip -n box link set office up
check_fails "the refused one does not" ip -n box link set annex up
check_is "the dump has each namespace's" "2" "$(gatectl links | grep -E '^(office|annex) ' | grep -c "netns=$(stat -Lc %i /run/netns/box) ")"
ip netns del box
until_true 30 test -d /sys/class/net/office
net_up
check "and back it works" reach_tcp $SERVER 7
check "a user's namespace can be made" unshare -rn ip link show lo
check_fails "nothing is made in it" unshare -rn ip link add made0 type dummy
mark
unshare -rn sh -c 'for i in $(seq 150); do echo "link add made0 type dummy"; done | ip -force -batch -' 2>/dev/null
check_is "a user does not fill the log" "less than 100" \
	"$([ $(($(gatectl status seq) - since)) -lt 100 ] && echo less than 100)"

# --- Names and addresses
mark
check_fails "another address is refused" ip link set office address 02:00:00:00:00:99
check "that is an event" happened link-override office address
check_is "it has its own" $OFFICE_MAC "$(cat /sys/class/net/office/address)"
check_fails "also when it is down" sh -c 'ip link set office down; ip link set office address 02:00:00:00:00:99'
check "its own it may be given" ip link set office address $OFFICE_MAC
check "a policy permits it by name, and any address" link_policy enforce <<'END'
- allow: {ifname: "off*", kind: ethernet, bus: pci}
  random-mac: allow
END
check "another address is accepted" ip link set office address 02:00:00:00:00:99
check "with it, it rises" ip link set office up
check "a policy without that closes it" link_policy enforce <<'END'
- allow: {ifname: "off*", kind: ethernet, bus: pci}
END
check "it is closed" is_down office
check_is "for its address" "refuse address" "$(link_is office)"
check "it does not rise" stays_down office
check "its own address opens it" sh -c "ip link set office address $OFFICE_MAC && ip link set office up"
ip link set office down
ip link set office name stray
check_is "under another name it is refused" "refuse default" "$(link_is stray)"
check "and does not rise" stays_down stray
check "an alias does not help" sh -c '! { ip link property add dev stray altname office1 && ip link set office1 up; }'
ip link set stray name office
check "under its own it rises" ip link set office up
ip link set annex name office2
check "a name that the rule lists opens another" ip link set office2 up
# some drivers take a new name while they are up
ip link set office2 name annex 2>/dev/null || { ip link set office2 down && ip link set office2 name annex; }
check "and closes it with the next" until_true 30 is_down annex

# --- What is listed is made, and joins only what is listed
check "a policy lists them" link_policy enforce <<'END'
- allow: {kind: [dummy, veth, vlan, bond, macvlan, tun, tap, wireguard, tunnel], ifname: "made*"}
- allow: {kind: bridge}
- allow: {ifname: office, kind: ethernet}
  random-mac: allow
END
made "a dummy" type dummy
made "a veth" type veth peer name made1
made "a VLAN" link office type vlan id 7
made "a bridge" type bridge
made "a bond" type bond
made "a macvlan" link office type macvlan mode bridge
made "a WireGuard tunnel" type wireguard
made "a VXLAN" type vxlan id 7 remote $ROUTER dstport 4789
check "a tap is made" ip tuntap add mode tap name made0
check "and rises" ip link set made0 up
ip tuntap del mode tap name made0
ip link add br0 type bridge
ip link set br0 up
mark
check_fails "a refused one does not join a bridge" ip link set old0 master br0
check "that is an event" happened link-override old0 enslave
check_fails "nor does a card" ip link set annex master br0
check_fails "nor does a macvlan sit on it" ip link add made0 link annex type macvlan
check_fails "nor a VLAN" ip link add made0 link annex type vlan id 7
check "a listed one joins" ip link set office master br0
check "and leaves" ip link set office nomaster
ip link add stray0 type dummy
check "one of a possible kind and another name is made" test -d /sys/class/net/stray0
check "and stays down" stays_down stray0
ip link del stray0
mark
ip link add stray0 type dummy
ip link del stray0
check "that it is gone is an event" happened link-gone stray0
ip link del br0
check "a card comes back to its rule" sh -c "ip link set office down && ip link set office up"

# --- USB
check "a policy refuses what tethers" link_policy enforce <<'END'
- allow: {ifname: office, kind: ethernet}
- refuse: {kind: [tether, wwan]}
  tell: no telephones
END
# the interface made below USB device $1
usb_link() {
	until_true 20 sh -c "ls -d $devices/$1*/net/* $devices/$1/$1:*/net/* 2>/dev/null | grep -q ." || return
	basename "$(ls -d $devices/$1*/net/* $devices/$1/$1:*/net/* 2>/dev/null | head -n 1)"
}
usb=$(vmctl plug phone net) && name=$(usb_link "$usb")
check_is "a telephone on USB is one, and refused" "tether usb refuse rule" \
	"$(gatectl links "$name" kind) $(gatectl links "$name" bus) $(link_is "$name")"
check "its place is the port's" sh -c "case $(gatectl links "$name" path) in pci-*/${usb#*-}) ;; *) exit 1 ;; esac"
check "it stays down" stays_down "$name"
vmctl unplug phone
for function in rndis ecm ncm; do
	gadget make tether 18d1:4e23 $function
	usb=$(gadget plug tether) && name=$(usb_link "$usb") || name=
	if [ -n "$name" ]; then
		check_is "a $function gadget is refused" "refuse rule" "$(link_is "$name")"
		check "it stays down" stays_down "$name"
	else
		skip "a $function gadget is refused" "it does not arrive"
	fi
	gadget remove tether
done

# --- Wireless
if modprobe mac80211_hwsim radios=1 && until_true 30 test -d /sys/class/net/wlan0; then
	check_is "a wireless card is one" "wifi refuse default" "$(gatectl links wlan0 kind) $(link_is wlan0)"
	check "it stays down" stays_down wlan0
	link_policy enforce <<'END'
- allow: {kind: [wifi, ethernet]}
END
	check "listed, it rises" ip link set wlan0 up
	generation=$(gatectl links wlan0 generation)
	ip link set wlan0 down
	check "each end of an association is counted" test "$(gatectl links wlan0 generation)" -gt "$generation"
	check_fails "it keeps its address" ip link set wlan0 address 02:00:00:00:00:99
	rmmod mac80211_hwsim
else
	skip "a wireless card" "no mac80211_hwsim"
fi

# --- netconsole: a refusal at the wrong moment would hang the next attempt, with it the whole network
ip link set office up
check "a policy that lists no card" link_policy enforce <<'END'
- allow: {kind: dummy}
END
link_policy off </dev/null
net_up
modprobe configfs
mkdir -p /sys/kernel/config/netconsole/watch 2>/dev/null
if cd /sys/kernel/config/netconsole/watch 2>/dev/null; then
	echo office >dev_name
	echo $TERMINAL >local_ip
	echo $PEER >remote_ip
	echo $PEER_MAC >remote_mac
	echo 1 >enabled
	cd "$project" || exit
	mark
	link_policy enforce <<'END'
- allow: {kind: ethernet}
END
	check "netconsole is found" happened bypass office
	check_is "and closes its card" "refuse bypass" "$(link_is office)"
	check "at once" is_down office
	for again in 1 2 3; do
		timeout 20 ip link set office up
		check "attempt $again ends, and the card is down soon after" until_true 30 is_down office
	done
	check "the network still answers" timeout 20 ip link set lo up
	echo 0 >/sys/kernel/config/netconsole/watch/enabled
	rmdir /sys/kernel/config/netconsole/watch
	check "without it the card rises" ip link set office up
	check_is "and is allowed" "allow rule" "$(link_is office)"
else
	skip "netconsole" "it cannot be set up"
fi

# --- What passes by
net_up
closes_and_opens() { # WHAT MASK BEGIN END
	net_up
	mark
	eval "$3" >/tmp/bypass.log 2>&1 || note "$(cat /tmp/bypass.log)"
	check "$1 closes its card" until_true 30 is_down office
	check_is "for what it is" "refuse bypass $2" "$(link_is office) $(gatectl links office bypass)"
	check "$1 is an event" happened bypass office
	check "the card stays down" stays_down office
	check "another is not affected" is_up annex
	eval "$4"
	check "without $1 it rises" ip link set office up
}
ip link set annex up
closes_and_opens "a filter at the edge" 4 \
	'tc qdisc add dev office clsact && tc filter add dev office egress matchall action pass' \
	'tc qdisc del dev office clsact'
closes_and_opens "a filter below a queue" 4 \
	'tc qdisc add dev office root handle 1: prio && tc filter add dev office parent 1: matchall action pass' \
	'tc qdisc del dev office root'
hold_xdp() {
	mkfifo /tmp/xdp.in
	xdp hold office $ROUTER_MAC $SERVER text </tmp/xdp.in >/tmp/xdp.out 2>&1 &
	holder=$!
	exec 7>/tmp/xdp.in
	until_true 30 grep -q ready /tmp/xdp.out
}
drop_xdp() {
	exec 7>&-
	wait $holder
	rm -f /tmp/xdp.in
}
closes_and_opens "an AF_XDP socket" 2 hold_xdp drop_xdp
# two instructions: r0 = XDP_PASS; exit
xdp_program() {
	printf 'char l[] __attribute__((section("license"), used)) = "GPL";\n__attribute__((section("xdp"), used)) int pass(void *c) { return 2; }\n' >/tmp/pass.c
	clang -O2 -target bpf -c /tmp/pass.c -o /tmp/pass.o && ip link set office xdpgeneric obj /tmp/pass.o sec xdp
}
if command -v clang >/dev/null; then
	closes_and_opens "an XDP program" 1 xdp_program 'ip link set office xdpgeneric off'
else
	skip "an XDP program" "no clang"
fi
mark
tc qdisc add dev lo clsact
tc filter add dev lo egress matchall action pass
check "a filter on loopback closes every card" until_true 30 is_down office
check "every one" until_true 30 is_down annex
check "not loopback" is_up lo
tc qdisc del dev lo clsact
check "they rise when it is gone and the watch has seen that" until_true 30 net_up
# a user's interfaces come and go so often that their events are only counted
n=0
while [ $n -lt 15 ]; do
	n=$((n + 1))
	unshare -rn true
done
mark
mkfifo /tmp/user.go
unshare -rn sh -c 'ip link set lo up; tc qdisc add dev lo clsact; tc filter add dev lo egress matchall action pass; read -r _ </tmp/user.go' &
user=$!
check "a user's own loopback is found" until_true 30 happened bypass lo
check "and closes nobody else's card" is_up office
echo >/tmp/user.go
wait $user
check "a policy that only reports" link_policy enforce report <<'END'
- allow: {kind: ethernet}
END
mark
tc qdisc add dev office clsact
tc filter add dev office egress matchall action pass
check "reports" until_true 30 happened bypass office
check "and closes nothing" is_up office
tc qdisc del dev office clsact

# --- The end
check "the policy is taken back" link_policy off </dev/null
check "a dummy of before rises" ip link set old0 up
ip link set old0 down
link_policy enforce </dev/null
check "once more nothing is listed" is_down office
check "the module unloads" gate_out
check "what was refused rises" sh -c 'ip link set old0 up && ip link set office up'
check "what was not made is made" ip link add made0 type dummy
done_testing
