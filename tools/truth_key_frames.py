"""Key frames and how long they were waited for, against the clients' statistics and the capture: for tools/truth.py."""

import struct

from truth_clients import datagrams, endpoint

# A key frame that came after the client's last statistics.
AFTER_LAST = 1
UNREPORTED_BOUND_RATIO = 0.1
# Buckets of a sixteenth of an octave.
MEDIAN_RATIO = 0.04
# The orientation's id in what Chromium offers and Janus takes over: the recordings have no other.
ORIENTATION_ID = 13


def orientation(packet):
    """The octet of the orientation in an RTP packet's one-byte extensions (RFC 8285, 4.2); None without."""
    at = 12 + 4 * (packet[0] & 15)
    if not packet[0] & 0x10 or len(packet) < at + 4:
        return None
    profile, words = struct.unpack_from(">HH", packet, at)
    block, at = packet[at + 4:at + 4 + 4 * words], 0
    while profile == 0xbede and at < len(block):
        if block[at] >> 4 == ORIENTATION_ID:
            return block[at + 1]
        at += 1 if block[at] == 0 else 2 + (block[at] & 15)
    return None


def key_frame_times(path):
    """{(sender, receiver, SSRC): [ns of each key frame's last packet]} of all RTP on bare UDP."""
    times, seen = {}, set()
    for ns, source, destination, packet, _ in datagrams(path):
        if len(packet) < 12 or packet[0] >> 6 != 2 or 192 <= packet[1] <= 223 or orientation(packet) != 0:
            continue
        timestamp, ssrc = struct.unpack_from(">II", packet, 4)
        if packet[1] & 0x80 and (source, ssrc, timestamp) not in seen:
            seen.add((source, ssrc, timestamp))
            times.setdefault((source, destination, ssrc), []).append(ns)
    return times


def waits(asked, came):
    return [min(time for time in came if time >= start) - start for start in asked if any(t >= start for t in came)]


def compare_count(check, label, stream, entries, came):
    """Where nothing was lost on the way, the client has coded just what passed the tap. Firefox sends nothing that
    tells a key frame: then there is no figure, and must be none."""
    down = stream["direction"] == "downlink"
    want = entries[-1].get("keyFramesDecoded" if down else "keyFramesEncoded")
    lossless = stream["lost"] == 0 and (not down or stream["remote_lost"] == 0)
    # Of a client that is gone nobody knows what it lost.
    gone = down and stream["unreported_packets"] > UNREPORTED_BOUND_RATIO * stream["packets"]
    if want is None or not lossless or gone:
        return
    found = stream["key_frames"]
    if found is None and not came and stream["absent"]["key_frames"] == "not_sent":
        return
    check.expect(found is not None and want <= found <= want + AFTER_LAST,
                 f"{label}: {found} key frames, the client has {want}")


def compare_waits(check, label, stream, asked, came):
    want = [ns / 1e6 for ns in waits(asked, came)]
    found = stream["key_frame_waits"], stream["key_frame_wait_max_ms"], stream["key_frame_wait_p50_ms"]
    if stream["lost"] != 0 or (not want and not stream["key_frame_waits"]):
        return
    same = found[0] == len(want) and (not want or abs(found[1] - max(want)) < 0.01)
    # The histogram takes the lower of two values in the middle.
    middle = sorted(want)[(len(want) - 1) // 2] if want else None
    same = same and (not want or abs(found[2] - middle) <= middle * MEDIAN_RATIO)
    check.expect(same, f"{label}: key frame waits {found}, truth {len(want)}, max {max(want, default=None)}, "
                       f"p50 {middle}")


def compare_key_frames(check, folder, report, statistics, asked):
    came = key_frame_times(folder / "call.pcap")
    flows = {flow["id"]: flow for flow in report["flows"]}
    moved = {}
    for stream in report["streams"]:
        moved.setdefault((stream["ssrc"], stream["direction"]), []).append(stream)
    for stream in report["streams"]:
        flow = flows[stream["flow_id"]]
        connection = report["connections_by_id"].get(flow["connection_id"])
        if stream["kind"] != "video" or stream["codec"] == "rtx" or connection is None or flow["encapsulation"] == "turn":
            continue
        label = f"{folder.name} {flow['server_endpoint']}<->{flow['client_endpoint']} ssrc {stream['ssrc']}"
        down = stream["direction"] == "downlink"
        key = connection["server_handle"], "inbound-rtp" if down else "outbound-rtp", stream["ssrc"]
        server, client = endpoint(flow["server_endpoint"]), endpoint(flow["client_endpoint"])
        times = came.get((*((server, client) if down else (client, server)), stream["ssrc"]), [])
        if statistics.get(key) and len(moved[stream["ssrc"], stream["direction"]]) == 1:
            compare_count(check, label, stream, statistics[key], times)
        same = [requests["PLI"] for (name, media, ssrc), requests in asked.items()
                if "PLI" in requests and ssrc == stream["ssrc"] and media == ("down" if down else "up")
                and {endpoint(end) for end in name.split("<->")} == {server, client}]
        if flow["encapsulation"] == "none" and same and stream["key_frames"] is not None:
            compare_waits(check, label, stream, same[0], times)

