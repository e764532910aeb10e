#!/usr/bin/env python3
"""Kills a replay between its batches, again and again, and looks whether anything is gone that was in the store.

usage: kill_loop.py RTCSCOPE SAMPLE_CALL [ROUNDS]
"""

import json
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

rtcscope, sample = sys.argv[1], Path(sys.argv[2])
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
pick = random.Random(4)


def rows(store):
    """Keys of samples and events that a reader sees."""
    if not store.exists():
        return set()
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as database:
            samples = database.execute("SELECT stream_id, start_ns FROM samples").fetchall()
            return set(samples) | set(database.execute("SELECT time_ns, id FROM events").fetchall())
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return set()
        raise


def one_round(command, store):
    """What was seen just before the kill; at least one row more than before where there is one to come."""
    before = rows(store)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert re.search(r"listening on", process.stdout.readline())
        end = time.monotonic() + 60
        wanted = pick.randrange(1, 400)
        seen = rows(store)
        while len(seen - before) < wanted and time.monotonic() < end and process.poll() is None:
            time.sleep(pick.random() / 20)
            newer = rows(store)
            if len(newer) == len(seen) and len(before) > 0 and len(seen) >= len(before):
                # A repeated replay writes the same rows again: killed somewhere in it.
                break
            seen = newer
        return seen
    finally:
        process.kill()
        process.wait()


with tempfile.TemporaryDirectory() as folder:
    store = Path(folder) / "calls.db"
    command = [rtcscope, "replay", str(sample), "--speed", "20", "--listen", "127.0.0.1:0", "--store", f"sqlite:{store}",
               "--spool", f"{folder}/spool"]
    for number in range(rounds):
        seen = one_round(command, store)
        lost = seen - rows(store)
        if lost:
            print(f"FAIL round {number}: {len(lost)} rows of {len(seen)} are gone")
            sys.exit(1)
        print(f"ok   round {number}: {len(seen)} rows before the kill are there", flush=True)
    subprocess.run([*command[:4], "0", *command[5:], "--exit-when-done"], check=True, stdout=subprocess.DEVNULL, timeout=120)
    report = subprocess.run([rtcscope, "analyze", str(sample / "call.pcap"), "--events", str(sample / "janus-events.jsonl"),
                             "--format", "json"], capture_output=True, check=True)
    want = sum(stream["packets"] for stream in json.loads(report.stdout)["streams"])
    with closing(sqlite3.connect(store)) as database:
        whole = database.execute("PRAGMA integrity_check").fetchone()[0]
        found = database.execute("SELECT sum(packets) FROM samples").fetchone()[0]
    print(f"database: {whole}; packets in samples {found}, in the capture {want}")
    sys.exit(0 if whole == "ok" and found == want else 1)
