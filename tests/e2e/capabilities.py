#!/usr/bin/env python3
"""What `rtcscope observe` needs, capability by capability, and what it has left when it runs.

usage: capabilities.py RTCSCOPE

As another user with exactly the capabilities named: it runs, or says in one line what is missing. As root: it gives
up what it had. Exit status 77: skipped.
"""

import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from lab import sandbox  # noqa: E402

NOBODY = 65534
NET_RAW_BIT = 1 << 13
FAILURES = 0


def check(what: str, holds: bool, seen: str = "") -> None:
    global FAILURES
    FAILURES += not holds
    print(f"{'ok  ' if holds else 'FAIL'} {what}" + ("" if holds else f": {seen}"), flush=True)


class Observer:
    """One run; `says` is its first output: a line of success, or the fault."""

    def __init__(self, program: Path, folder: Path, options: list[str], prefix: list[str]):
        command = [*prefix, str(program), "observe", "--interface", "lo", "--listen", "127.0.0.1:0"]
        command += ["--store", f"sqlite:{folder / 'store' / 'rtcscope.db'}", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.running = self._process.stdout.readline().startswith("listening on ")
        self.pid = self._process.pid

    def end(self) -> tuple[int, str]:
        """Exit status and everything on standard error."""
        self._process.send_signal(signal.SIGTERM)
        _, errors = self._process.communicate(timeout=30)
        return self._process.returncode, errors


def as_nobody(capabilities: list[str]) -> list[str]:
    sets = ",".join(["-all", *(f"+{name}" for name in capabilities)])
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={sets}",
            f"--ambient-caps={sets}", f"--bounding-set={sets}"]


def fails_for_want_of(program: Path, folder: Path, options: list[str], capabilities: list[str], missing: str) -> None:
    observer = Observer(program, folder, options, as_nobody(capabilities))
    status, errors = observer.end()
    lines = errors.strip().splitlines()
    what = f"{options} with {capabilities or 'nothing'} fails and names {missing}"
    check(what, not observer.running and status == 1 and len(lines) == 1 and missing in errors, f"{status} {errors}")


def runs(program: Path, folder: Path, options: list[str], capabilities: list[str], kept: int = NET_RAW_BIT) -> None:
    observer = Observer(program, folder, options, as_nobody(capabilities))
    left = status_of(observer.pid) if observer.running else {}
    status, errors = observer.end()
    check(f"{options} with {capabilities} runs", observer.running and status == 0, errors)
    check(f"  and keeps {kept:#x} only", int(left.get("CapPrm", "-1"), 16) == kept, str(left))


def status_of(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def root_becomes_somebody_else(program: Path, folder: Path, tap: list[str], kept: int) -> None:
    observer = Observer(program, folder, [*tap, "--user", "nobody"], [])
    left = status_of(observer.pid) if observer.running else {}
    threads = [status_of(int(task.name)) for task in Path(f"/proc/{observer.pid}/task").iterdir()] if left else []
    core = Path(f"/proc/{observer.pid}/limits").read_text() if left else ""
    status, errors = observer.end()
    check(f"as root {tap} runs", status == 0, errors)
    for name, want in {"Uid": f"{NOBODY}\t" * 3 + str(NOBODY), "Groups": "", "NoNewPrivs": "1", "Seccomp": "2"}.items():
        check(f"  {name} is {want!r} in each of {len(threads)} threads", bool(threads) and all(t[name] == want for t in threads), str(left))
    for name in ("CapPrm", "CapEff", "CapBnd"):
        check(f"  {name} is {kept:#x}", bool(threads) and all(int(t[name], 16) == kept for t in threads), str(left))
    check("  no core dump", any(line.split()[4:6] == ["0", "0"] for line in core.splitlines() if "core file" in line), core)


def multi_links() -> bool:
    release = platform.release().split("-")[0].split(".")
    return (int(release[0]), int(release[1])) >= (6, 6)


def copies(program: Path, folder: Path) -> None:
    packet = ["--tap", "packet"]
    fails_for_want_of(program, folder, packet, [], "CAP_NET_RAW")
    runs(program, folder, packet, ["net_raw"])
    keys = [*packet, "--keys", "on"]
    for given in ([], ["bpf"]):
        fails_for_want_of(program, folder, keys, ["net_raw", *given], "CAP_PERFMON")
    fails_for_want_of(program, folder, keys, ["net_raw", "perfmon"], "CAP_BPF")
    if multi_links():
        runs(program, folder, keys, ["net_raw", "bpf", "perfmon"])
    runs(program, folder, [*packet, "--keys", "auto"], ["net_raw"])


def in_the_kernel(program: Path, folder: Path) -> None:
    needed = ["bpf", "perfmon", "net_admin"]
    for missing in needed:
        given = [name for name in needed if name != missing]
        fails_for_want_of(program, folder, ["--tap", "tc"], given, f"CAP_{missing.upper()}")
    for kind in ("tc", "xdp"):
        runs(program, folder, ["--tap", kind], needed, kept=0)


def run(program: Path, folder: Path) -> None:
    copies(program, folder)
    in_the_kernel(program, folder)
    root_becomes_somebody_else(program, folder, ["--tap", "packet"], NET_RAW_BIT)
    root_becomes_somebody_else(program, folder, ["--tap", "tc"], 0)


def main() -> int:
    if os.geteuid() != 0:
        sandbox.skip("needs root: capabilities are given and taken")
    sandbox.require("setpriv")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "store").mkdir()
        os.chown(folder / "store", NOBODY, NOBODY)
        built = Path(sys.argv[1])
        for program in (built, built.with_name("rtcscope-server")):  # where another user may start them
            shutil.copy(program, folder)
        run(folder / built.name, folder)
    print(f"{FAILURES} checks failed")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    raise SystemExit(main())
