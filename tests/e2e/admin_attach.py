#!/usr/bin/env python3
"""Attaches to a call that runs, by Janus's Admin API alone, over TLS, and compares what the API says with the clients.

usage: admin_attach.py {http|ws} --rtcscope PROGRAM --work-dir DIR

No event of Janus reaches the observer, and it starts when everybody has joined. First it is given a wrong
secret. DIR is emptied; logs and figures stay there. Exit status 77: skipped.
"""

import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import janus  # noqa: E402
from lab.call import Call  # noqa: E402
from lab.driver import drive  # noqa: E402
from lab.observer import Observer  # noqa: E402

ADDRESSES = {
    "http": f"https://127.0.0.1:{janus.ADMIN_HTTPS_PORT}/admin",
    "ws": f"wss://127.0.0.1:{janus.ADMIN_WSS_PORT}",
}
PATIENCE_S = 60


class Attach:
    def __init__(self, call: Call, rtcscope: Path, kind: str):
        self.call, self.kind = call, kind
        self.observer = Observer(call, rtcscope, PATIENCE_S)
        self.checks = self.observer.checks

    def observe(self, name: str, secret: str) -> None:
        ours = str(self.call.work_dir / "janus" / janus.CERTIFICATE)
        options = self.observer.asking(ADDRESSES[self.kind], secret)
        self.observer.start(name, *options, "--janus-admin-ca", ours)

    def wrong_secret(self) -> None:
        self.observe("wrong", "not the secret")
        self.checks.until("a wrong secret is told", lambda: "403 Unauthorized" in self.observer.source()["last_error"])
        self.checks.expect("nothing is connected", not self.observer.source()["connected"])
        self.checks.expect("the process ends well", self.call.processes.stop("wrong", patience_s=10) == 0)
        log = (self.call.work_dir / "wrong.log").read_text()
        lines = [line for line in log.splitlines() if ": 403 Unauthorized" in line]
        self.checks.expect("one line says so", len(lines) == 1, log)
        self.checks.expect("no secret is in the log", "not the secret" not in log)

    def attach(self) -> None:
        self.observe("rtcscope", janus.ADMIN_SECRET)
        self.checks.until("the API answers", lambda: self.observer.source()["connected"])
        self.checks.until("media flows", lambda: len(self.observer.linked()) >= 4)
        time.sleep(2)  # the figures of all streams
        self.observer.check("live")
        events = [event["kind"] for event in self.observer.get("events?limit=500")["items"] if event["source"] == "feed"]
        self.checks.expect("what was asked for is no event", events == [], events)

    def ended(self) -> None:
        self.call.leave()
        self.checks.until("the conference ends without an event",
                   lambda: all(c["ended_at"] for c in self.observer.get("conferences")["items"]))
        reasons = {session["left_reason"] for session in self.observer.get("sessions")["items"]}
        known = {"gone from the media server", "not in the room any more"}
        self.checks.expect("the reason names its source", bool(reasons) and reasons <= known, reasons)


def run(call: Call, rtcscope: Path, kind: str) -> int:
    call.start_janus("http://127.0.0.1:9/")  # nobody listens: every event is lost
    call.join()
    attach = Attach(call, rtcscope, kind)
    attach.wrong_secret()
    attach.attach()
    attach.ended()
    return attach.checks.failures


if __name__ == "__main__":
    raise SystemExit(drive(__doc__, ["alice", "bob"], run, ADDRESSES))
