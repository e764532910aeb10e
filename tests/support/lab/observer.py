"""`rtcscope observe` on the server of a call, and questions to its API."""

import json
import subprocess
import sys
from pathlib import Path

from .call import Call
from .checks import Checks
from .topology import SERVER

API = "127.0.0.1:8080"  # of the server's namespace: nobody else is there
_CHECK_CALL = Path(__file__).resolve().parents[2] / "e2e" / "check_call.py"


class Observer:
    """`checks` counts what did not hold; until() and check() add to it. `api`: where it listens."""

    def __init__(self, call: Call, rtcscope: Path, patience_s: float = 90, api: str = API):
        self.call, self._rtcscope, self._api = call, str(rtcscope), api
        self.checks = Checks(patience_s)

    def start(self, name: str, *options: str, store: str = "") -> None:
        """Returns when its API listens. `store`: of an earlier run; its own where there was none."""
        place = f"sqlite:{self.call.work_dir / (store or name)}.db"
        command = [self._rtcscope, "observe", "--interface", "eth0", "--listen", self._api, "--store", place, *options]
        self.call.on_server(name, *command)
        address, _, port = self._api.partition(":")
        self.call.wait_for_port(address, int(port))

    def get(self, path: str) -> dict:
        program = f"import urllib.request as u; print(u.urlopen('http://{self._api}/api/v1/{path}', timeout=10).read().decode())"
        command = self.call.topology.command(SERVER, sys.executable, "-c", program)
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def source(self) -> dict:
        return self.get("stats")["feed"]["sources"][0]

    def linked(self) -> list[dict]:
        """Flows with media whose connection is known."""
        return [flow for flow in self.get("flows")["items"] if flow["rtp_packets"] and flow["connection_id"]]

    def check(self, phase: str) -> None:
        """Compares as of now with what the clients counted."""
        truth = self.call.work_dir / f"truth-{phase}.json"
        truth.write_text(json.dumps(self.call.truth(), indent=1))
        command = [sys.executable, str(_CHECK_CALL), phase, "--api", f"http://{self._api}", "--truth", str(truth)]
        self.checks.failures += subprocess.run(self.call.topology.command(SERVER, *command)).returncode
