#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Odd packets of a terminal towards (or carrying something to) the protected network.

Prints one packet a line: NAME WAY ADDRESS HEX, for tests/vm/selftest/throw in the terminal.
WAY: raw       a raw socket with IP_HDRINCL sends HEX, an IP packet, to ADDRESS
     nodefrag  the like with IP_NODEFRAG
     packet    a packet socket sends HEX, an Ethernet frame
Every packet has "KB<NAME/WAY>" in it, where no wrapping hides it from wire_tags of net.sh.
Made here and not in the terminal because scapy takes 10 s to begin there.

usage: odd.py NAMES-FILE [NAME…]
"""
import ipaddress
import re
import sys

from scapy.contrib.gtp import GTP_U_Header
from scapy.contrib.mpls import MPLS
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption, IPOption_LSRR, IPOption_RR, IPOption_SSRR, fragment
from scapy.layers.inet6 import (HBHOptUnknown, ICMPv6DestUnreach, ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
                                IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting,
                                PadN, RouterAlert)
from scapy.layers.ipsec import AH, ESP
from scapy.layers.l2 import GRE, LLC, SNAP, Dot1AD, Dot1Q, Ether
from scapy.layers.ppp import PPP, PPPoE
from scapy.layers.vxlan import VXLAN
from scapy.packet import Raw

DISCARD = 4171  # nobody listens there: no answer has the tag in it again


class Names:
    """What names.sh calls its addresses."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"^\s*#.*$", "", file.read(), flags=re.M)
        for name, value in re.findall(r"(\w+)=('[^']*'|\S+)", text):
            setattr(self, name, value.strip("'"))


N = Names(sys.argv[1])


def udp(tag, port=DISCARD):
    return UDP(sport=40000, dport=port) / Raw(tag)


def ip4(dst=None, **fields):
    return IP(src=N.TERMINAL, dst=dst or N.SERVER, **fields)


def ip6(dst=None, **fields):
    return IPv6(src=N.TERMINAL6, dst=dst or N.SERVER6, **fields)


def as_mac(packet):
    """The packet as the payload of Ethernet, with addresses that mean nothing."""
    return Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / packet


def pieces4(tag, order=(0, 1), **fields):
    """Two fragments with the tag in each."""
    whole = ip4(id=77, **fields) / UDP(sport=40000, dport=DISCARD) / Raw(tag.ljust(56) + tag.ljust(64))
    parts = fragment(whole, fragsize=64)
    return [parts[i] for i in order]


def pieces6(tag, first=None, order=(0, 1)):
    data = bytes(first / UDP(sport=40000, dport=DISCARD, len=128, chksum=0xffff) / Raw(tag.ljust(56) + tag.ljust(64))
                 if first else UDP(sport=40000, dport=DISCARD, len=128, chksum=0xffff) / Raw(tag.ljust(56) + tag.ljust(64)))
    next_header = 60 if first else 17
    cut = len(data) - 64
    parts = [ip6() / IPv6ExtHdrFragment(nh=next_header, offset=0, m=1, id=78) / Raw(data[:cut]),
             ip6() / IPv6ExtHdrFragment(nh=next_header, offset=cut // 8, m=0, id=78) / Raw(data[cut:])]
    return [parts[i] for i in order]


def chain6(count):
    packet = ip6()
    for _ in range(count):
        packet /= IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)])
    return packet


def embed(prefix, shift):
    """An IPv6 address of prefix with the server's IPv4 address in it."""
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) |
                                     int(ipaddress.IPv4Address(N.SERVER)) << shift))


def teredo():
    hidden = int(ipaddress.IPv4Address(N.SERVER)) ^ 0xffffffff
    return str(ipaddress.IPv6Address((0x20010000 << 96) | int(ipaddress.IPv4Address(N.WEB)) << 64 | hidden))


