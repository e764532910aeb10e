#!/usr/bin/env python3
"""What the API tells of a replayed call, from its store, has to be what `analyze` reckons of it in memory.

usage: same_rows.py RTCSCOPE CALL...

CALL is a folder with call.pcap and the media server's logs; keys.jsonl is used where it has one. Conferences,
participants, connections, flows, streams and issues are compared field by field. Exit status 0 if all are the same.
"""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from check_call import Api

PATIENCE_S = 20
KINDS = ("conferences", "participants", "connections", "flows", "streams", "issues")
LOGS = {"--events": "janus-events.jsonl", "--admin": "admin-handle_info.jsonl", "--keys": "keys.jsonl"}


def options(call: Path) -> list[str]:
    present = {option: call / name for option, name in LOGS.items() if (call / name).exists()}
    return [word for option, path in present.items() for word in (option, str(path))]


def analyzed(rtcscope: str, call: Path) -> dict:
    command = [rtcscope, "analyze", str(call / "call.pcap"), *options(call), "--format", "json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare_replay(rtcscope: str, call: Path, report: dict) -> list[str]:
    """The store takes what it is given a little later: the first answer without a difference counts, or the last."""
    command = [rtcscope, "replay", str(call / "call.pcap"), *options(call), "--speed", "0",
               "--store", "sqlite::memory:", "--listen", "127.0.0.1:0", "--rate-limit", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        url = None
        for line in program.stdout:
            if "listening on" in line:
                url = line.split("listening on ", 1)[1].split()[0]
            if line.startswith("the recording is over"):
                break
        end = time.monotonic() + PATIENCE_S
        lines = ["nothing was asked"]
        while lines and time.monotonic() < end:
            time.sleep(0.2)
            lines = [line for kind in KINDS for line in differences(kind, Api(url).items(kind, limit=200), report[kind])]
        program.send_signal(signal.SIGINT)
    return lines


def differences(kind: str, ours: list[dict], theirs: list[dict]) -> list[str]:
    by_id = {entity["id"]: entity for entity in theirs}
    lines = []
    for entity in ours:
        other = by_id.pop(entity["id"], None)
        if other is None:
            lines.append(f"{kind} {entity['id']}: analyze does not have it")
            continue
        for field in sorted(entity.keys() & other.keys()):
            if entity[field] != other[field]:
                lines.append(f"{kind} {entity['id']} {field}: {entity[field]} from the store, {other[field]} by analyze")
    return lines + [f"{kind} {missing}: only analyze has it" for missing in by_id]


def main() -> int:
    rtcscope, *calls = sys.argv[1:]
    failed = False
    for call in map(Path, calls):
        report = analyzed(rtcscope, call)
        lines = compare_replay(rtcscope, call, report)
        failed = failed or bool(lines)
        print(f"{'FAIL' if lines else 'ok  '} {call.name}: {', '.join(f'{len(report[kind])} {kind}' for kind in KINDS)}")
        print("".join(f"     {line}\n" for line in lines), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
