#!/usr/bin/env python3
"""How long the questions behind the dashboard take when PostgreSQL is full, and by which plans it answers them.

usage: query_bench.py RTCSCOPE SAMPLE_CALL [CONFERENCES [SESSIONS [SAMPLES [REQUESTS]]]]

A call is replayed once and its rows are multiplied in the server, each copy with ids and times of its own, over the last
six days: 10,000 conferences, 100,000 sessions and 50,000,000 samples unless told otherwise (20 GB of disk, 20 minutes).
Then every question is asked over HTTP, each time of another conference, participant or stream. Exit code 1 when the
99th percentile of one is over 100 ms, or a plan reads one of the large tables whole. Exit status 77: no PostgreSQL.
"""

import json
import random
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration" / "postgres"))
from server import Server  # noqa: E402

P99_MS = 100
DAY_NS = 86_400_000_000_000
DAYS = 6
# An answer may look at rows of the other tables one by one; of these the part that is asked for only.
LARGE = {"samples", "samples_10s", "samples_60s", "streams", "flows", "connections", "sessions", "participants", "events"}
COPIED = ("conferences", "participants", "sessions", "connections", "flows", "streams", "events", "issues")
RESOLUTIONS = {"samples": 1, "samples_10s": 10, "samples_60s": 60}


def columns(server, table):
    sql = f"""SELECT column_name FROM information_schema.columns
              WHERE table_name = '{table}' AND is_generated = 'NEVER' ORDER BY ordinal_position"""
    return server.query(sql).splitlines()


def copied_column(table, name, each):
    """The column in copy k of the call; of what belongs to a session there are `each` in every conference, numbered j."""
    mine = f"(k * {each} + j)"
    number = "k" if name == "conference_id" or (table, name) == ("conferences", "id") else mine
    if name == "id" or (name.endswith("_id") and name not in ("user_id", "host_id", "opaque_id", "vlan_id")):
        return f"CASE WHEN {name} = 0 THEN 0 ELSE {name} / 2 + {number} * 7919 END"
    if name.endswith("_ns"):
        return f"{name} + offset_ns + k * spread_ns"
    if name in ("room", "user_id", "display"):
        return f"{name} || ' ' || {number}"
    if name in ("client_ufrag", "server_ufrag"):
        return f"{name} || {mine}"
    if name == "ssrc":
        return f"(ssrc + {mine}) % 4294967296"
    return name


def multiply(server, conferences, each):
    """Copies of everything but samples, spread evenly over the days."""
    newest = int(server.query("SELECT max(started_at_ns) FROM conferences"))
    offset = time.time_ns() - DAYS * DAY_NS - newest
    spread = DAYS * DAY_NS // conferences
    for table in COPIED:
        names = columns(server, table)
        chosen = ", ".join(copied_column(table, name, each) for name in names)
        copies = 1 if table == "conferences" else each
        server.query(f"""CREATE TEMP TABLE the_call AS TABLE {table};
            TRUNCATE {table};
            INSERT INTO {table} ({', '.join(names)}) SELECT {chosen}
            FROM (SELECT {offset}::bigint AS offset_ns, {spread}::bigint AS spread_ns) o, the_call,
              generate_series(0::bigint, {conferences - 1}) k, generate_series(0::bigint, {copies - 1}) j""")
        print(f"{table}: {server.query(f'SELECT count(*) FROM {table}')} rows", flush=True)


