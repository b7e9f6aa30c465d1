# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Ways in which root sends to the protected network past (or through) the IP stack. Source it after net.sh.
#
#   attack NAME        tries it, with the text KB<NAME> in what it sends, and cleans up after itself.
#                      Its status and words say little: many ways fail late or not at all.
#   attack_all         every one of $ATTACKS, and the odd packets of tests/vm/world/odd.py
#   attack_names       what wire_tags would say after attack_all with nothing in the way, without counts
#
# Whether something came out is read from the cable: wire_mark; attack dnat; wire_tags. Without a
# gate each of them arrives (06-attacks.sh), so that "nothing arrived" means something elsewhere.
# The terminal must be up (net_up); annex must be down.

ATTACKS='tcp udp tcp6 udp6 mapped-socket mark mark-route device annex
packet-plain packet-bypass packet-dgram packet-ring packet-ring-bypass packet-vnet packet-old
packet6-plain packet6-bypass xdp xdp6
dnat dnat6 snat rewrite-output rewrite-postrouting rewrite-egress fwd-egress fwd-lo dup-egress
tc-pedit tc-mirred tc-lo direct
namespace macvlan ipvlan container bridge vrf vlan macsec
ipip gre sit ip6tnl vxlan geneve fou wireguard seg6 xfrm netconsole pktgen'

# attack_say KIND HOST NAME […]: one connection with a word in it; or one datagram, and then no
# long wait for an answer: the sending is what counts.
attack_say() {
	attack_kind=$1 attack_to=$2 attack_text="KB<$3>"
	shift 3
	case $attack_kind in tcp) attack_ms=3000 ;; *) attack_ms=100 ;; esac
	reach "$attack_kind" "$attack_to" 7 say="$attack_text" timeout=$attack_ms "$@"
}

attack() {
	case $1 in
	tcp | udp) attack_say "$1" $SERVER "$1" ;;
	tcp6 | udp6) attack_say "${1%6}" $SERVER6 "$1" ;;
	mapped-socket) attack_say tcp ::ffff:$SERVER "$1" ;;
	mark) attack_say udp $SERVER "$1" mark=7 ;;
	device) attack_say udp $SERVER "$1" device=office ;;
	packet-*) packet "${1#packet-}" office $ROUTER_MAC $SERVER "KB<$1>" ;;
	packet6-*) packet "${1#packet6-}" office $ROUTER_MAC $SERVER6 "KB<$1>" ;;
	xdp) xdp send office $ROUTER_MAC $SERVER "KB<$1>" ;;
	xdp6) xdp send office $ROUTER_MAC $SERVER6 "KB<$1>" ;;
	*) "attack_$(printf %s "$1" | tr - _)" ;;
	esac >/tmp/attack.log 2>&1
}

attack_mark_route() {
	ip rule add fwmark 7 lookup 7
	ip route add default via $DETOUR dev office table 7
	attack_say udp $SERVER mark-route mark=7
	ip rule del fwmark 7 lookup 7
	ip route flush table 7
}

# Through the second card.
attack_annex() {
	ip link set annex up && until_true 30 net_carrier annex
	ip addr add 10.10.0.6/24 dev annex
	ip route add $SERVER/32 via $ROUTER dev annex src 10.10.0.6
	attack_say udp $SERVER annex
	ip link set annex down
	ip addr flush dev annex
}

# --- Another destination than the one we saw first

# attack_nft TABLE RULES: while these rules are in place, a datagram to $WEB (or $3).
attack_nft() {
	nft -f - <<-END
		table $2
	END
	attack_say udp "${3:-$WEB}" "$1"
	nft flush ruleset
}

attack_dnat() {
	attack_nft dnat "ip attack { chain c { type nat hook output priority -100; ip daddr $WEB dnat to $SERVER; }; }"
}

attack_dnat6() {
	attack_nft dnat6 "ip6 attack { chain c { type nat hook output priority -100; ip6 daddr $WEB6 dnat to $SERVER6; }; }" $WEB6
}

attack_snat() {
	attack_nft snat "ip attack { chain c { type nat hook postrouting priority 100; ip daddr $SERVER snat to 10.10.0.77; }; }" $SERVER
}

attack_rewrite_output() {
	attack_nft rewrite-output "ip attack { chain c { type route hook output priority 2147483647; ip daddr $WEB ip daddr set $SERVER; }; }"
}

attack_rewrite_postrouting() {
	attack_nft rewrite-postrouting "ip attack { chain c { type filter hook postrouting priority 2147483647; ip daddr $WEB ip daddr set $SERVER; }; }"
}

attack_rewrite_egress() {
	attack_nft rewrite-egress "netdev attack { chain c { type filter hook egress device office priority 2147483647; ip daddr $WEB ip daddr set $SERVER; }; }"
}

attack_tc_pedit() {
	tc qdisc add dev office clsact
	tc filter add dev office egress protocol ip flower dst_ip $WEB \
		action pedit ex munge ip dst set $SERVER pipe csum ip udp
	attack_say udp $WEB tc-pedit
	tc qdisc del dev office clsact
}

