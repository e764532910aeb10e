"""`rtcscope observe` on the server of a call, and questions to its API."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from . import janus
from .call import Call
from .checks import Checks
from .topology import SERVER

API = "127.0.0.1:8080"  # of the server's namespace: nobody else is there
_CHECK_CALL = Path(__file__).resolve().parents[2] / "e2e" / "check_call.py"


class Observer:
    """`checks` counts what did not hold; until() and check() add to it. `api`: where it listens. `certificate`: what it
    serves HTTPS with; its key lies beside it."""

    def __init__(self, call: Call, rtcscope: Path, patience_s: float = 90, api: str = API, certificate: Path | None = None):
        self.call, self._rtcscope, self._api, self._certificate = call, str(rtcscope), api, certificate
        self.checks = Checks(patience_s)

    def start(self, name: str, *options: str, store: str = "") -> None:
        """Returns when its API listens. `store`: of an earlier run; its own where there was none."""
        self._start(name, ["observe", "--interface", "eth0"], options, store)

    def serve(self, name: str, *options: str, store: str = "") -> None:
        """The same without interfaces: what probes send is served."""
        self._start(name, ["serve"], options, store)

    def _start(self, name: str, command: list[str], options: tuple[str, ...], store: str) -> None:
        place = f"sqlite:{self.call.work_dir / (store or name)}.db"
        tls = ["--tls-cert", str(self._certificate), "--tls-key", str(self._certificate.with_name("key.pem"))] if self._certificate else []
        self.call.on_server(name, self._rtcscope, *command, "--listen", self._api, "--store", place, *tls, *options)
        address, _, port = self._api.partition(":")
        self.call.wait_for_port(address, int(port))

    def asking(self, address: str, secret: str = janus.ADMIN_SECRET) -> list[str]:
        """Options to ask the Admin API at this address every second."""
        file = self.secret_file(secret)
        return ["--janus-admin", address, "--janus-admin-secret-file", file, "--janus-admin-interval", "1"]

    def secret_file(self, secret: str) -> str:
        """A new file that its owner alone may read."""
        descriptor, name = tempfile.mkstemp(suffix=".secret", dir=self.call.work_dir)
        with open(descriptor, "w") as file:
            file.write(secret + "\n")
        return name

    def get(self, path: str) -> dict:
        url, trust = f"http://{self._api}/api/v1/{path}", "None"
        if self._certificate:
            url, trust = url.replace("http", "https", 1), f"ssl.create_default_context(cafile='{self._certificate}')"
        program = f"import ssl, urllib.request as u; print(u.urlopen('{url}', timeout=10, context={trust}).read().decode())"
        command = self.call.topology.command(SERVER, sys.executable, "-c", program)
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def status(self, path: str) -> int:
        """The HTTP status of GET."""
        program = f"import http.client as h; c = h.HTTPConnection('{self._api}', timeout=10); c.request('GET', '{path}'); print(c.getresponse().status)"
        command = self.call.topology.command(SERVER, sys.executable, "-c", program)
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def source(self) -> dict:
        return self.get("stats")["feed"]["sources"][0]

    def linked(self) -> list[dict]:
        """Flows with media whose connection is known."""
        return [flow for flow in self.get("flows")["items"] if flow["rtp_packets"] and flow["connection_id"]]

    def present(self) -> set[str]:
        """Who the API says is in a room now."""
        # In this order: who comes between the two questions is a participant without a session, not the reverse.
        sessions = self.get("sessions?limit=500")["items"]
        names = {p["id"]: p["display"] for p in self.get("participants?limit=500")["items"]}
        return {names[s["participant_id"]] for s in sessions if s["left_at"] is None}

    def picture(self) -> dict[str, list]:
        """Names, links and times that come from the feed, without what differs by observer."""
        items = {kind: self.get(f"{kind}?limit=500")["items"] for kind in ("conferences", "participants", "sessions", "connections", "streams")}
        names = {p["id"]: p["display"] for p in items["participants"]}
        handles = {c["id"]: c["server_handle"] for c in items["connections"]}
        return {
            "conferences": sorted((c["plugin"], c["room"], c["ended_at"] is None) for c in items["conferences"]),
            "participants": sorted((p["display"], p["user_id"]) for p in items["participants"]),
            "sessions": sorted((names[s["participant_id"]], s["joined_at"], s["left_at"]) for s in items["sessions"]),
            "connections": sorted((c["server_handle"], c["role"], names.get(c["participant_id"], ""), c["ended_at"] is None) for c in items["connections"]),
            "streams": sorted(
                (s["ssrc"], handles.get(s["connection_id"], ""), s["direction"], s["kind"], s["codec"], names.get(s["source_participant_id"], ""))
                for s in items["streams"]
            ),
        }

    def check(self, phase: str) -> None:
        """Compares as of now with what the clients counted."""
        truth = self.call.work_dir / f"truth-{phase}.json"
        truth.write_text(json.dumps(self.call.truth(), indent=1))
        command = [sys.executable, str(_CHECK_CALL), phase, "--api", f"http://{self._api}", "--truth", str(truth)]
        self.checks.failures += subprocess.run(self.call.topology.command(SERVER, *command)).returncode
