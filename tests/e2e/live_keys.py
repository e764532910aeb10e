#!/usr/bin/env python3
"""A real call whose RTCP `rtcscope observe --keys on` opens with the keys that Janus's process exports.

usage: live_keys.py --rtcscope PROGRAM --print-keys PROGRAM --work-dir DIR

Two aiortc participants; 5 % of the RTP towards the second is lost behind the tap, where only its reports tell.
What rtcscope shows of them is compared with what the client counted. A second observer comes after the
handshakes: it says so. Then the keys, which a probe of the test has seen as well, are looked for in what rtcscope
stored, printed and holds in memory. DIR is emptied. Exit status 77: skipped.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path[:0] = [str(E2E.parent / "support"), str(E2E)]

from check_call import Api, Checks, Picture  # noqa: E402
from lab import sandbox  # noqa: E402
from lab.call import Call, Client  # noqa: E402
from lab.topology import SERVER  # noqa: E402

CALL_S = 20
LOSS_PERCENT = 5
FIRST, LATE = "127.0.0.1:8080", "127.0.0.1:8081"
REPORT_AGE_PACKETS = 8  # lost between the client's newest report and its last look at its counters
MASTER_KEY = 16  # octets, at the least


def observe(call: Call, rtcscope: Path, name: str, listen: str) -> None:
    store = call.work_dir / name
    store.mkdir()
    command = [str(rtcscope), "observe", "--interface", "eth0", "--listen", listen, "--keys", "on"]
    command += ["--key-target", "exe:janus", "--store", f"sqlite:{store / 'rtcscope.db'}"]
    call.on_server(name, *command)
    address, _, port = listen.partition(":")
    call.wait_for_port(address, int(port))


def picture(call: Call, listen: str) -> Picture:
    """The API answers in the server's namespace only."""
    return Picture(_ServerApi(call, listen))


class _ServerApi(Api):
    def __init__(self, call: Call, listen: str):
        super().__init__(f"http://{listen}")
        self._call = call

    def get(self, path: str, **query):
        code = (
            "import json, sys, urllib.parse, urllib.request\n"
            "url = f'{sys.argv[1]}/api/v1/{sys.argv[2]}?{urllib.parse.urlencode(json.loads(sys.argv[3]))}'\n"
            "sys.stdout.buffer.write(urllib.request.urlopen(url, timeout=10).read())"
        )
        command = [sys.executable, "-c", code, self._url, path, json.dumps(query)]
        return json.loads(subprocess.run(self._call.topology.command(SERVER, *command), check=True, stdout=subprocess.PIPE).stdout)


def check_receivers(checks: Checks, call: Call, seen: Picture) -> None:
    """Every report of the clients is there; what they lost behind the tap is what rtcscope says they lost."""
    for participant in call.truth()["participants"]:
        for connection in participant["connections"]:
            who = f"{participant['name']} {connection['role']}"
            shown = next(c for c in seen.connections if c["server_handle"] == str(connection["handle"]))
            checks.equal(f"{who}: RTCP", (shown["rtcp"], shown["rtcp_reason"]), ("decrypted", ""))
            for stream in connection["streams"]:
                shown_stream = seen.stream(connection["handle"], stream["ssrc"])
                # aiortc shows one stream a track, and no reports are made of retransmissions: they may be it.
                if stream["direction"] == "receive" and stream["packets"] and not shown_stream["rtx_of_ssrc"]:
                    check_stream(checks, who, stream, shown_stream)


def check_requests(checks: Checks, call: Call, seen: Picture) -> None:
    """What bob missed of alice's video he asked for (NACK); alice missed nothing of his."""
    for participant in call.truth()["participants"]:
        handles = [c["handle"] for c in participant["connections"] if c["role"] == "subscriber"]
        video = [s for handle in handles for s in seen.on_handle(handle) if s["kind"] == "video" and not s["rtx_of_ssrc"]]
        asked = sum(s["nack_count"] or 0 for s in video)
        wanted = participant["name"] == "bob"
        checks.that(f"{participant['name']} asked {asked} times for video again", (asked > 0) == wanted)


def check_stream(checks: Checks, who: str, counted: dict, shown: dict) -> None:
    what = f"{who} receives {counted['kind']}"
    checks.near(f"{what}: lost by its reports", shown["remote_lost"] or 0, counted["lost"], REPORT_AGE_PACKETS)
    checks.that(f"{what}: lost before the tap: {shown['lost']}", abs(shown["lost"]) <= 2)
    round_trip = shown["round_trip_ms"]
    checks.that(f"{what}: round trip {round_trip} ms", round_trip is not None and 0 <= round_trip < 1000)


