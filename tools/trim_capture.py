#!/usr/bin/env python3
"""Copies a capture without media: what rtcscope reads of a WebRTC call, and nothing else.

usage: trim_capture.py IN.pcap OUT.pcap

RTP is cut after its header and header extensions; the record keeps the length on the wire. STUN, DTLS
and RTCP stay whole. Every other packet (TCP, ARP, DNS, ...) is left out. Classic pcap of Ethernet
frames, in either byte order and time unit; fragments of IP packets are left out too.
"""

import struct
import sys
from collections import Counter

PCAP_MAGICS = {  # magic as read in little endian -> byte order of the file
    0xA1B2C3D4: "<",
    0xA1B23C4D: "<",
    0xD4C3B2A1: ">",
    0x4D3CB2A1: ">",
}
ETHERNET = 1
VLAN_TAGS = (0x8100, 0x88A8)
UDP = 17


def udp_payload_offset(frame: bytes) -> int | None:
    """Offset of the UDP payload of an Ethernet frame; None if it is not one whole UDP datagram."""
    offset = 12
    while int.from_bytes(frame[offset : offset + 2], "big") in VLAN_TAGS:
        offset += 4
    ether_type = int.from_bytes(frame[offset : offset + 2], "big")
    offset += 2
    if ether_type == 0x0800 and len(frame) >= offset + 20:
        fragmented = int.from_bytes(frame[offset + 6 : offset + 8], "big") & 0x3FFF
        protocol, offset = frame[offset + 9], offset + (frame[offset] & 0x0F) * 4
        if fragmented or protocol != UDP:
            return None
    elif ether_type == 0x86DD and len(frame) >= offset + 40 and frame[offset + 6] == UDP:
        offset += 40
    else:
        return None
    return offset + 8 if len(frame) >= offset + 8 else None


def rtp_header_length(datagram: bytes) -> int | None:
    """Length of the fixed header, CSRCs and extensions (RFC 3550, 5.1 and 5.3.1); None if cut short."""
    if len(datagram) < 12:
        return None
    length = 12 + (datagram[0] & 0x0F) * 4
    if datagram[0] & 0x10:
        if len(datagram) < length + 4:
            return None
        length += 4 + int.from_bytes(datagram[length + 2 : length + 4], "big") * 4
    return length if length <= len(datagram) else None


def kept(frame: bytes) -> tuple[str, int]:
    """Class of a frame (RFC 7983, 7) and how many of its octets are kept; 0 leaves it out."""
    start = udp_payload_offset(frame)
    if start is None or start == len(frame):
        return "other", 0
    datagram = frame[start:]
    first = datagram[0]
    if first <= 3:
        return "stun", len(frame)
    if 20 <= first <= 63:
        return "dtls", len(frame)
    if not 128 <= first <= 191 or len(datagram) < 2:
        return "other", 0
    if 192 <= datagram[1] <= 223:  # RFC 5761, 4
        return "rtcp", len(frame)
    header = rtp_header_length(datagram)
    return ("other", 0) if header is None else ("rtp", start + header)


def trim(source, target) -> Counter:
    """Copies the records of an open capture; returns how many frames of each class it had."""
    header = source.read(24)
    order = PCAP_MAGICS.get(int.from_bytes(header[:4], "little"))
    if len(header) < 24 or order is None:
        raise ValueError("not a classic pcap file")
    if struct.unpack(order + "I", header[20:])[0] & 0xFFFF != ETHERNET:
        raise ValueError("not a capture of Ethernet frames")
    target.write(header)
    classes = Counter()
    while len(record := source.read(16)) == 16:
        seconds, fraction, captured, original = struct.unpack(order + "IIII", record)
        frame = source.read(captured)
        if len(frame) < captured:
            raise ValueError("the last record is cut short")
        name, keep = kept(frame)
        classes[name] += 1
        if keep:
            target.write(struct.pack(order + "IIII", seconds, fraction, keep, original) + frame[:keep])
    return classes


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
            classes = trim(source, target)
    except (OSError, ValueError) as error:
        print(f"trim_capture.py: {sys.argv[1]}: {error}", file=sys.stderr)
        return 1
    print(", ".join(f"{count} {name}" for name, count in sorted(classes.items())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
