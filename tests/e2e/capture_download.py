#!/usr/bin/env python3
"""Downloads the packets of each connection of a replayed call, and lets tshark read them.

usage: capture_download.py RTCSCOPE CALL...

A CALL is a folder with call.pcap and janus-events.jsonl. What tshark counts in a download has to be what it counts in
the recording for the same addresses and times; of media there has to be none. Exit status 77: there is
no tshark.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

rtcscope, calls = sys.argv[1], [Path(argument) for argument in sys.argv[2:]]
failures = 0
SKIPPED = 77
PATIENCE_S = 60
kMostHeaders = 14 + 40 + 8 + 12 + 80  # Ethernet, IPv6, UDP, RTP, its extensions


def expect(name, holds, found=""):
    global failures
    print("ok  " if holds else "FAIL", name, "" if holds else found, flush=True)
    failures += not holds


def tshark(path: Path, columns: list[str], condition: str = "") -> list[tuple]:
    """The columns of each packet that meets the condition."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=|", "-E", "occurrence=l"]
    command += ["--enable-heuristic", "rtp_udp", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
    for column in columns:
        command += ["-e", column]
    if condition:
        command += ["-Y", condition]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"tshark does not read {path}: {done.stderr}")
    return [tuple(line.split("|")) for line in done.stdout.splitlines()]


def endpoint(text: str) -> tuple[str, str]:
    address, _, port = text.rpartition(":")
    return address.strip("[]"), port


def expected(capture: Path, flows: list[dict]) -> list[tuple]:
    """Time and length of each packet of WebRTC's in the recording that is of one of the flows."""
    ends = {frozenset((endpoint(f["client_endpoint"]), endpoint(f["server_endpoint"]))) for f in flows}
    found = []
    columns = ["frame.time_epoch", "frame.len", "ip.src", "ipv6.src", "udp.srcport", "ip.dst", "ipv6.dst", "udp.dstport"]
    for time_s, length, ip4, ip6, port, to4, to6, to_port in tshark(capture, columns, "udp && !icmp && !icmpv6"):
        if frozenset(((ip4 or ip6, port), (to4 or to6, to_port))) in ends:
            found.append((time_s, length))
    return found


class Observer:
    def __init__(self, call: Path, work: Path):
        tokens = work / "tokens"
        self.tokens = {role: self._token(tokens, role) for role in ("viewer", "operator", "admin")}
        self.ring, command = work / "ring", [rtcscope, "replay", str(call), "--speed", "0", "--listen", "127.0.0.1:0"]
        command += ["--store", f"sqlite:{work}/store.db", "--tokens", str(tokens), "--capture-ring", f"{self.ring},64M"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1].rstrip("/")
        deadline = time.monotonic() + PATIENCE_S
        while not self._is_done() and time.monotonic() < deadline:
            time.sleep(0.2)

    def _is_done(self) -> bool:
        stats = self.get("stats")
        return stats["finished"] and stats["store"]["queue_depth"] == 0 and bool(self.get("connections")["items"])

    @staticmethod
    def _token(path: Path, role: str) -> str:
        made = subprocess.run([rtcscope, "token", "create", "--tokens", str(path), "--name", role, "--role", role],
                              capture_output=True, text=True, check=True)
        return next(word for word in made.stdout.split() if word.startswith("rs_"))

    def ask(self, path: str, role: str) -> tuple[int, dict, bytes]:
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", headers={"Authorization": f"Bearer {self.tokens[role]}"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:
                return reply.status, dict(reply.headers), reply.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def get(self, path: str, role: str = "admin") -> dict:
        status, _, body = self.ask(path, role)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:300]!r}")
        return json.loads(body)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)


