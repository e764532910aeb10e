#!/usr/bin/env python3
"""Observes a real call with `rtcscope observe` and compares what its API says with what the clients counted.

usage: live_call.py {janus|chromium} --tap {tc|packet} --rtcscope PROGRAM --work-dir DIR

janus: two aiortc participants. chromium: a browser and an aiortc participant. In both, 3 % of the RTP of
the first one is lost before the tap. DIR is emptied; logs and figures stay there. Exit status 77: skipped.
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

from lab import janus, packets, sandbox  # noqa: E402
from lab.call import LAB, Call, Client  # noqa: E402
from lab.topology import SERVER, SERVER_IP  # noqa: E402

API = "127.0.0.1:8080"  # of the server's namespace: nobody else is there
CALL_S = 15
SETTLE_S = 3  # the last events and reports
STOP_LIMIT_S = 2
LOSS_PERCENT = 3


def require(kind: str) -> None:
    """Skips the test where its peers are not installed."""
    sandbox.require("janus", "nft")
    if kind == "chromium":
        sandbox.require("chromium", "node")
        if not (E2E.parent / "node_modules" / "playwright-core").exists():
            sandbox.skip("not installed: playwright-core (npm ci in tests/)")


def clients(kind: str) -> list[Client]:
    if kind == "janus":
        return [Client("alice", LOSS_PERCENT), Client("bob")]
    browser = ["node", str(LAB / "chromium_client.mjs")]
    return [Client("carol", LOSS_PERCENT, browser, f"ws://{SERVER_IP}:{janus.WEBSOCKET_PORT}"), Client("alice")]


def observe(call: Call, rtcscope: Path, tap: str) -> None:
    store = f"sqlite:{call.work_dir / 'rtcscope.db'}"
    options = ["--tap", tap, "--interface", "eth0", "--listen", API, "--store", store]
    ring = f"{call.work_dir / 'ring'},64M"
    call.on_server("rtcscope", str(rtcscope), "observe", *options, "--capture-ring", ring)
    address, _, port = API.partition(":")
    call.wait_for_port(address, int(port))


def check(call: Call, phase: str) -> int:
    """Compares as of now; returns how many checks failed."""
    truth = call.work_dir / f"truth-{phase}.json"
    truth.write_text(json.dumps(call.truth(), indent=1))
    command = [sys.executable, str(E2E / "check_call.py"), phase, "--api", f"http://{API}", "--truth", str(truth)]
    return subprocess.run(call.topology.command(SERVER, *command)).returncode


def download(call: Call, path: str) -> bytes:
    program = f"import sys, urllib.request as u; sys.stdout.buffer.write(u.urlopen('http://{API}/api/v1/{path}', timeout=30).read())"
    command = call.topology.command(SERVER, sys.executable, "-c", program)
    return subprocess.run(command, capture_output=True, check=True).stdout


def check_captures(call: Call, tap: str) -> int:
    """What can be downloaded of each connection is what its flow counts; of RTP the tap sends a part."""
    failures = 0
    for connection in json.loads(download(call, "connections"))["items"]:
        flows = json.loads(download(call, f"connections/{connection['id']}"))["flows"]
        got = packets.count(download(call, f"connections/{connection['id']}/capture"))
        want = {name: sum(flow[f"{name}_packets"] for flow in flows) for name in ("stun", "dtls", "rtcp", "rtp")}
        rtp = got.pop("rtp", 0), want.pop("rtp")
        holds = got == want and (rtp[0] == rtp[1] if tap == "packet" else 0 < rtp[0] <= rtp[1])
        print("ok  " if holds else "FAIL", f"capture of {connection['id']}: {dict(got)}, {rtp[0]} of {rtp[1]} RTP packets",
              "" if holds else want, flush=True)
        failures += not holds
    return failures


def stop_observer(call: Call) -> int:
    """SIGTERM has to end it in time and with status 0."""
    start = time.monotonic()
    status = call.processes.stop("rtcscope", patience_s=10)
    took = time.monotonic() - start
    print(f"rtcscope ended with status {status} after {took:.2f} s", flush=True)
    return 1 if status != 0 or took > STOP_LIMIT_S else 0


def run(call: Call, rtcscope: Path, tap: str) -> int:
    observe(call, rtcscope, tap)
    call.start_janus(f"http://{API}/ingest/janus")
    call.join()
    time.sleep(CALL_S)
    failures = check(call, "live")
    call.leave()
    time.sleep(SETTLE_S)
    failures += check(call, "ended")
    failures += check_captures(call, tap)
    return failures + stop_observer(call)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["janus", "chromium"])
    parser.add_argument("--tap", choices=["tc", "packet"], required=True)
    parser.add_argument("--rtcscope", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    arguments = parser.parse_args()
    require(arguments.kind)
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    call = Call(arguments.work_dir, clients(arguments.kind))
    try:
        return 1 if run(call, arguments.rtcscope.resolve(), arguments.tap) else 0
    finally:
        call.close()


if __name__ == "__main__":
    raise SystemExit(main())
