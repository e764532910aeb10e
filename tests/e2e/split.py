#!/usr/bin/env python3
"""A real call whose packets capture sees and serve tells of, with a RabbitMQ between them.

usage: split.py {broker|serve} --rtcscope PROGRAM --work-dir DIR

broker: it is restarted in the middle of the call; observe watches, too, and in the end both say the same. serve: it is
killed and started again on the same store, and has the call again, with its names by the probe's Admin API. The brokers
are private ones of Debian. DIR is emptied; logs and figures stay there. Exit status 77: skipped.
"""

import signal
import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import brokers, janus  # noqa: E402
from lab.call import Call  # noqa: E402
from lab.driver import drive  # noqa: E402
from lab.observer import Observer  # noqa: E402

OUTAGE_S = 5
BUS = ["--bus", f"amqp://127.0.0.1:{brokers.PORTS['rabbitmq']}"]
FIGURES = ("packets", "bytes", "expected", "lost", "duplicates", "frames")  # of a stream, as the tap counts


def figures(observer: Observer) -> list[tuple]:
    items = observer.get("streams?limit=500")["items"]
    return sorted((s["ssrc"], s["direction"], *(s[name] for name in FIGURES)) for s in items)


class Split:
    def __init__(self, call: Call, rtcscope: Path):
        self.call, self._rtcscope = call, str(rtcscope)
        self.served = Observer(call, rtcscope, brokers.PATIENCE_S)
        self.observed = Observer(call, rtcscope, brokers.PATIENCE_S, api="127.0.0.1:8081")
        self.until, self.expect = self.served.checks.until, self.served.checks.expect

    def bus(self) -> dict:
        return self.served.get("stats")["bus"]

    def probe(self) -> dict:
        """What serve says of its only probe."""
        return (self.bus()["probes"] or [{}])[0]

    def start(self, *feed: str) -> None:
        """The broker comes last."""
        self.served.serve("serve", *BUS)
        self.expect("serve is not ready without its broker", self.served.status("/readyz") == 503, self.bus())
        spool = ["--spool", str(self.call.work_dir / "spool")]
        self.call.on_server("capture", self._rtcscope, "capture", "--interface", "eth0", "--host-name", "edge-1", *BUS, *spool, *feed)
        brokers.start(self.call, "rabbitmq")
        self.until("the probe is known", lambda: self.probe().get("host") == "edge-1", self.bus)
        self.expect("and serve is ready", self.served.status("/readyz") == 200, self.bus())

    def until_linked(self, what: str) -> None:
        live = lambda: [flow for flow in self.served.linked() if flow["ended_at"] is None]  # noqa: E731
        self.until(what, lambda: len(live()) >= 4, self.bus)

    def end_probe(self) -> None:
        self.call.processes.stop("capture", patience_s=15)
        self.until("that the probe ends is told", lambda: self.probe()["ended"], self.probe)
        probe = self.probe()
        self.expect("no batch was lost", (probe["lost"], probe["unsent"], self.bus()["refused"]) == (0, 0, []), probe)

    def broker_restarts(self) -> None:
        brokers.start(self.call, "mqtt", "broker-mqtt")
        self.observed.start("observe", *brokers.options("mqtt"))
        self.start(*brokers.options("mqtt"))
        self.call.start_janus(brokers.handler("mqtt"))
        self.call.join()
        self.until_linked("media flows are linked")
        time.sleep(3)  # the figures of all streams
        self.served.check("live")
        self.call.processes.stop("broker", patience_s=20)
        self.until("the loss of the broker is told", lambda: not self.bus()["connected"], self.bus)
        time.sleep(OUTAGE_S)
        brokers.start(self.call, "rabbitmq")
        caught_up = lambda: self.bus()["connected"] and self.probe()["waiting"] == 0 and not self.probe()["silent"]  # noqa: E731
        self.until("what waited at the probe is here", caught_up, self.probe)
        self.call.leave()
        for observer in (self.observed, self.served):
            ended = lambda observer=observer: all(c["ended_at"] for c in observer.get("connections")["items"])  # noqa: E731
            observer.checks.until("all connections are over", ended, lambda observer=observer: observer.get("connections"))
        self.served.check("ended")
        self.compare()
        self.end_probe()

    def compare(self) -> None:
        first = self.observed.picture()
        for what, seen in self.served.picture().items():
            self.expect(f"{len(seen)} {what} as observe has them", seen == first[what], f"{seen} instead of {first[what]}")
        ours, theirs = figures(self.served), figures(self.observed)
        self.expect("figures of streams as observe has them", ours == theirs, f"{ours} instead of {theirs}")
        hosts = [host["name"] for host in self.served.get("hosts")["items"]]
        self.expect("they are of the probe's host", hosts == ["edge-1"], hosts)

    def serve_is_killed(self) -> None:
        self.start(*self.served.asking(f"http://127.0.0.1:{janus.ADMIN_HTTP_PORT}/admin"))
        self.call.start_janus({})
        self.call.join()
        self.until_linked("media flows are linked")
        self.call.processes.stop("serve", signal.SIGKILL)
        time.sleep(OUTAGE_S)
        self.served.serve("serve-again", *BUS, store="serve")
        self.until_linked("they are again after serve was killed")
        everybody = {client.name for client in self.call.clients}
        self.until("and who is in the room is known", lambda: self.served.present() == everybody, self.served.present)
        time.sleep(3)  # the figures of all streams
        names = [p["display"] for p in self.served.get("participants?state=live&limit=500")["items"]]
        self.expect("once each", sorted(names) == sorted(everybody), names)
        self.end_probe()


KINDS = {"broker": Split.broker_restarts, "serve": Split.serve_is_killed}


def run(call: Call, rtcscope: Path, kind: str) -> int:
    split = Split(call, rtcscope)
    KINDS[kind](split)
    return split.observed.checks.failures + split.served.checks.failures


if __name__ == "__main__":
    raise SystemExit(drive(__doc__, ["alice", "bob"], run, list(KINDS), needs=["mosquitto", "rabbitmq"]))
