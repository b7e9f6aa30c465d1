# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
# Names and addresses of the terminal's world; sourced by the world on the host and by net.sh in the terminal.
#
#   terminal ══ wire ══ [ router ] ── server   10.20.0.0/16  2001:db8:20::/48   protected
#    office             lan │ 10.10.0.0/24  archive                            (screen transfer)
#    annex                  │      └── other    10.30.0.0/16  2001:db8:30::/48   ordinary
#                    peer ──┴── detour
#
# The terminal's two cards hang on the same cable. `detour` is a second router on the terminal's
# segment: it forwards, through the first one, and has another MAC address.

# The terminal's cards: e1000 and virtio_net, both on PCI.
OFFICE_MAC=52:54:00:0a:00:05 OFFICE_PCI=0000:00:11.0 OFFICE_DRIVER=e1000
ANNEX_MAC=52:54:00:0a:00:06 ANNEX_PCI=0000:00:12.0 ANNEX_DRIVER=virtio_net
TERMINAL=10.10.0.5 TERMINAL6=2001:db8:10::5
LAN=10.10.0.0/24 LAN6=2001:db8:10::/64

ROUTER=10.10.0.1 ROUTER6=2001:db8:10::1 ROUTER_MAC=02:00:5e:00:01:0a
DETOUR=10.10.0.2 DETOUR6=2001:db8:10::2 DETOUR_MAC=02:00:5e:00:01:0b
PEER=10.10.0.20 PEER6=2001:db8:10::20 PEER_MAC=02:00:5e:00:01:14

PROTECTED=10.20.0.0/16 PROTECTED6=2001:db8:20::/48
SERVER=10.20.1.10 SERVER6=2001:db8:20:1::10
# a second machine of the protected network, which no path names
ARCHIVE=10.20.2.99 ARCHIVE6=2001:db8:20:2::99

ORDINARY=10.30.0.0/16 ORDINARY6=2001:db8:30::/48
WEB=10.30.0.10 WEB6=2001:db8:30::10
COLLECTOR=10.30.0.40 COLLECTOR6=2001:db8:30::40
RESOLVER=10.30.0.53 RESOLVER6=2001:db8:30::53
CLOCK=10.30.0.123 CLOCK6=2001:db8:30::123

# Ports at which every host (server, archive, other, peer) echoes what it hears, over IPv4 and IPv6.
ECHO_TCP='7 443 1494 3389 4172 5900 8443'
ECHO_UDP='7 53 123 1494 3389 4172'
