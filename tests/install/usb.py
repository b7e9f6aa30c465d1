# SPDX-License-Identifier: GPL-2.0-or-later
"""USB devices of a pristine machine, plugged and pulled through QMP, from its directory."""
import fcntl
import json
import os
import socket
import time

PORTS = 15
# the driver in QEMU, what is behind it, the speed's root hub as the kernel numbers them
TYPES = {
    "storage": ("usb-storage", "medium", 2),  # 46f4:0001
    "uas": ("usb-uas", None, 2),
    "net": ("usb-net", "network", 1),  # 0525:a4a2
    "keyboard": ("usb-kbd", None, 1),  # 0627:0001
    "mouse": ("usb-mouse", None, 1),
    "tablet": ("usb-tablet", None, 1),
    "ccid": ("usb-ccid", None, 1),  # 08e6:4433
    "serial": ("usb-serial", "character", 1),
    "audio": ("usb-audio", "sound", 1),
    "hub": ("usb-hub", None, 1),
}
UNITS = {"K": 10, "M": 20, "G": 30}


class Refused(Exception):
    """QEMU says no."""


def qmp(command, **arguments):
    return Talk().ask(command, **arguments)


class Talk:
    """One conversation with QEMU; others wait for its end."""

    def __init__(self, timeout=30):
        self.lock = open("qmp.lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(timeout)
        self.link.connect("qmp.sock")
        self.file = self.link.makefile("rwb")
        self.events = []
        json.loads(self.file.readline())
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        request = {"execute": command, "arguments": arguments}
        self.file.write(json.dumps(request).encode() + b"\n")
        self.file.flush()
        while True:
            reply = json.loads(self.file.readline() or b'{"error": {"desc": "QEMU is gone"}}')
            if "error" in reply:
                raise Refused(f"{command}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]
            self.events.append(reply)

    def await_gone(self, device, seconds):
        """Wait for the event that says that @device is gone."""
        until = time.monotonic() + seconds
        while not any(e["event"] == "DEVICE_DELETED" and e["data"].get("device") == device
                      for e in self.events):
            left = until - time.monotonic()
            if left <= 0:
                raise Refused(f"{device} does not go")
            self.link.settimeout(left)
            self.events.append(json.loads(self.file.readline()))


def read_ports():
    try:
        with open("ports.json") as file:
            return {int(port): name for port, name in json.load(file).items()}
    except (OSError, ValueError):
        return {}


def write_ports(ports):
    with open("ports.json", "w") as file:
        json.dump(ports, file)


def value_of(text):
    if text in ("on", "true"):
        return True
    if text in ("off", "false"):
        return False
    return text


class Device:
    """'ID TYPE key=value…': keys are properties of QEMU's device; size= and file= are the medium's."""

    def __init__(self, text, taken):
        words = text.split()
        if len(words) < 2 or words[1] not in TYPES:
            raise Refused(f"not 'ID TYPE [key=value…]' with a type of {' '.join(TYPES)}: {text}")
        self.id, self.type = words[:2]
        self.driver, self.behind, self.bus = TYPES[self.type]
        keys = dict(word.split("=", 1) for word in words[2:])
        self.size, self.path = keys.pop("size", "64M"), keys.pop("file", None)
        if "port" in keys:
            self.port = keys.pop("port")
        else:
            self.port = next(p for p in range(1, PORTS + 1) if p not in taken)
        self.props = {key: value_of(value) for key, value in keys.items()}

    @property
    def name(self):
        """(root hub, port): below /sys/bus/usb/devices it is called 2-3 or so."""
        return self.bus, self.port

    def backend(self):
        """Kind, id and properties of what is behind it."""
        if self.behind == "medium":
            if not self.path:
                self.path = os.path.join("media", self.id + ".img")
                size = int(self.size[:-1]) << UNITS[self.size[-1]]
                if not os.path.exists(self.path):
                    with open(self.path, "w") as file:
                        file.truncate(size)
            return {"driver": "raw", "node-name": f"m-{self.id}",
                    "file": {"driver": "file", "filename": self.path}}
        return None

    def device(self):
        prop = {"driver": self.driver, "id": self.id, "bus": "usb.0", "port": str(self.port), **self.props}
        if self.behind:
            prop[{"medium": "drive", "network": "netdev", "character": "chardev",
                  "sound": "audiodev"}[self.behind]] = "none" if self.behind == "sound" else f"m-{self.id}"
        return prop

    def arguments(self):
        """For QEMU's command line."""
        args = []
        if self.behind == "medium":
            args += ["-blockdev", json.dumps(self.backend())]
        elif self.behind == "network":
            args += ["-netdev", f"hubport,id=m-{self.id},hubid=0"]
        elif self.behind == "character":
            args += ["-chardev", f"null,id=m-{self.id}"]
        return args + ["-device", json.dumps(self.device())]

    def plug(self, talk):
        if self.behind == "medium":
            talk.ask("blockdev-add", **self.backend())
        elif self.behind == "network":
            talk.ask("netdev_add", type="hubport", id=f"m-{self.id}", hubid=0)
        elif self.behind == "character":
            talk.ask("chardev-add", id=f"m-{self.id}", backend={"type": "null", "data": {}})
        try:
            talk.ask("device_add", **self.device())
        except Refused:
            put_away(talk, self.id)
            raise


def put_away(talk, name):
    """Remove what was behind a device that is gone."""
    for command, key in (("blockdev-del", "node-name"), ("netdev_del", "id"), ("chardev-remove", "id")):
        try:
            talk.ask(command, **{key: f"m-{name}"})
        except Refused:
            pass


def plug(text):
    """Plug it in; returns (root hub, port)."""
    talk = Talk()
    taken = read_ports()
    device = Device(text, taken)
    device.plug(talk)
    taken[device.port] = device.id
    write_ports({port: name for port, name in taken.items() if isinstance(port, int)})
    return device.name


def unplug(name):
    """Pull it out; returns when it is gone."""
    talk = Talk()
    talk.ask("device_del", id=name)
    talk.await_gone(name, 30)
    put_away(talk, name)
    write_ports({port: other for port, other in read_ports().items() if other != name})
