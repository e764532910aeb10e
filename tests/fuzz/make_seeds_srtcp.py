#!/usr/bin/env python3
"""Writes the seed corpus of fuzz_srtcp.

usage: make_seeds_srtcp.py        (writes to tests/fuzz/corpus beside this file)

All octets are made here, from the layouts in RFC 3550.
"""

import struct

from seeds import write

RECEIVER_REPORT = struct.pack("!BBHI", 0x81, 201, 7, 0x11223344) + bytes(24)
EMPTY_REPORT = struct.pack("!BBHI", 0x80, 201, 1, 0x11223344)


def seed(profile: int, rtcp: bytes, changes: bytes = b"", cut: int = 0) -> bytes:
    return bytes([profile, len(changes) // 3, cut]) + changes + rtcp


def seeds() -> dict[str, bytes]:
    made = {}
    for profile, name in enumerate(("sha1_80", "sha1_32", "gcm128", "gcm256")):
        made[name] = seed(profile, RECEIVER_REPORT)
        made[f"{name}_empty"] = seed(profile, EMPTY_REPORT)
        made[f"{name}_changed"] = seed(profile, RECEIVER_REPORT, b"\0\x09\x01")
        made[f"{name}_twice_the_same"] = seed(profile, RECEIVER_REPORT, b"\0\x09\x01\0\x09\x01")
        made[f"{name}_cut"] = seed(profile, RECEIVER_REPORT, cut=1)
    return made


if __name__ == "__main__":
    write("srtcp", seeds())
