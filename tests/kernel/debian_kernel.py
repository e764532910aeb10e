"""The tap, the key probe and the giving up of privileges under the kernel that Debian 12 runs.

The kernel of the machine that tests is another: its verifier, what it attaches (TCX, multi-uprobe links)
and what it lets go by differ. Ends with 77 (skipped) where there is no such kernel or no QEMU.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from machine import Machine  # noqa: E402

SKIPPED = 77
# An emulated processor beside other tests; alone it takes about three minutes.
SECONDS = 1500
MODULES = ("veth", "sch_ingress", "cls_bpf", "cls_u32")
PROGRAMS = ("ip", "tc")
# Users for privileges, and what names them.
FILES = ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf")
# What NSS, which Debian's libsrtp is built on, loads by name.
LOADED = ("libfreebl*.so*", "libsoftokn3.so*", "nss/*.so*")
# One of each kind: each loads the programs anew, which takes a quarter of a minute here.
BPF_TESTS = ("TapTest.EveryProgramLoads:TapTest.EachKindOfFrame:TapTest.ASuperPacketCountsAsItsSegments:"
             "SlotsTest.AreSharedByProcessors:Differential.Slices:Differential.HostileFrames")
# Links that one call attaches to many probes, and links at tc, came with Linux 6.6.
MAY_SKIP = re.compile(r"/MultiLink$|NothingOfALinkOutlivesItsProcess$")


def absolute(path: str) -> Path:
    return Path(path).absolute()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", type=absolute, required=True, help="folder of tools/fetch_kernel.sh")
    parser.add_argument("--rtcscope", type=absolute, required=True)
    parser.add_argument("--bpf", type=absolute, required=True, help="tests of the programs in the kernel")
    parser.add_argument("--add", type=absolute, action="append", default=[], help="files and folders to bring")
    parser.add_argument("tests", type=absolute, nargs="+", help="further programs with GoogleTest's main")
    return parser.parse_args()


def why_not(kernel: Path) -> str:
    """ "" when the machine can be made."""
    if not list(kernel.glob("boot/vmlinuz-*")):
        return f"{kernel} holds no kernel; tools/fetch_kernel.sh fetches Debian's (amd64 only)"
    missing = [name for name in ("qemu-system-x86_64", "busybox", "cpio") if not shutil.which(name)]
    return f"not installed: {', '.join(missing)}" if missing else ""


def script(options: argparse.Namespace) -> str:
    lines = [f"{options.rtcscope} doctor"]
    lines += [f"{options.bpf} --gtest_filter='{BPF_TESTS}'; echo EXIT $? {options.bpf.name}"]
    lines += [f"{test}; echo EXIT $? {test.name}" for test in options.tests]
    return "\n".join(lines) + "\n"


def faults(options: argparse.Namespace, release: str, console: str) -> list[str]:
    """What the console shows that should not be, or does not show."""
    found = []
    if f"Linux {release}" not in console:
        found.append(f"doctor names no kernel {release}")
    if "observe --tap auto would use: tc" not in console:
        found.append("observe --tap auto would not use the tap in the kernel")
    exits = dict(reversed(line.split()[1:]) for line in re.findall(r"^EXIT \d+ \S+$", console, re.M))
    for test in [options.bpf, *options.tests]:
        if exits.get(test.name) != "0":
            found.append(f"{test.name} ended with {exits.get(test.name, 'nothing')}")
    found += [f"failed: {name}" for name in sorted(set(re.findall(r"^\[  FAILED  \] ([A-Z][\w./]+)[ ,]", console, re.M)))]
    skipped = set(re.findall(r"^\[  SKIPPED \] ([\w./]+) \(", console, re.M))
    found += [f"skipped: {name}" for name in sorted(skipped) if not MAY_SKIP.search(name)]
    return found


def main() -> int:
    options = parse_arguments()
    reason = why_not(options.kernel)
    if reason:
        print(f"skipped: {reason}")
        return SKIPPED
    machine = Machine(options.kernel)
    for path in [options.rtcscope, options.bpf, *options.tests, *options.add, *map(Path, FILES)]:
        machine.add(path)
    for program in PROGRAMS:
        machine.add(Path(shutil.which(program)).resolve())
    for pattern in LOADED:
        for library in Path("/usr/lib/x86_64-linux-gnu").glob(pattern):
            machine.add(library)
    for module in MODULES:
        machine.add_module(module)
    console = machine.run(script(options), SECONDS)
    found = faults(options, machine.release, console)
    machine.close()
    passed = len(re.findall(r"^\[       OK \] .*\(\d+ ms\)$", console, re.M))
    print(f"Linux {machine.release}: {passed} tests passed")
    for fault in found:
        print(f"FAULT {fault}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
