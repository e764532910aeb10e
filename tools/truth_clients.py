"""What the clients' own statistics and the capture itself say, against `rtcscope analyze`: for tools/truth.py."""

import datetime
import json
import socket
import struct
from statistics import median

# The client's last sample of its statistics is up to a second older than the end of the capture.
AFTER_TAP_BOUND = 2
AFTER_TAP_BOUND_RATIO = 0.02
FPS_BOUND = 2
RTT_BOUND_MS = 5
JITTER_RR_BOUND_MS = 1
WINDOW_BOUND_RATIO = 0.01
JUDGED_AFTER = 2.5  # seconds from a frame's start until the playout model shows it
RECEIVED_BEHIND = 3  # seconds from the one that received_frames tells of to that in which the sample begins


def endpoint(text):
    """'192.0.2.1:5000', '[2001:db8::1]:5000' or '2001:db8::1:5000' -> (address, port)."""
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


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
        # The seconds of which clients tell how many frames they had whole in them.
        self.received = {stream: [
            {"t0": int(sample["t0"]) - RECEIVED_BEHIND, "t1": int(sample["t0"]) - RECEIVED_BEHIND + 1,
             "frames": sample["received_frames"]} for sample in samples if sample["received_frames"] is not None
        ] for stream, samples in self.of.items()}

    def frames(self, streams, t0, t1):
        """Frames between two times, evenly spread over each sample, and the lowest and highest rate of a second
        there; None where a sample misses. `streams`: one SSRC, which may have moved from flow to flow. At the client
        where it tells what came, else at the tap."""
        total, rates = 0.0, []
        told = any(self.received.get(stream["id"]) for stream in streams)
        of = [[sample for sample in (self.received if told else self.of).get(stream["id"], [])
               if min(t1, sample["t1"]) > max(t0, sample["t0"])] for stream in streams]
        covered = max((sum(min(t1, s["t1"]) - max(t0, s["t0"]) for s in samples) for samples in of), default=0)
        for samples in of:
            for sample in samples:
                part = (min(t1, sample["t1"]) - max(t0, sample["t0"])) / (sample["t1"] - sample["t0"])
                total += sample["frames"] * part
                rates.append(sum(s["frames"] / (s["t1"] - s["t0"]) for same in of for s in same
                                 if s["t0"] <= sample["t0"] < s["t1"]))
        return (total, min(rates), max(rates)) if covered > 0.99 * (t1 - t0) else None

    def freezes(self, streams):
        return [sample["t1"] for stream in streams for sample in self.of.get(stream["id"], [])
                for _ in range(sample["freezes"] or 0)]


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


def compare_fps(check, label, streams, entries, down, samples):
    for before, after in zip(entries, entries[1:]):
        # libwebrtc counts all frames that one late packet makes whole as one (VideoStreamBufferController::InsertFrame);
        # it decodes each.
        asked = before.get("nackCount") != after.get("nackCount")
        name = "framesSent" if not down else "framesDecoded" if asked else "framesReceived"
        t0, t1 = before["timestamp"] / 1000, after["timestamp"] / 1000
        if name not in before or name not in after or not 0.5 < t1 - t0 < 2:
            continue
        ours = samples.frames(streams, t0, t1)
        if ours is None:
            continue
        frames, lowest, highest = ours
        want = (after[name] - before[name]) / (t1 - t0)
        check.errors.append(abs(frames / (t1 - t0) - want))
        # The client's second lies across two of ours: no nearer than both of them is no error.
        check.expect(lowest - FPS_BOUND <= want <= highest + FPS_BOUND,
                     f"{label}: {lowest:.2f} to {highest:.2f} frames/s at {t1:.1f}, the client has {want:.2f}")


def compare_freezes(check, label, streams, entries, samples):
    happened = []
    for before, after in zip([None] + entries, entries):
        count = after["freezeCount"] - (before["freezeCount"] if before else 0)
        start = before["timestamp"] / 1000 if before else 0
        happened += [(start, after["timestamp"] / 1000)] * count
    # What was found so late happened after the client's last sample, if it did.
    until = entries[-1]["timestamp"] / 1000 + JUDGED_AFTER
    check.add_times(samples.freezes(streams), happened, until, label)


def compare_client(checks, label, streams, handle, statistics, samples):
    """One SSRC of a handle, the streams of which are on its linked flows, against the client's statistics."""
    stream = max(streams, key=lambda s: s["packets"])
    down = stream["direction"] == "downlink"
    entries = statistics.get((handle, "inbound-rtp" if down else "outbound-rtp", stream["ssrc"]), [])
    if not entries:
        return
    if stream["kind"] == "video" and stream["rtx_of_ssrc"] is None:
        compare_fps(checks["fps"], label, streams, entries, down, samples)
    if not down:
        return
    if stream["freezes"] is not None and all(entry.get("freezeCount") is not None for entry in entries):
        compare_freezes(checks["freezes"], label, streams, entries, samples)
    lost = [entry["packetsLost"] for entry in entries[-7:] if entry.get("packetsLost") is not None]
    if stream["remote_lost"] is not None and lost and len(streams) == 1:
        bound = max(AFTER_TAP_BOUND, abs(lost[-1]) * AFTER_TAP_BOUND_RATIO)
        # A second in which more packets were lost than one may follow the last sample.
        bound += max(0, lost[-1] - lost[-2]) if len(lost) > 1 else 0
        checks["after tap"].expect(min(lost) - bound <= stream["remote_lost"] <= max(lost) + bound,
                                   f"{label}: remote_lost {stream['remote_lost']}, the client has {lost}")


def compare_round_trip_median(check, label, flow, pairs):
    told = [pair["currentRoundTripTime"] * 1000 for pair in pairs if pair.get("currentRoundTripTime") is not None]
    sides = [flow["client_round_trip_ms"], flow["server_round_trip_ms"]]
    # Half of a way is no round trip of the client's.
    if len(told) < 5 or sides[0] is None:
        return
    ours, want = sum(side or 0 for side in sides), median(told)
    check.expect(abs(ours - want) <= RTT_BOUND_MS,
                 f"{label}: round trip {sides[0]} + {sides[1]} ms, the client's median is {want:.1f}")


def compare_source(check, label, stream, report):
    """A copy that was paired by packets has to be of the person whom the feed names, and of its kind."""
    source = next((s for s in report["streams"] if s["id"] == stream["source_stream_id"]), None)
    if source is None or stream["source_participant_id"] is None:
        return
    right = source["participant_id"] == stream["source_participant_id"] and source["kind"] == stream["kind"]
    check.expect(right, f"{label}: paired with ssrc {source['ssrc']} of another")


def compare_with_clients(checks, folder, report, statistics):
    samples = Samples(report)
    compare_windows(checks["windows"], folder, report, samples)
    by_ssrc = {}
    for flow in report["flows"]:
        connection = report["connections_by_id"].get(flow["connection_id"])
        streams = [s for s in report["streams"] if s["flow_id"] == flow["id"]]
        if connection is None or not streams:
            continue
        label = f"{folder.name} {flow['server_endpoint']}<->{flow['client_endpoint']}"
        for stream in streams:
            compare_source(checks["source"], f"{label} ssrc {stream['ssrc']}", stream, report)
            key = connection["server_handle"], stream["ssrc"], stream["direction"]
            by_ssrc.setdefault(key, (f"{label} ssrc {stream['ssrc']}", []))[1].append(stream)
    for (handle, _, _), (label, streams) in by_ssrc.items():
        compare_client(checks, label, streams, handle, statistics, samples)
