"""Tests of tools/trim_capture.py: what is kept of each kind of packet."""

import io
import json
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

    def test_rtp_in_turn_channel_data(self):
        channel = bytes.fromhex("40010078")
        frame = MAC + ipv4_udp(channel + RTP + EXTENSION + bytes(100))
        self.assertEqual(trim_capture.kept(frame), ("rtp", len(frame) - 100))
        dtls = MAC + ipv4_udp(channel + b"\x16\xfe\xfd" + bytes(9))
        self.assertEqual(trim_capture.kept(dtls), ("dtls", len(dtls)))
        for rest in (channel, channel + channel + RTP):
            self.assertEqual(trim_capture.kept(MAC + ipv4_udp(rest)), ("other", 0))

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
        for rest in (tcp, fragment, ipv4_udp(b""), ipv4_udp(b"\x50abc"), b"\x08\x06" + bytes(28), b""):
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

    def test_a_slice_counts_from_the_first_record(self):
        frame = MAC + ipv4_udp(b"\x00\x01" + bytes(18))
        record = struct.Struct("<IIII")
        size = len(frame), len(frame)
        times = ((10, 500_000_000), (11, 499_999_999), (11, 500_000_000), (12, 499_999_999), (12, 500_000_000))
        capture = pcap([]) + b"".join(record.pack(*time, *size) + frame for time in times)
        target = io.BytesIO()
        trim_capture.trim(io.BytesIO(capture), target, 1.0, 2.0)
        kept = target.getvalue()[24:]
        self.assertEqual(len(kept), 2 * (16 + len(frame)))
        self.assertEqual(record.unpack(kept[:16])[:2], times[2])

    def test_refuses_what_it_cannot_read(self):
        frame = MAC + ipv4_udp(b"\x00\x01")
        pcapng, cut, raw_ip = b"\x0a\x0d\x0d\x0a" + bytes(40), pcap([frame])[:-1], pcap([])[:20] + bytes.fromhex("65000000")
        for capture in (b"", pcapng, cut, raw_ip):
            self.assertRaises(ValueError, trimmed, capture)


class TrimEvents(unittest.TestCase):
    def trimmed(self, *entries) -> list[int]:
        """Places of the entries that are kept; the slice ends at 1000 ms."""
        lines = [json.dumps({"t_ms": t_ms, "idx": place, "event": event}) + "\n"
                 for place, (t_ms, event) in enumerate(entries)]
        target = io.StringIO()
        trim_capture.trim_events(lines, target, 1000.0)
        return [json.loads(line)["idx"] for line in target.getvalue().splitlines()]

    def test_keeps_names_until_the_end_of_the_slice(self):
        plugin = {"type": 64, "handle_id": 1, "event": {"data": {"event": "joined"}}}
        self.assertEqual(self.trimmed((1, plugin), (1000, plugin), (1001, plugin)), [0, 1])

    def test_leaves_out_transport_notices(self):
        self.assertEqual(self.trimmed((1, {"type": 128, "event": {}})), [])

    def test_keeps_the_first_statistics_of_each_media(self):
        def media(handle, mid):
            return {"type": 32, "subtype": 3, "handle_id": handle, "event": {"mid": mid, "media": "audio"}}

        entries = ((1, media(1, "0")), (2, media(1, "0")), (3, media(1, "1")), (4, media(2, "0")))
        self.assertEqual(self.trimmed(*entries), [0, 2, 3])


if __name__ == "__main__":
    unittest.main()
