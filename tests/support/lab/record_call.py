"""Records a call: call.pcap, janus-events.jsonl, truth.json and the clients' own figures.

usage: record_call.py --out DIR [--seconds 9] [--client alice:3] [--client bob]

A client is NAME or NAME:PERCENT, the share of its uplink RTP that is lost before the tap. Needs root,
janus, tcpdump, nftables, ethtool and python3-aiortc.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import sandbox  # noqa: E402
from lab.call import EVENTS_PORT, LAB, Call, Client  # noqa: E402


def client(text: str) -> Client:
    name, _, percent = text.partition(":")
    return Client(name, float(percent or 0))


def record(call: Call, seconds: float) -> None:
    out = call.work_dir
    collector = [sys.executable, str(LAB / "collector.py"), str(EVENTS_PORT), str(out / "janus-events.jsonl")]
    call.on_server("collector", *collector)
    call.wait_for_port("127.0.0.1", EVENTS_PORT)
    tap = ["tcpdump", "-i", "eth0", "-Z", "root", "-U", "-B", "16384", "-s", "0"]
    call.on_server("tcpdump", *tap, "--time-stamp-precision=nano", "-w", str(out / "call.pcap"))
    call.start_janus(f"http://127.0.0.1:{EVENTS_PORT}/")
    call.join()
    time.sleep(seconds)
    call.leave()
    time.sleep(1)  # the last events: Janus posts in groups
    call.processes.stop("tcpdump", signal.SIGINT)
    (out / "truth.json").write_text(json.dumps(call.truth(), indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=9)
    parser.add_argument("--client", type=client, action="append")
    arguments = parser.parse_args()
    sandbox.require("janus", "tcpdump", "nft", "ethtool")
    sandbox.enter()
    call = Call(arguments.out, arguments.client or [client("alice:3"), client("bob")], offloads=False)
    try:
        record(call, arguments.seconds)
    finally:
        call.close()


if __name__ == "__main__":
    main()
