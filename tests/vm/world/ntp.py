#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A time server at the addresses given: answers NTP clients with this machine's time (RFC 5905).

A packaged server would replace the time service of the machine that the tests run on.
"""
import select
import socket
import struct
import sys
import time

SINCE_1900 = 2208988800


def stamp():
    now = time.time() + SINCE_1900
    return struct.pack("!II", int(now), int(now % 1 * 2**32))


def open_at(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = socket.socket(family, socket.SOCK_DGRAM)
    server.bind((address, 123))
    return server


def answer(server):
    question, who = server.recvfrom(1024)
    received = stamp()
    if len(question) < 48 or question[0] & 7 != 3:
        return
    version = question[0] >> 3 & 7
    head = struct.pack("!BBbbII4s", version << 3 | 4, 2, 6, -20, 64, 64, b"\x0a\x1e\0\1")
    server.sendto(head + received + question[40:48] + received + stamp(), who)


def main():
    servers = [open_at(address) for address in sys.argv[1:]]
    while True:
        for server in select.select(servers, [], [])[0]:
            answer(server)


main()
