#!/usr/bin/env python3
"""Fails if ctest skipped a test that has to run here.

usage: check_skips.py JUNIT.xml ALLOWED.txt

A line of ALLOWED.txt is a regular expression for whole test names, blanks, and the reason. Silent if
all is well; else it names each test and exits with 1.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree


def allowed_patterns(path: str) -> list[re.Pattern]:
    with open(path) as lines:
        entries = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    without_reason = [entry[0] for entry in entries if len(entry) < 2]
    if without_reason:
        raise ValueError(f"{path}: no reason given for {without_reason[0]}")
    return [re.compile(entry[0]) for entry in entries]


def skipped_tests(path: str) -> list[tuple[str, str]]:
    """Name and reason of each test that did not run; in the words of ctest."""
    cases = ElementTree.parse(path).iter("testcase")
    not_run = [case for case in cases if case.get("status") in ("notrun", "disabled")]
    return [(case.get("name"), reason(case)) for case in not_run]


def reason(case: ElementTree.Element) -> str:
    """The line of the test's output that says why it skipped, as far as it has one."""
    output = (case.findtext("system-out") or "").splitlines()
    return next((line.strip() for line in output if "skipped" in line.lower()), "no reason printed")


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    allowed = allowed_patterns(sys.argv[2])
    forbidden = [test for test in skipped_tests(sys.argv[1]) if not any(p.fullmatch(test[0]) for p in allowed)]
    for name, why in forbidden:
        print(f"skipped, but has to run here: {name}: {why}", file=sys.stderr)
    return 1 if forbidden else 0


if __name__ == "__main__":
    raise SystemExit(main())
