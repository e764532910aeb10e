#!/usr/bin/env python3
"""A call of two browsers whose RTCP `rtcscope observe --tap tc --keys auto` opens, held against their getStats.

usage: live_keys_chromium.py --rtcscope PROGRAM --print-keys PROGRAM --work-dir DIR

3 % of what the first sends is lost before the tap, 5 % of what reaches the second behind it, where only its reports
tell. What is compared: the API, and the report blocks as rtcscope sends them to a HEP collector, which are those of the
wire. Then the keys, which a probe of the test has seen as well, are looked for in what rtcscope stored, printed, sent and
holds in memory. DIR is emptied. Exit status 77: skipped.
"""

import argparse
import json
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path[:0] = [str(E2E.parent / "support"), str(E2E)]

from check_call import Checks, Picture  # noqa: E402
from lab import janus, sandbox  # noqa: E402
from lab.call import LAB, Call, Client  # noqa: E402
from lab.topology import SERVER_IP  # noqa: E402
from live_keys import check_secrecy, exported_secrets, picture, pid_of  # noqa: E402

API, HEP_PORT = "127.0.0.1:8080", 9060
PATIENCE_S = 180  # a machine of two slow cores runs two browsers, Janus and us
LOOKS = 25  # that a browser takes at its counters, one a second, before anything is compared
LOST_BEHIND_THE_TAP = 10  # packets, at the least, for the comparison to mean something
LOOK_MS = 2500  # a report and the looks at the same counter that lie around it
SENDER_REPORT_MS = 15_000  # age of what the newest SR said, in a report on its stream
API_AGE_MS = 15_000  # of what the API shows, and of an audio report of Chromium, which sends one in 5 s
COUNT_SLACK = 2  # packets, between a look and a report
JITTER_FACTOR, JITTER_SLACK_MS = 2, 3  # it moves from packet to packet, and most reports of video come when one is lost
ROUND_TRIP_MS = 40  # the browser's, and the sum of ours to its both sides: scheduling of a busy machine
CLOCK_HZ = {"audio": 48_000, "video": 90_000}


@dataclass
class Streams:
    """What a browser counted of one stream: (time in ms, figures of a look), oldest first."""

    name: str
    handle: int
    ssrc: int
    kind: str
    direction: str
    looks: list[tuple[float, dict]] = field(default_factory=list)
    remote: list[tuple[float, dict]] = field(default_factory=list)  # what the other end told the browser

    def __str__(self) -> str:
        return f"{self.name} {self.direction}s {self.kind} {self.ssrc}"

    def near(self, t_ms: float, key: str, before_ms: float = LOOK_MS) -> list[float]:
        """The values of a figure around a moment."""
        return [look[key] for at, look in self.looks if t_ms - before_ms <= at <= t_ms + LOOK_MS and look.get(key) is not None]


def streams_of(call: Call) -> list[Streams]:
    """Of both browsers, without those on which nothing came."""
    found: dict[tuple, Streams] = {}
    for client in call.clients:
        for line in call.lines(client, "stats"):
            for connection in line["connections"]:
                for stream in connection["streams"]:
                    key = (client.name, connection["handle"], stream["ssrc"])
                    known = found.setdefault(key, Streams(*key, stream["kind"], stream["direction"]))
                    known.looks.append((line["t_ms"], stream))
                for told in connection["remote"] + connection["senders"]:
                    key = (client.name, connection["handle"], told["ssrc"])
                    if key in found:
                        found[key].remote.append((line["t_ms"], told))
    return [stream for stream in found.values() if stream.looks[-1][1]["packets"]]


def reports(call: Call) -> dict[int, list[dict]]:
    """Report blocks of the wire by the SSRC that they are about, with what its newest SR said."""
    found: dict[int, list[dict]] = {}
    text = (call.work_dir / "hep.jsonl").read_text().rpartition("\n")[0]
    for line in map(json.loads, text.splitlines()):
        for block in line["payload"].get("report_blocks", []) if line["type"] == 5 else []:
            about = line["payload"].get("sender_information_ssrc") == block["source_ssrc"]
            sender = line["payload"]["sender_information"] if about else None
            found.setdefault(block["source_ssrc"], []).append({"t_ms": line["t_ms"], "sender": sender, **block})
    return found


def missing(call: Call) -> Iterator[str]:
    """What is not there yet of what the comparison needs."""
    seen, wire, streams = picture(call, API), reports(call), streams_of(call)
    if len(streams) != 8:
        yield f"8 streams with packets, there are {[str(stream) for stream in streams]}"
    if len(seen.connections) != 4 or any(c["rtcp"] != "decrypted" for c in seen.connections):
        yield f"4 connections with decrypted RTCP, there are {[(c['role'], c['rtcp'], c['rtcp_reason']) for c in seen.connections]}"
    for stream in streams:
        shown = seen.stream(stream.handle, stream.ssrc)
        names = ("remote_lost", "remote_jitter_ms", "round_trip_median_ms")
        absent = [name for name in names if shown is None or shown[name] is None]
        if absent:
            yield f"{stream}: {absent}"
        if len(wire.get(stream.ssrc, [])) < 3 or wire[stream.ssrc][-1]["sender"] is None:
            yield f"{stream}: 3 reports on it, the last one after an SR"
        if len(stream.looks) < LOOKS or not stream.remote:
            yield f"{stream}: {LOOKS} looks of the browser with what the other end told it, there are {len(stream.looks)}, {len(stream.remote)}"
    lost = sum(s.looks[-1][1]["lost"] for s in streams if s.direction == "receive" and s.name == "dave")
    if lost < LOST_BEHIND_THE_TAP:
        yield f"packets lost behind the tap, there are {lost}"


