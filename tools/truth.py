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

Where the folder has the clients' statistics (getstats-*.jsonl), they are the truth of the last columns: "fps" (each
client's second without retransmissions or freezes against ours: mean error 0.3 at most, 99 % within 2), "freezes" (freezeCount against the playout model:
precision and recall 0.9 over all folders), "rtt" (median of the candidate pair's round trips within 5 ms of ours to both
sides of the tap), "jitter rr" (what the client's reports told against its own jitter, 1 ms). "windows" counts the
packets and octets of each second anew, from the capture: within 1 %.

Exit code 0 when all of this holds, 1 when it does not, 2 when a folder cannot be read. Standard library only.
"""

import argparse
import datetime
import json
import pathlib
import socket
import struct
import subprocess
import sys

from truth_transport import compare_dtls, compare_ice

JITTER_BOUND_MS = 0.1
BITRATE_BOUND_RATIO = 0.01
# The client's last sample of its statistics is up to a second older than the end of the capture.
AFTER_TAP_BOUND = 2
AFTER_TAP_BOUND_RATIO = 0.02


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


class CountCheck(Check):
    """Events that were found against those that happened, by their numbers."""

    def __init__(self):
        super().__init__()
        self.found = self.happened = self.both = 0
        self.differences = []

    def add_counts(self, found, happened, label):
        self.found += found
        self.happened += happened
        self.both += min(found, happened)
        if found != happened:
            self.differences.append(f"{label}: found {found}, the client has {happened}")

    def add(self, other):
        super().add(other)
        self.found += other.found
        self.happened += other.happened
        self.both += other.both
        self.differences += other.differences

    def __str__(self):
        return f"{self.both}/{self.found}/{self.happened}"


def new_checks():
    kinds = {"fps": MeanCheck, "freezes": CountCheck}
    return {column: kinds.get(column, Check)() for column in COLUMNS}


COLUMNS = ("flows", "classes", "media links", "other links", "no links", "streams", "packets", "counts", "names",
           "jitter", "bitrate", "after tap", "rtx", "kind", "source", "windows", "jitter rr", "rtt", "fps", "freezes",
           "ice", "dtls")
# Columns that may miss this part of what they check, over all folders.
# The last report of a call may be younger than the client's last statistics: its jitter may be another.
ALLOWED_MISSES = {"kind": 0.01, "fps": 0.01, "jitter rr": 0.1}
FPS_MEAN_BOUND = 0.3
FPS_BOUND = 2
FREEZE_BOUND = 0.9
RTT_BOUND_MS = 5
JITTER_RR_BOUND_MS = 1
WINDOW_BOUND_RATIO = 0.01
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


def compare_after_tap(check, label, truth, ours):
    """What the receiving client counted of a downlink stream against what its RTCP told, where it could be read."""
    for end in truth.get("endpoints", []):
        if end["type"] != "inbound-rtp" or ours["remote_lost"] is None:
            continue
        for field, name in (("remote_lost", "packetsLost"), ("nack_count", "nackCount"), ("pli_count", "pliCount")):
            want = end["last"].get(name)
            if want is None:
                continue
            bound = max(AFTER_TAP_BOUND, abs(want) * AFTER_TAP_BOUND_RATIO)
            check.expect(abs(ours[field] - want) <= bound, f"{label}: {field} {ours[field]}, the client has {want}")


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
    want = (truth["dir"] + "link", codec.lower(), int(rate), repeated, truth["media_from"], janus["display"])
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


def compare_flow(checks, label, truth, ours, report):
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
            compare_after_tap(checks["after tap"], name, stream, same[0])
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


def datagrams(path):
    """(ns, source, destination, captured payload, its size on the wire) of each UDP datagram of an Ethernet pcap."""
    data = path.read_bytes()
    to_ns = {0xa1b23c4d: 1, 0xa1b2c3d4: 1000}[struct.unpack_from("<I", data)[0]]
    offset = 24
    while offset + 16 <= len(data):
        seconds, fraction, length, _ = struct.unpack_from("<IIII", data, offset)
        frame = data[offset + 16:offset + 16 + length]
        offset += 16 + length
        kind = frame[12:14]
        if kind == b"\x08\x00" and frame[23] == 17:
            header, ends = 14 + 4 * (frame[14] & 15), (frame[26:30], frame[30:34])
        elif kind == b"\x86\xdd" and frame[20] == 17:
            header, ends = 54, (frame[22:38], frame[38:54])
        else:
            continue
        ports, size = struct.unpack_from(">HH", frame, header), struct.unpack_from(">H", frame, header + 4)[0] - 8
        yield (seconds * 10**9 + fraction * to_ns, (socket.inet_ntop(
            socket.AF_INET if len(ends[0]) == 4 else socket.AF_INET6, ends[0]), ports[0]), (socket.inet_ntop(
                socket.AF_INET if len(ends[1]) == 4 else socket.AF_INET6, ends[1]), ports[1]), frame[header + 8:], size)


def seconds_of(path):
    """{(flow's ends, sender, SSRC): {second: [packets, octets]}} of all RTP on bare UDP."""
    windows = {}
    for ns, source, destination, payload, size in datagrams(path):
        # RFC 7983 and RFC 5761: RTP, not RTCP.
        if len(payload) < 12 or payload[0] >> 6 != 2 or 192 <= payload[1] <= 223:
            continue
        key = frozenset((source, destination)), source, struct.unpack_from(">I", payload, 8)[0]
        window = windows.setdefault(key, {}).setdefault(ns // 10**9, [0, 0])
        window[0] += 1
        window[1] += size
    return windows


def rfc3339(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Samples:
    """The samples of the report's streams, by stream."""

    def __init__(self, report):
        self.of = {}
        for sample in report.get("samples", []):
            sample["t0"], sample["t1"] = rfc3339(sample["start"]), rfc3339(sample["end"])
            self.of.setdefault(sample["stream_id"], []).append(sample)

    def frames(self, stream, t0, t1):
        """Frames between two times, evenly spread over each sample, and the lowest and highest rate of a sample
        there; None where a sample misses."""
        total, covered, rates = 0.0, 0.0, []
        for sample in self.of.get(stream["id"], []):
            overlap = min(t1, sample["t1"]) - max(t0, sample["t0"])
            if overlap > 0:
                total += sample["frames"] * overlap / (sample["t1"] - sample["t0"])
                covered += overlap
                rates.append(sample["frames"] / (sample["t1"] - sample["t0"]))
        return (total, min(rates), max(rates)) if covered > 0.99 * (t1 - t0) else None


def compare_windows(check, folder, report, samples):
    windows = seconds_of(folder / "call.pcap")
    if not windows:  # The call travels in something that seconds_of() does not open: totals are all there is.
        return
    flows = {flow["id"]: flow for flow in report["flows"]}
    for stream in report["streams"]:
        flow = flows[stream["flow_id"]]
        if flow["encapsulation"] != "none" or stream["direction"] == "unknown":
            continue
        ends = frozenset((endpoint(flow["server_endpoint"]), endpoint(flow["client_endpoint"])))
        sender = endpoint(flow["server_endpoint" if stream["direction"] == "downlink" else "client_endpoint"])
        truth = windows.get((ends, sender, stream["ssrc"]), {})
        for sample in samples.of.get(stream["id"], []):
            seconds = range(int(sample["t0"]), int(sample["t1"] - 0.001) + 1)
            want = [sum(truth.get(second, (0, 0))[i] for second in seconds) for i in (0, 1)]
            wrong = [f"{name} {sample[name]}, truth {value}" for name, value in zip(("packets", "bytes"), want)
                     if abs(sample[name] - value) > value * WINDOW_BOUND_RATIO]
            check.expect(not wrong, f"{folder.name} ssrc {stream['ssrc']} {sample['start']}: {', '.join(wrong)}")


def client_statistics(folder):
    """{(handle, type, SSRC): [entry with its time, ...]} of all clients, oldest first."""
    entries = {}
    for path in sorted(folder.glob("getstats-*.jsonl")):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            for entry in row["stats"]:
                key = str(row.get("handle")), entry.get("type"), entry.get("ssrc")
                entries.setdefault(key, []).append(entry)
    return entries


def compare_fps(checks, label, stream, entries, name, samples):
    for before, after in zip(entries, entries[1:]):
        t0, t1 = before["timestamp"] / 1000, after["timestamp"] / 1000
        # Our frames are those that pass the tap: where the client asked for packets again, they came to it later.
        asked = any(before.get(count) != after.get(count) for count in ("nackCount", "freezeCount"))
        if name not in before or name not in after or asked or not 0.5 < t1 - t0 < 2:
            continue
        ours = samples.frames(stream, t0, t1)
        if ours is None:
            continue
        frames, lowest, highest = ours
        want = (after[name] - before[name]) / (t1 - t0)
        checks["fps"].errors.append(abs(frames / (t1 - t0) - want))
        # The client's second lies across two of ours: no nearer than both of them is no error.
        checks["fps"].expect(lowest - FPS_BOUND <= want <= highest + FPS_BOUND,
                             f"{label}: {lowest:.2f} to {highest:.2f} frames/s at {t1:.1f}, the client has {want:.2f}")


def compare_client(checks, label, stream, handle, statistics, samples):
    """One stream of a linked flow against the statistics of the client at the other end."""
    down = stream["direction"] == "downlink"
    entries = statistics.get((handle, "inbound-rtp" if down else "outbound-rtp", stream["ssrc"]), [])
    if not entries:
        return
    if stream["kind"] == "video" and stream["rtx_of_ssrc"] is None:
        compare_fps(checks, label, stream, entries, "framesReceived" if down else "framesSent", samples)
    if not down:
        return
    if entries[-1].get("freezeCount") is not None and stream["freezes"] is not None:
        checks["freezes"].add_counts(stream["freezes"], entries[-1]["freezeCount"], label)
    # aiortc tells jitter in ticks of the clock.
    told = [entry["jitter"] * 1000 for entry in entries[-15:] if isinstance(entry.get("jitter"), float)]
    if stream["remote_jitter_ms"] is not None and told:
        near_enough = min(told) - JITTER_RR_BOUND_MS <= stream["remote_jitter_ms"] <= max(told) + JITTER_RR_BOUND_MS
        checks["jitter rr"].expect(near_enough, f"{label}: reported jitter {stream['remote_jitter_ms']:.2f} ms, "
                                                f"the client has {min(told):.2f} to {max(told):.2f}")


def compare_round_trip(check, label, flow, handle, statistics):
    pairs = statistics.get((handle, "candidate-pair", None), [])
    told = [pair["currentRoundTripTime"] * 1000 for pair in pairs
            if pair.get("nominated") and pair.get("currentRoundTripTime") is not None]
    sides = [flow["client_round_trip_ms"], flow["server_round_trip_ms"]]
    # Half of a way is no round trip of the client's.
    if len(told) < 5 or sides[0] is None:
        return
    ours, want = sum(side or 0 for side in sides), statistics_median(told)
    check.expect(abs(ours - want) <= RTT_BOUND_MS,
                 f"{label}: round trip {sides[0]} + {sides[1]} ms, the client's median is {want:.1f}")


def statistics_median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def compare_source(check, label, stream, report):
    """A copy that was paired by packets has to be of the person whom the feed names, and of its kind."""
    source = next((s for s in report["streams"] if s["id"] == stream["source_stream_id"]), None)
    if source is None or stream["source_participant_id"] is None:
        return
    right = source["participant_id"] == stream["source_participant_id"] and source["kind"] == stream["kind"]
    check.expect(right, f"{label}: paired with ssrc {source['ssrc']} of another")


def compare_with_clients(checks, folder, report):
    samples = Samples(report)
    compare_windows(checks["windows"], folder, report, samples)
    statistics = client_statistics(folder)
    for flow in report["flows"]:
        connection = report["connections_by_id"].get(flow["connection_id"])
        streams = [s for s in report["streams"] if s["flow_id"] == flow["id"]]
        if connection is None or not streams:
            continue
        label = f"{folder.name} {flow['server_endpoint']}<->{flow['client_endpoint']}"
        compare_round_trip(checks["rtt"], label, flow, connection["server_handle"], statistics)
        for stream in streams:
            name = f"{label} ssrc {stream['ssrc']}"
            compare_source(checks["source"], name, stream, report)
            compare_client(checks, name, stream, connection["server_handle"], statistics, samples)


def compare_call(binary, folder, feeds):
    truth = json.loads((folder / "truth.json").read_text())
    report = analyze(binary, folder, feeds)
    for kind in ("connections", "conferences", "participants"):
        report[kind + "_by_id"] = {entry["id"]: entry for entry in report[kind]}
    checks = new_checks()
    flows = by_flow(report)
    for truth_flow in truth["flows"]:
        same = flows.pop(truth_key(truth_flow), [])
        label = f"{folder.name} {truth_flow['flow']} {truth_flow['encap']}"
        checks["flows"].expect(len(same) == 1, f"{label}: found {len(same)} times")
        if len(same) == 1:
            compare_flow(checks, label, truth_flow, same[0], report)
    for extra in (flow for same in flows.values() for flow in same):
        checks["flows"].expect(False, f"{folder.name} {extra['server_endpoint']}<->{extra['client_endpoint']}: "
                                      f"a flow that the truth does not have")
    compare_typing(checks, folder, truth, analyze(binary, folder, packets_only=True))
    if (folder / "call.pcap").exists():
        compare_with_clients(checks, folder, report)
    return checks


def print_row(first, cells):
    print(f"{first:<24}" + "".join(f"{str(cell):>13}" for cell in cells), flush=True)


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
