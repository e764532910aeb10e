#!/usr/bin/env python3
"""Compares `rtcscope analyze` with recorded ground truth and prints one table.

usage: tools/truth.py --rtcscope PATH [--feeds events|admin|events,admin] DIR...

Each DIR is a recorded call: call.pcap, janus-events.jsonl, truth.json (what the recorder knows: per SSRC the
packets and losses at the tap, per flow the server's handle, room and display name).

Counts are exact; jitter and bitrate have a bound. A media flow has to be linked to the truth's handle, room and
display name, and each of its streams to the person who sent it. Any other flow may stay without a name, but must
not get a wrong one; a flow that the truth gives to nobody must stay nobody's. Where the folder has the call's keys
(keys.jsonl), what receivers say in RTCP is held against the clients' own statistics.

Columns "kind" and "rtx" are of a second run that is given the packets only: audio or video has to be right, and said
within two seconds of the stream's start, for 99 % of the streams of all folders; a retransmission stream has to name
the stream it repeats, and no other stream may be taken for one.

Where the folder has the clients' statistics (getstats-*.jsonl), they are the truth of the last columns: "fps" (framesSent
of each of the client's seconds against our frames at the tap, framesReceived, or framesDecoded where it asked for packets
again, against those of which its transport-wide feedback told: mean error 0.3 at most, 99 % within 2), "freezes" (the
seconds in which freezeCount grew against those of the playout model: precision and recall 0.9 over all folders; printed as
matched/ours/the client's), "rtt" (ours is the median of what the recorder's
opened reports tell, one a second; and they tell within 5 ms, and the error of the median of so few, what the client's own
checks do in the same seconds; without opened reports, medians within 5 ms), "jitter rr" (ours is the last report's; and reports
within 20 ms of a sample of the client have its jitter, 1 ms). "windows" counts the
packets and octets of each second anew, from the capture: within 1 %. "key frames": their number where nothing was lost,
against keyFramesEncoded and keyFramesDecoded, and the time from each PLI to the next, from the capture.

What this cannot tell: what a client without transport-wide feedback received is taken for what passed the tap, and of
seconds in which one with it fell silent nothing is compared. The client's samples are a second apart: a freeze is
placed in one of them, and ours is matched up to 4.5 s later, for the model waits for late packets. What receivers
reported (remote_lost) is held against the client's count over the six seconds up to its last sample, since the last
report of audio is up to five seconds old. TURN over TCP is not opened by what made the truth.

Exit code 0 when all of this holds, 1 when it does not, 2 when a folder cannot be read. Standard library only.
"""

import argparse
import json
import pathlib
import subprocess
import sys

from truth_clients import AFTER_TAP_BOUND, AFTER_TAP_BOUND_RATIO, client_statistics, compare_with_clients, endpoint
from truth_key_frames import compare_key_frames
from truth_rtcp import compare_reports, requests
from truth_transport import compare_dtls, compare_ice

JITTER_BOUND_MS = 0.1
BITRATE_BOUND_RATIO = 0.01


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

    def add(self, other):
        self.good += other.good
        self.total += other.total
        self.misses += other.misses

    def __str__(self):
        return f"{self.good}/{self.total}"


class MeanCheck(Check):
    """Also the mean of the errors."""

    def __init__(self):
        super().__init__()
        self.errors = []

    def add(self, other):
        super().add(other)
        self.errors += other.errors

    def mean(self):
        return sum(self.errors) / len(self.errors) if self.errors else 0

    def __str__(self):
        return f"{super().__str__()} {self.mean():.2f}"


class EventCheck(Check):
    """Events that were found against those that happened, matched by time."""

    def __init__(self):
        super().__init__()
        self.found = self.happened = self.both = 0
        self.differences = []

    def add_times(self, found, happened, until, label):
        """`found`: when each was noticed; `happened`: (from, to) of each. Each goes with one other at most. What was
        found after `until` and goes with none is no error."""
        left = sorted(found)
        matched = 0
        for start, end in sorted(happened):
            same = next((time for time in left if start <= time <= end + NOTICED_WITHIN), None)
            if same is not None:
                left.remove(same)
                matched += 1
        count = matched + sum(time <= until for time in left)
        self.found += count
        self.happened += len(happened)
        self.both += matched
        if matched != count or matched != len(happened):
            self.differences.append(f"{label}: found {count}, the client has {len(happened)}, {matched} at one time")

    def add(self, other):
        super().add(other)
        self.found += other.found
        self.happened += other.happened
        self.both += other.both
        self.differences += other.differences

    def __str__(self):
        return f"{self.both}/{self.found}/{self.happened}"


