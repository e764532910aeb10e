#!/usr/bin/env python3
"""Writes the seed corpora of fuzz_link, fuzz_demux, fuzz_stun and fuzz_turn.

usage: make_seeds_a.py        (writes to tests/fuzz/corpus beside this file)

All octets are made here, from the layouts in the RFCs and the test vectors of RFC 5769; none is from a capture.
"""

import ipaddress
import struct
import zlib

from seeds import write

COOKIE = 0x2112A442
TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")  # RFC 5769, 2

# RFC 5769, 2.1: a request with SOFTWARE, PRIORITY, ICE-CONTROLLED, USERNAME, MESSAGE-INTEGRITY, FINGERPRINT.
RFC5769_REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf"
)
# RFC 5769, 2.2 and 2.3: responses with an IPv4 and an IPv6 XOR-MAPPED-ADDRESS.
RFC5769_IPV4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
RFC5769_IPV6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c"
)


def attribute(number: int, value: bytes = b"") -> bytes:
    return struct.pack("!HH", number, len(value)) + value + bytes(-len(value) % 4)


def stun(message_type: int, *attributes: bytes) -> bytes:
    body = b"".join(attributes)
    header = struct.pack("!HHI", message_type, len(body) + 8, COOKIE) + TRANSACTION
    fingerprint = zlib.crc32(header + body) ^ 0x5354554E
    return header + body + attribute(0x8028, struct.pack("!I", fingerprint))


def xor_address(address: str, port: int) -> bytes:
    packed = ipaddress.ip_address(address).packed
    key = struct.pack("!I", COOKIE) + TRANSACTION
    masked = bytes(a ^ k for a, k in zip(packed, key))
    return struct.pack("!BBH", 0, 1 if len(packed) == 4 else 2, port ^ COOKIE >> 16) + masked


def udp(payload: bytes, length: int | None = None) -> bytes:
    return struct.pack("!HHHH", 5000, 3478, 8 + len(payload) if length is None else length, 0) + payload


def tcp(payload: bytes, options: bytes = b"") -> bytes:
    words = 5 + len(options) // 4
    return struct.pack("!HHIIBBHHH", 443, 5001, 1000, 2000, words << 4, 0x18, 512, 0, 0) + options + payload


def ipv4(protocol: int, payload: bytes, options: bytes = b"", fragment: int = 0, total: int | None = None) -> bytes:
    length = 20 + len(options) + len(payload) if total is None else total
    first = 0x40 | 5 + len(options) // 4
    header = struct.pack("!BBHHHBBH", first, 0xB9, length, 7, fragment, 64, protocol, 0)
    return header + bytes([192, 0, 2, 1, 198, 51, 100, 2]) + options + payload


def ipv6(next_header: int, payload: bytes) -> bytes:
    addresses = ipaddress.ip_address("2001:db8::1").packed + ipaddress.ip_address("2001:db8::2").packed
    return struct.pack("!IHBB", 0x6B900000, len(payload), next_header, 64) + addresses + payload


def ethernet(ethertype: int, payload: bytes, tags: bytes = b"") -> bytes:
    return bytes(range(12)) + tags + struct.pack("!H", ethertype) + payload


def link_seeds() -> dict[str, bytes]:
    v4 = ipv4(17, udp(b"payload"))
    v6_chain = (
        bytes([43, 0, 1, 4, 0, 0, 0, 0])  # hop-by-hop, then routing
        + bytes([60, 0, 0, 0, 0, 0, 0, 0])  # routing, then destination options
        + bytes([44, 0, 1, 4, 0, 0, 0, 0])  # destination options, then fragment
        + bytes([51, 0, 0, 0, 0, 0, 0, 1])  # atomic fragment, then authentication
        + bytes([17, 4, 0, 0]) + bytes(20)  # authentication, then UDP
    )
    frames = {
        "ethernet_ipv4_udp": (1, ethernet(0x0800, v4 + bytes(11))),  # padded to 60
        "ethernet_qinq_ipv6": (1, ethernet(0x86DD, ipv6(17, udp(b"six")), bytes.fromhex("88a80064810000c8"))),
        "ethernet_arp": (1, ethernet(0x0806, bytes(28))),
        "ethernet_tcp_options": (1, ethernet(0x0800, ipv4(6, tcp(b"x", bytes([1, 1, 8, 10]) + bytes(8))))),
        "raw_ipv4_options": (2, ipv4(17, udp(b"o"), bytes([148, 4, 0, 0]))),
        "raw_ipv4_fragment": (5, ipv4(17, udp(b"f"), fragment=0x2000)),
        "raw_ipv4_gso": (5, ipv4(6, tcp(b"g" * 40), total=0)),
        "raw_ipv6_chain": (6, ipv6(0, v6_chain + udp(b"chain"))),
        "null": (0, struct.pack("<I", 2) + v4),
        "loop": (3, struct.pack("!I", 24) + ipv6(17, udp(b""))),
        "cooked_v1": (4, struct.pack("!HHH8sH", 4, 1, 6, bytes(8), 0x0800) + v4),
        "cooked_v2": (7, struct.pack("!HHIHBB8s", 0x86DD, 0, 3, 1, 0, 6, bytes(8)) + ipv6(17, udp(b"2"))),
    }
    seeds = {name: bytes([kind, 0, 0]) + frame for name, (kind, frame) in frames.items()}
    seeds["snapped"] = bytes([1, 1, 0]) + ethernet(0x0800, ipv4(17, udp(b"head", 8 + 260), total=20 + 8 + 260))
    return seeds


