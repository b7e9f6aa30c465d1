# SPDX-License-Identifier: GPL-2.0-or-later
"""Terminals as directories, made by mmdebstrap, and what they boot from: images, disks, additions."""
import gzip
import hashlib
import os
import shutil
import subprocess
import sys

TREE = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "../.."))
CACHE = os.path.join(os.environ.get("KIDOBAN_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kidoban"), "install")
PACKAGES = ("systemd-sysv,udev,kmod,libyaml-0-2,libnl-3-200,libnl-genl-3-200,libnl-route-3-200,libssl3,"
            "libarchive13,usbutils,procps,zstd,dbus,libudev1,cryptsetup")
KINDS = {"initramfs-tools": "initramfs-tools,cryptsetup-initramfs,busybox", "dracut": "dracut"}
TOOLS = {"initramfs-tools": ["update-initramfs", "-u", "-k", "all"],
         "dracut": ["dracut", "--quiet", "--force", "--no-hostonly"]}


def run(*words, **more):
    return subprocess.run(words, check=True, **more)


def output(*words, **more):
    return run(*words, stdout=subprocess.PIPE, text=True, **more).stdout.strip()


def base(kind):
    """A cached directory with a Debian 12 and nothing of ours."""
    packages = f"{PACKAGES},{KINDS[kind]}"
    home = os.path.join(CACHE, f"early-{kind}-{hashlib.sha256(packages.encode()).hexdigest()[:12]}")
    if not os.path.isdir(home):
        print(f"# making a Debian 12 with {kind}", flush=True)
        os.makedirs(CACHE, exist_ok=True)
        new = f"{home}.new"
        shutil.rmtree(new, ignore_errors=True)
        script = (f'. {TREE}/tests/vm/apt.sh; say() {{ echo "$*" >&2; }}; die() {{ say "$@"; exit 1; }}; '
                  f'derive_sources bookworm {new}.list')
        run("bash", "-euc", script)
        with open(f"{new}.log", "w") as log:
            run("unshare", "-m", "mmdebstrap", "--mode=root", "--variant=apt",
                "--format=directory", f"--include={packages}", "bookworm", new, f"{new}.list",
                stdout=log, stderr=log)
        os.rename(new, home)
    return home


