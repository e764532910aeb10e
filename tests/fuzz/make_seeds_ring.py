#!/usr/bin/env python3
"""Writes the corpus of fuzz_header_ring.

usage: make_seeds_ring.py [tests/fuzz/corpus/fuzz_header_ring]
"""

import struct
import sys
import zlib
from pathlib import Path

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "corpus" / "fuzz_header_ring")
CLIENT, SERVER, COOKIE = bytes([198, 18, 0, 11]), bytes([198, 18, 0, 1]), 0x2112A442


def frame(payload: bytes, segment_bytes: int = 0, protocol: int = 17) -> bytes:
    """Link type 0 (Ethernet), IPv4, UDP or TCP."""
    if protocol == 17:
        payload = struct.pack("!HHHH", 40000, 50000, len(payload) + 8, 0) + payload
    else:
        payload = struct.pack("!HHIIBBHHH", 40000, 443, 1, 1, 0x50, 0x18, 500, 0, 0) + payload
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + CLIENT + SERVER
    return struct.pack("!BH", 0, segment_bytes) + bytes(12) + b"\x08\x00" + ip + payload


def frame6(payload: bytes) -> bytes:
    ends = bytes.fromhex("20010db8000000000000000000000007") + bytes.fromhex("20010db8000000000000000000000001")
    udp = struct.pack("!HHHH", 40000, 50000, len(payload) + 8, 0) + payload
    return struct.pack("!BH", 1, 0) + struct.pack("!IHBB", 0x60000000, len(udp), 17, 64) + ends + udp


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def stun(kind: int, attributes: bytes) -> bytes:
    head = struct.pack("!HHI", kind, len(attributes) + 8, COOKIE) + bytes(range(12))
    return head + attributes + attribute(0x8028, struct.pack("!I", zlib.crc32(head + attributes) ^ 0x5354554E))


def xor_address(kind: int, address: bytes) -> bytes:
    mixed = bytes(a ^ b for a, b in zip(address, struct.pack("!I", COOKIE)))
    return attribute(kind, struct.pack("!BBH", 0, 1, 40000 ^ 0x2112) + mixed)


rtp = struct.pack("!BBHII", 0x90, 111, 1, 960, 0x1234) + bytes.fromhex("bede000110ff0000") + bytes(40)
check = stun(1, attribute(6, b"srvu:cliu") + attribute(0x24, bytes(4)))
answer = stun(0x101, xor_address(0x20, CLIENT) + attribute(8, bytes(20)))
hello = struct.pack("!BHHHIH", 22, 0xFEFD, 0, 0, 0, 12) + bytes([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
data = struct.pack("!BHHHIH", 23, 0xFEFD, 1, 0, 5, 30) + bytes(30)
report = struct.pack("!BBHI", 0x80, 200, 6, 1) + bytes(20)
names = struct.pack("!BBHI", 0x81, 202, 3, 1) + b"\x01\x05a@b.c\x00"
channel = struct.pack("!HH", 0x4001, len(rtp)) + rtp
sent = stun(0x16, xor_address(0x12, SERVER) + attribute(0x13, rtp))

out.mkdir(parents=True, exist_ok=True)
for name, octets in {
    "rtp": frame(rtp), "check": frame(check), "answer": frame(answer), "dtls": frame(hello + data),
    "rtcp": frame(report + names), "channel": frame(channel), "send": frame(sent), "super": frame(rtp * 3, len(rtp)),
    "ice_tcp": frame(struct.pack("!H", len(check)) + check + struct.pack("!H", len(rtp)) + rtp, 0, 6),
    "turn_tcp": frame(check + channel, 0, 6), "ipv6": frame6(answer),
}.items():
    (out / name).write_bytes(octets)
