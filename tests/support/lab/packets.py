"""Counts what a pcapng file on Ethernet has of WebRTC's protocols. Standard library only."""

import struct
from collections import Counter

_PACKET = 6  # an Enhanced Packet Block
_HEAD = 28
_ETHERNET, _UDP = 14, 8


def _protocol(datagram: bytes) -> str:
    """RFC 7983, 7; RTP and RTCP by RFC 5761, 4."""
    first = datagram[0]
    if first <= 3:
        return "stun"
    if 20 <= first <= 63:
        return "dtls"
    if 128 <= first <= 191:
        return "rtcp" if 192 <= datagram[1] <= 223 else "rtp"
    return "other"


def count(pcapng: bytes) -> Counter:
    """Packets over IPv4 and UDP by protocol."""
    found, place = Counter(), 0
    while place < len(pcapng):
        kind, length = struct.unpack_from("=II", pcapng, place)
        if kind == _PACKET:
            (captured,) = struct.unpack_from("=I", pcapng, place + 20)
            frame = pcapng[place + _HEAD:place + _HEAD + captured]
            header = (frame[_ETHERNET] & 15) * 4
            found[_protocol(frame[_ETHERNET + header + _UDP:])] += 1
        place += length
    return found