class Root:
    """A terminal's root file system, with kernel, module, trust and two policies."""

    def __init__(self, kind, home, again=False):
        self.kind, self.path = kind, home
        kernel = dict(line.split("=", 1) for line in output(
            TREE + "/tests/vm/kernel", "6.1").splitlines())
        self.release, self.kernel = kernel["release"], kernel["vmlinuz"]
        self.module = f"{TREE}/build/kmod/{self.release}/kidoban.ko"
        if again and os.path.isdir(home):
            return
        shutil.rmtree(home, ignore_errors=True)
        run("cp", "-a", "--reflink=auto", base(kind), home)
        modules = self.at(f"lib/modules/{self.release}")
        shutil.rmtree(modules, ignore_errors=True)
        run("cp", "-a", kernel["modules"], modules)
        for name in os.listdir(self.at("boot")):
            os.remove(self.at("boot/" + name))
        for name in ("build", "source"):
            if os.path.islink(f"{modules}/{name}"):
                os.remove(f"{modules}/{name}")
        shutil.copy(self.kernel, self.at(f"boot/vmlinuz-{self.release}"))
        shutil.copy(os.path.join(kernel["root"], f"boot/config-{self.release}"), self.at("boot"))
        # an image that is looked at once need not be small
        self.write("etc/initramfs-tools/conf.d/quick", "COMPRESS=zstd\nCOMPRESSLEVEL=1\n")
        self.write("etc/dracut.conf.d/quick.conf", 'compress="zstd -1 -q"\n')
        run("make", "-s", "-C", TREE, "install-command", "install-agent", "install-early", f"DESTDIR={home}",
            stdout=subprocess.DEVNULL)

    def at(self, path):
        return os.path.join(self.path, path)

    def write(self, path, text, mode=0o644):
        os.makedirs(os.path.dirname(self.at(path)), exist_ok=True)
        with open(self.at(path), "w") as file:
            file.write(text)
        os.chmod(self.at(path), mode)

    def install_module(self):
        to = self.at(f"lib/modules/{self.release}/updates/kidoban.ko")
        os.makedirs(os.path.dirname(to), exist_ok=True)
        run("strip", "--strip-debug", "-o", to, self.module)
        run("chroot", self.path, "depmod", self.release)

    def inside(self, *words, **more):
        """Run a command there; what is mounted for it goes with it."""
        script = ('mount -t proc proc "$0/proc"; mount -t sysfs -o ro sysfs "$0/sys"; mount --bind /dev "$0/dev"; '
                  'mount -t tmpfs tmpfs "$0/run"; exec chroot "$0" "$@"')
        return subprocess.run(["unshare", "-m", "--propagation", "private", "sh", "-ec", script, self.path,
                               *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, **more)

    def image_path(self):
        return self.at(f"boot/initrd.img-{self.release}")

    def make_image(self, bare=False):
        """Make the image by its tool, @bare without the kernel's own modules; what was said."""
        words = list(TOOLS[self.kind])
        if bare:
            self.write("etc/initramfs-tools/conf.d/bare", "MODULES=list\n")
        if self.kind == "dracut":
            words += ["--omit", "kernel-modules"] if bare else []
            words += ["--add", "crypt", f"/boot/initrd.img-{self.release}", self.release]
        elif not os.path.exists(self.image_path()):
            words = ["update-initramfs", "-c", "-k", self.release]
        done = self.inside(*words)
        if bare:
            os.remove(self.at("etc/initramfs-tools/conf.d/bare"))
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stdout}")
        return done.stdout

    def disk(self, to):
        """Itself on a disk, to boot until people could log in."""
        self.write("etc/fstab", "/dev/vda / ext4 errors=remount-ro 0 1\n")
        self.write("usr/local/sbin/report", REPORT, 0o755)
        self.write("etc/systemd/system/report.service", UNIT)
        for unit in ("report", "kidoband"):
            wanted = "multi-user" if unit == "report" else "sysinit"
            os.makedirs(self.at(f"etc/systemd/system/{wanted}.target.wants"), exist_ok=True)
            link = self.at(f"etc/systemd/system/{wanted}.target.wants/{unit}.service")
            if not os.path.islink(link):
                os.symlink(("/etc" if unit == "report" else "/lib") + f"/systemd/system/{unit}.service", link)
        # whoever logs in there hangs the line up on the report
        login = self.at("etc/systemd/system/serial-getty@ttyS0.service")
        if not os.path.islink(login):
            os.symlink("/dev/null", login)
        if os.path.exists(to):
            os.remove(to)
        with open(to, "wb") as file:
            file.truncate(3 << 30)
        run("mke2fs", "-q", "-t", "ext4", "-E", "root_owner=0:0,lazy_itable_init=1", "-d", self.path, to,
            env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin"))
        return to

    def image_files(self):
        tool = "lsinitramfs" if self.kind == "initramfs-tools" else "lsinitrd"
        return self.inside(tool, f"/boot/initrd.img-{self.release}").stdout


def addition(files, to):
    """An archive that the kernel unpacks over the image before it: {path: bytes}."""
    work = to + ".d"
    shutil.rmtree(work, ignore_errors=True)
    for path, data in files.items():
        os.makedirs(os.path.dirname(os.path.join(work, path)), exist_ok=True)
        with open(os.path.join(work, path), "wb") as file:
            file.write(data)
    # the kernel makes no directories by itself
    names = set(files)
    for path in files:
        while os.path.dirname(path):
            path = os.path.dirname(path)
            names.add(path)
    names = "\n".join(sorted(names)) + "\n"
    packed = subprocess.run(["cpio", "-o", "-H", "newc", "-R", "0:0", "--quiet"], input=names.encode(), cwd=work,
                            stdout=subprocess.PIPE, check=True).stdout
    with open(to, "wb") as file:
        file.write(gzip.compress(packed))


def with_addition(image, files, to):
    if files:
        addition(files, to + ".add")
    with open(to, "wb") as out:
        for part in (image, to + ".add") if files else (image,):
            with open(part, "rb") as file:
                shutil.copyfileobj(file, out)
            out.write(b"\0" * (-out.tell() % 512))
    return to


INIT = """#!/bin/sh
# what the root file system finds when its turn has come
exec >/dev/ttyS0 2>&1 </dev/null
echo
sed 's/^/early: /' /run/kidoban/early
for driver in usb-storage uas usbhid; do
	for link in /sys/bus/usb/drivers/$driver/*:*; do
		[ ! -e "$link" ] || echo "bound: $driver ${link##*/}"
	done
done
for disk in /sys/block/sd*; do
	[ ! -e "$disk" ] || echo "disk: ${disk##*/}"
done
sed 's/^/present: /' /sys/bus/usb/devices/*/serial
echo "report: end"
poweroff -f
"""


UNIT = """[Unit]
After=multi-user.target kidoband.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/report
"""

REPORT = """#!/bin/sh
# a running system says what became of early boot
exec >/dev/ttyS0 2>&1 </dev/null
for _ in $(seq 60); do
	kidoban status | grep -q '1[.]12' && break
	sleep 1
done
echo
sed 's/^/early: /' /run/kidoban/early
kidoban status | sed 's/^/status: /'
kidoban doctor | sed 's/^/doctor: /'
journalctl -b -u kidoband -o cat --no-pager | sed 's/^/agent: /'
dmesg
for driver in usb-storage uas usbhid; do
	for link in /sys/bus/usb/drivers/$driver/*:*; do
		[ ! -e "$link" ] || echo "bound: $driver ${link##*/}"
	done
done
for disk in /sys/block/sd*; do
	[ ! -e "$disk" ] || echo "disk: ${disk##*/}"
done
sed 's/^/present: /' /sys/bus/usb/devices/*/serial
echo "report: end"
systemctl poweroff --force --force
"""


def encrypted_disk(to, passphrase):
    """A disk with LUKS on it, and in it the smallest root file system there is."""
    tree = to + ".d"
    shutil.rmtree(tree, ignore_errors=True)
    for name in ("bin", "sbin", "dev", "proc", "sys", "run", "etc", "usr/lib", "tmp"):
        os.makedirs(f"{tree}/{name}")
    busybox = shutil.which("busybox", path=os.environ["PATH"] + ":/bin:/usr/bin")
    shutil.copy(busybox, f"{tree}/bin/busybox")
    for name in ("sh", "sed", "echo", "poweroff"):
        os.symlink("busybox", f"{tree}/bin/{name}")
    with open(f"{tree}/sbin/init", "w") as file:
        file.write(INIT)
    os.chmod(f"{tree}/sbin/init", 0o755)
    with open(f"{tree}/etc/os-release", "w") as file:
        file.write("ID=tiny\n")
    plain = to + ".plain"
    for name in (plain, to):
        if os.path.exists(name):
            os.remove(name)
    with open(plain, "wb") as file:
        file.truncate(32 << 20)
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    run("mke2fs", "-q", "-t", "ext4", "-E", "root_owner=0:0", "-d", tree, plain,
        env=dict(os.environ, PATH=path))
    for attempt in range(20):
        # it measures the processor first, which on a busy one fails when it is to be quick
        time = 10 if attempt < 15 else 100
        done = subprocess.run(["qemu-img", "convert", "-q", "-O", "luks", "--object",
                               f"secret,id=s,data={passphrase}", "-o", f"key-secret=s,iter-time={time}", plain,
                               to],
                              check=False, stderr=subprocess.DEVNULL if attempt < 19 else None)
        if not done.returncode:
            break
    with open(to, "rb") as file:
        return file.read(208)[168:].split(b"\0")[0].decode()  # LUKS1: the UUID's place


if __name__ == "__main__":
    sys.exit("a part of tests/install/early")
