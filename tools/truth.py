#!/usr/bin/env python3
"""Compares `rtcscope analyze` with recorded ground truth and prints one table.

usage: tools/truth.py --rtcscope PATH DIR...

Each DIR is a recorded call: call.pcap, janus-events.jsonl, truth.json (what the recorder knows: per SSRC the
packets and losses at the tap, per flow the server's handle, room and display name). Exit code 0 when every bound
holds, 1 when one does not, 2 when a folder cannot be read. Standard library only.
"""

import argparse
import json
import pathlib
import subprocess
import sys

JITTER_BOUND_MS = 0.1
BITRATE_BOUND_RATIO = 0.01


def endpoint(text):
    """'192.0.2.1:5000', '[2001:db8::1]:5000' or '2001:db8::1:5000' -> (address, port)."""
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


class Check:
    """Counts one column of the table and keeps a line for each miss."""

    def __init__(self):
        self.good = 0
        self.total = 0
        self.misses = []

    def expect(self, holds, complaint):
        self.total += 1
        if holds:
            self.good += 1
        else:
            self.misses.append(complaint)

    def __str__(self):
        return f"{self.good}/{self.total}"


COLUMNS = ("streams", "packets", "lost", "jitter", "bitrate", "media flows", "other flows", "direction")


def analyze(binary, folder):
    command = [binary, "analyze", str(folder / "call.pcap"), "--events", str(folder / "janus-events.jsonl"),
               "--format", "json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {run.returncode}: {run.stderr.strip()}")
    return json.loads(run.stdout)


def compare_stream(checks, name, truth, ours):
    pcap = truth["pcap"]
    label = f"{name} ssrc {truth['ssrc']} {truth['dir']} {truth['codec']}"
    checks["packets"].expect(ours["packets"] == pcap["packets"],
                             f"{label}: packets {ours['packets']}, truth {pcap['packets']}")
    checks["lost"].expect(ours["lost"] == pcap["lost"], f"{label}: lost {ours['lost']}, truth {pcap['lost']}")
    direction = {"up": "uplink", "down": "downlink"}[truth["dir"]]
    checks["direction"].expect(ours["direction"] == direction, f"{label}: direction {ours['direction']}")
    for key, field in (("jitter_ms_last", "jitter_ms"), ("jitter_ms_max", "jitter_max_ms"),
                       ("jitter_ms_mean", "jitter_mean_ms")):
        if pcap[key] is None:
            checks["jitter"].expect(ours[field] is None, f"{label}: {field} {ours[field]}, truth has none")
        else:
            near = ours[field] is not None and abs(ours[field] - pcap[key]) <= JITTER_BOUND_MS
            checks["jitter"].expect(near, f"{label}: {field} {ours[field]}, truth {pcap[key]}")
    if pcap["duration_s"]:
        want = pcap["rtp_bytes_wire"] * 8 / ((pcap["last_t_ns"] - pcap["first_t_ns"]) / 1e9)
        near = ours["bitrate_bps"] is not None and abs(ours["bitrate_bps"] / want - 1) <= BITRATE_BOUND_RATIO
        checks["bitrate"].expect(near, f"{label}: bitrate {ours['bitrate_bps']}, truth {want:.0f}")


def compare_link(check, label, janus, flow, report, must_link):
    connection = report["connections_by_id"].get(flow["connection_id"]) if flow else None
    if connection is None:
        # A flow without media that stays unlinked is no wrong link.
        check.expect(not must_link, f"{label}: not linked, truth handle {janus['handle']} ({janus['display']})")
        return
    conference = report["conferences_by_id"].get(connection["conference_id"], {})
    participant = report["participants_by_id"].get(connection["participant_id"], {})
    ours = (connection["server_handle"], conference.get("room") or None, participant.get("display") or None)
    room = None if janus["room"] is None else str(janus["room"])
    # Without a room nobody has a display name; then the handle alone decides.
    display = janus["display"] if room is not None else ours[2]
    check.expect(ours == (str(janus["handle"]), room, display),
                 f"{label}: linked to {ours}, truth {(janus['handle'], room, display)}")


def find_flow(report, truth_flow):
    server, client = truth_flow["flow"].split("<->")
    want = {endpoint(server), endpoint(client)}
    encapsulation = {"udp": "none", "turn": "turn", "tcp": "ice_tcp"}[truth_flow["encap"]]
    for flow in report["flows"]:
        ends = {endpoint(flow["server_endpoint"]), endpoint(flow["client_endpoint"])}
        if ends == want and flow["encapsulation"] == encapsulation:
            return flow
    return None


def compare_call(binary, folder):
    truth = json.loads((folder / "truth.json").read_text())
    report = analyze(binary, folder)
    for kind in ("connections", "conferences", "participants"):
        report[kind + "_by_id"] = {entry["id"]: entry for entry in report[kind]}
    checks = {column: Check() for column in COLUMNS}
    for truth_flow in truth["flows"]:
        flow = find_flow(report, truth_flow)
        label = f"{folder.name} {truth_flow['flow']} {truth_flow['encap']}"
        if truth_flow["janus"]:
            media = bool(truth_flow["streams"])
            compare_link(checks["media flows" if media else "other flows"], label, truth_flow["janus"], flow, report,
                         media)
        for stream in truth_flow["streams"]:
            ours = [s for s in report["streams"] if flow and s["flow_id"] == flow["id"] and
                    s["ssrc"] == stream["ssrc"] and s["direction"] in ("unknown", stream["dir"] + "link")]
            checks["streams"].expect(len(ours) == 1, f"{label}: ssrc {stream['ssrc']} found {len(ours)} times")
            if len(ours) == 1:
                compare_stream(checks, folder.name, stream, ours[0])
    extra = sum(len(f["streams"]) for f in truth["flows"])
    checks["streams"].expect(len(report["streams"]) == extra,
                             f"{folder.name}: {len(report['streams'])} streams reported, truth has {extra}")
    return checks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rtcscope", required=True, help="the program under test")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    print(f"{'call':<20}" + "".join(f"{column:>14}" for column in COLUMNS))
    misses = []
    for folder in arguments.folders:
        try:
            checks = compare_call(arguments.rtcscope, folder)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            print(f"{folder.name:<20}  cannot be compared: {error!r}")
            return 2
        print(f"{folder.name:<20}" + "".join(f"{str(checks[column]):>14}" for column in COLUMNS))
        for check in checks.values():
            misses += check.misses
    for miss in misses:
        print("MISS", miss)
    print(f"{len(misses)} misses in {len(arguments.folders)} calls")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
