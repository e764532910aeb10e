#!/usr/bin/env python3
"""Writes the corpus of fuzz_key_slot.

usage: make_seeds_key_slot.py [tests/fuzz/corpus/fuzz_key_slot]
"""

import struct
import sys
from pathlib import Path

out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "corpus" / "fuzz_key_slot")
FULL, EXPORT, POLICY = 2, 0, 1
# cipher, key octets, auth, auth key octets, tag octets, services
SHA1_80, SHA1_32 = (1, 30, 3, 20, 10, 3), (1, 30, 3, 20, 4, 3)
GCM_128, GCM_256 = (6, 28, 0, 0, 16, 3), (7, 44, 0, 0, 16, 3)
NOTHING = (0,) * 6


def slot(size: int, origin: int, rtp: tuple = NOTHING, rtcp: tuple = NOTHING) -> bytes:
    """struct rtc_key_slot of capture/bpf/key_probe.h."""
    head = struct.pack("<IIQII", FULL, size, 1, 4711, origin)
    return head + bytes(range(88)) + struct.pack("<12I", *rtp, *rtcp)


seeds = {
    "exports": b"".join(slot(size, EXPORT) for size in (56, 60, 88)),
    "policies": slot(30, POLICY, SHA1_80, SHA1_80) + slot(28, POLICY, GCM_128, GCM_128) + slot(44, POLICY, GCM_256, GCM_256),
    "short_tag": slot(30, POLICY, SHA1_32, SHA1_80) + slot(30, POLICY, SHA1_80, SHA1_32),
    "two_ciphers": slot(28, POLICY, SHA1_80, GCM_128) + slot(44, POLICY, GCM_128, GCM_256),
    "sizes": b"".join(slot(size, origin) for size in (0, 89, 0xFFFFFFFF) for origin in (EXPORT, POLICY, 7)),
}
out.mkdir(parents=True, exist_ok=True)
for name, content in seeds.items():
    (out / name).write_bytes(content)