def add_samples(server, rows):
    """As many seconds of each stream as make the number, in the table of each day."""
    streams = int(server.query("SELECT count(*) FROM streams"))
    seconds = max(rows // streams, 60)
    first_day = time.time_ns() // DAY_NS - DAYS - 1
    for table, resolution in RESOLUTIONS.items():
        for day in range(first_day, first_day + DAYS + 3):
            server.query(f"""CREATE TABLE IF NOT EXISTS {table}_d{day} PARTITION OF {table}
                             FOR VALUES FROM ({day * DAY_NS}) TO ({(day + 1) * DAY_NS})""")
        step = resolution * 1_000_000_000
        values = {"stream_id": "id", "start_ns": "at", "end_ns": f"at + {step}", "sample_count": str(resolution),
                  "measured_ns": str(step), "packets": f"50 * {resolution}", "bytes": f"(6000 + n % 997) * {resolution}",
                  "expected": f"51 * {resolution}", "bitrate_bps": "48000 + n % 997", "jitter_ms": "1.5 + n % 7",
                  "jitter_mean_ms": "1.5", "jitter_time_ns": str(step), "frame_time_ns": "0", "frame_rate_fps": "25",
                  "frame_jitter_ms": "3"}
        names = [n for n in columns(server, table)]
        chosen = ", ".join(values.get(n, "0") for n in names)
        server.query(f"""INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM
            (SELECT id, n, first_packet_ns / {step} * {step} + n * {step} AS at FROM streams,
             generate_series(0::bigint, {seconds // resolution - 1}) n) s""")
        print(f"{table}: {server.query(f'SELECT count(*) FROM {table}')} rows", flush=True)


def start(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    found = re.search(r"listening on (\S+)", line)
    if not found:
        raise RuntimeError(f"{' '.join(command)} said: {line}")
    return process, found[1]


def get(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def questions(server):
    """name -> addresses of one page each."""
    def some(sql):
        return [row.split("|") for row in server.query(f"SELECT * FROM ({sql}) q ORDER BY random() LIMIT 500").splitlines()]

    def of(template, rows):
        return [template.format(*(urllib.parse.quote(value) for value in row)) for row in rows]

    conferences = some("SELECT lpad(to_hex(id), 16, '0'), room FROM conferences")
    people = some("SELECT lpad(to_hex(id), 16, '0'), display FROM participants")
    connections = some("SELECT lpad(to_hex(id), 16, '0') FROM connections")
    streams = some("SELECT lpad(to_hex(id), 16, '0'), ssrc FROM streams")
    flows = some("SELECT client_ufrag, client_address FROM flows WHERE client_ufrag <> ''")
    return {
        "conferences, worst first": ["conferences?sort=worst&limit=50"],
        "conferences, newest first": ["conferences?sort=newest&limit=50"],
        "conferences that run": ["conferences?state=live&limit=50"],
        "conferences by name": of("conferences?q={1}&limit=50", conferences),
        "a conference": of("conferences/{0}", conferences),
        "its participants": of("participants?conference_id={0}", conferences),
        "its connections": of("connections?conference_id={0}", conferences),
        "its streams": of("streams?conference_id={0}", conferences),
        "its flows": of("flows?conference_id={0}", conferences),
        "its events": of("events?conference_id={0}", conferences),
        "its issues": of("issues?conference_id={0}", conferences),
        "issues that are open": ["issues?open=true"],
        "events of all": ["events?limit=100"],
        "a participant": of("participants/{0}", people),
        "figures of a participant": of("participants/{0}/series", people),
        "figures of a stream": of("streams/{0}/series", streams),
        "seconds of a stream": of("streams/{0}/samples?limit=500", streams),
        "a connection": of("connections/{0}", connections),
        "search for a room": of("search?q={1}", conferences),
        "search for a person": of("search?q={1}", people),
        "search for an SSRC": of("search?q={1}", streams),
        "search for a ufrag": of("search?q={0}", flows),
        "search for an address": of("search?q={1}", flows),
        "search for what is not there": [f"search?q=nobody{n}" for n in range(100)],
    }


def whole_reads(log):
    """Plans in the server's log that read a large table from end to end: table -> a query."""
    found = {}
    for plan in re.findall(r"plan:\n(\{.*?\n\t\})", log, re.S):
        try:
            query = json.loads(plan)
        except ValueError:
            continue
        nodes = [query["Plan"]]
        while nodes:
            node = nodes.pop()
            nodes += node.get("Plans", [])
            table = re.sub(r"_(d\d+|other)$", "", node.get("Relation Name", ""))
            if node["Node Type"] == "Seq Scan" and table in LARGE and node["Plan Rows"] > 0:
                if not node.get("Relation Name", "").endswith("_other"):
                    found.setdefault(table, query["Query Text"])
    return found


def ask(url, addresses, requests):
    times = []
    for _ in range(requests):
        address = f"{url}/api/v1/{random.choice(addresses)}"
        begin = time.perf_counter()
        get(address)
        times.append((time.perf_counter() - begin) * 1000)
    times.sort()
    return times[len(times) // 2], times[min(int(len(times) * 0.99), len(times) - 1)]


def fill(server, rtcscope, sample, sizes):
    """Replays the call once and multiplies it to so many conferences, sessions and samples."""
    conferences, sessions, samples = sizes
    subprocess.run([rtcscope, "replay", sample, "--speed", "0", "--exit-when-done", *options_of(server)], check=True,
                   stdout=subprocess.DEVNULL)
    each = max(sessions // (conferences * int(server.query("SELECT count(*) FROM sessions"))), 1)
    server.query("TRUNCATE samples, samples_10s, samples_60s, samples_due")
    multiply(server, conferences, each)
    add_samples(server, samples)
    server.query("VACUUM ANALYZE")
    print("database:", server.query("SELECT pg_size_pretty(pg_database_size(current_database()))"), flush=True)


def options_of(server):
    return ["--listen", "127.0.0.1:0", "--store", server.url, "--rate-limit", "0"]


def measure(server, rtcscope, sample, requests):
    """Asks every question so often; the exit code."""
    server.stop("fast")
    server.start("session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0", "auto_explain.log_format=json")
    # So slow that it adds nothing of its own.
    process, url = start([rtcscope, "replay", sample, "--speed", "0.001", *options_of(server)])
    late = []
    try:
        for name, addresses in questions(server).items():
            p50, p99 = ask(url, addresses, requests)
            print(f"{name:<32} p50 {p50:7.1f} ms   p99 {p99:7.1f} ms", flush=True)
            if p99 > P99_MS:
                late.append(name)
    finally:
        process.terminate()
        process.wait()
    read = whole_reads(server.log())
    for table, query in read.items():
        print(f"reads {table} whole: {' '.join(query.split())[:2000]}")
    print(f"over {P99_MS} ms: {', '.join(late) or 'none'}; tables read whole: {', '.join(read) or 'none'}")
    return 1 if late or read else 0


def main():
    rtcscope, sample = sys.argv[1:3]
    given = [int(value) for value in sys.argv[3:]]
    sizes = (given + [10_000, 100_000, 50_000_000][len(given):])[:3]
    server = Server()
    try:
        fill(server, rtcscope, sample, sizes)
        return measure(server, rtcscope, sample, given[3] if len(given) > 3 else 300)
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
