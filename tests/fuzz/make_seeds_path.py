#!/usr/bin/env python3
"""Writes the seeds of fuzz_packet_path: the first frames of each kind of the sample calls, and a few built ones.

usage: make_seeds_path.py   (from anywhere; writes tests/fuzz/corpus/fuzz_packet_path)
"""

import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "truth"))

from packets import frames  # noqa: E402

SAMPLES = ROOT / "tests" / "data" / "calls"
OUT = ROOT / "tests" / "fuzz" / "corpus" / "fuzz_packet_path"
MOST = 2500  # the replay cuts each seed at each octet


def record(kind, milliseconds, octets):
    return struct.pack(">BHH", kind, milliseconds, len(octets)) + octets


def interesting(frame):
    """What a frame of the samples is about, so that few of each kind make a seed."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 17:
        return None
    payload = frame[42:]
    if not payload:
        return None
    first = payload[0]
    return ("stun", payload[:2]) if first < 4 else ("dtls", first) if 20 <= first < 64 else (first >> 4, len(payload) > 200)


def seed_of_call(call):
    seen, out, before = {}, b"", None
    for t_ns, frame in frames(call / "call.pcap"):
        kind = interesting(frame)
        if kind is None or seen.get(kind, 0) >= 3:
            continue
        frame = frame[:600]
        one = record(0, 0 if before is None else min(65535, (t_ns - before) // 10**6), frame)
        if len(out) + len(one) > MOST:
            break
        seen[kind] = seen.get(kind, 0) + 1
        before = t_ns
        out += one
    return out


def stun(kind, transaction, attributes=b""):
    return struct.pack(">HHI", kind, len(attributes), 0x2112A442) + transaction.to_bytes(12, "big") + attributes


def attribute(kind, value):
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def built():
    address = b"\0\1" + struct.pack(">H", 50000 ^ 0x2112) + bytes(a ^ b for a, b in zip((198, 18, 0, 9), b"\x21\x12\xa4\x42"))
    rtp = struct.pack(">BBHII", 0x80, 111, 1, 960, 0xABC) + bytes(20)
    turn = record(6, 0, stun(3, 1)) + record(7, 5, stun(0x103, 1, attribute(0x16, address) + attribute(0xD, b"\0\0\2X")))
    turn += record(6, 5, stun(9, 2, attribute(0xC, b"\x40\1\0\0") + attribute(0x12, address)))
    turn += record(7, 5, stun(0x109, 2)) + record(6, 5, struct.pack(">HH", 0x4001, len(rtp)) + rtp)
    turn += record(7, 5, stun(0x17, 3, attribute(0x12, address) + attribute(0x13, rtp)))
    turn += record(6, 5, stun(4, 4, attribute(0xD, bytes(4)))) + record(7, 5, stun(0x104, 4))
    check = stun(1, 5, attribute(6, b"SRVU:CLIU") + attribute(0x802A, bytes(8)) + attribute(0x25, b"") + attribute(8, bytes(20)))
    framed = b"".join(struct.pack(">H", len(unit)) + unit for unit in (check, rtp, rtp))
    tcp = record(10, 0, framed[:50]) + record(10, 5, framed[50:]) + record(11, 5, struct.pack(">H", 20) + stun(0x101, 5))
    hello = b"\xfe\xfd" + bytes(32) + b"\0\0\0\2\xc0\x2b\1\0" + struct.pack(">H", 11) + b"\0\x0e\0\7\0\4\0\7\0\1\0"
    piece = b"\1" + len(hello).to_bytes(3, "big") + b"\0\0" + bytes(3) + len(hello).to_bytes(3, "big") + hello
    dtls = b"\x16\xfe\xfd" + bytes(8) + struct.pack(">H", len(piece)) + piece
    unified = b"\x2f\0\1\0\x10" + bytes(16)
    ice = record(6, 0, check) + record(7, 3, stun(0x101, 5)) + record(6, 9, stun(0x200, 6)) + record(7, 3, stun(0x300, 6))
    ice += record(6, 9, stun(1, 7, attribute(6, b"T:D") + attribute(0xC070, dtls))) + record(7, 3, stun(0x101, 7))
    ice += record(6, 9, dtls) + record(7, 9, unified) + record(6, 9, unified) + record(6, 60000, rtp)
    inner = b"\x45\0\0\x1e\0\7\0\0\x40\x11\0\0\xc0\0\2\1\xc6\x33\x64\2\x13\x88\x0d\x96\0\x0a\0\0\xaa\xbb"
    gre = b"\x45\0" + struct.pack(">H", 24 + len(inner)) + b"\0\1\0\0\x40\x2f\0\0\x0a\0\0\1\x0a\0\0\2\0\0\x08\0" + inner
    pieces = [gre[:2] + struct.pack(">HHH", 36, 1, 0x2000) + gre[8:36], gre[:2] + struct.pack(">HHH", len(gre) - 16, 1, 2) + gre[8:20] + gre[36:]]
    return {"turn": turn, "tcp": tcp, "ice": ice, "fragments": record(1, 0, gre) + b"".join(record(1, 1, p) for p in pieces)}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for call in sorted(path for path in SAMPLES.iterdir() if path.is_dir()):
        (OUT / call.name).write_bytes(seed_of_call(call))
    for name, octets in built().items():
        (OUT / name).write_bytes(octets)


if __name__ == "__main__":
    main()
