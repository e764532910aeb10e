#!/usr/bin/env python3
"""Writes the seed corpus of fuzz_hep.

usage: make_seeds_hep.py     (writes to tests/fuzz/corpus beside this file)

The messages are made here, by the HEP3 specification, revision 37.
"""

import json
import struct
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus" / "fuzz_hep"
SIP = (b"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nCall-ID: c1\r\n"
       b"Authorization: Digest response=\"0123\"\r\n\r\na=crypto:1 X inline:AAAA|1\r\n")
RTCP = json.dumps({"ssrc": 1, "type": 201, "report_count": 1, "report_blocks": [{"source_ssrc": 2}]}).encode()
V4 = {1: b"\x02", 3: b"\xc0\x00\x02\x01", 4: b"\xc0\x00\x02\x02"}
V6 = {1: b"\x0a", 5: b"\x20\x01" + bytes(14), 6: b"\x20\x01" + bytes(13) + b"\x01"}
REST = {2: b"\x11", 7: b"\x13\xc4", 8: b"\x13\xc4", 9: struct.pack(">I", 1_763_710_254), 10: struct.pack(">I", 5),
        12: b"\x00\x00\x07\xd1"}


def message(chunks: dict[int, bytes], extra: bytes = b"") -> bytes:
    body = b"".join(struct.pack(">HHH", 0, kind, 6 + len(value)) + value for kind, value in chunks.items()) + extra
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


SEEDS = {
    "sip": message({**V4, **REST, 11: b"\x01", 17: b"c1", 19: b"edge-1", 15: SIP}),
    "sip_without_id": message({**V4, **REST, 11: b"\x01", 15: SIP}),
    "sip_v6_tls": message({**V6, **REST, 2: b"\x16", 11: b"\x01", 14: b"key", 15: SIP}),
    "rtcp": message({**V4, **REST, 11: b"\x05", 17: b"janus:7/12", 15: RTCP}),
    "vendor": message({**V4, **REST, 11: b"\x05", 17: b"x", 15: RTCP}, struct.pack(">HHH", 2, 1, 7) + b"\x09"),
    "compressed": message({**V4, **REST, 11: b"\x01", 16: b"\x78\x9c"}),
    "log": message({**V4, **REST, 11: b"\x64", 17: b"x", 15: b"{}"}),
}

CORPUS.mkdir(parents=True, exist_ok=True)
for name, octets in SEEDS.items():
    (CORPUS / name).write_bytes(octets)
