"""Tests of tools/check_skips.py on JUnit output in the form of ctest."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "check_skips.py"

JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="(empty)" tests="3" failures="0" disabled="0" skipped="2">
  <testcase name="Rtp.Parses" status="run"><system-out>SKIPPED is only a word here</system-out></testcase>
  <testcase name="Calls.Counts" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
    <system-out>Note: filter
[  SKIPPED ] no recorded calls</system-out></testcase>
  <testcase name="live_janus" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>
</testsuite>
"""


class CheckSkips(unittest.TestCase):
    def check(self, allowed: str) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as folder:
            junit, list_file = Path(folder, "junit.xml"), Path(folder, "allowed.txt")
            junit.write_text(JUNIT)
            list_file.write_text(allowed)
            return subprocess.run([sys.executable, TOOL, junit, list_file], capture_output=True, text=True)

    def test_names_each_skipped_test_and_its_reason(self):
        result = self.check("# nothing is allowed\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("Calls.Counts: [  SKIPPED ] no recorded calls", result.stderr)
        self.assertIn("live_janus: no reason printed", result.stderr)
        self.assertNotIn("Rtp.Parses", result.stderr)

    def test_is_silent_if_all_are_allowed(self):
        result = self.check("Calls[.].*  needs recordings\nlive_janus needs root\n")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_a_pattern_has_to_match_the_whole_name(self):
        self.assertEqual(self.check("Calls  half a name\nlive_.* needs root\n").returncode, 1)

    def test_an_entry_without_reason_is_an_error(self):
        self.assertNotEqual(self.check("Calls[.].*\nlive_janus needs root\n").returncode, 0)


if __name__ == "__main__":
    unittest.main()
