#!/usr/bin/env python3
"""A host's clock that is set back by an hour in mid-call: nothing is lost, every name and link stays.

usage: clock_step.py PROGRAM SAMPLE

SAMPLE is a recorded call; its second half, packets and events, is dated an hour earlier.
"""

import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

program, sample = sys.argv[1], Path(sys.argv[2])
BACK_S = 3600
failures = 0


def expect(what, holds, found=""):
    global failures
    print("ok  " if holds else "FAIL", what, "" if holds else found)
    failures += not holds


def packets(data: bytes):
    """(start, seconds) of each record; the file is little-endian pcap."""
    at = 24
    while at + 16 <= len(data):
        seconds, _, length, _ = struct.unpack_from("<IIII", data, at)
        yield at, seconds
        at += 16 + length


def set_back(folder: Path) -> None:
    data = bytearray((sample / "call.pcap").read_bytes())
    assert data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"), data[:4]
    times = [seconds for _, seconds in packets(data)]
    middle = (times[0] + times[-1]) // 2
    for at, seconds in list(packets(data)):
        if seconds > middle:
            struct.pack_into("<I", data, at, seconds - BACK_S)
    (folder / "call.pcap").write_bytes(data)
    with (folder / "janus-events.jsonl").open("w") as log:
        for line in map(json.loads, (sample / "janus-events.jsonl").read_text().splitlines()):
            if line["t_ms"] >= (middle + 1) * 1000:
                line["t_ms"] -= BACK_S * 1000
                line["event"]["timestamp"] -= BACK_S * 1_000_000
            log.write(json.dumps(line) + "\n")


def analyze(folder: Path) -> dict:
    command = [program, "analyze", str(folder / "call.pcap"), "--events", str(folder / "janus-events.jsonl"), "--format", "json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def by_ssrc(report: dict, field: str) -> dict:
    """Summed over the streams of each SSRC and direction."""
    sums = {}
    for stream in report["streams"]:
        key = stream["ssrc"], stream["direction"]
        sums[key] = sums.get(key, 0) + stream[field]
    return sums


with tempfile.TemporaryDirectory() as name:
    set_back(Path(name))
    whole, stepped = analyze(sample), analyze(Path(name))
people = lambda report: sorted(p["display"] for p in report["participants"])  # noqa: E731
expect("everybody is there once", people(stepped) == people(whole), people(stepped))
handles = lambda report: sorted(c["server_handle"] for c in report["connections"])  # noqa: E731
expect("every connection is there once", handles(stepped) == handles(whole), handles(stepped))
unlinked = [flow for flow in stepped["flows"] if flow["rtp_packets"] and not flow["connection_id"]]
expect("all media flows are linked, those of before and those of after", not unlinked, unlinked)
expect("each of them is seen twice", len(stepped["flows"]) > len(whole["flows"]), len(stepped["flows"]))
expect("no packet is lost", by_ssrc(stepped, "packets") == by_ssrc(whole, "packets"), by_ssrc(stepped, "packets"))
lost = {key: abs(n - by_ssrc(stepped, "lost")[key]) for key, n in by_ssrc(whole, "lost").items()}
expect("and none is made up, but for gaps at the step", all(n <= 3 for n in lost.values()), lost)
longest = max(stream["max_gap_ms"] for stream in stepped["streams"])
expect("no gap of an hour is measured", longest < 60_000, longest)
kinds = lambda report: {(issue["kind"], issue["participant_id"]) for issue in report["issues"]}  # noqa: E731
expect("no issue comes of it", len(kinds(stepped)) <= len(kinds(whole)), stepped["issues"])
expect("and none lasts an hour", not any(" min" in issue["text"] for issue in stepped["issues"]), stepped["issues"])
kinds = [event["kind"] for event in stepped.get("events", [])]
expect("an event says so", kinds.count("clock_set_back") == 1, kinds)
print(f"{failures} failed")
sys.exit(1 if failures else 0)
