#!/usr/bin/env python3
"""Feeds a recorded event log over a WebSocket, as Janus's wsevh does, and asks the API what came of it.

usage: websocket_feed.py RTCSCOPE SAMPLE_CALL
Exit status 77 without CAP_NET_RAW: `observe` cannot start.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websockets

rtcscope, sample = sys.argv[1], Path(sys.argv[2])
failures = 0


def expect(name, holds, found=""):
    global failures
    print("ok  " if holds else "FAIL", name, "" if holds else found)
    failures += not holds


def get(url, path):
    with urllib.request.urlopen(f"{url}/api/v1/{path}") as reply:
        return json.load(reply)


async def feed(address):
    async with websockets.connect(address, subprotocols=["janus-event-handlers"]) as socket:
        expect("the subprotocol is taken", socket.subprotocol == "janus-event-handlers", socket.subprotocol)
        events = [json.loads(line)["event"] for line in (sample / "janus-events.jsonl").open()]
        await socket.send(json.dumps(events[:10]))
        # In fragments, as a library may cut a long group.
        rest = json.dumps(events[10:])
        await socket.send([rest[i:i + 1000] for i in range(0, len(rest), 1000)])
        await asyncio.wait_for(await socket.ping(), 5)
        return len(events)


async def too_large(address):
    async with websockets.connect(address) as socket:
        try:
            await socket.send("x" * (9 << 20))
            await asyncio.wait_for(socket.recv(), 10)
        except websockets.ConnectionClosed as closed:
            expect("a message over the bound ends the connection with 1009", closed.code == 1009, closed)


async def foreign(address):
    try:
        async with websockets.connect(address, origin="https://elsewhere.example"):
            expect("a page of another site is refused", False)
    except websockets.InvalidStatusCode as refused:
        expect("a page of another site is refused", refused.status_code == 426, refused.status_code)


async def main(observer, url):
    address = "ws" + url.removeprefix("http") + "/ingest/janus/ws"
    count = await feed(address)
    await too_large(address)
    await foreign(address)
    for _ in range(50):
        stats = get(url, "stats")["feed"]
        if stats["events"] >= count:
            break
        await asyncio.sleep(0.2)
    expect("every event arrived, none was refused", (stats["events"], stats["refused"]) == (count, 0), stats)
    for _ in range(50):
        names = sorted(p["display"] for p in get(url, "participants")["items"])
        if len(names) == 2:  # The store is written in batches: the two need not come in one.
            break
        await asyncio.sleep(0.2)
    expect("participants are named", names == ["alice", "bob"], names)
    async with websockets.connect(address):
        start = time.monotonic()
        observer.terminate()
        status = observer.wait(10)
        took = time.monotonic() - start
        expect("an open connection does not hold up the end", status == 0 and took < 2, (status, took))


def start(folder):
    command = [rtcscope, "observe", "--interface", "lo", "--listen", "127.0.0.1:0", "--store", f"sqlite:{folder}/s.db"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


if os.geteuid() != 0:
    print("SKIP: observe needs CAP_NET_RAW")
    sys.exit(77)
with tempfile.TemporaryDirectory() as work:
    process = start(work)
    try:
        asyncio.run(main(process, re.search(r"listening on (\S+)", process.stdout.readline())[1]))
    finally:
        process.kill()
print(f"{failures} failed")
sys.exit(1 if failures else 0)
