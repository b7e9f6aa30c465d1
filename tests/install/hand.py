# SPDX-License-Identifier: GPL-2.0-or-later
"""Talks to the guest agent of QEMU: commands and files, from within the machine's directory."""
import base64
import collections
import fcntl
import json
import os
import random
import socket
import time

CHUNK = 1 << 20

Result = collections.namedtuple("Result", "status out err")


class Silence(Exception):
    """The machine does not answer, or says no."""


class Hand:
    """Each request has a connection of its own: QEMU lets in one at a time, and a machine that
    goes off between two requests must not take the next with it."""

    def __init__(self, timeout=30):
        self.timeout = timeout
        self.ask("guest-ping")

    def close(self):
        """Nothing is held between requests."""

    def ask(self, command, **arguments):
        return self._try(command, arguments, self.timeout)

    def _try(self, command, arguments, timeout):
        with open("hand.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(timeout)
                try:
                    link.connect("hand.sock")
                    self._sync(link, timeout)
                    link.sendall(self._line(command, arguments))
                    reply = json.loads(self._read(link, timeout))
                except (OSError, ValueError) as error:
                    raise Silence(f"no answer to {command}: {error}") from error
        if "error" in reply:
            raise Silence(f"{command}: {reply['error'].get('desc')}")
        return reply["return"]

    @staticmethod
    def _line(command, arguments):
        request = {"execute": command}
        if arguments:
            request["arguments"] = arguments
        return json.dumps(request).encode() + b"\n"

    def _sync(self, link, timeout):
        """Whatever is left of an earlier connection is passed over."""
        token = random.getrandbits(48)
        link.sendall(b"\xff" + self._line("guest-sync-delimited", {"id": token}))
        until = time.monotonic() + timeout
        while True:
            line = self._read(link, until - time.monotonic())
            try:
                if json.loads(line.split(b"\xff")[-1]).get("return") == token:
                    return
            except ValueError:
                pass

    @staticmethod
    def _read(link, timeout):
        """One line, byte by byte: what follows it belongs to the next reader."""
        until = time.monotonic() + timeout
        data = b""
        while not data.endswith(b"\n"):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("too late")
            link.settimeout(left)
            more = link.recv(CHUNK)
            if not more:
                raise ConnectionError("the machine hung up")
            data += more
        return data

    def run(self, words, stdin=b"", timeout=300):
        """Run @words as root; status None when they do not end in time (they are ended then)."""
        # through files: what it leaves running may keep its output open
        script = ('d=$(mktemp -d /run/hand.XXXXXX) && cd /root || exit 125\n'
                  '"$@" >"$d/out" 2>"$d/err"; status=$?\n'
                  'cat "$d/out"; cat "$d/err" >&2; rm -rf "$d"; exit "$status"')
        pid = self.ask("guest-exec", **{
            "path": "/usr/bin/env",
            "arg": ["-i", "HOME=/root", "USER=root", "LANG=C.UTF-8", "TERM=dumb",
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "setsid", "--wait", "/bin/sh", "-c", script, "hand",
                    "timeout", "--foreground", "--kill-after=5", str(timeout)] + list(words),
            "input-data": base64.b64encode(stdin).decode(), "capture-output": True})["pid"]
        until = time.monotonic() + timeout + 30
        pause, silent = 0.05, 0
        while True:
            try:
                state, silent = self.ask("guest-exec-status", pid=pid), 0
            except Silence:
                # a machine that compiles on a busy host answers late
                silent += 1
                if silent > 5:
                    raise
                time.sleep(1)
                continue
            if state["exited"]:
                break
            if time.monotonic() > until:
                return Result(None, b"", b"")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)
        status = state.get("exitcode", 128 + state.get("signal", 0))
        return Result(status, base64.b64decode(state.get("out-data", "")),
                      base64.b64decode(state.get("err-data", "")))

    def put(self, source, dest):
        """Copy a file of the host in, with its mode."""
        handle = self.ask("guest-file-open", path=dest, mode="wb")
        with open(source, "rb") as file:
            while chunk := file.read(CHUNK):
                while chunk:
                    done = self.ask("guest-file-write", **{
                        "handle": handle, "buf-b64": base64.b64encode(chunk).decode()})["count"]
                    chunk = chunk[done:]
        self.ask("guest-file-close", handle=handle)
        self.run(["chmod", format(os.stat(source).st_mode & 0o7777, "o"), dest], timeout=30)

    def get(self, source, dest):
        """Copy a file of the machine out."""
        handle = self.ask("guest-file-open", path=source, mode="rb")
        with open(dest, "wb") as file:
            eof = False
            while not eof:
                part = self.ask("guest-file-read", handle=handle, count=CHUNK)
                file.write(base64.b64decode(part["buf-b64"]))
                eof = part["eof"]
        self.ask("guest-file-close", handle=handle)
