#!/usr/bin/env python3
"""Attaches to a call that runs, by Janus's Admin API alone, and compares what the API says with the clients.

usage: admin_attach.py {http|ws} --rtcscope PROGRAM --work-dir DIR

No event of Janus reaches the observer, and it starts when everybody has joined. First it is given a wrong
secret. DIR is emptied; logs and figures stay there. Exit status 77: skipped.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import janus, sandbox  # noqa: E402
from lab.call import Call, Client  # noqa: E402
from lab.checks import Checks  # noqa: E402
from lab.topology import SERVER  # noqa: E402

API = "127.0.0.1:8080"  # of the server's namespace: nobody else is there
ADDRESSES = {
    "http": f"http://127.0.0.1:{janus.ADMIN_HTTP_PORT}/admin",
    "ws": f"ws://127.0.0.1:{janus.ADMIN_WEBSOCKET_PORT}",
}
PATIENCE_S = 60


class Attach:
    def __init__(self, call: Call, rtcscope: Path, kind: str):
        self.call, self.rtcscope, self.kind = call, rtcscope, kind
        self.checks = Checks(PATIENCE_S)

    def observe(self, name: str, secret: str) -> None:
        file = self.call.work_dir / f"{name}.secret"
        file.write_text(secret + "\n")
        file.chmod(0o600)
        store = f"sqlite:{self.call.work_dir / name}.db"
        options = ["--listen", API, "--store", store, "--janus-admin", ADDRESSES[self.kind]]
        options += ["--janus-admin-secret-file", str(file), "--janus-admin-interval", "1"]
        self.call.on_server(name, str(self.rtcscope), "observe", "--interface", "eth0", *options)
        address, _, port = API.partition(":")
        self.call.wait_for_port(address, int(port))

    def get(self, path: str) -> dict:
        program = f"import urllib.request as u; print(u.urlopen('http://{API}/api/v1/{path}', timeout=10).read().decode())"
        command = self.call.topology.command(SERVER, sys.executable, "-c", program)
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def source(self) -> dict:
        return self.get("stats")["feed"]["sources"][0]

    def check(self, phase: str) -> None:
        truth = self.call.work_dir / f"truth-{phase}.json"
        truth.write_text(json.dumps(self.call.truth(), indent=1))
        command = [sys.executable, str(E2E / "check_call.py"), phase, "--api", f"http://{API}", "--truth", str(truth)]
        self.checks.failures += subprocess.run(self.call.topology.command(SERVER, *command)).returncode

    def wrong_secret(self) -> None:
        self.observe("wrong", "not the secret")
        self.checks.until("a wrong secret is told", lambda: "403" in self.source()["last_error"])
        self.checks.expect("nothing is connected", not self.source()["connected"])
        self.checks.expect("the process ends well", self.call.processes.stop("wrong", patience_s=10) == 0)
        log = (self.call.work_dir / "wrong.log").read_text()
        lines = [line for line in log.splitlines() if "403" in line]
        self.checks.expect("one line says so", len(lines) == 1, log)
        self.checks.expect("no secret is in the log", "not the secret" not in log)

    def attach(self) -> None:
        self.observe("rtcscope", janus.ADMIN_SECRET)
        self.checks.until("the API answers", lambda: self.source()["connected"])
        self.checks.until("media flows", lambda: len(self.linked()) >= 4)
        time.sleep(2)  # the figures of all streams
        self.check("live")
        events = [event["kind"] for event in self.get("events?limit=500")["items"] if event["source"] == "feed"]
        self.checks.expect("what was asked for is no event", events == [], events)

    def linked(self) -> list[dict]:
        return [flow for flow in self.get("flows")["items"] if flow["rtp_packets"] and flow["connection_id"]]

    def ended(self) -> None:
        self.call.leave()
        self.checks.until("the conference ends without an event",
                   lambda: all(c["ended_at"] for c in self.get("conferences")["items"]))
        reasons = {session["left_reason"] for session in self.get("sessions")["items"]}
        known = {"gone from the media server", "not in the room any more"}
        self.checks.expect("the reason names its source", bool(reasons) and reasons <= known, reasons)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["http", "ws"])
    parser.add_argument("--rtcscope", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    arguments = parser.parse_args()
    sandbox.require("janus", "nft")
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    call = Call(arguments.work_dir, [Client("alice"), Client("bob")])
    try:
        call.start_janus("http://127.0.0.1:9/")  # nobody listens: every event is lost
        call.join()
        attach = Attach(call, arguments.rtcscope.resolve(), arguments.kind)
        attach.wrong_secret()
        attach.attach()
        attach.ended()
        print(f"{attach.checks.failures} failed")
        return 1 if attach.checks.failures else 0
    finally:
        call.close()


if __name__ == "__main__":
    raise SystemExit(main())