# name: what makes the packets out of the tag. The address to send to is the packet's own.
PLAIN4 = {
    "udp": lambda t: ip4() / udp(t),
    "icmp": lambda t: ip4() / ICMP(type=13) / Raw(t),
    "icmp-error": lambda t: ip4() / ICMP(type=3, code=3) / Raw(t),
    "icmp-exceeded": lambda t: ip4() / ICMP(type=11) / Raw(t),
    "dhcp": lambda t: ip4() / UDP(sport=68, dport=67) / Raw(t),
    "igmp": lambda t: ip4(proto=2) / Raw(t),
    "syn-data": lambda t: ip4() / TCP(sport=40001, dport=DISCARD, flags="S") / Raw(t),
    "ack": lambda t: ip4() / TCP(sport=40002, dport=3389, flags="A") / Raw(t),
    "sctp": lambda t: ip4(proto=132) / Raw(t),
    "unknown-proto": lambda t: ip4(proto=253) / Raw(t),
    "esp": lambda t: ip4() / ESP(spi=1, seq=1, data=t),
    "ah": lambda t: ip4() / AH(nh=17, spi=1, seq=1) / udp(t),
    "spoofed": lambda t: IP(src=N.PEER, dst=N.SERVER) / udp(t),
    "from-server": lambda t: IP(src=N.ARCHIVE, dst=N.SERVER) / udp(t),
    "ttl-1": lambda t: ip4(ttl=1) / udp(t),
    "options-rr": lambda t: ip4(options=[IPOption_RR(routers=["0.0.0.0"] * 3)]) / udp(t),
    "options-unknown": lambda t: ip4(options=[IPOption(b"\x9e\x04\0\0")]) / udp(t),
    "lsrr": lambda t: ip4(N.ROUTER, options=[IPOption_LSRR(routers=[N.SERVER])]) / udp(t),
    "ssrr": lambda t: ip4(N.ROUTER, options=[IPOption_SSRR(routers=[N.SERVER])]) / udp(t),
    "frag": pieces4,
    "frag-backwards": lambda t: pieces4(t, (1, 0)),
    "frag-tail": lambda t: pieces4(t, (1,)),
    "frag-tiny": lambda t: [ip4(id=79, flags="MF") / Raw(bytes(UDP(sport=1, dport=DISCARD, len=72))),
                            ip4(id=79, frag=1, proto=17) / Raw(t.ljust(64))],
    "frag-overlap": lambda t: pieces4(t) + [ip4(id=77, frag=1, proto=17) / Raw(t.ljust(64))],
    "multicast": lambda t: ip4("239.255.255.250") / udp(t, 1900),
    "broadcast": lambda t: ip4("10.10.0.255") / udp(t),
}

TUNNEL4 = {
    "ipip": lambda t: ip4(N.WEB) / ip4() / udp(t),
    "ipip-to-server": lambda t: ip4() / ip4(N.WEB) / udp(t),
    "sit": lambda t: ip4(N.WEB) / ip6() / udp(t),
    "gre": lambda t: ip4(N.WEB) / GRE() / ip4() / udp(t),
    "gretap": lambda t: ip4(N.WEB) / GRE(proto=0x6558) / as_mac(ip4() / udp(t)),
    "esp-elsewhere": lambda t: ip4(N.WEB) / ESP(spi=1, seq=1, data=t),
    "ipip-94": lambda t: ip4(N.WEB, proto=94) / Raw(bytes(ip4() / udp(t))),
    "l2tp-115": lambda t: ip4(N.WEB, proto=115) / Raw(b"\0\0\0\1" + bytes(as_mac(ip4() / udp(t)))),
    "mpls-137": lambda t: ip4(N.WEB, proto=137) / Raw(bytes(MPLS(label=16, s=1, ttl=9) / ip4() / udp(t))),
    "teredo": lambda t: ip4(N.WEB) / UDP(sport=3544, dport=3544) / ip6() / udp(t),
    "vxlan": lambda t: ip4(N.WEB) / UDP(sport=9, dport=4789) / VXLAN(vni=1) / as_mac(ip4() / udp(t)),
    "geneve": lambda t: ip4(N.WEB) / UDP(sport=9, dport=6081) /
    Raw(bytes.fromhex("0000655800000100") + bytes(as_mac(ip4() / udp(t)))),
    "gtp": lambda t: ip4(N.WEB) / UDP(sport=9, dport=2152) / GTP_U_Header(teid=1) / ip4() / udp(t),
    "wireguard": lambda t: ip4(N.WEB) / UDP(sport=9, dport=51820) / Raw(b"\4\0\0\0" + b"\0" * 12 + t),
}

