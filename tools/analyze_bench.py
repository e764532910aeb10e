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
    statistics = ["tshark", "-n", "-q", "-r", arguments.capture, "-z", "rtp,streams"]
    commands = {"rtcscope": [arguments.rtcscope, "analyze", arguments.capture, "--format", "json"],
                # It takes RTP that no signalling announced for UDP payload, tries what else it may be, and finds no
                # stream; with the hint it finds them, and is quicker.
                "tshark": statistics,
                "tshark, hinted": [*statistics, "--enable-heuristic", "rtp_udp"]}
    least = {}
    for turn in range(arguments.rounds):
        for name, command in commands.items():
            cpu, wall = measure(command)
            least[name] = tuple(map(min, least.get(name, (cpu, wall)), (cpu, wall)))
            print(f"round {turn + 1} {name:<14} {cpu:8.2f} s processor {wall:8.2f} s wall", flush=True)
    print(f"{arguments.capture.stat().st_size / 1e6:.0f} MB")
    for peer in list(commands)[1:]:
        ratios = [theirs / ours for ours, theirs in zip(least["rtcscope"], least[peer])]
        print(f"{peer}: {ratios[0]:.1f} times the processor time, {ratios[1]:.1f} times the wall time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