# A card that leads nowhere takes the packets for the server. What the caller does next leads
# them into office; attack_aside NAME sends one and takes all of it back.
attack_aside_on() {
	ip link add aside type dummy
	ip addr add 10.99.0.1/24 dev aside
	ip link set aside up
	ip neigh add 10.99.0.2 lladdr $ROUTER_MAC dev aside
	ip route add $SERVER/32 via 10.99.0.2 dev aside src $TERMINAL
}

attack_aside() {
	attack_say udp $SERVER "$1"
	ip link del aside
	nft flush ruleset
}

attack_fwd_egress() {
	attack_aside_on
	nft "table netdev attack { chain c { type filter hook egress device aside priority 0; fwd to office; }; }"
	attack_aside fwd-egress
}

attack_dup_egress() {
	attack_aside_on
	nft "table netdev attack { chain c { type filter hook egress device aside priority 0; dup to office; }; }"
	attack_aside dup-egress
}

attack_tc_mirred() {
	attack_aside_on
	tc qdisc add dev aside clsact
	tc filter add dev aside egress matchall action mirred egress redirect dev office
	attack_aside tc-mirred
}

# The loopback device, on which nobody looks, leads into office.
attack_lo_on() {
	ip route add $SERVER/32 dev lo src $TERMINAL
}

attack_lo() {
	attack_say udp $SERVER "$1"
	ip route del $SERVER/32 dev lo
}

attack_fwd_lo() {
	attack_lo_on
	nft "table netdev attack { chain c { type filter hook egress device lo priority 0; ip daddr $SERVER fwd to office; }; }"
	attack_lo fwd-lo
	nft flush ruleset
}

attack_tc_lo() {
	attack_lo_on
	tc qdisc add dev lo clsact
	tc filter add dev lo egress protocol ip flower dst_ip $SERVER action mirred egress redirect dev office
	attack_lo tc-lo
	tc qdisc del dev lo clsact
}

# The server as a neighbour of ours, by addresses and routes: what neighbours may say is sent there.
attack_direct() {
	ip addr add 10.20.1.66/16 dev office
	ip addr add 2001:db8:20:1::66/64 dev office nodad
	for attack_host in $SERVER $SERVER6; do ip neigh replace $attack_host lladdr $ROUTER_MAC dev office; done
	attack_say udp $SERVER direct
	attack_packets
	grep -E '^(dhcp|icmp-|igmp|error|solicitation|advertisement|multicast)' /tmp/odd | throw office
	for attack_host in $SERVER $SERVER6; do ip neigh del $attack_host dev office; done
	ip addr del 10.20.1.66/16 dev office
	ip addr del 2001:db8:20:1::66/64 dev office
}

# --- From elsewhere than the first namespace

# attack_inside NAME CARD ADDRESS [GATEWAY]: a datagram out of namespace attack through its CARD
attack_inside() {
	ip -n attack link set "$2" up
	ip -n attack addr add "$3" dev "$2"
	ip -n attack route add default via "${4:-$ROUTER}"
	ip netns exec attack "$project/build/selftest/reach" udp $SERVER 7 say="KB<$1>" timeout=3000
	ip netns del attack
}

attack_namespace() {
	ip netns add attack
	ip link set annex netns attack
	attack_inside namespace annex 10.10.0.6/24
	# a card of a namespace that ended comes back by itself, under its old name
	until_true 10 test -d /sys/class/net/annex
}

attack_macvlan() {
	ip netns add attack
	ip link add link office name inside type macvlan mode bridge
	ip link set inside netns attack
	attack_inside macvlan inside 10.10.0.7/24
}

attack_ipvlan() {
	ip netns add attack
	ip link add link office name inside type ipvlan mode l2
	ip link set inside netns attack
	attack_inside ipvlan inside 10.10.0.8/24
}

# What a container engine does: a pair of cards, forwarding, masquerade.
attack_container() {
	ip netns add attack
	ip link add outside type veth peer name inside netns attack
	ip addr add 10.98.0.1/24 dev outside
	ip link set outside up
	echo 1 >/proc/sys/net/ipv4/ip_forward
	nft "table ip attack { chain c { type nat hook postrouting priority 100; oifname office masquerade; }; }"
	# outside goes with inside
	attack_inside container inside 10.98.0.2/24 10.98.0.1
	echo 0 >/proc/sys/net/ipv4/ip_forward
	nft flush ruleset
}

# A frame enters a bridge that office is in: no hook of IP sees it.
attack_bridge() {
	ip link add bridged type bridge
	ip link add outside type veth peer name inside
	ip addr add 10.10.0.9/32 dev inside
	ip link set outside master bridged
	ip link set office master bridged
	for attack_card in bridged outside inside; do ip link set $attack_card up; done
	until_true 30 sh -c "bridge link show dev office | grep -q 'state forwarding'"
	packet plain inside $ROUTER_MAC $SERVER 'KB<bridge>'
	ip link del outside
	ip link del bridged
	net_up
}