PLAIN6 = {
    "udp6": lambda t: ip6() / udp(t),
    "echo6": lambda t: ip6() / ICMPv6EchoRequest(data=t),
    "error6": lambda t: ip6() / ICMPv6DestUnreach() / Raw(t),
    "solicitation6": lambda t: ip6(hlim=255) / ICMPv6ND_NS(tgt=N.SERVER6) / Raw(t),
    "advertisement6": lambda t: ip6(hlim=255) / ICMPv6ND_NA(tgt=N.TERMINAL6) / Raw(t),
    "dhcp6": lambda t: ip6() / UDP(sport=546, dport=547) / Raw(t),
    "spoofed6": lambda t: IPv6(src=N.PEER6, dst=N.SERVER6) / udp(t),
    "chain-1": lambda t: chain6(1) / udp(t),
    "chain-8": lambda t: chain6(8) / udp(t),
    "chain-9": lambda t: chain6(9) / udp(t),
    "chain-40": lambda t: chain6(40) / udp(t),
    "hop-by-hop": lambda t: ip6() / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / udp(t),
    "hop-by-hop-unknown": lambda t: ip6() / IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=0x1e, optdata=b"ab")]) / udp(t),
    "hop-by-hop-late": lambda t: ip6() / IPv6ExtHdrDestOpt() / IPv6ExtHdrHopByHop() / udp(t),
    "rh0": lambda t: ip6(N.ROUTER6) / IPv6ExtHdrRouting(type=0, addresses=[N.SERVER6]) / udp(t),
    "rh0-done": lambda t: ip6() / IPv6ExtHdrRouting(type=0, segleft=0, addresses=[N.ROUTER6]) / udp(t),
    "rh2": lambda t: ip6(N.ROUTER6) / IPv6ExtHdrRouting(type=2, addresses=[N.SERVER6]) / udp(t),
    "srv6": lambda t: ip6(N.ROUTER6) / IPv6ExtHdrSegmentRouting(addresses=[N.SERVER6, N.ROUTER6], segleft=1,
                                                                lastentry=1) / udp(t),
    "frag-atomic6": lambda t: ip6() / IPv6ExtHdrFragment(id=80) / udp(t),
    "frag6": pieces6,
    "frag6-backwards": lambda t: pieces6(t, order=(1, 0)),
    "frag6-tail": lambda t: pieces6(t, order=(1,)),
    "frag6-chain": lambda t: pieces6(t, IPv6ExtHdrDestOpt()),
    "frag6-elsewhere": lambda t: ip6(N.ROUTER6) / IPv6ExtHdrRouting(type=0, addresses=[N.SERVER6]) /
    IPv6ExtHdrFragment(id=81, m=1, nh=17) / Raw(t.ljust(64)),
    "cut-short6": lambda t: ip6(nh=60, plen=len(t) + 8) / Raw(b"\x3c\xff" + b"\0" * 6 + t),
    "no-next-header": lambda t: ip6(nh=59) / Raw(t),
    "unknown-next6": lambda t: ip6(nh=253) / Raw(t),
    "mobility6": lambda t: ip6(nh=135) / Raw(b"\x3b\0\0\0\0\0\0\0" + t),
    "sixtofour": lambda t: ip6(embed("2002::", 80)) / udp(t),
    "nat64": lambda t: ip6(embed("64:ff9b::", 0)) / udp(t),
    "nat64-local": lambda t: ip6(embed("64:ff9b:1::", 0)) / udp(t),
    "compatible": lambda t: ip6(embed("::", 0)) / udp(t),
    "isatap": lambda t: ip6(embed("2001:db8:30::5efe:0:0", 0)) / udp(t),
    "teredo-address": lambda t: ip6(teredo()) / udp(t),
    "multicast6": lambda t: ip6("ff02::fb") / udp(t, 5353),
}

