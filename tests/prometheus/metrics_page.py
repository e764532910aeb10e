#!/usr/bin/env python3
"""Reads /metrics of a daemon that replayed a call: promtool accepts it, its figures are those of the API, and
every series that alert rules and dashboards ask for exists.

usage: metrics_page.py RTCSCOPE SAMPLE_CALL ALERTS DASHBOARD
"""

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

rtcscope, sample, alerts, dashboard = sys.argv[1], *map(Path, sys.argv[2:5])
# Only there once such a thing happened, or in another mode.
NOT_IN_A_REPLAY = {"rtcscope_feed_last_event_timestamp_seconds",
                   "rtcscope_conference_packets_expected_total", "rtcscope_conference_packets_received_total",
                   "rtcscope_conference_participants", "rtcscope_decode_errors_total", "rtcscope_bus_connected",
                   "rtcscope_probe_up", "rtcscope_probe_lost_batches_total", "rtcscope_probe_unsent_batches_total"}
failures = 0


def expect(name, holds, found=""):
    global failures
    print("ok  " if holds else "FAIL", name, "" if holds else found)
    failures += not holds


def read(url):
    with urllib.request.urlopen(url) as reply:
        return reply.read().decode()


def series(page):
    """(name, labels) -> value, without histograms' buckets."""
    found = {}
    for line in page.splitlines():
        match = re.fullmatch(r'(\w+)(?:\{(.*)\})? (\S+)', line)
        if match and not line.startswith("#"):
            labels = frozenset(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
            found[match[1], labels] = float(match[3])
    return found


def total(found, name, **labels):
    return sum(value for (n, have), value in found.items() if n == name and set(labels.items()) <= have)


def as_rules(expressions):
    """The expressions as recording rules, for promtool has no other parser; Grafana's variables filled in."""
    plain = [e.replace("$__rate_interval", "5m").replace("$host", ".*") for e in expressions]
    rules = [{"record": f"question:{i}", "expr": expression} for i, expression in enumerate(plain)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        return subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)


def check(url):
    for _ in range(100):
        stats = json.loads(read(f"{url}/api/v1/stats"))
        if stats["finished"] and stats["store"]["queue_depth"] == 0:
            break
        time.sleep(0.1)
    page = read(f"{url}/metrics")
    lint = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False)
    expect("promtool finds no fault", lint.returncode == 0 and not lint.stderr.strip(), lint.stderr)
    found = series(page)
    expect("captured packets are the API's", total(found, "rtcscope_capture_packets_total") ==
           stats["capture"]["packets"] > 0, stats["capture"])
    expect("RTP packets are the API's", total(found, "rtcscope_decode_packets_total", protocol="rtp") ==
           stats["decode"]["rtp"] > 0, stats["decode"])
    streams = json.loads(read(f"{url}/api/v1/streams?limit=500"))["items"]
    for field, name in (("packets", "rtcscope_rtp_packets_total"), ("expected", "rtcscope_rtp_packets_expected_total")):
        want = sum(s[field] for s in streams)
        expect(f"{name} sums the streams", total(found, name) == want > 0, (total(found, name), want))
    shown = json.loads(dashboard.read_text())
    expressions = [target["expr"] for panel in shown["panels"] for target in panel["targets"]]
    expect("the dashboard has panels, each with a question", len(expressions) >= len(shown["panels"]) > 0)
    parsed = as_rules(expressions)
    expect("promtool parses each question", parsed.returncode == 0, parsed.stdout + parsed.stderr)
    rules = re.sub(r"#.*", "", alerts.read_text())
    asked = set(re.findall(r"\brtcscope_\w+", rules + " ".join(expressions)))
    have = {re.sub(r"_(count|sum)$", "_bucket", name) for name, _ in found} | {name for name, _ in found}
    missing = asked - have - NOT_IN_A_REPLAY
    expect("rules and dashboard ask for nothing that is not there", asked and not missing, missing)
    labels = {name for _, have in found for name, _ in have}
    personal = labels & {"room", "user", "display", "address", "ssrc", "ufrag"}
    expect("no label names a person or an address", not personal, personal)


with tempfile.TemporaryDirectory() as folder:
    process = subprocess.Popen([rtcscope, "replay", str(sample), "--speed", "0", "--listen", "127.0.0.1:0", "--store",
                                f"sqlite:{folder}/s.db", "--cdr", f"{folder}/cdr"], stdout=subprocess.PIPE, text=True)
    try:
        check(re.search(r"listening on (\S+)", process.stdout.readline())[1])
    finally:
        process.kill()
print(f"{failures} failed")
sys.exit(1 if failures else 0)
