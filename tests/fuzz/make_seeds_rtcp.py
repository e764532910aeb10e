#!/usr/bin/env python3
"""Writes the seed corpora of fuzz_rtcp and fuzz_rtp_ext.

usage: make_seeds_rtcp.py        (writes to tests/fuzz/corpus beside this file)

All octets are made here, from the layouts in the RFCs; none is from a capture.
"""

import struct

from seeds import write

SENDER, MEDIA = 0x11223344, 0x55667788


def words(*values: int) -> bytes:
    return struct.pack(f"!{len(values)}I", *values)


def block(count: int, packet_type: int, body: bytes, padding: int = 0) -> bytes:
    body += bytes(padding - 1) + bytes([padding]) if padding else b""
    assert len(body) % 4 == 0
    return bytes([0x80 | (0x20 if padding else 0) | count, packet_type]) + struct.pack("!H", len(body) // 4) + body


def report(ssrc: int) -> bytes:
    return words(ssrc, 0x40FFFFFE, 0x10005, 77, 0xB7052000, 0x54000)


def sdes() -> bytes:
    first = words(SENDER) + b"\x01\x06a@host" + bytes(4)
    second = words(MEDIA) + b"\x01\x01b\x0f\x010" + bytes(2)
    return block(2, 202, first + second)


def twcc(count: int, rest: bytes, padding: int = 0) -> bytes:
    return block(15, 205, words(SENDER, MEDIA) + struct.pack("!HH", 65530, count) + b"\xff\xff\xfe\x09" + rest, padding)


def rtcp_seeds() -> dict[str, bytes]:
    sr = block(1, 200, words(SENDER, 0xEEAAB705, 0x20000000, 90000, 42, 4200) + report(MEDIA))
    rr = block(2, 201, words(SENDER) + report(MEDIA) + report(7) + b"more")
    remb = block(15, 206, words(SENDER, 0) + b"REMB" + words(2 << 24 | 3 << 18 | 0x3FFFF, MEDIA, 7))
    xr = words(SENDER, 0x04000002, 0xEEAAB705, 0x20000000, 0x05000003, 7, 0xB7052000, 0x54000, 0x2A000001, 4000)
    chunks = struct.pack("!HHHH", 0x0010, 0x2003, 0xB000, 0xD840)
    ccfb = words(SENDER, MEDIA, 0xFFFE0003) + struct.pack("!HHHH", 0xA064, 0, 0x9FFE, 0) + words(7, 0x00050000, 1)
    return {
        "sr_sdes": sr + sdes(),
        "rr_bye": rr + block(2, 203, words(SENDER, MEDIA) + b"\x04left\0\0\0"),
        "empty_rr_remb": block(0, 201, words(SENDER)) + remb,
        "app": block(13, 204, words(SENDER) + b"goog" + words(1)),
        "nack": block(1, 205, words(SENDER, MEDIA, 0x03E80000, 0xFFFF8001)),
        "twcc_all_chunks": twcc(16 + 3 + 14 + 7, chunks + b"\1\2\3\4\5" + b"\6\xff\xf0" + b"\7\0\0\0"),
        "twcc_one_octet_of_padding": twcc(1, b"\x20\x01\x94", padding=1),
        "twcc_long_run": twcc(65535, b"\x1f\xff" * 8 + b"\x00\x07\x1f\xff"),
        "twcc_reserved": twcc(1, b"\x60\x01\0\0"),
        "ccfb": block(11, 205, ccfb),
        "pli": block(1, 206, words(SENDER, MEDIA)),
        "sli": block(2, 206, words(SENDER, MEDIA, 4097 << 19 | 8190 << 6 | 42)),
        "fir": block(4, 206, words(SENDER, 0, MEDIA, 3 << 24, 7, 255 << 24)),
        "afb": block(15, 206, words(SENDER, 0) + b"ABCD"),
        "xr": block(0, 207, xr),
        "unknown": block(3, 192, words(SENDER)) + block(30, 205, words(SENDER, MEDIA)),
        "padding_last": block(0, 201, words(SENDER)) + block(1, 206, words(SENDER, MEDIA), padding=4),
        "padding_first": block(0, 201, words(SENDER), padding=4) + block(1, 206, words(SENDER, MEDIA)),
        "srtcp_sha1": block(1, 206, words(SENDER, 0xDEADBEEF)) + words(0x80000005) + bytes(range(10)),
        "srtcp_aead": block(1, 206, words(SENDER, 0xDEADBEEF)) + bytes(range(16)) + words(0x80000006),
    }


VALUES = [
    b"\xaa", b"\x0a\0\0", b"\xff\xff", b"\0\7\x81\x2c", b"audio_1", b"h", b"h-2", b"\x0f", b"\0\x5f\xff",
]


def rtp(profile: int, elements: bytes) -> bytes:
    elements += bytes(-len(elements) % 4)
    header = struct.pack("!BBHIIHH", 0x90, 111, 1, 2, 3, profile, len(elements) // 4)
    return header + elements + bytes(10)


def one_byte(first: int, values: list[bytes]) -> bytes:
    return b"".join(bytes([first + i << 4 | len(v) - 1]) + v for i, v in enumerate(values))


def two_byte(first: int, values: list[bytes]) -> bytes:
    return b"".join(bytes([first + i, len(v)]) + v for i, v in enumerate(values))


def rtp_ext_seeds() -> dict[str, bytes]:
    # The first octet makes id 1 the first kind of the target's list.
    shift = bytes([9])
    return {
        "one_byte_all": shift + rtp(0xBEDE, one_byte(1, VALUES)),
        "two_byte_all": shift + rtp(0x1000, two_byte(1, VALUES)),
        "two_byte_high_ids": shift + rtp(0x100F, two_byte(241, VALUES)),
        "padding_between": shift + rtp(0xBEDE, one_byte(1, VALUES[:1]) + bytes(5) + one_byte(2, VALUES[1:3])),
        "stop_at_15": shift + rtp(0xBEDE, one_byte(1, VALUES[:1]) + b"\xf0\0" + one_byte(2, VALUES[1:3])),
        "wrong_sizes": shift + rtp(0x1000, two_byte(1, [v + b"!!" for v in VALUES] + [b""])),
        "empty_values": shift + rtp(0x1000, two_byte(1, [b""] * 10)),
        "nulls_in_text": shift + rtp(0x1000, two_byte(5, [b"v\0\0", b"\0a", b"a b"])),
        "cryptex": shift + rtp(0xC0DE, one_byte(1, VALUES)),
        "cut_element": shift + rtp(0xBEDE, b"\x10\x01\x5f\x61"),
        "no_extension": shift + struct.pack("!BBHII", 0x80, 111, 1, 2, 3) + bytes(10),
    }


def main() -> None:
    for name, seeds in {"rtcp": rtcp_seeds(), "rtp_ext": rtp_ext_seeds()}.items():
        write(name, seeds)


if __name__ == "__main__":
    main()
