"""Tests of tools/truth.py: a right answer passes, and each kind of wrong answer makes it exit with 1.

usage: truth_test.py RTCSCOPE

The answer is what rtcscope says of two samples. What is made wrong is the truth, one figure at a time.
"""

import contextlib
import copy
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import truth as tool  # noqa: E402

SAMPLES = ROOT / "tests" / "data" / "calls"
RTCSCOPE = None


class Truth(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reports = {name: tool.analyze(RTCSCOPE, SAMPLES / name) for name in ("loss-uplink", "turn")}
        cls.truths = {name: json.loads((SAMPLES / name / "truth.json").read_text()) for name in cls.reports}
        cls.analyze = staticmethod(tool.analyze)

    def tearDown(self):
        tool.analyze = self.analyze

    def verdict(self, truth, report, binary="unused"):
        """Exit code and output of the tool for a call with this truth, of which rtcscope would say this."""
        report = copy.deepcopy(report)
        tool.analyze = self.analyze if report is None else lambda *_, **__: report
        with tempfile.TemporaryDirectory() as folder:
            if truth is not None:
                Path(folder, "truth.json").write_text(json.dumps(truth))
            sys.argv = ["truth.py", "--rtcscope", binary, folder]
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                return tool.main(), output.getvalue()

    def changed(self, change, name="loss-uplink"):
        truth, report = copy.deepcopy(self.truths[name]), copy.deepcopy(self.reports[name])
        change(truth, report)
        return self.verdict(truth, report)

    def assert_miss(self, change, words, name="loss-uplink"):
        code, output = self.changed(change, name)
        self.assertEqual(code, 1, output)
        misses = [line for line in output.splitlines() if line.startswith("MISS")]
        self.assertTrue(any(words in line for line in misses), f"{words!r} is not in {misses}")

    def test_the_samples_pass_as_they_are(self):
        for name in self.reports:
            code, output = self.changed(lambda *_: None, name)
            self.assertEqual(code, 0, output)
            self.assertIn("0 misses in 1 calls", output)

    def test_a_wrong_or_late_kind(self):
        def give_kind(kind, after_ms):
            def change(truth, report):
                for stream in (s for flow in truth["flows"] for s in flow["streams"]):
                    ours = next(s for s in report["streams"] if s["ssrc"] == stream["ssrc"])
                    stream["kind"], ours["kind"], ours["kind_after_ms"] = "audio", kind, after_ms
            return change
        self.assertEqual(self.changed(give_kind("audio", 2000.0))[0], 0)
        self.assert_miss(give_kind("video", 100.0), "packets only: video")
        self.assert_miss(give_kind("audio", 2001.0), "after 2001.0 ms")
        self.assert_miss(give_kind("audio", None), "after None ms")

    def test_each_wrong_figure_of_a_stream(self):
        for figure, words in (("packets", ": packets "), ("lost", "'lost'"), ("expected", "'expected'"),
                              ("duplicates", "'duplicates'"), ("reordered", "'reordered'"),
                              ("rtp_bytes_wire", "'bytes'"), ("jitter_ms_last", ": jitter_ms "),
                              ("jitter_ms_max", ": jitter_max_ms "), ("jitter_ms_mean", ": jitter_mean_ms ")):
            def add_one(truth, _, figure=figure):
                truth["flows"][0]["streams"][0]["pcap"][figure] += 1

            with self.subTest(figure):
                self.assert_miss(add_one, words)

    def test_wrong_bitrate(self):
        def longer(truth, _):
            pcap = truth["flows"][0]["streams"][0]["pcap"]
            pcap["last_t_ns"] += (pcap["last_t_ns"] - pcap["first_t_ns"]) // 50

        self.assert_miss(longer, ": bitrate ")

    def test_jitter_where_there_is_none(self):
        def without(truth, _):
            truth["flows"][0]["streams"][0]["pcap"]["jitter_ms_last"] = None

        self.assert_miss(without, ": jitter_ms ")

    def test_each_wrong_name_of_a_stream(self):
        for name, value in (("codec", "G722/8000"), ("rtx_of", 1), ("media_from", "mallory")):
            def rename(truth, _, name=name, value=value):
                truth["flows"][0]["streams"][0][name] = value

            with self.subTest(name):
                self.assert_miss(rename, ": named ")

    def test_stream_in_the_other_direction(self):
        def turn_around(truth, _):
            stream = truth["flows"][0]["streams"][0]
            stream["dir"] = {"up": "down", "down": "up"}[stream["dir"]]

        self.assert_miss(turn_around, ": found 0 times")

    def test_stream_too_few_or_too_many(self):
        self.assert_miss(lambda truth, report: report["streams"].pop(), ": found 0 times")
        self.assert_miss(lambda truth, report: truth["flows"][0]["streams"].pop(), "is not in the truth")

    def test_each_wrong_link(self):
        for name, value in (("handle", 1), ("room", 4321), ("display", "mallory")):
            def relink(truth, _, name=name, value=value):
                truth["flows"][0]["janus"][name] = value

            with self.subTest(name):
                self.assert_miss(relink, ": linked to ")

    def test_two_flows_swapped(self):
        def swap(truth, _):
            first, second = truth["flows"][:2]
            first["janus"], second["janus"] = second["janus"], first["janus"]

        self.assert_miss(swap, ": linked to ")

    def test_media_flow_without_a_link(self):
        def unlink(_, report):
            for flow in report["flows"]:
                flow["connection_id"] = None

        self.assert_miss(unlink, ": not linked, truth handle ")

    def test_link_of_a_flow_that_is_nobodys(self):
        def link(_, report):
            connection = report["connections"][0]["id"]
            for flow in report["flows"]:
                flow["connection_id"] = flow["connection_id"] or connection

        self.assert_miss(link, "truth knows no handle", "turn")

    def test_flow_too_few_or_too_many(self):
        self.assert_miss(lambda truth, report: report["flows"].pop(), ": found 0 times")
        self.assert_miss(lambda truth, report: truth["flows"].pop(), "a flow that the truth does not have")
        self.assert_miss(lambda truth, report: report["flows"].append(report["flows"][0]), ": found 2 times")

    def test_packets_of_another_class(self):
        def reclass(truth, _):
            packets = truth["flows"][0]["packets_up"]
            packets["stun"], packets["rtcp"] = packets["stun"] + 1, packets["rtcp"] - 1

        self.assert_miss(reclass, ": rtcp packets ")

    def test_what_cannot_be_compared_is_not_a_pass(self):
        self.assertEqual(self.verdict(None, self.reports["turn"])[0], 2)
        self.assertEqual(self.verdict(self.truths["turn"], None, "/bin/false")[0], 2)


if __name__ == "__main__":
    RTCSCOPE = sys.argv.pop(1)
    unittest.main(argv=sys.argv[:1])
