#!/usr/bin/env python3
"""Observes a real call whose events come through a broker over TLS, which is restarted in the middle of it.

usage: broker_feed.py {rabbitmq|mqtt} --rtcscope PROGRAM --work-dir DIR

The broker is a private one of Debian's RabbitMQ or mosquitto in the server's namespace. DIR is emptied; logs and
figures stay there. Exit status 77: skipped.
"""

import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import brokers  # noqa: E402
from lab.call import Call  # noqa: E402
from lab.driver import drive  # noqa: E402
from lab.observer import Observer  # noqa: E402


class BrokerCall:
    def __init__(self, call: Call, rtcscope: Path, kind: str):
        self.call, self.kind = call, kind
        self.observer = Observer(call, rtcscope, brokers.PATIENCE_S)

    def until(self, what: str, condition) -> None:
        self.observer.checks.until(what, condition, self.observer.source)

    def run(self) -> None:
        ours = ["--broker-ca", str(brokers.certificate(self.call))]
        self.observer.start("rtcscope", *brokers.options(self.kind, tls=True), *ours)  # before the broker is there
        self.until("that nobody answers is told", lambda: self.observer.source()["last_error"])
        brokers.start(self.call, self.kind)
        self.until("the broker is found when it comes", lambda: self.observer.source()["connected"])
        self.call.start_janus(brokers.handler(self.kind))
        self.call.join()
        self.until("media flows are linked", lambda: len(self.observer.linked()) >= 4)
        time.sleep(3)  # the figures of all streams
        self.observer.check("live")
        self.call.processes.stop("broker", patience_s=20)
        self.until("the loss of the broker is told", lambda: not self.observer.source()["connected"])
        brokers.start(self.call, self.kind)
        self.until("it is found again", lambda: self.observer.source()["connected"] and self.observer.source()["reconnects"] >= 1)
        before = self.observer.source()["deliveries"]
        self.until("events come again", lambda: self.observer.source()["deliveries"] > before)
        self.observer.checks.expect("nothing was dropped or refused", self.observer.get("stats")["feed"]["refused"] == 0, self.observer.get("stats"))
        self.call.processes.stop("rtcscope", patience_s=10)
        self.refuses_a_stranger()

    def refuses_a_stranger(self) -> None:
        """No authority that the system knows has signed the broker's certificate."""
        self.observer.start("stranger", *brokers.options(self.kind, tls=True))
        told = lambda: "cert" in self.observer.source()["last_error"].lower()  # noqa: E731
        self.until("a certificate that nobody vouches for is told", told)
        self.observer.checks.expect("and refused", not self.observer.source()["connected"], self.observer.source())


def run(call: Call, rtcscope: Path, kind: str) -> int:
    broker_call = BrokerCall(call, rtcscope, kind)
    broker_call.run()
    return broker_call.observer.checks.failures


if __name__ == "__main__":
    raise SystemExit(drive(__doc__, ["alice", "bob"], run, list(brokers.PORTS)))
