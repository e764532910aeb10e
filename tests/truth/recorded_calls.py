"""Runs a program over every folder of the recorded calls; skips (exit code 77) where there are none.

usage: recorded_calls.py COMMAND...

The folder is the one that RTCSCOPE_CALLS names, else ../shared/calls beside the source tree: the same as in
tests/support/recordings.hpp. The folders of the calls are added to COMMAND.
"""

import os
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def recorded_calls() -> list[Path]:
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "calls"
    folder = Path(os.environ.get("RTCSCOPE_CALLS", beside))
    return sorted(truth.parent for truth in folder.glob("*/truth.json"))


def main() -> int:
    calls = recorded_calls()
    if not calls:
        print("skipped: no recorded calls; RTCSCOPE_CALLS names no folder of them, and ../shared/calls has none")
        return SKIPPED
    return subprocess.run([*sys.argv[1:], *map(str, calls)], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
