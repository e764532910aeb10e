#!/usr/bin/env python3
"""One real call whose events Janus sends in four ways at once, each to an observer of its own: all say the same.

usage: four_feeds.py --rtcscope PROGRAM --work-dir DIR

HTTP (sampleevh), WebSocket (wsevh), RabbitMQ (rabbitmqevh), MQTT (mqttevh); the brokers are private ones of Debian. DIR
is emptied; logs and figures stay there. Exit status 77: skipped.
"""

import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import brokers, janus  # noqa: E402
from lab.call import Call  # noqa: E402
from lab.driver import drive  # noqa: E402
from lab.observer import Observer  # noqa: E402

PORTS = {"http": 8081, "websocket": 8082, "rabbitmq": 8083, "mqtt": 8084}  # of the observers


def handlers() -> dict[str, str]:
    ingest = "http://127.0.0.1:{}/ingest/janus"
    return {
        **janus.sampleevh(ingest.format(PORTS["http"])),
        **janus.wsevh(ingest.format(PORTS["websocket"]).replace("http", "ws") + "/ws"),
        **brokers.handler("rabbitmq"),
        **brokers.handler("mqtt"),
    }


def run(call: Call, rtcscope: Path, _: str) -> int:
    observers = {kind: Observer(call, rtcscope, api=f"127.0.0.1:{port}") for kind, port in PORTS.items()}
    for kind in brokers.PORTS:
        brokers.start(call, kind, f"broker-{kind}")
    for kind, observer in observers.items():
        observer.start(f"rtcscope-{kind}", *(brokers.options(kind) if kind in brokers.PORTS else []))
    call.start_janus(handlers())
    call.join()
    for kind, observer in observers.items():
        observer.checks.until(f"{kind}: media flows are linked", lambda: len(observer.linked()) >= 4, observer.source)
    time.sleep(5)  # figures of all streams
    call.leave()
    for kind, observer in observers.items():
        ended = lambda: all(c["ended_at"] for c in observer.get("connections")["items"])  # noqa: E731
        observer.checks.until(f"{kind}: all connections are over", ended, observer.source)
    first = observers["http"].picture()
    for kind, observer in observers.items():
        observer.check("ended")
        for what, seen in observer.picture().items():
            observer.checks.expect(f"{kind}: {len(seen)} {what} as by http", seen == first[what], f"{seen} instead of {first[what]}")
        refused = observer.get("stats")["feed"]["refused"]
        observer.checks.expect(f"{kind}: nothing was refused", refused == 0, refused)
    return sum(observer.checks.failures for observer in observers.values())


if __name__ == "__main__":
    raise SystemExit(drive(__doc__, ["alice", "bob"], run, needs=["mosquitto", "rabbitmq"]))