def check_loss_was_there(checks: Checks, call: Call) -> None:
    lost = sum(s["lost"] for p in call.truth()["participants"] for c in p["connections"] for s in c["streams"]
               if s["direction"] == "receive")
    checks.that(f"packets that clients lost behind the tap: {lost}", lost >= 10)


def check_late(checks: Checks, seen: Picture) -> None:
    states = sorted({(c["rtcp"], c["rtcp_reason"]) for c in seen.connections if c["rtcp"]} or
                    {(f["rtcp"], f["rtcp_reason"]) for f in seen.flows if f["rtcp"]})
    checks.equal("who came after the handshakes says", states, [("opaque", "late_attach")])


def process_memory(pid: int) -> list[tuple[str, bytes]]:
    """What a debugger could read, mapping by mapping."""
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            if line.split()[1][0] != "r":
                continue
            try:
                memory.seek(begin)
                found.append((line.strip(), memory.read(end - begin)))
            except (OSError, OverflowError, ValueError):
                continue  # [vvar] and what guards stacks cannot be read
    return found


def forms(secret: bytes) -> list[bytes]:
    """The whole secret, each master key, and each in hex."""
    size = {60: 16, 56: 16, 88: 32}[len(secret)]
    parts = [secret, secret[:size], secret[size : 2 * size]]
    return parts + [part.hex().encode() for part in parts] + [part.hex().upper().encode() for part in parts]


def exported_secrets(checks: Checks, call: Call) -> list[bytes]:
    """Those that the second probe wrote down."""
    lines = re.findall(r"^[0-9a-f]{112,176}$", (call.work_dir / "keys.log").read_text(), re.M)
    checks.that(f"Janus exported {len(lines)} keys", len(lines) >= 4)
    return [bytes.fromhex(line) for line in lines]


def check_secrecy(checks: Checks, call: Call, secrets: list[bytes], pid: int) -> None:
    needles = {form for secret in secrets for form in forms(secret)}
    files = [path for path in call.work_dir.rglob("*") if path.is_file() and path.name != "keys.log"]
    for path in files:
        content = path.read_bytes()
        if any(needle in content for needle in needles):
            checks.that(f"a key is in {path}", False)
    memory = process_memory(pid)
    checks.that(f"{sum(len(m) for _, m in memory) >> 20} MiB of memory were read", sum(len(m) for _, m in memory) > 1 << 20)
    for mapping, content in memory:
        if any(needle in content for needle in needles):
            checks.that(f"a key is in memory: {mapping}", False)
    checks.that(f"{len(secrets)} keys looked for in {len(files)} files and the memory", len(files) >= 4)


def pid_of(name: str) -> int:
    """The observer with the first store; its helper that attaches has another name."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            if f"/{name}/rtcscope.db".encode() in command and (entry / "comm").read_text().strip() == "rtcscope-server":
                return int(entry.name)
        except OSError:
            continue
    raise LookupError(name)


def run(call: Call, rtcscope: Path, print_keys: Path) -> int:
    checks = Checks()
    observe(call, rtcscope, "observer", FIRST)
    keys = call.processes.start("keys", [str(print_keys), "exe:janus"], stdin=subprocess.PIPE)
    call.start_janus(f"http://{FIRST}/ingest/janus")
    call.join()
    observe(call, rtcscope, "late", LATE)
    time.sleep(CALL_S)
    check_late(checks, picture(call, LATE))
    check_secrecy(checks, call, exported_secrets(checks, call), pid_of("observer"))
    call.leave()
    time.sleep(3)  # the last reports
    seen = picture(call, FIRST)
    check_loss_was_there(checks, call)
    check_receivers(checks, call, seen)
    check_requests(checks, call, seen)
    keys.stdin.close()
    checks.equal("rtcscope ended with status", call.processes.stop("observer", patience_s=10), 0)
    print(f"{checks.failed} checks failed")
    return checks.failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("--rtcscope", "--print-keys", "--work-dir"):
        parser.add_argument(option, type=Path, required=True)
    arguments = parser.parse_args()
    sandbox.require("janus", "nft")
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    call = Call(arguments.work_dir, [Client("alice"), Client("bob", downlink_loss_percent=LOSS_PERCENT)])
    try:
        return 1 if run(call, arguments.rtcscope.resolve(), arguments.print_keys.resolve()) else 0
    finally:
        call.close()


if __name__ == "__main__":
    raise SystemExit(main())
