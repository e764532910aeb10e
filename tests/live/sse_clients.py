#!/usr/bin/env python3
"""Many listeners at once on a real daemon: every one gets every message once and in order, and what that costs.

Starts a daemon with tokens, lets Server-Sent Events clients and some WebSocket clients listen, makes tokens (each is an
event of the timeline), compares what every client got, and prints threads, memory and CPU time of the daemon before and
while they listened.

usage: sse_clients.py RTCSCOPE RECORDING [--clients 500] [--sockets 20] [--messages 50]
"""

import argparse
import base64
import json
import os
import re
import resource
import selectors
import socket
import subprocess
import sys
import tempfile
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("rtcscope")
arguments.add_argument("recording")
arguments.add_argument("--clients", type=int, default=500)
arguments.add_argument("--sockets", type=int, default=20)
arguments.add_argument("--messages", type=int, default=50)
options = arguments.parse_args()
failures = 0


def expect(name, holds, found=""):
    global failures
    print("ok  " if holds else "FAIL", name, "" if holds else found)
    failures += not holds


def cost(pid):
    """Threads, resident KiB, CPU seconds."""
    status = open(f"/proc/{pid}/status", encoding="utf8").read()
    ticks = open(f"/proc/{pid}/stat", encoding="utf8").read().rsplit(")", 1)[1].split()[11:13]
    field = lambda name: int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1])
    return field("Threads"), field("VmRSS"), sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


class Client:
    """One listener; `numbers` are the ids of the messages it got."""

    def __init__(self, address, path, token, upgrade):
        self.upgrade, self.numbers, self.octets, self.head = upgrade, [], b"", b""
        self.socket = socket.create_connection(address, timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        more = (f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                if upgrade else "")
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{more}\r\n".encode())

    def take(self):
        """False when the daemon closed the connection."""
        part = self.socket.recv(1 << 16)
        self.octets += part
        if not self.head and b"\r\n\r\n" in self.octets:
            self.head, self.octets = self.octets.split(b"\r\n\r\n", 1)
        if self.head:
            self.take_frames() if self.upgrade else self.take_events()
        return bool(part)

    def take_events(self):
        *whole, self.octets = self.octets.split(b"\n\n")
        self.numbers += [int(event[4:event.index(b"\n")]) for event in whole if event.startswith(b"id: ")]

    def take_frames(self):
        while len(self.octets) >= 4:
            size, begin = self.octets[1], 2
            if size == 126:
                size, begin = int.from_bytes(self.octets[2:4], "big"), 4
            if len(self.octets) < begin + size:
                return
            if self.octets[0] == 0x81:
                self.numbers.append(json.loads(self.octets[begin:begin + size])["id"])
            self.octets = self.octets[begin + size:]


def listen(selector, clients, until):
    """Reads whatever comes until the condition holds."""
    end = time.monotonic() + 60
    while not until() and time.monotonic() < end:
        for key, _ in selector.select(0.2):
            if not key.data.take():
                selector.unregister(key.data.socket)


def ask(port, token, method, path, body=""):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as asked:
        asked.sendall((f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
                       f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
        answer = b"".join(iter(lambda: asked.recv(1 << 16), b""))
    return json.loads(answer.split(b"\r\n\r\n", 1)[1])


soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * options.clients + 200)), hard))
folder = tempfile.TemporaryDirectory()
tokens = ["--tokens", f"{folder.name}/tokens"]
token = subprocess.run([options.rtcscope, "token", "create", *tokens, "--name", "test", "--role", "admin"], check=True,
                       capture_output=True, text=True).stdout.strip()
daemon = subprocess.Popen([options.rtcscope, "replay", options.recording, "--listen", "127.0.0.1:0", "--store",
                           "sqlite::memory:", "--speed", "0", *tokens], stdout=subprocess.PIPE, text=True)
try:
    port = int(re.search(r":(\d+)$", daemon.stdout.readline().strip())[1])
    while not ask(port, token, "GET", "/api/v1/stats")["finished"]:
        time.sleep(0.1)
    before = cost(daemon.pid)
    selector = selectors.DefaultSelector()
    clients = []
    for index in range(options.clients + options.sockets):
        upgrade = index >= options.clients
        path = f"/api/v1/live{'/ws' if upgrade else ''}?topics=events"
        clients.append(Client(("127.0.0.1", port), path, token, upgrade))
        selector.register(clients[-1].socket, selectors.EVENT_READ, clients[-1])
    listen(selector, clients, lambda: all(client.head for client in clients))
    statuses = {client.head.split()[1] for client in clients}
    expect("everybody may listen", statuses == {b"200", b"101"}, statuses)
    started, first = time.monotonic(), cost(daemon.pid)
    for number in range(options.messages):
        ask(port, token, "POST", "/api/v1/tokens", json.dumps({"name": f"token {number}", "role": "viewer"}))
    # What the recording left may have come to the first of them, too.
    last = lambda: {client.numbers[-1] if len(client.numbers) >= options.messages else 0 for client in clients}
    listen(selector, clients, lambda: len(last()) == 1 and last() != {0})
    seconds, during = time.monotonic() - started, cost(daemon.pid)
    wanted = clients[-1].numbers[-options.messages:]
    wrong = sum(client.numbers[-options.messages:] != wanted for client in clients)
    expect(f"{len(clients)} clients got the same {len(wanted)} messages in order",
           wrong == 0 and len(wanted) == options.messages and wanted == sorted(set(wanted)), (wrong, wanted))
    live = ask(port, token, "GET", "/api/v1/stats")["live"]
    expect("the daemon counts them and nobody missed anything", live["clients"] == len(clients) and live["missed"] == 0, live)
    expect("no thread for each of them", during[0] < 80, during)
    print(f"threads {before[0]} -> {during[0]}, resident {before[1]} -> {during[1]} KiB "
          f"({(during[1] - before[1]) / len(clients):.1f} KiB each), CPU {during[2] - first[2]:.2f} s in {seconds:.1f} s for "
          f"{len(wanted) * len(clients)} deliveries")
finally:
    daemon.terminate()
    daemon.wait()
    folder.cleanup()
print(f"{failures} failed")
sys.exit(1 if failures else 0)
