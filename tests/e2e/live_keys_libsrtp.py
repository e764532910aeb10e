#!/usr/bin/env python3
"""RTCP of servers that export no DTLS-SRTP secret: `rtcscope observe --keys on` opens it with what libsrtp is given.

usage: live_keys_libsrtp.py --rtcscope PROGRAM --server PROGRAM... --work-dir DIR

The servers (tests/integration/key_probe/srtp_server.cpp, libsrtp in a library and in the executable) are started after
the observer. Each gives libsrtp one key a direction, and what it protects with them goes over the loopback interface,
behind a connectivity check. DIR is emptied. Exit status 77: skipped.
"""

import argparse
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import zlib
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path[:0] = [str(E2E.parent / "support"), str(E2E)]

from check_call import Api  # noqa: E402
from lab import sandbox  # noqa: E402
from lab.checks import Checks  # noqa: E402

API = "127.0.0.1:8080"
SEEN = Api(f"http://{API}")
PATIENCE_S = 60
OCTETS = {"sha1_80": 30, "gcm128": 28, "gcm256": 44}


class Server:
    """One of the programs, asked over its standard input."""

    def __init__(self, program: Path):
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{program} does not start")

    def protect(self, request: str) -> list[bytes]:
        print(request, file=self._process.stdin, flush=True)
        return [bytes.fromhex(packet) for packet in self._process.stdout.readline().split()]

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)


class Ends:
    """Both sockets of a flow."""

    def __init__(self):
        self._sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for end in self._sockets:
            end.bind(("127.0.0.1", 0))
        self._addresses = [end.getsockname() for end in self._sockets]
        self.ports = {address[1] for address in self._addresses}

    def send(self, side: int, packet: bytes) -> None:
        self._sockets[side].sendto(packet, self._addresses[1 - side])
        self._sockets[1 - side].recv(65536)

    def send_check(self) -> None:
        """A Binding indication with FINGERPRINT (RFC 8489, 14.7): what proves that a flow is WebRTC's."""
        head = struct.pack("!HHI", 0x0011, 8, 0x2112A442) + os.urandom(12)
        self.send(0, head + struct.pack("!HHI", 0x8028, 4, zlib.crc32(head) ^ 0x5354554E))


def flow_of(ends: Ends) -> dict:
    """As the API shows it; empty if it does not."""
    for flow in SEEN.items("flows"):
        ports = {int(flow[end].rpartition(":")[2]) for end in flow if end.endswith("endpoint") and flow[end]}
        if ports == ends.ports:
            return flow
    return {}


def keys_of(profile: str) -> list[str]:
    return [os.urandom(OCTETS[profile]).hex() for _ in range(2)]


def check_server(checks: Checks, server: Server, used: list[str]) -> None:
    """Both directions open, of each profile; a packet that nobody protected changes nothing."""
    for how, profile in (("create", "sha1_80"), ("add", "gcm128"), ("create", "gcm256")):
        ends, keys = Ends(), keys_of(profile)
        used += keys
        packets = server.protect(f"{how} {profile} {keys[0]} {profile} {keys[1]}")
        ends.send_check()
        for side, packet in enumerate(packets):
            ends.send(side, packet)
        what = f"{how} with {profile}: two packets are sent, and RTCP is"
        checks.until(f"{what} decrypted", lambda: flow_of(ends).get("rtcp") == "decrypted", lambda: f"{flow_of(ends)}, {refused()}")
        checks.expect(f"{what} in both directions", len(packets) == 2 and flow_of(ends).get("rtcp_packets") == 2, flow_of(ends))
        ends.send(1, packets[1][:8] + bytes(len(packets[1]) - 8))
        wanted = ("decrypted", 3)  # one packet that is not authentic ends nothing
        checks.until("a forged packet changes nothing", lambda: (flow_of(ends).get("rtcp"), flow_of(ends).get("rtcp_packets")) == wanted, lambda: f"{flow_of(ends)}, {refused()}")


def check_doctor(checks: Checks, rtcscope: Path, server: Server) -> None:
    done = subprocess.run([rtcscope, "doctor", "--format", "json", "--key-target", f"pid:{server.pid}"], stdout=subprocess.PIPE, text=True)
    ways = [f["detail"] for f in json.loads(done.stdout)["findings"] if f["name"].startswith("keys of")]
    checks.expect(f"doctor says which way is used: {ways}", len(ways) == 1 and "srtp_create" in ways[0])


def check_secrecy(checks: Checks, work_dir: Path, used: list[str]) -> None:
    needles = {form for key in used for form in (key.encode(), key.upper().encode(), bytes.fromhex(key), bytes.fromhex(key)[:16])}
    found = [path.name for path in work_dir.rglob("*") if path.is_file() and any(needle in path.read_bytes() for needle in needles)]
    checks.expect(f"{len(used)} keys are in no file", not found, found)


def refused() -> dict[str, int]:
    return {entry["code"]: entry["count"] for entry in SEEN.get("stats")["refusals"] if entry["protocol"] in ("keys", "rtcp")}


def run(work_dir: Path, processes: sandbox.Processes, rtcscope: Path, programs: list[Path]) -> int:
    checks = Checks(PATIENCE_S)
    targets = [option for program in programs for option in ("--key-target", f"exe:{program.name}")]
    command = [str(rtcscope), "observe", "--interface", "lo", "--listen", API, "--keys", "on", "--store", f"sqlite:{work_dir}/rtcscope.db"]
    processes.start("observer", [*command, *targets])
    log, used = work_dir / "observer.log", []
    checks.until("the observer listens", lambda: socket.socket().connect_ex(("127.0.0.1", 8080)) == 0, log.read_text)
    for program in programs:
        server = Server(program)
        if "libsrtp2.so" not in Path(f"/proc/{server.pid}/maps").read_text():
            checks.until(f"{program.name} is probed", lambda: str(program) in log.read_text(), log.read_text)
        check_doctor(checks, rtcscope, server)
        check_server(checks, server, used)
        server.end()
    codes = refused()
    checks.expect("forged packets are counted, and no key was refused", codes.pop("no_key_fits", 0) == 3 * len(programs) and codes.keys() <= {"duplicate"}, codes)
    checks.expect("the observer ended with status 0", processes.stop("observer", patience_s=30) == 0)
    check_secrecy(checks, work_dir, used)
    print(f"{checks.failures} failed")
    return checks.failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rtcscope", type=Path, required=True)
    parser.add_argument("--server", type=Path, nargs="+", required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    arguments = parser.parse_args()
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    arguments.work_dir.mkdir(parents=True)
    processes = sandbox.Processes(arguments.work_dir)
    try:
        programs = [program.resolve() for program in arguments.server]
        return 1 if run(arguments.work_dir.resolve(), processes, arguments.rtcscope.resolve(), programs) else 0
    finally:
        processes.stop_all()


if __name__ == "__main__":
    raise SystemExit(main())
