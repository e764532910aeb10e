"""Private namespaces for one test run.

enter() starts the calling program again as process 1 of new network, mount and process namespaces.
When that process ends, however it ends, the kernel ends every process below it and the namespaces
go with them: no name, no veth and no Janus can be left behind, and two runs cannot meet.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SKIP = 77  # SKIP_RETURN_CODE of the ctests
_MARK = "RTCSCOPE_LAB_SANDBOX"
_NETNS = Path("/run/netns")


def skip(reason: str) -> None:
    """Ends the program as a skipped test, with the reason on stdout."""
    print(f"SKIPPED: {reason}", flush=True)
    raise SystemExit(SKIP)


def require(*programs: str) -> None:
    """Skips the test unless every program is installed."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        skip(f"not installed: {', '.join(missing)}")


def enter() -> None:
    """Returns inside the namespaces; skips where this process may not make them."""
    if os.environ.get(_MARK) != "1":
        _start_again()
    _NETNS.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(_NETNS)], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _start_again() -> None:
    if os.geteuid() != 0:
        skip("needs root: the test makes network namespaces")
    require("unshare", "ip", "mount")
    unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode != 0:
        skip("this kernel or container does not allow new namespaces")
    os.execvpe("unshare", [*unshare, sys.executable, *sys.argv], {**os.environ, _MARK: "1"})


class Processes:
    """Background processes of a run; the newest is stopped first, each log is a file in log_dir."""

    def __init__(self, log_dir: Path):
        self._log_dir = log_dir
        self._running: list[tuple[str, subprocess.Popen]] = []

    def start(self, name: str, command: list[str], **popen) -> subprocess.Popen:
        """Starts the command with stdout and stderr in <log_dir>/<name>.log unless popen says otherwise."""
        log = open(self._log_dir / f"{name}.log", "wb")
        options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **popen}
        process = subprocess.Popen(command, start_new_session=True, **options)
        self._running.append((name, process))
        return process

    def send(self, name: str, sig: int) -> None:
        next(p for n, p in self._running if n == name).send_signal(sig)

    def stop(self, name: str, sig: int = signal.SIGTERM, patience_s: float = 5) -> int:
        """Returns the exit status of the named process, which is killed if patience runs out."""
        process = next(p for n, p in self._running if n == name)
        self._running = [(n, p) for n, p in self._running if n != name]
        if process.poll() is None:
            process.send_signal(sig)
        try:
            return process.wait(patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its own session: nobody else is in it
            return process.wait()

    def stop_all(self) -> None:
        while self._running:
            self.stop(self._running[-1][0])
