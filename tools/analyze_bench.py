#!/usr/bin/env python3
"""Measures `rtcscope analyze` beside `tshark -q -z rtp,streams` on the same capture, by turns.

usage: tools/analyze_bench.py --rtcscope PATH [--rounds N] CAPTURE

Prints processor time (user and system) and wall time of each round and the ratios of the least ones: on a machine that
does other work the least is nearest to the truth, and processor time nearer than wall time. The capture is read once
before, so that neither pays for the disk. Standard library only; tshark has to be installed.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import time


def measure(command):
    """(processor seconds, wall seconds) of a command that has to succeed."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rtcscope", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("capture", type=pathlib.Path)
    arguments = parser.parse_args()
    with arguments.capture.open("rb") as file:
        while file.read(1 << 24):
            pass
    commands = {"rtcscope": [arguments.rtcscope, "analyze", arguments.capture, "--format", "json"],
                # Without a hint tshark takes RTP that no signalling announced for UDP payload.
                "tshark": ["tshark", "-n", "-q", "-r", arguments.capture, "--enable-heuristic", "rtp_udp", "-z",
                           "rtp,streams"]}
    least = {}
    for turn in range(arguments.rounds):
        for name, command in commands.items():
            cpu, wall = measure(command)
            least[name] = tuple(map(min, least.get(name, (cpu, wall)), (cpu, wall)))
            print(f"round {turn + 1} {name:<9} {cpu:8.2f} s processor {wall:8.2f} s wall", flush=True)
    ratios = [theirs / ours for ours, theirs in zip(least["rtcscope"], least["tshark"])]
    print(f"{arguments.capture.stat().st_size / 1e6:.0f} MB: {ratios[0]:.1f} times less processor time, "
          f"{ratios[1]:.1f} times less wall time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
