#!/usr/bin/env python3
"""One real call watched twice: by observe, and by capture whose reports serve takes from a broker that is restarted in
the middle of the call. Both say the same, and nothing is lost.

usage: split.py --rtcscope PROGRAM --work-dir DIR

RabbitMQ carries the reports, mosquitto Janus's events, to both; they are private ones of Debian. DIR is emptied; logs
and figures stay there. Exit status 77: skipped.
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

OUTAGE_S = 5
FIGURES = ("packets", "bytes", "expected", "lost", "duplicates", "frames")  # of a stream, as the tap counts


def probe_of(served: Observer) -> dict:
    """What serve says of its only probe."""
    return (served.get("stats")["bus"]["probes"] or [{}])[0]


def figures(observer: Observer) -> list[tuple]:
    items = observer.get("streams?limit=500")["items"]
    return sorted((s["ssrc"], s["direction"], *(s[name] for name in FIGURES)) for s in items)


def run(call: Call, rtcscope: Path, _: str) -> int:
    observed = Observer(call, rtcscope, brokers.PATIENCE_S, api="127.0.0.1:8081")
    served = Observer(call, rtcscope, brokers.PATIENCE_S)
    until, expect = served.checks.until, served.checks.expect
    bus = ["--bus", f"amqp://127.0.0.1:{brokers.PORTS['rabbitmq']}"]
    brokers.start(call, "mqtt", "broker-mqtt")
    observed.start("observe", *brokers.options("mqtt"))
    served.serve("serve", *bus)
    expect("serve is not ready without its broker", served.status("/readyz") == 503, served.status("/readyz"))
    spool = call.work_dir / "spool"
    command = ["capture", "--interface", "eth0", *bus, "--spool", str(spool), "--host-name", "edge-1", *brokers.options("mqtt")]
    call.on_server("capture", str(rtcscope), *command)
    brokers.start(call, "rabbitmq")
    until("the probe is known", lambda: probe_of(served).get("host") == "edge-1", lambda: served.get("stats")["bus"])
    expect("and serve is ready", served.status("/readyz") == 200, served.status("/readyz"))
    call.start_janus(brokers.handler("mqtt"))
    call.join()
    until("media flows are linked", lambda: len(served.linked()) >= 4, lambda: served.get("stats")["bus"])
    time.sleep(3)  # the figures of all streams
    served.check("live")
    call.processes.stop("broker", patience_s=20)
    until("the loss of the broker is told", lambda: not served.get("stats")["bus"]["connected"], lambda: served.get("stats")["bus"])
    time.sleep(OUTAGE_S)
    brokers.start(call, "rabbitmq")
    caught_up = lambda: served.get("stats")["bus"]["connected"] and probe_of(served)["waiting"] == 0 and not probe_of(served)["silent"]  # noqa: E731
    until("what waited at the probe is here", caught_up, lambda: probe_of(served))
    call.leave()
    for observer in (observed, served):
        ended = lambda observer=observer: all(c["ended_at"] for c in observer.get("connections")["items"])  # noqa: E731
        observer.checks.until("all connections are over", ended, lambda observer=observer: observer.get("connections"))
    served.check("ended")
    first = observed.picture()
    for what, seen in served.picture().items():
        expect(f"{len(seen)} {what} as observe has them", seen == first[what], f"{seen} instead of {first[what]}")
    expect("figures of streams as observe has them", figures(served) == figures(observed), f"{figures(served)} instead of {figures(observed)}")
    hosts = [host["name"] for host in served.get("hosts")["items"]]
    expect("they are of the probe's host", hosts == ["edge-1"], hosts)
    call.processes.stop("capture", patience_s=15)
    until("that the probe ends is told", lambda: probe_of(served)["ended"], lambda: probe_of(served))
    probe = probe_of(served)
    expect("no batch was lost", (probe["lost"], probe["unsent"], served.get("stats")["bus"]["refused"]) == (0, 0, []), probe)
    return observed.checks.failures + served.checks.failures


if __name__ == "__main__":
    raise SystemExit(drive(__doc__, ["alice", "bob"], run, needs=["mosquitto", "rabbitmq"]))