def wait_for(checks: Checks, what: str, wanting: Callable[[], list[str]]) -> bool:
    """Polls; what is wanting at the end is told."""
    deadline = time.monotonic() + PATIENCE_S
    while (lacking := wanting()) and time.monotonic() < deadline:
        time.sleep(1)
    checks.that(what if not lacking else f"{what}; after {PATIENCE_S} s this is missing: {'; '.join(lacking)}", not lacking)
    return not lacking


def check_shown(checks: Checks, stream: Streams, shown: dict, about: list[dict]) -> None:
    """The API says what one of the newest reports said."""
    told = [(block["packets_lost"], block["fraction_lost"] / 256) for block in about]
    got = (shown["remote_lost"], shown["remote_fraction_lost"])
    checks.that(f"{stream}: lost by its receiver's reports, and of late: {got}" + ("" if got in told else f", none of {told}"), got in told)
    jitter = [1000 * block["ia_jitter"] / CLOCK_HZ[stream.kind] for block in about]
    what = f"{stream}: jitter by its receiver's reports: {shown['remote_jitter_ms']:g} ms"
    checks.that(what, any(abs(j - shown["remote_jitter_ms"]) < 0.01 for j in jitter))


def check_uplink(checks: Checks, stream: Streams, about: list[dict]) -> None:
    """What Janus reported, octet by octet: each of the browser's looks at it is a report that we read."""
    told = {(block["packets_lost"], block["ia_jitter"] + near) for block in about for near in (-1, 0, 1)}
    looked = [(look["lost"], round(look["jitter_s"] * CLOCK_HZ[stream.kind])) for _, look in stream.remote if look.get("jitter_s") is not None]
    strange = [pair for pair in looked if pair not in told]
    checks.that(f"{stream}: {len(looked)} looks at what Janus reports (lost, jitter), not read of them: {strange}", looked and not strange)
    check_sent(checks, stream, about)


def check_downlink(checks: Checks, stream: Streams, about: list[dict]) -> None:
    """What the browser reported is what it counted then; jitter, which moves from packet to packet, lies where it saw it."""
    wrong, jitter = [], []
    for block in about:
        lost = stream.near(block["t_ms"], "lost")
        if len(lost) < 2 or not stream.looks[0][0] <= block["t_ms"] <= stream.looks[-1][0]:
            continue  # before its first look or after its last, or it was too busy to look
        jitter.append(1000 * block["ia_jitter"] / CLOCK_HZ[stream.kind])
        if not min(lost) - COUNT_SLACK <= block["packets_lost"] <= max(lost) + COUNT_SLACK:
            wrong.append((block["packets_lost"], lost))
    checks.that(f"{stream}: loss in {len(jitter)} reports, not what the browser counted: {wrong}", len(jitter) >= 3 and not wrong)
    looked = [1000 * look["jitter_s"] for _, look in stream.looks]
    least, most = min(looked) / JITTER_FACTOR - JITTER_SLACK_MS, max(looked) * JITTER_FACTOR + JITTER_SLACK_MS
    median = statistics.median(jitter or [-1])
    checks.that(f"{stream}: jitter by the reports, median: {median:g} ms, the browser saw {min(looked):g} to {max(looked):g}", least <= median <= most)
    told = {block["sender"]["packets"] for block in about if block["sender"]}
    shown = {look["packets"] for _, look in stream.remote if look.get("packets")}
    checks.that(f"{stream}: {len(shown & told)} of {len(shown)} SRs that the browser shows are among those read", bool(shown & told))


def check_sent(checks: Checks, stream: Streams, about: list[dict]) -> None:
    """What the browser's SRs said it had sent is what it counted then."""
    wrong, compared = [], 0
    for block in about:
        counted = stream.near(block["t_ms"], "packets", SENDER_REPORT_MS) if block["sender"] else []
        if len(counted) < 2 or stream.looks[-1][0] < block["t_ms"]:
            continue
        compared += 1
        least = min(counted) if stream.looks[0][0] <= block["t_ms"] - SENDER_REPORT_MS else 0
        if not least - COUNT_SLACK <= block["sender"]["packets"] <= max(counted) + COUNT_SLACK:
            wrong.append((block["sender"]["packets"], counted))
    checks.that(f"{stream}: {compared} reports with its SR's count, not what the browser had sent: {wrong}", compared >= 3 and not wrong)