def stun_seeds() -> dict[str, bytes]:
    number = struct.pack("!I", 1)
    turn = [
        attribute(0x000C, b"\x40\x01\x00\x00"), attribute(0x000D, struct.pack("!I", 600)),
        attribute(0x0012, xor_address("192.0.2.7", 5004)), attribute(0x0013, RFC5769_IPV4),
        attribute(0x0016, xor_address("2001:db8::7", 49152)), attribute(0x0017, b"\x02\0\0\0"),
        attribute(0x0018, b"\x80"), attribute(0x0019, b"\x11\0\0\0"), attribute(0x001A),
        attribute(0x0022, bytes(8)), attribute(0x8000, b"\x02\0\0\0"),
        attribute(0x8001, b"\x02\0\x04\x28no v6"), attribute(0x8004, b"\0\0\x03\x03" + number),
    ]
    long_term = [
        attribute(0x0009, b"\0\0\x04\x01Unauthorized"), attribute(0x000A, b"\x00\x24\xc0\x01"),
        attribute(0x0014, b"example.org"), attribute(0x0015, b"obMatJos2AAAAnonce"),
        attribute(0x001D, b"\0\2\0\0"), attribute(0x001E, bytes(32)), attribute(0x001C, bytes(32)),
        attribute(0x8002, b"\0\1\0\0\0\2\0\0"), attribute(0x8003, b"example.net"),
        attribute(0x0001, b"\0\1\x13\x88\xc0\0\2\1"), attribute(0x8023, b"\0\1\x0d\x96\xc0\0\2\2"),
    ]
    libwebrtc = [
        attribute(0x0006, b"abcd:efgh"), attribute(0xC057, b"\0\3\0\x32"), attribute(0x802A, bytes(8)),
        attribute(0x0025), attribute(0xC001, number), attribute(0x0024, number), attribute(0xC058, TRANSACTION),
        attribute(0xC059, b"\0\1\0\2"), attribute(0xC05B, number), attribute(0xFF00, number),
        attribute(0xC070, b"\x16\xfe\xfd" + bytes(10)), attribute(0xC071, number + number), attribute(0x8037, b"?"),
    ]
    ping = attribute(0xC060, b"\1\2\3\4")
    return {
        "rfc5769_request": RFC5769_REQUEST,
        "rfc5769_response_ipv4": RFC5769_IPV4,
        "rfc5769_response_ipv6": RFC5769_IPV6,
        "turn": stun(0x0016, *turn),
        "long_term": stun(0x0113, *long_term),
        "libwebrtc": stun(0x0001, *libwebrtc),
        "goog_ping": struct.pack("!HHI", 0x0200, len(ping), COOKIE) + TRANSACTION + ping,
        "no_attributes": struct.pack("!HHI", 0x0011, 0, COOKIE) + TRANSACTION,
        "many_attributes": stun(0x0001, *[attribute(0xC059)] * 40),
    }


def turn_seeds() -> dict[str, bytes]:
    return {
        "padded": b"\0\0" + struct.pack("!HH", 0x4001, 5) + b"hello\0\0\0",
        "empty": b"\0\0" + struct.pack("!HH", 0x4FFF, 0),
        "snapped": b"\0\x40" + struct.pack("!HH", 0x4000, 68) + b"head",
        "too_long": b"\0\0" + struct.pack("!HH", 0x4000, 9) + b"short",
        "reserved_number": b"\0\0" + struct.pack("!HH", 0x5000, 1) + b"x",
    }


def demux_seeds() -> dict[str, bytes]:
    first = {"zrtp": 16, "dtls": 22, "turn": 64, "quic_short": 96, "rtp": 128, "quic_long": 192, "none": 8}
    seeds = {name: bytes([octet]) + bytes(range(20)) for name, octet in first.items()}
    return {**seeds, "rtcp": bytes([0x80, 200, 0, 1]) + bytes(4), "stun": RFC5769_REQUEST}


def main() -> None:
    corpora = {"link": link_seeds(), "demux": demux_seeds(), "stun": stun_seeds(), "turn": turn_seeds()}
    for name, seeds in corpora.items():
        write(name, seeds)


if __name__ == "__main__":
    main()