TUNNEL6 = {
    "ip6ip6": lambda t: ip6(N.WEB6) / ip6() / udp(t),
    "ip4ip6": lambda t: ip6(N.WEB6, nh=4) / ip4() / udp(t),
    "gre6": lambda t: ip6(N.WEB6, nh=47) / GRE(proto=0x86dd) / ip6() / udp(t),
    "chain-tunnel": lambda t: ip6(N.WEB6) / IPv6ExtHdrDestOpt(nh=41) / ip6() / udp(t),
    "esp6": lambda t: ip6(N.WEB6, nh=50) / ESP(spi=1, seq=1, data=t),
    "vxlan6": lambda t: ip6(N.WEB6) / UDP(sport=9, dport=4789) / VXLAN(vni=1) / as_mac(ip6() / udp(t)),
}

# what a raw socket sends to one address and what the header says is another
MISMATCH = {
    "other-header": (N.WEB, lambda t: ip4() / udp(t)),
    "other-header6": (N.WEB6, lambda t: ip6() / udp(t)),
}

# no raw socket of the kernel takes these: their address has no route or the wrong form
PACKET_ONLY = {
    "mapped": lambda t: ip6(embed("::ffff:0:0", 0)) / udp(t),
    "lies-short": lambda t: ip4(len=20) / udp(t),
    "version-5": lambda t: ip4(version=5) / udp(t),
    "checksum-wrong": lambda t: ip4(chksum=1) / udp(t),
}


def ether(kind=None, dst=None, **fields):
    return Ether(src=N.OFFICE_MAC, dst=dst or N.ROUTER_MAC, **({"type": kind} if kind else {}), **fields)


# whole frames
FRAMES = {
    "next-hop-detour": lambda t: ether(dst=N.DETOUR_MAC) / ip4() / udp(t),
    "next-hop-all": lambda t: ether(dst="ff:ff:ff:ff:ff:ff") / ip4() / udp(t),
    "other-mac": lambda t: Ether(src="02:00:00:00:00:99", dst=N.ROUTER_MAC) / ip4() / udp(t),
    "vlan": lambda t: ether() / Dot1Q(vlan=5) / ip4() / udp(t),
    "vlan-0": lambda t: ether() / Dot1Q(vlan=0) / ip4() / udp(t),
    "qinq": lambda t: ether() / Dot1AD(vlan=5) / Dot1Q(vlan=6) / ip6() / udp(t),
    "snap": lambda t: ether(kind=len(t) + 36) / LLC() / SNAP(code=0x800) / ip4() / udp(t),
    "mpls": lambda t: ether(kind=0x8847) / MPLS(label=16, s=1, ttl=9) / ip4() / udp(t),
    "pppoe": lambda t: ether(kind=0x8864) / PPPoE(sessionid=1) / PPP(proto=0x21) / ip4() / udp(t),
    "wrong-type": lambda t: ether(kind=0x86dd) / Raw(bytes(ip4() / udp(t))),
    "experimental": lambda t: ether(kind=0x88b5) / Raw(t),
}


def put(name, way, address, packet):
    print(name, way, address, bytes(packet).hex())


def as_list(packets):
    return packets if isinstance(packets, list) else [packets]


def tag(name, way):
    return f"KB<{name}/{way}>".encode()


def put_ip(name, make, ways, to=None):
    for way in ways:
        for packet in as_list(make(tag(name, way))):
            address = to or packet.dst
            if way == "packet":
                packet = ether(kind=0x800 if packet.version in (4, 5) else 0x86dd) / packet
            put(name, way, address, packet)


def main():
    def wanted(name):
        return len(sys.argv) < 3 or name in sys.argv[2:]

    for table, ways in ((PLAIN4, ("raw", "nodefrag", "packet")), (TUNNEL4, ("raw", "packet")),
                        (PLAIN6, ("raw", "packet")), (TUNNEL6, ("raw", "packet")), (PACKET_ONLY, ("packet",))):
        for name in filter(wanted, table):
            put_ip(name, table[name], ways)
    for name in filter(wanted, MISMATCH):
        put_ip(name, MISMATCH[name][1], ("raw",), MISMATCH[name][0])
    for name in filter(wanted, FRAMES):
        put(name, "packet", "-", FRAMES[name](tag(name, "packet")))


main()