attack_vrf() {
	ip link add attack type vrf table 9
	ip link set attack up
	ip route add default via $ROUTER dev office onlink table 9
	attack_say udp $SERVER vrf device=attack
	ip link del attack
	ip route flush table 9
}

# --- Wrapped by the kernel

# attack_tunnel NAME ADDRESS WHAT…: a datagram to ADDRESS through a tunnel made by ip link add
attack_tunnel() {
	attack_name=$1 attack_inner=$2
	shift 2
	ip link add attack "$@" && ip link set attack up
	case $attack_inner in
	*:*) ip -6 route add $attack_inner/128 dev attack src $TERMINAL6 ;;
	*) ip route add $attack_inner/32 dev attack src $TERMINAL ;;
	esac
	# where a tunnel is a network of its own nobody answers questions for addresses
	ip neigh replace $attack_inner lladdr 02:00:00:00:00:02 dev attack
	attack_say udp $attack_inner "$attack_name"
	ip link del attack
}

attack_vlan() {
	attack_tunnel vlan $SERVER link office type vlan id 5
}

attack_macsec() {
	ip link add link office name attack type macsec encrypt off
	ip macsec add attack tx sa 0 pn 1 on key 01 00112233445566778899aabbccddeeff
	ip link set attack up
	ip route add $SERVER/32 dev attack src $TERMINAL
	ip neigh replace $SERVER lladdr $ROUTER_MAC dev attack
	attack_say udp $SERVER macsec
	ip link del attack
}

attack_ipip() {
	attack_tunnel ipip $SERVER type ipip local $TERMINAL remote $WEB
}

attack_gre() {
	attack_tunnel gre $SERVER type gre local $TERMINAL remote $WEB
}

attack_sit() {
	attack_tunnel sit $SERVER6 type sit local $TERMINAL remote $WEB
}

attack_ip6tnl() {
	attack_tunnel ip6tnl $SERVER6 type ip6tnl mode any local $TERMINAL6 remote $WEB6
}

attack_vxlan() {
	attack_tunnel vxlan $SERVER type vxlan id 7 local $TERMINAL remote $WEB dstport 4789
}

attack_geneve() {
	attack_tunnel geneve $SERVER type geneve id 7 remote $WEB
}

attack_fou() {
	modprobe fou
	attack_tunnel fou $SERVER type ipip local $TERMINAL remote $WEB encap fou encap-sport auto encap-dport 5555
}

# What is inside cannot be read on the cable; wire_tags knows the port.
attack_wireguard() {
	wg genkey >/tmp/wg.key
	ip link add attack type wireguard
	wg set attack private-key /tmp/wg.key peer "$(wg genkey | wg pubkey)" allowed-ips $SERVER/32 endpoint $WEB:51821
	ip link set attack up
	ip route add $SERVER/32 dev attack src $TERMINAL
	attack_say udp $SERVER wireguard
	ip link del attack
}

attack_seg6() {
	ip -6 route add $SERVER6/128 encap seg6 mode encap segs $ROUTER6 dev office
	attack_say udp $SERVER6 seg6
	ip -6 route del $SERVER6/128
}

# Encrypted with nothing, so that what is inside can be read on the cable.
attack_xfrm() {
	ip xfrm state add src $TERMINAL dst $WEB proto esp spi 7 mode tunnel auth digest_null '' enc 'ecb(cipher_null)' ''
	ip xfrm policy add src $TERMINAL dst $SERVER dir out tmpl src $TERMINAL dst $WEB proto esp spi 7 mode tunnel
	attack_say udp $SERVER xfrm
	ip xfrm policy flush
	ip xfrm state flush
}

# --- By the kernel itself, straight to the driver

attack_netconsole() {
	modprobe netconsole "netconsole=4171@$TERMINAL/office,4171@$SERVER/$ROUTER_MAC"
	echo '<0>KB<netconsole>' >/dev/kmsg
	rmmod netconsole
}

# Its packets have no text of ours: wire_tags knows their mark.
attack_pktgen() {
	modprobe pktgen
	echo add_device office >/proc/net/pktgen/kpktgend_0
	for attack_word in 'count 2' 'pkt_size 60' "dst $SERVER" "src_min $TERMINAL" "src_max $TERMINAL" "dst_mac $ROUTER_MAC"; do
		echo "$attack_word" >/proc/net/pktgen/office
	done
	echo start >/proc/net/pktgen/pgctrl
	rmmod pktgen
}

# --- All of them

attack_packets() {
	[ -s /tmp/odd ] || at router odd >/tmp/odd
}

attack_odd() {
	attack_packets
	throw office </tmp/odd >/tmp/odd.thrown
}

attack_all() {
	for attack_one in $ATTACKS; do attack "$attack_one"; done
	attack_odd
}

attack_names() {
	printf '%s\n' $ATTACKS
	awk '{ print $1 "/" $2 }' /tmp/odd | sort -u
}
