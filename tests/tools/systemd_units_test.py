#!/usr/bin/env python3
"""The units of systemd/: known words only, and an exposure that does not grow.

usage: systemd_units_test.py RTCSCOPE

Each unit is looked at alone and with each of its drop-ins. RTCSCOPE stands in for /usr/bin/rtcscope, which need not
be installed. Exit status 77: skipped.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

UNITS = Path(__file__).resolve().parents[2] / "systemd"
RTCSCOPE = ""
# Tenths, as systemd-analyze counts. The keys need to read another process, which costs.
LIMITS = {"rtcscope-observe.service": {None: 20, "keys.conf": 25, "tokens.conf": 20},
          "rtcscope-capture.service": {None: 20, "capture-keys.conf": 25},
          "rtcscope-serve.service": {None: 15, "serve-tokens.conf": 15}}


def analyze(*arguments: str, units: Path) -> subprocess.CompletedProcess:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"})


class Units(unittest.TestCase):
    def cases(self):
        """Unit, drop-in, its limit, and a folder with them as systemd would find them."""
        for unit, limits in LIMITS.items():
            for drop_in, limit in limits.items():
                with tempfile.TemporaryDirectory() as folder, self.subTest(unit=unit, drop_in=drop_in):
                    self.install(UNITS / unit, Path(folder) / unit)
                    if drop_in:
                        (Path(folder) / f"{unit}.d").mkdir()
                        self.install(UNITS / "drop-ins" / drop_in, Path(folder) / f"{unit}.d" / drop_in)
                    yield Path(folder) / unit, limit

    @staticmethod
    def install(source: Path, target: Path) -> None:
        target.write_text(source.read_text().replace("/usr/bin/rtcscope", RTCSCOPE))

    def test_no_word_is_unknown(self):
        for unit, _ in self.cases():
            result = analyze("verify", "--man=no", str(unit), units=unit.parent)
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_the_exposure_stays_low(self):
        for unit, limit in self.cases():
            result = analyze("security", "--offline=true", f"--threshold={limit}", str(unit), units=unit.parent)
            score = re.search(r"Overall exposure level.*", result.stdout)
            print(f"{unit.name} {[d.name for d in unit.parent.glob('*.d/*')]}: {score and score[0]}")
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_every_file_is_looked_at(self):
        self.assertEqual({p.name for p in UNITS.glob("*.service")}, set(LIMITS))
        known = {drop_in for limits in LIMITS.values() for drop_in in limits if drop_in}
        self.assertEqual({p.name for p in (UNITS / "drop-ins").iterdir()}, known)

    def test_keys_are_not_taken_unless_asked_for(self):
        for unit in UNITS.glob("*.service"):
            self.assertNotIn("--keys", unit.read_text())
            self.assertNotRegex(unit.read_text(), r"CAP_(SYS_|DAC_)")


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("SKIPPED: not installed: systemd-analyze")
        raise SystemExit(77)
    RTCSCOPE = sys.argv.pop()
    unittest.main()
