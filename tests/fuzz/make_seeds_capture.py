#!/usr/bin/env python3
"""Writes the seed corpus of fuzz_capture_file.

usage: make_seeds_capture.py     (writes to tests/fuzz/corpus beside this file)

All octets are made here, from the layouts in draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
"""

import struct

from seeds import write

FRAME = bytes(range(42))


def pcap(order: str, magic: int, *records: bytes) -> bytes:
    return struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1) + b"".join(records)


def pcap_record(order: str, fraction: int, frame: bytes, original: int | None = None) -> bytes:
    length = len(frame) if original is None else original
    return struct.pack(order + "IIII", 1_700_000_000, fraction, len(frame), length) + frame


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = 12 + len(body)
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str, link_type: int, *options: bytes) -> bytes:
    end = option(order, 0, b"") if options else b""
    return block(order, 1, struct.pack(order + "HHI", link_type, 0, 262144) + b"".join(options) + end)


def packet(order: str, number: int, timestamp: int, frame: bytes, *options: bytes) -> bytes:
    head = struct.pack(order + "IIIII", number, timestamp >> 32, timestamp & 0xFFFFFFFF, len(frame), len(frame))
    end = option(order, 0, b"") if options else b""
    return block(order, 6, head + frame + bytes(-len(frame) % 4) + b"".join(options) + end)


def pcapng(order: str) -> bytes:
    nanoseconds = option(order, 9, b"\x09")
    offset = option(order, 14, struct.pack(order + "q", 1_700_000_000))
    return b"".join([
        section(order),
        interface(order, 1, option(order, 2, b"eth0"), nanoseconds),
        interface(order, 101, option(order, 2, b"tun0"), option(order, 9, b"\x94"), offset),
        packet(order, 0, 1_700_000_000_000_000_001, FRAME, option(order, 2, struct.pack(order + "I", 1))),
        packet(order, 1, 1 << 20, FRAME[14:], option(order, 4, struct.pack(order + "Q", 3))),
        block(order, 3, struct.pack(order + "I", len(FRAME)) + FRAME),
        block(order, 2, struct.pack(order + "HHIIII", 0, 2, 0, 5, 3, 60) + b"abc"),
        block(order, 5, struct.pack(order + "III", 0, 0, 0) + option(order, 5, struct.pack(order + "Q", 7))),
        block(order, 0x0BAD, b"a block of somebody else"),
    ])  # fmt: skip


def seeds() -> dict[str, bytes]:
    files = {
        "pcap_us": pcap("<", 0xA1B2C3D4, pcap_record("<", 5, FRAME), pcap_record("<", 6, FRAME[:20], 42)),
        "pcap_ns_swapped": pcap(">", 0xA1B23C4D, pcap_record(">", 999_999_999, FRAME)),
        "pcap_cut": pcap("<", 0xA1B2C3D4, pcap_record("<", 5, FRAME)[:-1]),
        "pcap_oversized": pcap("<", 0xA1B2C3D4, struct.pack("<IIII", 1, 2, 0x7FFFFFFF, 3)),
        "pcapng": pcapng("<"),
        "pcapng_swapped": pcapng(">"),
        "pcapng_two_sections": pcapng("<") + pcapng(">"),
        "pcapng_undeclared": section("<") + packet("<", 0, 0, FRAME),
        "pcapng_long_unknown": section("<") + struct.pack("<II", 0x0BAD, 1 << 20) + bytes(64),
        "gzip": bytes.fromhex("1f8b0800"),
        "text": b"hello, world",
    }
    return {name: b"\x06" + octets for name, octets in files.items()}


def main() -> None:
    write("capture_file", seeds())


if __name__ == "__main__":
    main()
