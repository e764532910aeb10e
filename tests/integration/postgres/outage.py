#!/usr/bin/env python3
"""Replays a call into PostgreSQL while the server crashes and comes back, and counts what is there in the end.

usage: outage.py RTCSCOPE SAMPLE_CALL [CAPTURE SECONDS]

With a capture (tools/make_big_capture.py, longer than that) the server is away for so many seconds of it as well: by hand.
Exit status 77: PostgreSQL is not installed.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from server import Server

rtcscope, sample = sys.argv[1], Path(sys.argv[2])
failures = 0


def expect(name, holds, found=""):
    global failures
    print("ok  " if holds else "FAIL", name, "" if holds else found, flush=True)
    failures += not holds


def stats(url):
    with urllib.request.urlopen(f"{url}/api/v1/stats", timeout=10) as reply:
        return json.load(reply)


def until(url, condition, seconds=60):
    """The first statistics for which `condition` holds, or the last ones."""
    end = time.monotonic() + seconds
    while True:
        now = stats(url)
        if condition(now) or time.monotonic() > end:
            return now
        time.sleep(0.1)


def run(server, process):
    url = re.search(r"listening on (\S+)", process.stdout.readline())[1]
    until(url, lambda s: s["store"]["written"] > 0)
    server.stop("immediate")
    down = until(url, lambda s: s["store"]["outages"] > 0 and s["finished"])
    expect("the outage is counted and told", down["store"]["outages"] > 0 and down["store"]["last_error"],
           down["store"])
    down = until(url, lambda s: s["store"]["queue_depth"] == 0)["store"]
    expect("what was found meanwhile waits on disk", down["spool_changes"] > 0 and down["spool_bytes"] > 0, down)
    server.start()
    after = until(url, lambda s: s["finished"] and s["store"]["queue_depth"] + s["store"]["spool_changes"] == 0)["store"]
    dropped = after["dropped_samples"] + after["dropped_events"] + after["dropped_entities"]
    expect("nothing was dropped", dropped == 0 and after["queue_depth"] == 0, after)
    process.terminate()
    expect("the end is in time", process.wait(10) == 0)


def killed(server, command):
    """The daemon is killed while the server is away; the next one writes back what waits before it does anything."""
    server.query("TRUNCATE samples")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"listening on (\S+)", process.stdout.readline())[1]
        until(url, lambda s: s["store"]["written"] > 0)
        server.stop("immediate")
        waiting = until(url, lambda s: s["finished"] and s["store"]["queue_depth"] == 0)["store"]["spool_changes"]
    finally:
        process.kill()
        process.wait()
    server.start()
    before = int(server.query("SELECT count(*) FROM samples"))
    # So slow that it finds nothing of its own meanwhile.
    process = subprocess.Popen([*command[:4], "0.001", *command[5:]], stdout=subprocess.PIPE, text=True)
    try:
        expect("the next run starts", re.search(r"listening on", process.stdout.readline()))
        after = int(server.query("SELECT count(*) FROM samples"))
        expect("what waited when it was killed is there", waiting > 0 and after > before, (waiting, before, after))
        expect("the spool is empty", not list(Path(command[-1]).glob("*.spool")))
    finally:
        process.kill()
        process.wait()


def long_outage(server, capture, seconds):
    """Samples of every second and stream are there in the end, though the server was away for long."""
    server.query("TRUNCATE samples, streams, flows")
    command = [rtcscope, "replay", capture, "--listen", "127.0.0.1:0", "--store", server.url, "--spool", spool]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"listening on (\S+)", process.stdout.readline())[1]
        until(url, lambda s: s["store"]["written"] > 0)
        server.stop("immediate")
        time.sleep(seconds)
        away = stats(url)["store"]
        print(f"after {seconds} s: {away['spool_changes']} changes in {away['spool_bytes']} octets wait", flush=True)
        server.start()
        back = until(url, lambda s: s["finished"] and s["store"]["queue_depth"] + s["store"]["spool_changes"] == 0, 600)
        after = back["store"]
        dropped = after["dropped_samples"] + after["dropped_events"] + after["dropped_entities"]
        expect("nothing was dropped in the long outage", dropped == 0 and after["spool_changes"] == 0, after)
        process.terminate()
        process.wait(30)
    finally:
        process.kill()
    streams, packets = server.query("SELECT count(*), sum(packets) FROM streams").split("|")
    summed = server.query("SELECT sum(packets) FROM samples")
    gaps = server.query("""SELECT count(*) FROM (SELECT start_ns - lag(end_ns) OVER (PARTITION BY stream_id ORDER BY start_ns)
                           AS gap FROM samples) g WHERE gap > 1000000""")
    print(f"{streams} streams, {packets} packets", flush=True)
    expect("their samples add up to the streams", summed == packets, (summed, packets))
    expect("no second is missing between them", gaps == "0", gaps)


server = Server()
spool = tempfile.mkdtemp(prefix="rtcscope-spool-")
try:
    command = [rtcscope, "replay", str(sample), "--speed", "4", "--listen", "127.0.0.1:0", "--store", server.url,
               "--spool", spool]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        run(server, process)
    finally:
        process.kill()
    report = subprocess.run([rtcscope, "analyze", str(sample / "call.pcap"), "--events",
                             str(sample / "janus-events.jsonl"), "--format", "json"], capture_output=True, check=True)
    streams = json.loads(report.stdout)["streams"]
    want = {str(s["ssrc"]): (s["packets"], s["lost"]) for s in streams}
    rows = [row.split("|") for row in server.query("SELECT ssrc, packets, lost FROM streams").splitlines()]
    expect("every stream is there with its figures", {r[0]: (int(r[1]), int(r[2])) for r in rows} == want, rows)
    summed = server.query("SELECT sum(packets) FROM samples")
    expect("samples add up to the streams", int(summed) == sum(s["packets"] for s in streams), summed)
    killed(server, command)
    if len(sys.argv) > 4:
        long_outage(server, sys.argv[3], int(sys.argv[4]))
finally:
    server.close()
    shutil.rmtree(spool, ignore_errors=True)
print(f"{failures} failed")
sys.exit(1 if failures else 0)
