#!/usr/bin/env python3
"""Copies a capture without media: what rtcscope reads of a WebRTC call, and nothing else.

RTP is cut after its header and header extensions, in TURN ChannelData too; the record keeps the length on the wire.
STUN, DTLS and RTCP stay whole. Every other packet (TCP, ARP, DNS, ...) is left out. Classic pcap of Ethernet frames,
in either byte order and time unit; fragments of IP packets are left out too.

A time slice counts seconds from the first record. The event log, if one is given, is cut at the same end but not at
the start: what was said before the slice names what is in it. Of it, transport notices are left out, and so are all
media statistics but the first of each handle and media.
"""

import argparse
import json
import struct
import sys
from collections import Counter

PCAP_MAGICS = {  # magic as read in little endian -> byte order of the file
    0xA1B2C3D4: "<",
    0xA1B23C4D: "<",
    0xD4C3B2A1: ">",
    0x4D3CB2A1: ">",
}
ETHERNET = 1
VLAN_TAGS = (0x8100, 0x88A8)
UDP = 17
EVENT_MEDIA, EVENT_TRANSPORT = 32, 128  # Janus event types


def udp_payload_offset(frame: bytes) -> int | None:
    """Offset of the UDP payload of an Ethernet frame; None if it is not one whole UDP datagram."""
    offset = 12
    while int.from_bytes(frame[offset : offset + 2], "big") in VLAN_TAGS:
        offset += 4
    ether_type = int.from_bytes(frame[offset : offset + 2], "big")
    offset += 2
    if ether_type == 0x0800 and len(frame) >= offset + 20:
        fragmented = int.from_bytes(frame[offset + 6 : offset + 8], "big") & 0x3FFF
        protocol, offset = frame[offset + 9], offset + (frame[offset] & 0x0F) * 4
        if fragmented or protocol != UDP:
            return None
    elif ether_type == 0x86DD and len(frame) >= offset + 40 and frame[offset + 6] == UDP:
        offset += 40
    else:
        return None
    return offset + 8 if len(frame) >= offset + 8 else None


def rtp_header_length(datagram: bytes) -> int | None:
    """Length of the fixed header, CSRCs and extensions (RFC 3550, 5.1 and 5.3.1); None if cut short."""
    if len(datagram) < 12:
        return None
    length = 12 + (datagram[0] & 0x0F) * 4
    if datagram[0] & 0x10:
        if len(datagram) < length + 4:
            return None
        length += 4 + int.from_bytes(datagram[length + 2 : length + 4], "big") * 4
    return length if length <= len(datagram) else None


def kept(frame: bytes) -> tuple[str, int]:
    """Class of a frame (RFC 7983, 7) and how many of its octets are kept; 0 leaves it out."""
    start = udp_payload_offset(frame)
    return ("other", 0) if start is None else kept_from(frame, start, inside_turn=False)


def kept_from(frame: bytes, start: int, inside_turn: bool) -> tuple[str, int]:
    datagram = frame[start:]
    if not datagram:
        return "other", 0
    first = datagram[0]
    if first <= 3:
        return "stun", len(frame)
    if 20 <= first <= 63:
        return "dtls", len(frame)
    if 64 <= first <= 79 and not inside_turn:  # ChannelData (RFC 8656, 12.4)
        return kept_from(frame, start + 4, inside_turn=True)
    if not 128 <= first <= 191 or len(datagram) < 2:
        return "other", 0
    if 192 <= datagram[1] <= 223:  # RFC 5761, 4
        return "rtcp", len(frame)
    header = rtp_header_length(datagram)
    return ("other", 0) if header is None else ("rtp", start + header)


def trim(source, target, since: float = 0.0, until: float = float("inf")) -> tuple[Counter, int | None]:
    """Copies the records of an open capture; returns how many frames of each class it had, and when it ends in ms."""
    header = source.read(24)
    order = PCAP_MAGICS.get(int.from_bytes(header[:4], "little"))
    if len(header) < 24 or order is None:
        raise ValueError("not a classic pcap file")
    if struct.unpack(order + "I", header[20:])[0] & 0xFFFF != ETHERNET:
        raise ValueError("not a capture of Ethernet frames")
    nanoseconds = int.from_bytes(header[:4], "little" if order == "<" else "big") == 0xA1B23C4D
    target.write(header)
    classes = Counter()
    start = end_ms = None
    while len(record := source.read(16)) == 16:
        seconds, fraction, captured, original = struct.unpack(order + "IIII", record)
        frame = source.read(captured)
        if len(frame) < captured:
            raise ValueError("the last record is cut short")
        time = seconds + fraction / (1e9 if nanoseconds else 1e6)
        start = time if start is None else start
        if not since <= time - start < until:
            continue
        end_ms = time * 1000
        name, keep = kept(frame)
        classes[name] += 1
        if keep:
            target.write(struct.pack(order + "IIII", seconds, fraction, keep, original) + frame[:keep])
    return classes, end_ms


def trim_events(source, target, end_ms: float) -> int:
    """Copies the lines of an event log that arrived before the end and name something; returns how many."""
    lines, statistics = 0, set()
    for line in source:
        entry = json.loads(line)
        event = entry["event"]
        if entry["t_ms"] > end_ms or event["type"] == EVENT_TRANSPORT:
            continue
        if event["type"] == EVENT_MEDIA and "media" in event["event"]:
            what = event["handle_id"], event.get("subtype"), event["event"]["media"], event["event"].get("mid")
            if what in statistics:
                continue
            statistics.add(what)
        target.write(line)
        lines += 1
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", metavar="IN.pcap")
    parser.add_argument("trimmed", metavar="OUT.pcap")
    parser.add_argument("--from", dest="since", type=float, default=0.0, metavar="SECONDS", help="start of the slice")
    parser.add_argument("--until", type=float, default=float("inf"), metavar="SECONDS", help="end of the slice")
    parser.add_argument("--events", nargs=2, metavar=("IN.jsonl", "OUT.jsonl"), help="cut this event log too")
    arguments = parser.parse_args()
    try:
        with open(arguments.capture, "rb") as source, open(arguments.trimmed, "wb") as target:
            classes, end_ms = trim(source, target, arguments.since, arguments.until)
        said = ", ".join(f"{count} {name}" for name, count in sorted(classes.items()))
        if arguments.events:
            if end_ms is None:
                raise ValueError("there is no packet in this slice")
            with open(arguments.events[0]) as source, open(arguments.events[1], "w") as target:
                said += f", {trim_events(source, target, end_ms)} events"
    except (OSError, ValueError, KeyError) as error:
        print(f"trim_capture.py: {arguments.capture}: {error}", file=sys.stderr)
        return 1
    print(said)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
