# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine in QEMU before its root file system is there: its screen, and a USB keyboard to type on."""
import json
import os
import re
import socket
import subprocess
import time

COLUMNS, TEXT = 80, 32768
SHIFTED = {">": "dot", "|": "backslash", "_": "minus", ":": "semicolon", "$": "4", "*": "8", "&": "7"}
PLAIN = {" ": "spc", "/": "slash", "-": "minus", ".": "dot", "=": "equal", ";": "semicolon", "\n": "ret"}
ERASE = "\x15"


class Silence(Exception):
    """What was waited for did not come."""


class Machine:
    """One boot. The only keyboard is on USB: there is no other that keys could come from."""

    def __init__(self, home, kernel, initrd, disk, append, more=()):
        os.makedirs(home, exist_ok=True)
        self.home = home
        self.log = os.path.join(home, "console.log")
        for name in (self.log, home + "/qmp"):
            if os.path.exists(name):
                os.remove(name)
        stick = home + "/stick.raw"
        with open(stick, "wb") as file:
            file.truncate(16 << 20)
        arguments = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot", "-machine", "q35,i8042=off,sata=off,smbus=off", "-accel", "tcg,thread=multi",
            "-cpu", "max,la57=off,cx16=off", "-smp", "2", "-m", "1024", "-vga", "std",
            "-serial", "file:console.log", "-qmp", "unix:qmp,server=on,wait=off",
            "-drive", f"file={disk},if=virtio,format=raw,snapshot=on",
            "-device", "qemu-xhci,id=usb", "-device", "usb-kbd,bus=usb.0",
            "-drive", "file=stick.raw,if=none,id=medium,format=raw",
            "-device", "usb-storage,drive=medium,bus=usb.0,serial=PRESENT",
            "-kernel", kernel, "-initrd", initrd, "-append",
            # text on the screen can be read, and the screen is where people type
            "console=ttyS0 console=tty0 nomodeset mitigations=off nokaslr "
            # a busy host makes the TSC look many times faster than it is, and every wait run out
            "tsc=unstable clocksource=acpi_pm no_timer_check rcupdate.rcu_cpu_stall_timeout=300 "
            "watchdog_thresh=60 " + append, *more]
        self.qemu = subprocess.Popen(arguments, cwd=home, stdin=subprocess.DEVNULL,
                                     stdout=open(home + "/qemu.log", "w"), stderr=subprocess.STDOUT)
        self.link = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.qemu.kill()
        self.qemu.wait()

    def ask(self, command, **arguments):
        if not self.link:
            until = time.monotonic() + 30
            while True:
                try:
                    link = socket.socket(socket.AF_UNIX)
                    link.connect(os.path.relpath(self.home + "/qmp"))
                    break
                except OSError:
                    if time.monotonic() > until or self.qemu.poll() is not None:
                        raise
                    time.sleep(0.1)
            self.link = link.makefile("rwb")
            json.loads(self.link.readline())
            self.ask("qmp_capabilities")
        self.link.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        self.link.flush()
        while True:
            reply = json.loads(self.link.readline())
            if "error" in reply:
                raise Silence(f"{command}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]

    def serial(self):
        try:
            with open(self.log, errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def screen(self):
        """What stands on the screen or was scrolled off it: the whole text memory, in which the screen moves."""
        self.ask("pmemsave", val=0xb8000, size=TEXT, filename=self.home + "/screen")
        with open(self.home + "/screen", "rb") as file:
            text = file.read()[::2].decode("cp437").replace("\0", " ")
        return "\n".join(text[i:i + COLUMNS].rstrip() for i in range(0, len(text), COLUMNS))

    def await_text(self, where, pattern, seconds=420):
        """The match of @pattern in self.serial or self.screen."""
        until = time.monotonic() + seconds
        while True:
            ended = self.qemu.poll() is not None
            text = "" if ended and where == self.screen else where()
            found = re.search(pattern, text)
            if found:
                return found
            if ended or time.monotonic() > until:
                raise Silence(f"{pattern}: not there{' when the machine ended' if ended else ''}; last:\n"
                              + "\n".join((text or self.serial()).rstrip().splitlines()[-25:]))
            time.sleep(0.3)

    def type(self, text):
        for char in text:
            shift = char in SHIFTED or char.isupper()
            key = SHIFTED.get(char) or PLAIN.get(char) or char.lower()
            keys = ["shift", key] if shift else [key]
            if char == ERASE:
                keys = ["ctrl", "u"]
            self.ask("send-key", keys=[{"type": "qcode", "data": k} for k in keys])
            time.sleep(0.15)  # one key after another, as a hand does: QEMU holds each for 100 ms