def check_round_trip(checks: Checks, stream: Streams, ours_ms: float, to_browser_ms: float) -> None:
    """The browser measures its uplink's round trip as well: ours from the tap to Janus, and from the tap to the browser by
    what it receives over the same path, are the parts of it."""
    if stream.direction == "receive":
        checks.that(f"{stream}: round trip tap to browser: {ours_ms:g} ms", 0 <= ours_ms < ROUND_TRIP_MS)
        return
    theirs = [1000 * look["round_trip_s"] for _, look in stream.remote if look.get("round_trip_s") is not None]
    checks.that(f"{stream}: {len(theirs)} round trips that the browser measured", bool(theirs))
    if theirs:
        checks.near(f"{stream}: round trip in ms", to_browser_ms + ours_ms, statistics.median(theirs), ROUND_TRIP_MS)


def check_figures(checks: Checks, call: Call) -> None:
    seen, streams = picture(call, API), streams_of(call)
    seen_ms = time.time() * 1000
    shown = {stream.ssrc: seen.stream(stream.handle, stream.ssrc) for stream in streams}
    time.sleep(LOOK_MS / 1000)  # the looks that lie behind the newest report
    wire = reports(call)
    for stream in streams_of(call):
        figures, about = shown[stream.ssrc], wire[stream.ssrc]
        received = [shown[s.ssrc]["round_trip_median_ms"] for s in streams if s.name == stream.name and s.direction == "receive"]
        check_shown(checks, stream, figures, [b for b in about if seen_ms - API_AGE_MS <= b["t_ms"] <= seen_ms])
        check_round_trip(checks, stream, figures["round_trip_median_ms"], min(received))
        (check_uplink if stream.direction == "send" else check_downlink)(checks, stream, about)


def check_all_opened(checks: Checks, call: Call, when: str) -> None:
    seen = picture(call, API)
    states = {(c["rtcp"], c["rtcp_reason"]) for c in seen.connections}
    checks.equal(f"{when}: RTCP of the connections", states, {("decrypted", "")})
    refusals = [r for r in seen.api.get("stats")["refusals"] if r["protocol"] in ("keys", "rtcp")]
    checks.equal(f"{when}: keys and RTCP that were refused", refusals, [])


def observe(call: Call, rtcscope: Path) -> None:
    call.on_server("hep", sys.executable, str(LAB / "hep_collector.py"), str(HEP_PORT), str(call.work_dir / "hep.jsonl"))
    store = call.work_dir / "observer"
    store.mkdir()
    command = [str(rtcscope), "observe", "--interface", "eth0", "--listen", API, "--tap", "tc", "--keys", "auto"]
    command += ["--store", f"sqlite:{store / 'rtcscope.db'}", "--hep", f"hep:udp://127.0.0.1:{HEP_PORT}", "--hep-types", "5"]
    call.on_server("observer", *command)
    address, _, port = API.partition(":")
    call.wait_for_port(address, int(port), PATIENCE_S)


def leave(checks: Checks, call: Call) -> None:
    for client in call.clients:
        checks.equal(f"{client.name} ended with status", call.processes.stop(f"client-{client.name}", signal.SIGTERM, PATIENCE_S), 0)
    wait_for(checks, "every connection ended", lambda: [c["id"] for c in picture(call, API).connections if c["ended_at"] is None])


def run(call: Call, rtcscope: Path, print_keys: Path) -> int:
    checks = Checks()
    observe(call, rtcscope)
    keys = call.processes.start("keys", [str(print_keys), "exe:janus"], stdin=subprocess.PIPE)
    call.start_janus(f"http://{API}/ingest/janus")
    call.join(PATIENCE_S)
    if wait_for(checks, "everything that is to be compared is there", lambda: list(missing(call))):
        check_figures(checks, call)
    check_all_opened(checks, call, "live")
    check_secrecy(checks, call, exported_secrets(checks, call), pid_of("observer"))
    leave(checks, call)
    check_all_opened(checks, call, "ended")
    keys.stdin.close()
    checks.equal("rtcscope ended with status", call.processes.stop("observer", patience_s=30), 0)
    print(f"{checks.failed} checks failed")
    return checks.failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("--rtcscope", "--print-keys", "--work-dir"):
        parser.add_argument(option, type=Path, required=True)
    arguments = parser.parse_args()
    sandbox.require("janus", "nft", "chromium", "node")
    if not (E2E.parent / "node_modules" / "playwright-core").exists():
        sandbox.skip("not installed: playwright-core (npm ci in tests/)")
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    browser, url = ["node", str(LAB / "chromium_client.mjs")], f"ws://{SERVER_IP}:{janus.WEBSOCKET_PORT}"
    clients = [Client("carol", 3, browser, url), Client("dave", 0, browser, url, downlink_loss_percent=5)]
    call = Call(arguments.work_dir, clients)
    try:
        return 1 if run(call, arguments.rtcscope.resolve(), arguments.print_keys.resolve()) else 0
    finally:
        call.close()


if __name__ == "__main__":
    raise SystemExit(main())
