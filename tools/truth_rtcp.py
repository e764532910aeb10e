"""What receivers say in RTCP, by the recorder's opened copy of it (rtcp.jsonl), against `rtcscope analyze` and against the
clients' own statistics of the same moments: for tools/truth.py."""

import json
from statistics import median, stdev

from truth_clients import RTT_BOUND_MS, JITTER_RR_BOUND_MS, compare_round_trip_median, endpoint

REPORTED_BOUND_MS = 0.01
# A report and a sample of the client so close show the same state, but for a packet; the client tells whole ms, rounded down.
SAME_MOMENT = 0.02
# Our median is of buckets of a sixteenth of an octave.
MEDIAN_RATIO = 0.045
ONE_A_SECOND = 0.9


def rows(path):
    """Of rtcp.jsonl, without those that came twice: a receiver takes each once (RFC 3711, 3.3.2)."""
    seen = set()
    for line in path.read_text().splitlines() if path.exists() else []:
        row = json.loads(line)
        name = (row["flow"], row["dir"], row["packets"][0].get("ssrc") if row["packets"] else None, row.get("index"))
        if name[-1] is None or name not in seen:
            yield row
        seen.add(name)


def requests(path):
    """{(flow, direction of the media, its SSRC): {"NACK" or "PLI": [ns of each]}} of the opened RTCP; None where there is none.
    The recordings have no FIR."""
    if not path.exists():
        return None
    asked = {}
    for row in rows(path):
        media = {"up": "down", "down": "up"}[row["dir"]]
        for packet in row["packets"]:
            if packet.get("type") in ("NACK", "PLI"):
                times = asked.setdefault((row["flow"], media, packet["media_ssrc"]), {})
                times.setdefault(packet["type"], []).append(row["t_ns"])
    return asked


class Reports:
    """Report blocks by flow, the end that sent the media, and SSRC."""

    def __init__(self, path):
        self.jitter, self.round_trips = {}, {}
        sent = {}
        for row in rows(path):
            flow, time = frozenset(endpoint(end) for end in row["flow"].split("<->")), row["t_ns"] / 1e9
            for packet in row["packets"]:
                if packet["type"] == "SR":
                    sent[flow, row["dir"], packet["ssrc"], packet["ntp_mid"]] = time
                for block in packet.get("reports", []):
                    self._add(flow, row["dir"], time, block, sent)

    def _add(self, flow, direction, time, block, sent):
        media = "up" if direction == "down" else "down"
        self.jitter.setdefault((flow, media, block["ssrc"]), []).append((time, block["jitter"]))
        left = sent.get((flow, media, block["ssrc"], block["lsr"]))
        if left is not None and block["lsr"] != 0:
            trip = (time - left) * 1000 - block["dlsr"] / 65.536
            if trip >= 0:  # the delay that a report tells may be rounded up
                self.round_trips.setdefault((flow, media), {}).setdefault(block["ssrc"], []).append((time, left, trip))


def ends_of(flow):
    return frozenset((endpoint(flow["server_endpoint"]), endpoint(flow["client_endpoint"])))


def compare_jitter(check, label, stream, entries, flow, reports):
    """Ours is the last report's; a report is what the client has at that moment."""
    told = reports.jitter.get((ends_of(flow), "down", stream["ssrc"]), [])
    if not told or stream["remote_jitter_ms"] is None or stream["clock_rate_hz"] is None:
        return
    to_ms = 1000 / stream["clock_rate_hz"]
    check.expect(abs(stream["remote_jitter_ms"] - told[-1][1] * to_ms) <= REPORTED_BOUND_MS,
                 f"{label}: reported jitter {stream['remote_jitter_ms']:.2f} ms, the last report has {told[-1][1] * to_ms:.2f}")
    samples = [(entry["timestamp"] / 1000, entry["jitter"] * 1000) for entry in entries
               if isinstance(entry.get("jitter"), float)]
    for time, jitter in samples:
        for at, ticks in told:
            if abs(at - time) <= SAME_MOMENT:
                check.expect(-JITTER_RR_BOUND_MS <= ticks * to_ms - jitter <= JITTER_RR_BOUND_MS + 1,
                             f"{label}: a report at {at:.2f} has jitter {ticks * to_ms:.2f} ms, the client {jitter:.0f}")


