#!/usr/bin/env python3
"""Writes a capture of many WebRTC calls at once, of about a given size, for measuring and load tests.

usage: make_big_capture.py [--flows N] [--whole] SIZE OUT.pcap        SIZE in MB

Each flow is one client of a media host: audio (48 kHz, a packet in 20 ms) and video (90 kHz, 25 frames/s of three
packets) both ways, and an ICE check with FINGERPRINT in either direction every 2.5 s, so that it is known for WebRTC
from its first packet. Of each uplink every 50th packet is missing. RTP is cut after its header extension unless
--whole is given; lengths on the wire are the whole ones. Nanosecond pcap, Ethernet, IPv4. The same arguments give the
same octets. Prints what it wrote as JSON: packets, RTP packets, lost packets, flows, streams. Standard library only.
"""

import argparse
import hashlib
import json
import struct
import sys
import zlib
from itertools import count

START_S = 1_790_000_000
TICK_NS = 20_000_000
CHECK_TICKS = 125
LOST_EVERY = 50
SERVER = bytes([198, 51, 100, 1])
MAC = bytes.fromhex("020000000001020000000002")
EXTENSION = bytes.fromhex("bede0001 10ff0000")  # one-byte form, id 1: audio level or mid
TIME, PLACE = struct.Struct("<II"), struct.Struct(">HI")
RECORD, RTP_AT = 16, 16 + 14 + 20 + 8  # octets of a record's header; place of RTP in a record

# One packet of a flow in a tick: (payload type, ticks it is sent in, timestamp step a tick, payload octets, marker)
AUDIO = ((111, 1, 960, 120, 0),)
VIDEO = ((96, 2, 1800, 1100, 0), (96, 2, 1800, 1100, 0), (96, 2, 1800, 700, 0x80))


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def record(source, destination, payload, wire_payload):
    """A pcap record with time 0: Ethernet, IPv4, UDP without checksum, and what is kept of the payload."""
    ip = bytearray(struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + wire_payload, 0, 0x4000, 64, 17, 0, source[0],
                               destination[0]))
    struct.pack_into(">H", ip, 10, checksum(ip))
    udp = struct.pack(">HHHH", source[1], destination[1], 8 + wire_payload, 0)
    frame = MAC + b"\x08\x00" + ip + udp + payload
    return struct.pack("<IIII", 0, 0, len(frame), 42 + wire_payload) + frame


def attribute(kind, value):
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(kind, transaction, attributes):
    """A STUN message that ends in FINGERPRINT (RFC 8489, 14.7)."""
    header = struct.pack(">HHI", kind, len(attributes) + 8, 0x2112A442) + transaction
    return header + attributes + attribute(
        0x8028, struct.pack(">I", zlib.crc32(header + attributes) ^ 0x5354554E))


class Stream:
    """One SSRC: its next sequence number, and how many are missing since the last packet that was written."""

    def __init__(self, ssrc, loses):
        self.ssrc, self.loses = ssrc, loses
        self.sequence = self.first = ssrc % 2**16
        self.missing = 0

    def next(self):
        """Sequence number to write; None for a packet that is lost."""
        sequence = self.sequence
        self.sequence += 1
        if self.loses and sequence != self.first and sequence % LOST_EVERY == 0:
            self.missing += 1
            return None
        return sequence & 0xFFFF

    def confirmed_lost(self):
        """Packets that the one just written shows to be missing: a loss after the last one leaves no gap."""
        missing, self.missing = self.missing, 0
        return missing


