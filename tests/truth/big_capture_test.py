"""Test of tools/make_big_capture.py: rtcscope finds every flow, stream, packet and loss that it wrote.

usage: big_capture_test.py RTCSCOPE
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "make_big_capture.py"
RTCSCOPE = None


class BigCapture(unittest.TestCase):
    def written_and_found(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            capture = Path(folder, "big.pcap")
            tool = subprocess.run([sys.executable, TOOL, *arguments, capture], capture_output=True, check=True)
            size = capture.stat().st_size
            found = subprocess.run([RTCSCOPE, "analyze", capture, "--format", "json"], capture_output=True, check=True)
        return json.loads(tool.stdout), json.loads(found.stdout), size

    def assert_found(self, written, found):
        self.assertEqual(found["capture"]["refusals"], [])
        self.assertEqual(found["capture"]["packets"], written["packets"])
        self.assertEqual(len(found["flows"]), written["flows"])
        streams = found["streams"]
        self.assertEqual(len(streams), written["streams"])
        self.assertEqual(sum(stream["packets"] for stream in streams), written["rtp_packets"])
        self.assertEqual(sum(stream["lost"] for stream in streams), written["lost"])
        self.assertEqual(sum(stream["duplicates"] + stream["reordered"] for stream in streams), 0)

    def test_headers_of_many_flows(self):
        written, found, size = self.written_and_found("3", "--flows", "40")
        self.assert_found(written, found)
        self.assertGreater(written["lost"], 0)
        self.assertGreater(written["packets"] - written["rtp_packets"], 4 * written["flows"])
        self.assertAlmostEqual(size, 3e6, delta=1e5)

    def test_whole_packets(self):
        written, found, _ = self.written_and_found("2", "--flows", "3", "--whole")
        self.assert_found(written, found)
        self.assertEqual({stream["clock_rate_hz"] for stream in found["streams"]}, {48000, 90000})


if __name__ == "__main__":
    RTCSCOPE = sys.argv.pop(1)
    unittest.main(argv=sys.argv[:1])
