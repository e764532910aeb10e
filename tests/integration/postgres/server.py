"""A PostgreSQL server of a test's own: in a folder, on a Unix socket, without anything of the system's."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77


def binaries() -> Path:
    """Where initdb and pg_ctl are: Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not found:
        print("SKIP: not installed: postgresql")
        sys.exit(SKIPPED)
    return found[-1]


class Server:
    def __init__(self, port: int | None = None):
        """With a port it listens on 127.0.0.1, too."""
        self.port = port
        self._bin = binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="rtcscope-pg-"))
        # The server refuses to run as root; initdb's user is its superuser.
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "--pgdata", str(self._data), "--auth", "trust", "--no-sync", "--encoding", "UTF8",
                  "--locale", "C.UTF-8")
        self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def url(self) -> str:
        port = "" if self.port is None else f"&port={self.port}"
        return f"postgresql:///postgres?host={self._folder}&user={self._user}{port}"

    @property
    def user(self) -> str:
        return self._user

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self._user, "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self._folder, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")

    def start(self, *settings: str) -> None:
        """`settings`: "name=value" each, until the next start."""
        options = "-c listen_addresses=" if self.port is None else f"-c listen_addresses=127.0.0.1 -p {self.port}"
        options += f" -c unix_socket_directories={self._folder}"
        options += "".join(f" -c {setting}" for setting in settings)
        # pg_ctl's server keeps the pipes open: its messages go to a file.
        command = [str(self._bin / "pg_ctl"), "start", "--wait", "--pgdata", str(self._data), "--options", options,
                   "--log", str(self._folder / "log")]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self._user, "--", *command]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder, check=True)

    def stop(self, mode: str = "immediate") -> None:
        """immediate: as a crash; the next start recovers."""
        self._run("pg_ctl", "stop", "--pgdata", str(self._data), "--mode", mode)

    def query(self, sql: str) -> str:
        done = subprocess.run([str(self._bin / "psql"), "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql,
                               self.url], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def close(self) -> None:
        try:
            self.stop()
        except RuntimeError:
            pass  # it was stopped
        shutil.rmtree(self._folder, ignore_errors=True)
