"""Test: the same call over ICE-TCP (RFC 6544) gives the same answers.

usage: ice_tcp_test.py RTCSCOPE

No recording here has ICE-TCP, so a slice of a real call is put on TCP: each datagram of IPv4/UDP becomes an RFC 4571
frame of a connection with the same addresses and ports. Cut RTP gets zeros back, segments are split, joined, repeated
and change places. The truth is written anew by the oracle from these segments, and its counts have to be those of the
datagrams.
"""

import json
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from packets import frames

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "data" / "calls"
ORACLE = Path(__file__).with_name("pcap_truth.py")
RTCSCOPE = None
NOW = 1_000  # ns between segments that are made of one datagram


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


class Connection:
    """Turns datagrams of one direction into segments; every so often in an unkind way."""

    def __init__(self, ends):
        self.ends, self.sequence, self.count, self.held = ends, 4_294_960_000, 0, b""

    def segment(self, frame, data, sequence, flags=0x18):
        tcp = self.ends + struct.pack(">IIBBHHH", sequence % 2**32, 0, 0x50, flags, 65535, 0, 0)
        ip = bytearray(frame[14:34])
        struct.pack_into(">H", ip, 2, 40 + len(data))
        ip[9], ip[10:12] = 6, b"\0\0"
        struct.pack_into(">H", ip, 10, checksum(ip))
        return frame[:14] + bytes(ip) + tcp + data

    def segments(self, frame, payload):
        self.count += 1
        if self.count == 1:
            yield self.segment(frame, b"", self.sequence - 1, flags=0x02)
        data = self.held + struct.pack(">H", len(payload)) + payload
        self.held = b""
        if self.count % 11 == 5:  # joins the next one
            self.held = data
            return
        start, self.sequence = self.sequence, self.sequence + len(data)
        pieces = [(start, data)]
        if self.count % 7 == 3:  # in two, also within the length field
            cut = 1 if self.count % 2 else len(data) // 2
            pieces = [(start, data[:cut]), (start + cut, data[cut:])]
        if self.count % 14 == 10:  # the second half first
            pieces.reverse()
        if self.count % 13 == 6:  # and once more
            pieces.append(pieces[0])
        for sequence, piece in pieces:
            yield self.segment(frame, piece, sequence)


def put_on_tcp(source, target):
    """Rewrites a capture; returns how many segments it has."""
    connections, segments = {}, 0
    with open(target, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for t_ns, frame in frames(source):
            length = int.from_bytes(frame[38:40], "big") - 8
            payload = frame[42 : 42 + length]
            payload += bytes(length - len(payload))
            ends = frame[26:34] + frame[34:38]
            connection = connections.setdefault(ends, Connection(frame[34:38]))
            for place, segment in enumerate(connection.segments(frame, payload)):
                at = t_ns + place * NOW
                out.write(struct.pack("<IIII", at // 10**9, at % 10**9, len(segment), len(segment)) + segment)
                segments += 1
    return segments


def counts(truth):
    """Per stream what the transport cannot change."""
    return {(stream["ssrc"], stream["dir"]): [stream["pcap"][name] for name in ("packets", "lost", "rtp_bytes_wire")]
            for flow in truth["flows"] for stream in flow["streams"]}


class IceTcp(unittest.TestCase):
    def check_call(self, name):
        with tempfile.TemporaryDirectory() as folder:
            call = Path(folder, name + "-tcp")
            call.mkdir()
            segments = put_on_tcp(SAMPLES / name / "call.pcap", call / "call.pcap")
            (call / "janus-events.jsonl").write_bytes((SAMPLES / name / "janus-events.jsonl").read_bytes())
            written = subprocess.run([sys.executable, ORACLE, call], capture_output=True, check=True, text=True).stdout
            (call / "truth.json").write_text(written)
            truth, before = json.loads(written), json.loads((SAMPLES / name / "truth.json").read_text())
            self.assertEqual({flow["encap"] for flow in truth["flows"]}, {"tcp"})
            # A frame that waits for the next one at the end of the slice never travels.
            shorter = [key for key, figures in counts(before).items() if counts(truth)[key] != figures]
            self.assertLessEqual(len(shorter), len(before["flows"]) * 2)
            self.assertGreater(segments, 1000)
            tool = subprocess.run([sys.executable, ROOT / "tools" / "truth.py", "--rtcscope", RTCSCOPE, call],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(tool.returncode, 0, tool.stdout)

    def test_loss_before_the_tap(self):
        self.check_call("loss-uplink")

    def test_many_connections_from_one_address(self):
        self.check_call("six-behind-one-nat")


if __name__ == "__main__":
    RTCSCOPE = sys.argv.pop(1)
    unittest.main(argv=sys.argv[:1])