def check_plain(observer: Observer, call: Path, work: Path, connection: dict) -> tuple[Path, list[dict]]:
    name = connection["id"]
    flows = observer.get(f"connections/{name}")["flows"]
    status, headers, body = observer.ask(f"connections/{name}/capture", "operator")
    path = work / f"{name}.pcapng"
    path.write_bytes(body)
    expect(f"{call.name} {name}: a capture of {headers.get('X-Rtcscope-Packets')} packets, {len(body)} octets",
           status == 200, (status, body[:300]))
    if any(flow["transport"] == "tcp" or flow["tunnels"] for flow in flows):
        return path, flows
    got, wanted = tshark(path, ["frame.time_epoch", "frame.len"]), expected(call / "call.pcap", flows)
    expect(f"  each packet of the recording, its time and length ({len(wanted)})", sorted(got) == sorted(wanted),
           (len(got), len(wanted)))
    expect("  the header says how many", headers["X-Rtcscope-Packets"] == str(len(got)))
    return path, flows


def check_pseudonyms(observer: Observer, path: Path, connection: dict, flows: list[dict]) -> None:
    name = connection["id"]
    _, _, body = observer.ask(f"connections/{name}/capture?pseudonymise=true", "operator")
    hidden = path.with_suffix(".hidden.pcapng")
    hidden.write_bytes(body)
    real = {endpoint(f[end])[0] for f in flows for end in ("client_endpoint", "server_endpoint")}
    columns = ["ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "stun.att.ipv4", "stun.att.ipv6", "stun.att.ipv4-xord"]
    seen = {value for packet in tshark(hidden, columns) for value in packet if value}
    expect("  pseudonyms: no address of the call is left", seen and not seen & real, seen & real)
    expect("  as many packets", len(tshark(hidden, ["frame.number"])) == len(tshark(path, ["frame.number"])))
    bad = tshark(hidden, ["frame.number"], "ip.checksum.status == 0 || udp.checksum.status == 0")
    expect("  tshark finds no wrong checksum", not bad, bad[:5])
    # Encrypted RTCP, and SRTP without its tag, are malformed to it in any capture.
    malformed, before = (tshark(file, ["frame.number"], "_ws.malformed") for file in (hidden, path))
    expect("  and nothing malformed that was not", malformed == before, set(malformed) ^ set(before))


def check(call: Path, work: Path) -> None:
    observer = Observer(call, work)
    try:
        connections = observer.get("connections?limit=100")["items"]
        linked = [one for one in connections if one["flow_count"]]
        expect(f"{call.name}: connections with packets", linked, connections)
        for connection in linked[:6]:
            path, flows = check_plain(observer, call, work, connection)
            check_pseudonyms(observer, path, connection, flows)
            if not any(flow["rtp_packets"] and flow["encapsulation"] == "none" for flow in flows):
                continue
            media = tshark(path, ["frame.cap_len", "frame.len"], "rtp")
            most = max((int(kept) for kept, _ in media), default=0)
            expect(f"  RTP is cut ({len(media)} packets, {most} octets at most)", media and most <= kMostHeaders, media[:3])
        one = linked[0]["id"]
        expect("a viewer may not", observer.ask(f"connections/{one}/capture", "viewer")[0] == 403)
        status, _, body = observer.ask(f"connections/{one}/capture?from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z",
                                       "operator")
        expect("no packets of that time: 404 says since when there are", status == 404 and b"oldest" in body, body)
        deadline, audits = time.monotonic() + PATIENCE_S, []
        while not audits and time.monotonic() < deadline:
            audits = [e for e in observer.get("events?kind=audit&limit=100")["items"] if "downloaded" in e["text"]]
        expect("downloads are audited", audits and "operator" in audits[0]["text"], audits)
        ring = observer.get("stats")["capture_ring"]
        expect(f"counters: {ring}", ring["enabled"] and ring["packets"] > 0 and ring["dropped"] + ring["failed"] == 0, ring)
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in [observer.ring, *observer.ring.iterdir()]}
        expect("only its user reads the ring", set(modes.values()) <= {"0o600", "0o700"}, modes)
    finally:
        observer.stop()


if not shutil.which("tshark"):
    print("skipped: there is no tshark")
    sys.exit(SKIPPED)
for recorded in calls:
    with tempfile.TemporaryDirectory() as folder:
        check(recorded, Path(folder))
sys.exit(failures != 0)
