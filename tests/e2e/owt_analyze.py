#!/usr/bin/env python3
"""Analyses a recorded call with an OWT server's recorded messages in place of Janus's events.

usage: owt_analyze.py RTCSCOPE SAMPLE_CALL

The messages are made here: each description of the media server is what a media agent would have told, at its time.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

rtcscope, call = sys.argv[1], Path(sys.argv[2])
SERVER, ROOM = "owt:3000", "5f00000000000000000000aa"
failures = 0


def expect(name, holds, found=""):
    global failures
    print("ok  " if holds else "FAIL", name, "" if holds else found)
    failures += not holds


def messages(truth: dict) -> list[dict]:
    """Answers and tracks by the broker, people and streams by the management API, in the order of their times."""
    events = [json.loads(line) for line in (call / "janus-events.jsonl").read_text().splitlines()]
    answers = [e for e in events if e["event"]["type"] == 8 and e["event"]["event"]["owner"] == "local"]
    publishers = {c["handle"]: who["name"] for who in truth["participants"] for c in who["connections"]
                  if c["role"] == "publisher"}
    lines, last = [], events[-1]["t_ms"]

    def cast(t_ms: float, method: str, *arguments) -> None:
        message = {"method": method, "args": list(arguments)}
        lines.append({"t_ms": t_ms, "server": SERVER, "room": ROOM, "cast": message})

    def answer(t_ms: float, resource: str, reply: list) -> None:
        path = f"/v1/rooms/{ROOM}/{resource}"
        lines.append({"t_ms": t_ms, "server": SERVER, "path": path, "asked_ms": t_ms - 1, "reply": reply})

    for event in answers:
        handle = event["event"]["handle_id"]
        sdp = event["event"]["event"]["jsep"]["sdp"]
        direction = "in" if handle in publishers else "out"
        track = {"type": "track-added", "trackId": f"{handle:x}-0", "direction": direction, "operationId": f"s{handle}"}
        cast(event["t_ms"], "onTransportProgress", f"{handle:x}", {"type": "answer", "sdp": sdp})
        cast(event["t_ms"], "onTrackUpdate", f"{handle:x}", track)
    people = [{"id": f"p-{name}", "user": name, "role": "presenter"} for name in publishers.values()]
    streams = [{"id": f"s{handle}", "type": "forward", "media": {}, "info": {"owner": f"p-{name}", "type": "webrtc"}}
               for handle, name in publishers.items()]
    answer(last - 3000, "participants", people)
    answer(last - 2999, "streams", streams)
    answer(last, "participants", [])
    return sorted(lines, key=lambda line: line["t_ms"])


def analyze(log: str) -> tuple[int, dict]:
    command = [rtcscope, "analyze", str(call / "call.pcap"), "--owt", log, "--format", "json"]
    run = subprocess.run(command, capture_output=True, text=True)
    return run.returncode, json.loads(run.stdout)


truth = json.loads((call / "truth.json").read_text())
sent = {stream["ssrc"]: who["name"] for who in truth["participants"] for connection in who["connections"]
        for stream in connection["streams"] if stream["direction"] == "send" and stream["packets"]}
with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
    for message in messages(truth):
        file.write(json.dumps(message) + "\n")
    file.flush()
    status, report = analyze(file.name)
    expect("every line is understood", status == 0, status)
    names = {participant["id"]: participant["display"] for participant in report["participants"]}
    found = {stream["ssrc"]: names.get(stream["participant_id"], "") for stream in report["streams"]}
    expect("every stream that was sent has the name of who sent it", sent.items() <= found.items(), found)
    expect("nobody is there twice", sorted(names.values()) == sorted(set(sent.values())), names)
    expect("the room is named", [c["room"] for c in report["conferences"]] == [ROOM], report["conferences"])
    precise = [(c["precision"], c["flow_count"]) for c in report["connections"]]
    expect("each connection says how sure it is", all(p == ("exact" if n else "none") for p, n in precise), precise)
    expect("so does the conference", report["conferences"][0]["precision"] == "exact", report["conferences"][0])
    file.write("no message\n")
    file.flush()
    expect("a line that is none makes the result partial", analyze(file.name)[0] == 3)

print(f"{failures} failed")
sys.exit(1 if failures else 0)
