#!/usr/bin/env python3
"""Requests a second of the API beside those of a Poco server that only says hello, by turns in one run.

usage: http_bench.py RTCSCOPE BENCH_HELLO SAMPLE_CALL [SECONDS]

wrk asks over kept connections, in one thread with 16 of them: for the list of conferences, for the same with the ETag of the
last answer (what a dashboard does), and for a participant's time series. Exit code 1 when the list, known by its ETag or
not, is served at less than 0.3 of the rate of a hello of the same size. Exit status 77: wrk is not installed.
"""

import json
import re
import shutil
import subprocess
import sys
import time
import urllib.request

ROUNDS = 3
LEAST_RATIO = 0.3


def start(command):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, re.search(r"listening on (\S+)", process.stdout.readline())[1]


def wrk(url, seconds, headers=()):
    """Requests a second, the 99th percentile as wrk prints it, what it says of errors."""
    command = ["wrk", "--threads", "1", "--connections", "16", "--duration", f"{seconds}s", "--latency", url]
    for header in headers:
        command += ["--header", header]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    faults = re.search(r"(Socket errors|Non-2xx).*", text)
    return float(re.search(r"Requests/sec:\s+(\S+)", text)[1]), re.search(r"99%\s+(\S+)", text)[1], faults


def main():
    rtcscope, hello, sample = sys.argv[1:4]
    seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    if shutil.which("wrk") is None:
        print("SKIP: not installed: wrk")
        return 77
    api, url = start([rtcscope, "replay", sample, "--speed", "0", "--listen", "127.0.0.1:0", "--store", "sqlite::memory:",
                      "--rate-limit", "0"])
    processes = [api]
    try:
        while True:
            with urllib.request.urlopen(f"{url}/api/v1/stats") as answer:
                now = json.load(answer)
            if now["finished"] and now["store"]["queue_depth"] == 0:
                break
            time.sleep(0.1)
        with urllib.request.urlopen(f"{url}/api/v1/participants") as answer:
            person = json.load(answer)["items"][0]["id"]
        with urllib.request.urlopen(f"{url}/api/v1/conferences") as answer:
            body, tag = answer.read(), answer.headers["ETag"]
        greeter, greeting = start([hello, str(len(body))])
        processes.append(greeter)
        asked = {"hello": (greeting, ()), "conferences": (f"{url}/api/v1/conferences", ()),
                 "conferences, by ETag": (f"{url}/api/v1/conferences", (f"If-None-Match: {tag}",)),
                 "time series": (f"{url}/api/v1/participants/{person}/series", ())}
        rates = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, (address, headers) in asked.items():
                rate, p99, faults = wrk(address, seconds, headers)
                rates[name].append(rate)
                print(f"{name:<22} {rate:9.0f} requests/s   p99 {p99:>8} {faults[0] if faults else ''}", flush=True)
    finally:
        for process in processes:
            process.kill()
    best = {name: max(values) for name, values in rates.items()}
    ratios = {name: best[name] / best["hello"] for name in asked}
    print(f"of hello ({len(body)} octets): " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))
    return 1 if min(ratios["conferences"], ratios["conferences, by ETag"]) < LEAST_RATIO else 0


sys.exit(main())
