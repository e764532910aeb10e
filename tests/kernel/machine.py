"""A machine with another kernel: QEMU boots it with programs of this one in its initial RAM disk."""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

_BUSYBOX = Path("/bin/busybox")

# What has to be there before a program runs. busybox has it, but for a shell: its own takes its own commands
# for those in PATH.
_INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin/bb
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/bin/bb HOME=/root LC_ALL=C GTEST_COLOR=no
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mkdir -p /dev/shm /run /var/tmp
mount -t tmpfs none /dev/shm
mount -t bpf none /sys/fs/bpf
mount -t tracefs none /sys/kernel/tracing
mount -t cgroup2 none /sys/fs/cgroup
chmod 1777 /tmp /var/tmp /dev/shm
for module in /modules/*; do insmod $module; done
ip link set lo up
/bin/sh /run-this 2>&1
poweroff -f
"""


class Machine:
    """What goes into the machine's RAM disk, and then one run of it."""

    def __init__(self, kernel: Path):
        """`kernel`: a folder with boot/vmlinuz-* and lib/modules, as tools/fetch_kernel.sh leaves it."""
        self._image = min((kernel / "boot").glob("vmlinuz-*"))
        self._modules = min((kernel / "lib/modules").iterdir()) / "kernel"
        self._folder = tempfile.TemporaryDirectory(prefix="rtcscope-kernel-")
        self._root = Path(self._folder.name) / "root"
        for name in ("usr/bin/bb", "proc", "sys", "dev", "tmp", "root", "modules"):
            (self._root / name).mkdir(parents=True)
        # Debian's own: one file is found by two names.
        for name in ("bin", "sbin", "lib", "lib64"):
            (self._root / "usr" / name).mkdir(exist_ok=True)
            (self._root / name).symlink_to(f"usr/{name}")
        self._add_file(_BUSYBOX)
        self._add_file(Path("/bin/sh"))
        self._write("init", _INIT)

    @property
    def release(self) -> str:
        """Of the kernel, as uname -r says it."""
        return self._image.name.removeprefix("vmlinuz-")

    def add(self, path: Path):
        """A file or a folder, where it is here; of programs, the libraries too."""
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                self._add_file(file)

    def add_module(self, name: str):
        """A module that needs no other, inserted in the order of the calls."""
        count = len(list((self._root / "modules").iterdir()))
        shutil.copy(next(self._modules.rglob(f"{name}.ko")), self._root / "modules" / f"{count:02}-{name}.ko")

    def run(self, script: str, seconds: int) -> str:
        """Boots, runs `script` with /bin/sh as root, prints what the console shows, and gives it back."""
        self._write("run-this", script)
        disk = self._pack()
        command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2G",
                   "-nographic", "-no-reboot", "-net", "none", "-kernel", str(self._image), "-initrd", str(disk),
                   "-append", "console=ttyS0 quiet panic=-1"]
        lines = []
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as machine:
            stop = threading.Timer(seconds, machine.kill)
            stop.start()
            for line in machine.stdout:
                lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
                print(lines[-1], flush=True)
            stop.cancel()
        return "\n".join(lines) + "\n"

    def close(self):
        self._folder.cleanup()

    def _write(self, name: str, text: str):
        file = self._root / name
        file.write_text(text)
        file.chmod(0o755)

    def _add_file(self, file: Path):
        there = self._root / file.relative_to("/")
        if there.exists():
            return
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, there)
        if os.access(file, os.X_OK):
            for library in _libraries(file):
                self._add_file(library)

    def _pack(self) -> Path:
        disk = Path(self._folder.name) / "initrd"
        with disk.open("wb") as out:
            names = subprocess.run(["find", ".", "-print0"], cwd=self._root, check=True, capture_output=True).stdout
            subprocess.run(["cpio", "--create", "--format=newc", "--null", "--quiet"], cwd=self._root, input=names,
                           stdout=out, check=True)
        return disk


def _libraries(program: Path) -> list[Path]:
    """What the loader maps for a program; nothing for scripts and for those that are linked statically."""
    shown = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", shown)]
