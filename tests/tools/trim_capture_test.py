"""Tests of tools/trim_capture.py: what is kept of each kind of packet."""

import io
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import trim_capture  # noqa: E402

MAC = bytes(12)
RTP = bytes.fromhex("906f0001 00000064 11223344")  # version 2, extension, payload type 111
EXTENSION = bytes.fromhex("bede0001 10ff0000")  # one-byte form, one word


def ipv4_udp(payload: bytes, fragment: int = 0, protocol: int = 17) -> bytes:
    ip = struct.pack(">BBHHHBBH8x", 0x45, 0, 28 + len(payload), 0, fragment, 64, protocol, 0)
    return b"\x08\x00" + ip + struct.pack(">HHHH", 5000, 6000, 8 + len(payload), 0) + payload


def ipv6_udp(payload: bytes) -> bytes:
    ip = struct.pack(">IHBB32x", 0x60000000, 8 + len(payload), 17, 64)
    return b"\x86\xdd" + ip + struct.pack(">HHHH", 5000, 6000, 8 + len(payload), 0) + payload


def pcap(frames: list[bytes], order: str = "<", magic: int = 0xA1B23C4D) -> bytes:
    header = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    records = (struct.pack(order + "IIII", 1, 2, len(frame), len(frame)) + frame for frame in frames)
    return header + b"".join(records)


def trimmed(capture: bytes) -> bytes:
    target = io.BytesIO()
    trim_capture.trim(io.BytesIO(capture), target)
    return target.getvalue()


class Kept(unittest.TestCase):
    def test_rtp_ends_after_its_extensions(self):
        frame = MAC + ipv4_udp(RTP + EXTENSION + bytes(100))
        self.assertEqual(trim_capture.kept(frame), ("rtp", len(frame) - 100))

    def test_rtp_keeps_contributing_sources(self):
        with_csrc = bytes([0x82]) + RTP[1:] + bytes(8)
        frame = MAC + ipv4_udp(with_csrc + bytes(50))
        self.assertEqual(trim_capture.kept(frame), ("rtp", len(frame) - 50))

    def test_rtp_in_vlans_and_ipv6(self):
        frame = MAC + bytes.fromhex("88a80001 81000002") + ipv6_udp(RTP + EXTENSION + bytes(9))
        self.assertEqual(trim_capture.kept(frame), ("rtp", len(frame) - 9))

    def test_extension_longer_than_the_datagram(self):
        self.assertEqual(trim_capture.kept(MAC + ipv4_udp(RTP + bytes.fromhex("bede0009"))), ("other", 0))

    def test_stun_dtls_and_rtcp_stay_whole(self):
        for name, payload in (("stun", b"\x00\x01"), ("dtls", b"\x16\xfe\xfd"), ("rtcp", b"\x80\xc8")):
            frame = MAC + ipv4_udp(payload + bytes(40))
            self.assertEqual(trim_capture.kept(frame), (name, len(frame)))

    def test_everything_else_is_left_out(self):
        tcp, fragment = ipv4_udp(RTP, protocol=6), ipv4_udp(RTP, fragment=0x2000)
        for rest in (tcp, fragment, ipv4_udp(b""), ipv4_udp(b"\x40abc"), b"\x08\x06" + bytes(28), b""):
            self.assertEqual(trim_capture.kept(MAC + rest), ("other", 0))


class Trim(unittest.TestCase):
    def test_records_keep_time_and_wire_length(self):
        frame = MAC + ipv4_udp(RTP + EXTENSION + bytes(100))
        record = trimmed(pcap([frame, MAC + b"\x08\x06"]))[24:]
        self.assertEqual(struct.unpack("<IIII", record[:16]), (1, 2, len(frame) - 100, len(frame)))
        self.assertEqual(record[16:], frame[:-100])

    def test_either_byte_order(self):
        frame = MAC + ipv4_udp(b"\x00\x01" + bytes(18))
        capture = pcap([frame], ">", 0xA1B2C3D4)
        self.assertEqual(trimmed(capture), capture)

    def test_refuses_what_it_cannot_read(self):
        frame = MAC + ipv4_udp(b"\x00\x01")
        pcapng, cut, raw_ip = b"\x0a\x0d\x0d\x0a" + bytes(40), pcap([frame])[:-1], pcap([])[:20] + bytes.fromhex("65000000")
        for capture in (b"", pcapng, cut, raw_ip):
            self.assertRaises(ValueError, trimmed, capture)


if __name__ == "__main__":
    unittest.main()