def new_checks():
    kinds = {"fps": MeanCheck, "freezes": EventCheck}
    return {column: kinds.get(column, Check)() for column in COLUMNS}


COLUMNS = ("flows", "classes", "media links", "other links", "no links", "streams", "packets", "counts", "names",
           "jitter", "bitrate", "after tap", "rtx", "kind", "source", "windows", "jitter rr", "rtt", "fps", "freezes",
           "ice", "dtls", "key frames")
# Columns that may miss this part of what they check, over all folders.
# Between a report and a sample of the client a packet may have changed its jitter.
ALLOWED_MISSES = {"kind": 0.01, "fps": 0.01, "jitter rr": 0.1}
FPS_MEAN_BOUND = 0.3
FREEZE_BOUND = 0.9
# The model judges a frame 2.5 s after it began, is asked once a second, and its sample ends up to a second later.
NOTICED_WITHIN = 4.5
KIND_WITHIN_MS = 2000
COUNTS = ("expected", "lost", "duplicates", "reordered")
LOGS = {"events": ("--events", "janus-events.jsonl"), "admin": ("--admin", "admin-handle_info.jsonl")}
CLASSES = ("stun", "dtls", "rtp", "rtcp")


def analyze(binary, folder, feeds=("events",), packets_only=False):
    command = [binary, "analyze", str(folder / "call.pcap"), "--format", "json"]
    if not packets_only:
        command += ["--samples"]
        for feed in feeds:
            option, name = LOGS[feed]
            command += [option, str(folder / name)]
        if (folder / "keys.jsonl").exists():
            command += ["--keys", str(folder / "keys.jsonl")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {run.returncode}: {run.stderr.strip()}")
    return json.loads(run.stdout)


def near(ours, truth, bound):
    return ours is None if truth is None else ours is not None and abs(ours - truth) <= bound


def compare_stream(checks, label, truth, ours):
    pcap = truth["pcap"]
    checks["packets"].expect(ours["packets"] == pcap["packets"],
                             f"{label}: packets {ours['packets']}, truth {pcap['packets']}")
    wrong = {count: (ours[count], pcap[count]) for count in COUNTS if ours[count] != pcap[count]}
    if ours["bytes"] != pcap["rtp_bytes_wire"]:
        wrong["bytes"] = (ours["bytes"], pcap["rtp_bytes_wire"])
    checks["counts"].expect(not wrong, f"{label}: (ours, truth) of {wrong}")
    for key, field in (("jitter_ms_last", "jitter_ms"), ("jitter_ms_max", "jitter_max_ms"),
                       ("jitter_ms_mean", "jitter_mean_ms")):
        # Jitter takes two packets; of one, "0" and "not measured" both are no jitter.
        unmeasured = pcap["packets"] == 1 and ours[field] in (None, 0.0)
        checks["jitter"].expect(unmeasured or near(ours[field], pcap[key], JITTER_BOUND_MS),
                                f"{label}: {field} {ours[field]}, truth {pcap[key]}")
    seconds = (pcap["last_t_ns"] - pcap["first_t_ns"]) / 1e9
    if seconds:
        want = pcap["rtp_bytes_wire"] * 8 / seconds
        checks["bitrate"].expect(near(ours["bitrate_bps"], want, want * BITRATE_BOUND_RATIO),
                                 f"{label}: bitrate {ours['bitrate_bps']}, truth {want:.0f}")


def compare_after_tap(check, label, truth, ours, told):
    """What the receiving client counted of a downlink stream against what its RTCP told, where it could be read.
    `told`: the requests that the recorder found in it; None where it opened none. The client's count is up to a second
    older than the end."""
    for end in truth.get("endpoints", []):
        if end["type"] != "inbound-rtp" or ours["remote_lost"] is None:
            continue
        for field, name in (("nack_count", "nackCount"), ("pli_count", "pliCount")):
            want = end["last"].get(name)
            if want is None:
                continue
            bound = max(AFTER_TAP_BOUND, abs(want) * AFTER_TAP_BOUND_RATIO)
            check.expect(abs(ours[field] - want) <= bound or (told is not None and ours[field] > want),
                         f"{label}: {field} {ours[field]}, the client has {want}")
            found = None if told is None else len(told.get(field.removesuffix("_count").upper(), []))
            check.expect(found in (None, ours[field]), f"{label}: {field} {ours[field]}, its RTCP has {found}")


def repeated_ssrc(stream, siblings):
    """What a stream repeats: by SDP, else by the rid that it names (RFC 8852); None when nothing says it."""
    if stream["rtx_of"] is not None:
        return stream["rtx_of"]
    repaired = set(stream["pcap"].get("repaired_rid", {}))
    named = [s["ssrc"] for s in siblings
             if repaired and s["dir"] == stream["dir"] and repaired & set(s["pcap"].get("rid", {}))]
    return named[0] if len(named) == 1 else None


def compare_names(check, label, truth, siblings, ours, report):
    """Direction, codec and people of a stream of a flow that the truth gives to a handle."""
    janus = siblings["janus"]
    repeated = repeated_ssrc(truth, siblings["streams"])
    if repeated is None and truth["codec"].startswith("rtx/"):
        repeated = ours["rtx_of_ssrc"]  # there is no truth to hold it against
    people = {identity: entry["display"] or None for identity, entry in report["participants_by_id"].items()}
    codec, _, rate = truth["codec"].partition("/")
    source = people.get(ours["source_participant_id"])
    if not ours["source_switches"]:  # the truth names whom a copy was of at first
        source = truth["media_from"]
    want = (truth["dir"] + "link", codec.lower(), int(rate), repeated, source, janus["display"])
    found = (ours["direction"], ours["codec"].lower(), ours["clock_rate_hz"], ours["rtx_of_ssrc"],
             people.get(ours["source_participant_id"]), people.get(ours["participant_id"]))
    check.expect(found == want, f"{label}: named {found}, truth {want}")


def link_of(flow, report):
    """(handle, room, display) a flow is linked to, with None for what is unknown; None for no link."""
    connection = report["connections_by_id"].get(flow["connection_id"])
    if connection is None:
        return None
    conference = report["conferences_by_id"].get(connection["conference_id"], {})
    participant = report["participants_by_id"].get(connection["participant_id"], {})
    return connection["server_handle"], conference.get("room") or None, participant.get("display") or None


def compare_link(check, label, janus, ours, must_link):
    room = None if janus["room"] is None else str(janus["room"])
    if ours is None:
        # A flow without media that stays unlinked is no wrong link.
        check.expect(not must_link, f"{label}: not linked, truth handle {janus['handle']} ({janus['display']})")
        return
    # Without a room nobody has a display name; then the handle alone decides.
    want = (str(janus["handle"]), room, janus["display"] if room is not None else ours[2])
    check.expect(ours == want, f"{label}: linked to {ours}, truth {want}")


def key_of(ends, encapsulation):
    return frozenset(endpoint(end) for end in ends), encapsulation


def compare_flow(checks, label, truth, ours, report, asked):
    for name in CLASSES:
        want = truth["packets_up"].get(name, 0) + truth["packets_down"].get(name, 0)
        found = ours[name + "_packets"]
        checks["classes"].expect(found == want, f"{label}: {name} packets {found}, truth {want}")
    compare_ice(checks["ice"], label, truth, ours)
    compare_dtls(checks["dtls"], label, truth, ours)
    link = link_of(ours, report)
    if not truth["janus"]:
        checks["no links"].expect(link is None, f"{label}: linked to {link}, truth knows no handle")
    else:
        media = bool(truth["streams"])
        compare_link(checks["media links" if media else "other links"], label, truth["janus"], link, media)
    reported = [stream for stream in report["streams"] if stream["flow_id"] == ours["id"]]
    for stream in truth["streams"]:
        name = f"{label} ssrc {stream['ssrc']} {stream['dir']} {stream['codec']}"
        same = [s for s in reported if s["ssrc"] == stream["ssrc"] and s["direction"] == stream["dir"] + "link"]
        checks["streams"].expect(len(same) == 1, f"{name}: found {len(same)} times")
        if len(same) == 1:
            compare_stream(checks, name, stream, same[0])
            told = None if asked is None else asked.get((truth["flow"], stream["dir"], stream["ssrc"]), {})
            compare_after_tap(checks["after tap"], name, stream, same[0], told)
            if truth["janus"]:
                compare_names(checks["names"], name, stream, truth, same[0], report)
    known = {stream["ssrc"] for stream in truth["streams"]}
    for extra in (stream for stream in reported if stream["ssrc"] not in known):
        checks["streams"].expect(False, f"{label}: ssrc {extra['ssrc']} {extra['direction']} is not in the truth")


def by_flow(report):
    flows = {}
    for flow in report["flows"]:
        flows.setdefault(key_of((flow["server_endpoint"], flow["client_endpoint"]), flow["encapsulation"]),
                         []).append(flow)
    return flows


def truth_key(flow):
    return key_of(flow["flow"].split("<->"), {"udp": "none", "turn": "turn", "tcp": "ice_tcp"}[flow["encap"]])


def compare_typing(checks, folder, truth, report):
    """What the packets alone say: medium, and which stream repeats which."""
    flows = by_flow(report)
    for truth_flow in truth["flows"]:
        ids = {flow["id"] for flow in flows.get(truth_key(truth_flow), [])}
        # Samples that were cut to seconds tell no kind.
        for stream in (s for s in truth_flow["streams"] if "kind" in s):
            label = f"{folder.name} {truth_flow['flow']} ssrc {stream['ssrc']} {stream['codec']}, packets only"
            ours = [s for s in report["streams"] if s["flow_id"] in ids and s["ssrc"] == stream["ssrc"]]
            if len(ours) != 1:
                checks["kind"].expect(False, f"{label}: found {len(ours)} times")
                continue
            ours = ours[0]
            after = ours["kind_after_ms"]
            checks["kind"].expect(ours["kind"] == stream["kind"] and after is not None and after <= KIND_WITHIN_MS,
                                  f"{label}: {ours['kind']} ({ours['kind_source']}) after {after} ms, "
                                  f"truth {stream['kind']}")
            repeated = repeated_ssrc(stream, truth_flow["streams"])
            # A retransmission stream of which neither SDP nor rid speaks has no truth.
            if repeated is not None or not stream["codec"].startswith("rtx/"):
                checks["rtx"].expect(ours["rtx_of_ssrc"] == repeated,
                                     f"{label}: repeats {ours['rtx_of_ssrc']}, truth {repeated}")


def compare_call(binary, folder, feeds):
    truth = json.loads((folder / "truth.json").read_text())
    report = analyze(binary, folder, feeds)
    for kind in ("connections", "conferences", "participants"):
        report[kind + "_by_id"] = {entry["id"]: entry for entry in report[kind]}
    checks, asked = new_checks(), requests(folder / "rtcp.jsonl")
    flows = by_flow(report)
    for truth_flow in truth["flows"]:
        same = flows.pop(truth_key(truth_flow), [])
        label = f"{folder.name} {truth_flow['flow']} {truth_flow['encap']}"
        checks["flows"].expect(len(same) == 1, f"{label}: found {len(same)} times")
        if len(same) == 1:
            compare_flow(checks, label, truth_flow, same[0], report, asked)
    for extra in (flow for same in flows.values() for flow in same):
        checks["flows"].expect(False, f"{folder.name} {extra['server_endpoint']}<->{extra['client_endpoint']}: "
                                      f"a flow that the truth does not have")
    compare_typing(checks, folder, truth, analyze(binary, folder, packets_only=True))
    if (folder / "call.pcap").exists():
        statistics = client_statistics(folder)
        compare_with_clients(checks, folder, report, statistics)
        compare_reports(checks, folder, report, statistics)
        compare_key_frames(checks["key frames"], folder, report, statistics, asked or {})
    return checks


def print_row(first, cells):
    print(f"{first:<24}" + "".join(f" {str(cell):>12}" for cell in cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rtcscope", required=True, help="the program under test")
    parser.add_argument("--feeds", default="events", choices=["events", "admin", "events,admin"],
                        help="what the names are taken from: the event log, the Admin API's answers, or both")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    print_row("call", COLUMNS)
    all_checks = new_checks()
    for folder in arguments.folders:
        try:
            checks = compare_call(arguments.rtcscope, folder, arguments.feeds.split(","))
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            print(f"{folder.name:<24}  cannot be compared: {error!r}")
            return 2
        print_row(folder.name, checks.values())
        for column, check in checks.items():
            all_checks[column].add(check)
    print_row("all", all_checks.values())
    freezes, failed = all_checks["freezes"], False
    if min(freezes.both, freezes.found, freezes.happened) < FREEZE_BOUND * max(freezes.found, freezes.happened):
        freezes.misses = freezes.differences
    elif freezes.differences:
        print("\n".join("miss (allowed) freezes " + line for line in freezes.differences))
    if all_checks["fps"].mean() > FPS_MEAN_BOUND:
        print(f"MISS the mean error of frames/s is {all_checks['fps'].mean():.3f}")
        failed = True
    for column, check in all_checks.items():
        allowed = int(check.total * ALLOWED_MISSES.get(column, 0))
        failed = failed or len(check.misses) > allowed
        for miss in check.misses:
            print("MISS" if len(check.misses) > allowed else "miss (allowed)", miss)
    print(f"{sum(len(check.misses) for check in all_checks.values())} misses in {len(arguments.folders)} calls")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
