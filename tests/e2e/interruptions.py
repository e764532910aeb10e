#!/usr/bin/env python3
"""Interrupts a real call's observation, and asks the API whether the right names came back.

usage: interruptions.py {janus|feed|observer} --rtcscope PROGRAM --work-dir DIR

janus: the media server is killed and started again; others join. feed: for 30 s neither events nor answers of the
Admin API come through, and the room changes meanwhile. observer: rtcscope is killed and started again on the same
store, and attaches to the call by the Admin API. DIR is emptied; logs stay there. Exit status 77: skipped.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import janus  # noqa: E402
from lab.call import Call, Client  # noqa: E402
from lab.driver import drive  # noqa: E402
from lab.observer import API, Observer  # noqa: E402
from lab.topology import SERVER  # noqa: E402

CUT_S = 30
FEED_PORTS = f"{API.partition(':')[2]}, {janus.ADMIN_HTTP_PORT}"


class Interruption:
    def __init__(self, call: Call, rtcscope: Path):
        self.call = call
        self.first, self.second = call.clients[:2], call.clients[2:]
        self.observer = Observer(call, rtcscope)
        self.checks = self.observer.checks

    def observe(self, name: str) -> None:
        asking = self.observer.asking(f"http://127.0.0.1:{janus.ADMIN_HTTP_PORT}/admin")
        self.observer.start(name, *asking, store="rtcscope")

    def join(self, joining: list[Client], there: list[Client] | None = None) -> None:
        """`there`: who is in the room already."""
        self.call.clients = [*(there or []), *joining]
        self.call.join(joining=joining)

    def in_server(self, *command: str) -> None:
        subprocess.run(self.call.topology.command(SERVER, *command), check=True)

    def until_present(self, what: str, names: set[str]) -> None:
        self.checks.until(what, lambda: self.observer.present() == names, self.observer.present)

    def until_linked(self, what: str, count: int) -> None:
        live = lambda: [flow for flow in self.observer.linked() if flow["ended_at"] is None]  # noqa: E731
        self.checks.until(what, lambda: len(live()) >= count, live)

    def start(self) -> None:
        self.observe("rtcscope")
        self.call.start_janus(f"http://{API}/ingest/janus")
        self.join(self.first)
        self.until_linked("the call is known", 4)
        self.until_present("and who is in it", {client.name for client in self.first})

    def janus(self) -> None:
        self.call.processes.stop("janus", signal.SIGKILL)
        self.call.start_janus(f"http://{API}/ingest/janus")
        self.until_present("a restart ends what was before", set())
        reasons = {s["left_reason"] for s in self.observer.get("sessions")["items"]}
        self.checks.expect("and is the reason", any("restarted" in (reason or "") or "gone" in (reason or "")
                                                   for reason in reasons), reasons)
        self.join(self.second)
        time.sleep(3)  # the figures of all streams
        self.until_present("who joins afterwards is known", {client.name for client in self.second})
        self.until_linked("by their packets, too", 4)

    def feed(self) -> None:
        self.in_server("nft", "add table inet cut")
        self.in_server("nft", "add chain inet cut in { type filter hook input priority 0; }")
        self.in_server("nft", f"add rule inet cut in iif lo tcp dport {{ {FEED_PORTS} }} drop")
        start = time.monotonic()
        leaver = self.first[1]
        self.call.processes.stop(f"client-{leaver.name}", signal.SIGTERM, 15)
        self.join([self.second[0]], [self.first[0]])
        time.sleep(max(0.0, start + CUT_S - time.monotonic()))
        self.in_server("nft", "delete table inet cut")
        self.until_present("who came and went meanwhile is known", {self.first[0].name, self.second[0].name})
        self.join([self.second[1]], [self.first[0], self.second[0]])
        self.until_present("events come again", {self.first[0].name, *(client.name for client in self.second)})

    def observer_killed(self) -> None:
        self.call.processes.stop("rtcscope", signal.SIGKILL)
        self.observe("rtcscope-again")
        self.until_linked("it attaches to the call that runs", 4)
        self.until_present("and knows who is in it, once", {client.name for client in self.first})
        time.sleep(3)  # the figures of all streams
        names = [p["display"] for p in self.observer.get("participants?state=live&limit=500")["items"]]
        self.checks.expect("nobody of before is there twice", sorted(names) == sorted(set(names)), names)


KINDS = {"janus": Interruption.janus, "feed": Interruption.feed, "observer": Interruption.observer_killed}


def run(call: Call, rtcscope: Path, kind: str) -> int:
    interruption = Interruption(call, rtcscope)
    interruption.start()
    KINDS[kind](interruption)
    return interruption.checks.failures


if __name__ == "__main__":
    raise SystemExit(drive(__doc__, ["alice", "bob", "carol", "dave"], run, list(KINDS)))