class Flow:
    def __init__(self, number, whole):
        self.number = number
        self.client = bytes([203, 0, 113, number % 250 + 1]), 40000 + number // 250
        self.server = SERVER, 10000 + number % 50000
        self.packets = []  # (record, its stream, ticks, timestamp step)
        for source, destination in ((self.client, self.server), (self.server, self.client)):
            for media, parts in enumerate((AUDIO, VIDEO)):
                ssrc = (number * 4 + media * 2 + (source == self.server) + 1) * 2654435761 % 2**32
                stream = Stream(ssrc, loses=source == self.client)
                for payload_type, ticks, step, octets, marker in parts:
                    header = struct.pack(">BBHII", 0x90, payload_type | marker, 0, 0, ssrc) + EXTENSION
                    payload = header + bytes(octets) if whole else header
                    packet = record(source, destination, payload, len(header) + octets)
                    self.packets.append((bytearray(packet), stream, ticks, step))

    def check(self, tick):
        """A connectivity check (RFC 8445, 7.2) of either side with its answer."""
        ufrags = f"s{self.number:06}", f"c{self.number:06}"
        sides = (self.client, self.server, ufrags), (self.server, self.client, ufrags[::-1])
        for place, (source, destination, (theirs, own)) in enumerate(sides):
            transaction = hashlib.blake2b(struct.pack(">IIB", self.number, tick, place), digest_size=12).digest()
            controlling = attribute(0x802A if place == 0 else 0x8029, bytes(8))
            nominate = attribute(0x0025, b"") if place == 0 else b""
            mapped = struct.pack(">BBH", 0, 1, source[1] ^ 0x2112) + bytes(
                octet ^ key for octet, key in zip(source[0], b"\x21\x12\xa4\x42"))
            name = attribute(0x0006, f"{theirs}:{own}".encode()) + attribute(0x0024, struct.pack(">I", 1853817087))
            request = stun(0x0001, transaction, name + controlling + nominate)
            answer = stun(0x0101, transaction, attribute(0x0020, mapped))
            yield record(source, destination, request, len(request))
            yield record(destination, source, answer, len(answer))


class Writer:
    def __init__(self, target, limit):
        self.target, self.limit = target, limit
        self.octets = self.packets = self.rtp = self.lost = 0

    def put(self, blocks):
        self.packets += len(blocks)
        block = b"".join(blocks)
        self.target.write(block)
        self.octets += len(block)


def stamped(packet, time_ns):
    TIME.pack_into(packet, 0, START_S + time_ns // 10**9, time_ns % 10**9)
    return bytes(packet)


def tick_of(flows, tick, writer):
    """All packets of 20 ms; flows take turns within it, so that their packets mix."""
    blocks = []
    spread = TICK_NS // len(flows)
    for place, flow in enumerate(flows):
        time_ns = tick * TICK_NS + place * spread
        if (tick + flow.number) % CHECK_TICKS == 0 or tick == 0:
            blocks += [stamped(bytearray(packet), time_ns) for packet in flow.check(tick)]
        for packet, stream, ticks, step in flow.packets:
            sequence = None if (tick + flow.number) % ticks else stream.next()
            if sequence is None:
                continue
            PLACE.pack_into(packet, RTP_AT + 2, sequence, tick * step & 0xFFFFFFFF)
            blocks.append(stamped(packet, time_ns))
            writer.rtp += 1
            writer.lost += stream.confirmed_lost()
    writer.put(blocks)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", type=float, help="of the file, in MB of 1000000 octets")
    parser.add_argument("target", metavar="OUT.pcap")
    parser.add_argument("--flows", type=int, default=500, help="clients at once (500)")
    parser.add_argument("--whole", action="store_true", help="keep the payload of RTP (zeros)")
    arguments = parser.parse_args()
    if not 1 <= arguments.flows <= 50000:
        parser.error("--flows: 1 to 50000")
    flows = [Flow(number, arguments.whole) for number in range(arguments.flows)]
    with open(arguments.target, "wb", buffering=1 << 20) as target:
        target.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        writer = Writer(target, arguments.size * 1e6)
        for tick in count():
            tick_of(flows, tick, writer)
            if writer.octets >= writer.limit:
                break
    json.dump({"packets": writer.packets, "rtp_packets": writer.rtp, "lost": writer.lost, "flows": len(flows),
               "streams": 4 * len(flows), "seconds": (tick + 1) * TICK_NS / 1e9}, sys.stdout)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