def checks_of(pairs):
    """(from, to, ms) of each check of the client's that was answered, by the growth of its sums."""
    for before, after in zip(pairs, pairs[1:]):
        answers = after.get("responsesReceived", 0) - before.get("responsesReceived", 0)
        if answers > 0:
            yield (before["timestamp"] / 1000, after["timestamp"] / 1000,
                   (after["totalRoundTripTime"] - before["totalRoundTripTime"]) / answers * 1000)


def median_of(trips):
    """The two in the middle, of one a second."""
    counted, last = [], None
    for time, _, trip in trips:
        if last is None or time - last >= ONE_A_SECOND:
            counted.append(trip)
            last = time
    counted.sort()
    return counted[(len(counted) - 1) // 2], counted[len(counted) // 2]


def compare_round_trip(check, label, flow, handle, statistics, reports):
    """Ours is the median of what reports tell; and reports tell what the client's checks do at the same time."""
    pairs = [pair for pair in statistics.get((handle, "candidate-pair", None), []) if pair.get("nominated")]
    by_ssrc = reports.round_trips.get((ends_of(flow), "down"), {})
    if flow["client_round_trip_source"] == "ice":
        compare_least(check, label, flow, [ms for _, _, ms in checks_of(pairs)])
        return
    if not by_ssrc:
        compare_round_trip_median(check, label, flow, pairs)
        return
    most = max(len(trips) for trips in by_ssrc.values())
    trips = [trips for trips in by_ssrc.values() if len(trips) == most]
    ours, medians = flow["client_round_trip_ms"], [median_of(each) for each in trips]
    check.expect(any(low * (1 - MEDIAN_RATIO) <= ours <= high * (1 + MEDIAN_RATIO) for low, high in medians),
                 f"{label}: round trip {ours} ms, the reports' median is {medians}")
    compare_moments(check, label, trips[0], pairs, flow["server_round_trip_ms"] or 0)


def compare_least(check, label, flow, checks):
    """Where ours is the least of the server's checks: against the least of the client's. Each has its own few."""
    if len(checks) < 5:
        return
    ours, least = flow["client_round_trip_ms"] + (flow["server_round_trip_ms"] or 0), min(checks)
    bound = RTT_BOUND_MS + stdev(checks)
    check.expect(abs(ours - least) <= bound,
                 f"{label}: least round trip {ours} ms, that of the client's checks is {least:.1f}, bound {bound:.1f}")


def compare_moments(check, label, trips, pairs, server_ms):
    differences = []
    for begin, end, ms in checks_of(pairs):
        same = {left: trip for _, left, trip in trips if begin - ONE_A_SECOND / 2 <= left <= end}
        if same:
            differences.append(median(same.values()) + server_ms - ms)
    if len(differences) < 5:
        return
    # Where round trips vary, so does the median of a few: by its standard error.
    bound = RTT_BOUND_MS + 1.25 * stdev(differences) / len(differences)**0.5
    check.expect(abs(median(differences)) <= bound,
                 f"{label}: reports tell {median(differences):+.1f} ms more than the client's checks at the same time "
                 f"({len(differences)} of them, bound {bound:.1f})")


def compare_reports(checks, folder, report, statistics):
    reports = Reports(folder / "rtcp.jsonl")
    for flow in report["flows"]:
        connection = report["connections_by_id"].get(flow["connection_id"])
        streams = [s for s in report["streams"] if s["flow_id"] == flow["id"]]
        if connection is None or not streams:
            continue
        label, handle = f"{folder.name} {flow['server_endpoint']}<->{flow['client_endpoint']}", connection["server_handle"]
        compare_round_trip(checks["rtt"], label, flow, handle, statistics, reports)
        for stream in (s for s in streams if s["direction"] == "downlink"):
            entries = statistics.get((handle, "inbound-rtp", stream["ssrc"]), [])
            compare_jitter(checks["jitter rr"], f"{label} ssrc {stream['ssrc']}", stream, entries, flow, reports)
