#!/usr/bin/env python3
"""Writes the truth of a recorded call: per flow its handle, per stream its counts and jitter.

usage: pcap_truth.py DIR        DIR has call.pcap and janus-events.jsonl; the truth goes to standard output
       pcap_truth.py --prove DIR...   compares with the truth.json there; exit code 1 if a figure differs

Counts follow RFC 3550, A.1 and A.3, jitter A.8, in floating point. A retransmission stream (RFC 4588) has no jitter:
its timestamps are those of the media it repairs. Standard library only; nothing here comes from rtcscope.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from event_log import EventLog
from packets import datagrams, is_stun, stun_attributes

MAX_DROPOUT, MAX_MISORDER = 3000, 100  # RFC 3550, A.1
USERNAME = 0x0006
DEFAULT_RATE = 90000
# Truth is rounded to a microsecond; a rounded half may fall on either side.
ROUNDING_MS = 0.0015


def class_of(payload):
    """RFC 7983, 7 and RFC 5761, 4."""
    if is_stun(payload):
        return "stun"
    if 20 <= payload[0] <= 63:
        return "dtls"
    if 128 <= payload[0] <= 191 and len(payload) >= 12:
        return "rtcp" if 192 <= payload[1] <= 223 else "rtp"
    return "other"


class Stream:
    def __init__(self, ssrc, direction):
        self.ssrc, self.direction = ssrc, direction
        self.arrivals = []  # (t_ns, sequence number, timestamp, payload type, wire octets, mid)

    def counts(self):
        base = highest = None
        seen, duplicates, reordered = set(), 0, 0
        for _, sequence, *_ in self.arrivals:
            if base is None:
                base = highest = extended = sequence
            else:
                step = (sequence - highest) % 2**16
                if MAX_DROPOUT <= step <= 2**16 - MAX_MISORDER:
                    raise ValueError(f"ssrc {self.ssrc}: a jump from {highest % 2**16} to {sequence}")
                extended = highest + (step if step < MAX_DROPOUT else step - 2**16)
            duplicates += extended in seen
            reordered += extended < highest and extended not in seen
            seen.add(extended)
            base, highest = min(base, extended), max(highest, extended)
        expected = highest - base + 1
        return dict(packets=len(self.arrivals), unique=len(seen), duplicates=duplicates, reordered=reordered,
                    expected=expected, lost=expected - len(seen), first_seq=base % 2**16)

    def jitter(self, codecs):
        """RFC 3550, A.8 over every packet but the first, in the order of arrival."""
        jitter, values, previous = 0.0, [], None
        for t_ns, _, timestamp, payload_type, *_ in self.arrivals:
            rate = rate_of(codecs.get(payload_type))
            if previous is not None:
                ticks = (timestamp - previous[1] + 2**31) % 2**32 - 2**31
                jitter += (abs((t_ns - previous[0]) * rate / 1e9 - ticks) - jitter) / 16
                values.append(jitter / rate * 1000)
            previous = t_ns, timestamp
        if not values:
            return dict(jitter_ms_last=0.0, jitter_ms_max=0.0, jitter_ms_mean=None)
        return dict(jitter_ms_last=round(values[-1], 3), jitter_ms_max=round(max(values), 3),
                    jitter_ms_mean=round(sum(values) / len(values), 3))

    def truth(self, codecs):
        payload_types = Counter(arrival[3] for arrival in self.arrivals)
        codec = codecs.get(payload_types.most_common(1)[0][0])
        first, last = self.arrivals[0][0], self.arrivals[-1][0]
        figures = self.counts()
        figures.update(first_t_ns=first, last_t_ns=last, duration_s=round((last - first) / 1e9, 3),
                       rtp_bytes_wire=sum(arrival[4] for arrival in self.arrivals), clock_rate=rate_of(codec),
                       pts={str(number): count for number, count in payload_types.items()})
        figures.update(self.jitter(codecs))
        if codec and codec.startswith("rtx/"):
            figures.update(jitter_ms_last=None, jitter_ms_max=None, jitter_ms_mean=None)
        return codec, figures


def rate_of(codec):
    return int(codec.split("/")[1]) if codec else DEFAULT_RATE


def header_extensions(packet):
    """(id, value) of each element (RFC 8285, 4.2 and 4.3) of an RTP packet."""
    if not packet[0] & 0x10:
        return
    at = 12 + (packet[0] & 15) * 4
    profile, words = int.from_bytes(packet[at : at + 2], "big"), int.from_bytes(packet[at + 2 : at + 4], "big")
    block = packet[at + 4 : at + 4 + words * 4]
    at = 0
    while at < len(block):
        if block[at] == 0:
            at += 1
            continue
        if profile == 0xBEDE:
            identity, length, start = block[at] >> 4, (block[at] & 15) + 1, at + 1
        else:
            identity, length, start = block[at], block[at + 1], at + 2
        if profile == 0xBEDE and identity == 15:
            return
        yield identity, block[start : start + length]
        at = start + length


class Flow:
    def __init__(self, server, client, encap):
        self.server, self.client, self.encap = server, client, encap
        self.packets = {"up": Counter(), "down": Counter()}
        self.streams = {}
        self.server_ufrags = set()

    def add(self, datagram, direction):
        kind = class_of(datagram.payload)
        self.packets[direction][kind] += 1
        if kind == "stun":
            for attribute, value in stun_attributes(datagram.payload):
                if attribute == USERNAME:  # receiver:sender (RFC 8445, 7.2.2)
                    ufrags = value.decode("latin-1").split(":") + [""]
                    self.server_ufrags.add(ufrags[0 if direction == "up" else 1])
        elif kind == "rtp":
            packet = datagram.payload
            ssrc = int.from_bytes(packet[8:12], "big")
            self.streams.setdefault((direction, ssrc), Stream(ssrc, direction)).arrivals.append(
                (datagram.t_ns, int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big"), packet[1] & 127,
                 datagram.length, dict(header_extensions(packet))))

    def truth(self, log):
        handle = log.find(self.server, self.client, self.server_ufrags)
        janus = None
        if handle:
            janus = dict(session=handle.session, handle=handle.handle, opaque_id=handle.opaque_id, room=handle.room,
                         display=log.displays.get(handle.session), feed=handle.feed)
        name = f"{self.server[0]}:{self.server[1]}<->{self.client[0]}:{self.client[1]}"
        return dict(flow=name, encap=self.encap, packets_up=dict(self.packets["up"]),
                    packets_down=dict(self.packets["down"]), janus=janus,
                    streams=[stream_truth(stream, handle, janus) for stream in self.streams.values()])


def stream_truth(stream, handle, janus):
    codec, figures = stream.truth(handle.codecs if handle else {})
    truth = dict(ssrc=stream.ssrc, dir=stream.direction, codec=codec, mid=None, rtx_of=None, media_from=None,
                 pcap=figures)
    if handle:
        side = "remote" if stream.direction == "up" else "local"
        mids = Counter(value.decode("latin-1") for arrival in stream.arrivals
                       for identity, value in arrival[5].items() if identity in handle.mid_extensions)
        truth["mid"] = mids.most_common(1)[0][0] if mids else handle.mids.get((side, stream.ssrc))
        truth["rtx_of"] = handle.rtx_of.get((side, stream.ssrc))
        senders = {entry.get("mid"): entry.get("feed_display") for entry in handle.subscribed}
        truth["media_from"] = janus["display"] if side == "remote" else senders.get(truth["mid"])
    return truth


def call_truth(folder):
    log = EventLog(folder / "janus-events.jsonl")
    flows = {}
    for datagram in datagrams(folder / "call.pcap"):
        if datagram.source[0] in log.server_addresses:
            server, client, direction = datagram.source, datagram.destination, "down"
        elif datagram.destination[0] in log.server_addresses:
            server, client, direction = datagram.destination, datagram.source, "up"
        else:
            continue
        key = server, client, datagram.encap
        flows.setdefault(key, Flow(*key)).add(datagram, direction)
    spoken = (flow for flow in flows.values() if any(flow.packets[way][kind] for way in flow.packets
                                                     for kind in ("stun", "dtls", "rtp", "rtcp")))
    return dict(scenario=folder.name, flows=[flow.truth(log) for flow in spoken])


def figures_of_both(where, ours, known):
    """(name, ours, known) of each figure of ours that the known truth has too."""
    if isinstance(ours, dict) and isinstance(known, dict):
        for key in sorted(ours.keys() & known.keys()):
            yield from figures_of_both(f"{where} {key}", ours[key], known[key])
    else:
        yield where, ours, known


def same(name, ours, known):
    if "jitter" in name and isinstance(ours, float) and isinstance(known, float):
        return abs(ours - known) <= ROUNDING_MS
    return ours == known


def by_name(call):
    flows = {}
    for flow in call["flows"]:
        streams = {f"{stream['dir']} {stream['ssrc']}": stream for stream in flow["streams"]}
        packets = {way: {kind: count for kind, count in flow[way].items() if kind in ("stun", "dtls", "rtp", "rtcp")}
                   for way in ("packets_up", "packets_down")}
        flows[flow["flow"] + " " + flow["encap"]] = dict(flow, **packets, streams=streams)
    return flows


def prove(folder):
    ours, known = by_name(call_truth(folder)), by_name(json.loads((folder / "truth.json").read_text()))
    complaints = [f"{folder.name}: flow {name} is in one truth only" for name in ours.keys() ^ known.keys()]
    streams, figures = 0, 0
    for name in ours.keys() & known.keys():
        streams += len(ours[name]["streams"])
        for stream in ours[name]["streams"].keys() ^ known[name]["streams"].keys():
            complaints.append(f"{folder.name} {name}: stream {stream} is in one truth only")
        for figure in figures_of_both(f"{folder.name} {name}", ours[name], known[name]):
            figures += 1
            if not same(*figure):
                complaints.append("{}: {}, known {}".format(*figure))
    print(f"{folder.name:<24}{len(ours):>3} flows {streams:>4} streams {figures:>5} figures "
          f"{len(complaints):>3} differences")
    return complaints


def main():
    if len(sys.argv) >= 3 and sys.argv[1] == "--prove":
        complaints = [complaint for name in sys.argv[2:] for complaint in prove(Path(name))]
        print(*complaints, sep="\n")
        return 1 if complaints else 0
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    json.dump(call_truth(Path(sys.argv[1])), sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
