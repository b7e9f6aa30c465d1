# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody between terminal and beacon: hears questions on the link, asks the true beacon, and answers in its own way.

relay.py INTERFACE PORT WAY     the true beacon listens at ::1, UDP port PORT
  far SECONDS    answers as the beacon does, but so much later: the beacon stands elsewhere
  replay         asks once and says the same to everybody who asks later
  routed         answers as if through a router
  edited         changes a bit of each answer
"""
import socket
import struct
import sys
import time

GROUP, ASKED = "ff02::6b69:646f", 5869


def answer_of(beacon, port, question):
    beacon.sendto(question, ("::1", port))
    return beacon.recv(500)


def main(interface, port, way, seconds=0.0):
    ears = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    ears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ears.bind((GROUP, ASKED, 0, socket.if_nametoindex(interface)))
    ears.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                    socket.inet_pton(socket.AF_INET6, GROUP) + struct.pack("@I", socket.if_nametoindex(interface)))
    mouth = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    mouth.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 64 if way == "routed" else 255)
    beacon = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    beacon.settimeout(10)
    said = None
    print("listening", flush=True)
    while True:
        question, asker = ears.recvfrom(500)
        if said is None or way != "replay":
            said = answer_of(beacon, port, question)
            if way == "replay":
                print("recorded", flush=True)
                continue
        reply = said
        if way == "edited":
            reply = said[:30] + bytes([said[30] ^ 1]) + said[31:]
        time.sleep(float(seconds))
        mouth.sendto(reply, asker)


main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
