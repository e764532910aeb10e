#!/usr/bin/env python3
"""Observes the packets of a recorded call while a stand-in for an OWT server says whose they are.

usage: owt_feed.py {rest|portal|amqp} --rtcscope PROGRAM --call DIR --work-dir DIR

rest: the management API alone. portal: a viewer in the room as well. amqp: and the cluster's broker, a private
RabbitMQ. The recorded call's frames go over a pair of virtual interfaces at their own pace. The stand-in and the
observer are stopped and started again in the middle. DIR is emptied; logs stay there. Exit status 77: skipped.
"""

import argparse
import json
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

E2E = Path(__file__).resolve().parent
TESTS = E2E.parent
sys.path.insert(0, str(TESTS / "support"))

from lab import rabbitmq, sandbox  # noqa: E402
from lab.checks import Checks  # noqa: E402

API, REST, PORTAL, CONTROL, AMQP = 8080, 3000, 8081, 3001, 5673
SERVICE, KEY = "5e1a2b3c4d5e6f7081920a1b", "a key"
PATIENCE_S = 60


def frames(path: Path):
    """Seconds since the first frame, and the frame, at its length on the wire: the recording leaves media out."""
    data = path.read_bytes()
    scale = 1e9 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1e6
    place, first = 24, None
    while place < len(data):
        seconds, fraction, kept, length = struct.unpack("<IIII", data[place:place + 16])
        at = seconds + fraction / scale
        first = at if first is None else first
        yield at - first, data[place + 16:place + 16 + kept].ljust(length, b"\0")
        place += 16 + kept


class OwtFeed:
    def __init__(self, arguments):
        self.kind, self.call, self.work = arguments.kind, arguments.call.resolve(), arguments.work_dir.resolve()
        self.rtcscope = str(arguments.rtcscope.resolve())
        self.processes = sandbox.Processes(self.work)
        self.checks = Checks(PATIENCE_S)
        self.truth = json.loads((self.call / "truth.json").read_text())

    def control(self, method: str, *arguments):
        body = json.dumps({"do": method, "args": arguments}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{CONTROL}", body, 10) as reply:
            return json.load(reply)["result"]

    def counters(self) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{CONTROL}", timeout=10) as reply:
            return json.load(reply)

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{API}/api/v1/{path}", timeout=10) as reply:
            return json.load(reply)

    def items(self, path: str) -> list[dict]:
        return self.get(f"{path}{'&' if '?' in path else '?'}limit=500")["items"]

    def sources(self) -> dict[str, dict]:
        return {source["kind"]: source for source in self.get("stats")["feed"]["sources"]}

    def wait_for_port(self, port: int) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(f"nothing listens on port {port}")

    def start_server(self, name: str) -> None:
        options = ["--rest", REST, "--portal", PORTAL, "--control", CONTROL, "--service", f"{SERVICE}:{KEY}"]
        if self.kind == "amqp":
            options += ["--amqp", f"amqp://guest:guest@127.0.0.1:{AMQP}"]
        command = ["node", str(TESTS / "support/owt/server.mjs"), *map(str, options)]
        self.processes.start(name, command)
        self.wait_for_port(CONTROL)

    def start_broker(self) -> None:
        server, environment = rabbitmq.command(self.work / "broker", AMQP)
        self.processes.start("broker", server, env=environment)
        self.wait_for_port(AMQP)

    def observe(self, name: str, key: str = KEY) -> None:
        secret = self.work / f"{name}.service"
        secret.write_text(f"{SERVICE}:{key}\n")
        secret.chmod(0o600)
        options = ["--interface", "in0", "--promiscuous", "--tap", "packet", "--listen", f"127.0.0.1:{API}"]
        options += ["--store", f"sqlite:{self.work / name}.db", "--owt", f"http://127.0.0.1:{REST}"]
        options += ["--owt-service-file", str(secret), "--owt-interval", "1"]
        if self.kind != "rest":
            options += ["--owt-portal"]
        if self.kind == "amqp":
            options += ["--owt-amqp", f"amqp://127.0.0.1:{AMQP}"]
        viewers = self.work / f"{name}.viewers"
        viewers.write_text(f"operator {SERVICE}:{KEY}\n")
        options += ["--owt-view", str(viewers), "--owt-view-writes"]
        self.processes.start(name, [self.rtcscope, "observe", *options])
        self.wait_for_port(API)

    def wrong_key(self) -> None:
        self.observe("wrong", "not the key")
        self.checks.until("a wrong key is told", lambda: "401" in self.sources()["owt_rest"]["last_error"])
        self.checks.expect("nothing is connected", not self.sources()["owt_rest"]["connected"])
        self.checks.expect("the process ends well", self.processes.stop("wrong", patience_s=10) == 0)
        log = (self.work / "wrong.log").read_text()
        self.checks.expect("no key is in the log", "not the key" not in log)
        self.checks.expect("and one line says so", sum("HTTP status 401" in line for line in log.splitlines()) == 1, log)

    def answers(self) -> dict[int, str]:
        """The media server's description of each handle, as it was recorded."""
        found = {}
        for line in (self.call / "janus-events.jsonl").read_text().splitlines():
            event = json.loads(line)["event"]
            if event["type"] == 8 and event["event"]["owner"] == "local":
                found[event["handle_id"]] = event["event"]["jsep"]["sdp"]
        return found

    def people_come(self) -> dict[str, str]:
        """Everybody joins and publishes as in the recording; returns participants by name."""
        tracks = [{"type": "audio", "mid": "0", "format": {"codec": "opus", "sampleRate": 48000}},
                  {"type": "video", "mid": "1", "format": {"codec": "vp8"}}]
        answers, people = self.answers(), {}
        for who in self.truth["participants"]:
            people[who["name"]] = self.control("join", self.room, who["name"])
        if self.kind != "rest":
            self.checks.until("the viewer is in the room", lambda: self.counters()["portal"]["connections"] == 1)
        for who in self.truth["participants"]:
            for connection in who["connections"]:
                answer = answers[connection["handle"]]
                if connection["role"] == "publisher":
                    self.control("publish", self.room, people[who["name"]], answer, tracks)
                else:
                    transport = f"{connection['handle']:032x}"
                    self.control("connect", self.room, transport, transport, "out", answer, tracks)
        return people

    def play(self) -> None:
        out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        out.bind(("out0", 0))
        start = time.monotonic()
        for due, frame in frames(self.call / "call.pcap"):
            time.sleep(max(0.0, start + due - time.monotonic()))
            out.send(frame)

    def names_of_uplinks(self) -> dict[int, str]:
        """By SSRC, whose the streams are that clients sent."""
        names = {participant["id"]: participant["display"] for participant in self.items("participants")}
        return {stream["ssrc"]: names.get(stream["participant_id"], "") for stream in self.items("streams")}

    def check_names(self) -> None:
        sent = {stream["ssrc"]: who["name"] for who in self.truth["participants"] for c in who["connections"]
                for stream in c["streams"] if stream["direction"] == "send" and stream["packets"]}
        if self.kind == "amqp":
            self.checks.until("every stream that was sent has the name of who sent it",
                              lambda: sent.items() <= self.names_of_uplinks().items(), self.names_of_uplinks)
        found = self.names_of_uplinks()
        wrong = {ssrc: found[ssrc] for ssrc, name in sent.items() if found.get(ssrc, "") not in ("", name)}
        self.checks.expect("no stream has another's name", not wrong, wrong)
        precision = self.items("conferences")[0]["precision"]
        possible = {"exact"} if self.kind == "amqp" else {"none", "inferred"}
        self.checks.expect("the conference says how its packets are known", precision in possible, precision)
        if self.kind != "amqp":
            return
        flows = [flow for flow in self.items("flows") if flow["rtp_packets"]]
        proofs = [[proof["kind"] for proof in flow["evidence"]] for flow in flows]
        self.checks.expect("each flow is proved by its ufrag", all("ufrag" in " ".join(kinds) for kinds in proofs), proofs)

    def check_room(self, people: dict[str, str]) -> None:
        self.checks.until("everybody is in the room", lambda: {p["user_id"] for p in self.items("participants")} ==
                          set(people.values()), lambda: self.items("participants"))
        conferences = self.items("conferences")
        self.checks.expect("there is one conference", [c["room"] for c in conferences] == [self.room], conferences)
        if self.kind == "rest":
            return
        told = [event["kind"] for event in self.items("events") if event["source"] == "feed"]
        self.checks.expect("the portal's events are in the timeline", told.count("published") == len(people), told)

    def check_interruption(self) -> None:
        """The server is gone without a word and comes back with nobody in it."""
        self.processes.stop("server", 9)
        self.checks.until("the loss is told", lambda: not self.sources()["owt_rest"]["connected"])
        self.checks.expect("who was there is there", any(s["left_at"] is None for s in self.items("sessions")))
        self.start_server("server-again")
        self.checks.until("it is found again", lambda: self.sources()["owt_rest"]["connected"])
        self.checks.until("who is gone meanwhile has left", lambda: all(s["left_at"] for s in self.items("sessions")))

    def through_view(self, *wishes: str) -> list[dict]:
        """What an OWT client is answered that asks us instead."""
        command = ["node", str(TESTS / "support/owt/rest_client.mjs"), f"http://127.0.0.1:{API}/owt/", f"{SERVICE}:{KEY}"]
        done = subprocess.run([*command, *wishes], capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def check_view(self, people: dict[str, str]) -> None:
        """The rooms in OWT's words, and somebody dropped through us."""
        rooms, listed = (reply["body"] for reply in self.through_view("GET", "rooms", "GET", f"rooms/{self.room}/participants"))
        self.checks.expect("the room has OWT's own id in OWT's words", [one["_id"] for one in rooms] == [self.room], rooms)
        self.checks.expect("and so have participants", {one["id"]: one["user"] for one in listed} ==
                           {who: name for name, who in people.items()}, listed)
        gone = people.pop(sorted(people)[0])
        done = self.through_view("DELETE", f"rooms/{self.room}/participants/{gone}")[0]
        self.checks.expect("OWT drops whom we are asked to drop", done["status"] == 200, done)
        self.checks.until("who was dropped has left", lambda: [s["left_at"] is not None for s in self.items("sessions")].count(True) == 1)
        again = self.through_view("DELETE", f"rooms/{self.room}/participants/{gone}")[0]
        self.checks.expect("and is not there any more", again["status"] == 404, again)

    def check_leave(self, people: dict[str, str]) -> None:
        for participant in people.values():
            self.control("leave", self.room, participant)
        self.checks.until("the conference ends", lambda: all(c["ended_at"] for c in self.items("conferences")))
        if self.kind != "rest":
            self.checks.until("the viewer leaves the empty room", lambda: self.counters()["portal"]["connections"] == 0)

    def run(self) -> None:
        subprocess.run(["ip", "link", "add", "in0", "type", "veth", "peer", "name", "out0"], check=True)
        for name in ("in0", "out0"):
            subprocess.run(["ip", "link", "set", name, "up"], check=True)
        if self.kind == "amqp":
            self.start_broker()
        self.start_server("server")
        if self.kind == "rest":
            self.wrong_key()
        self.room = self.control("addRoom", "daily")
        self.observe("rtcscope")
        self.checks.until("every feed answers", lambda: all(source["connected"] for source in self.sources().values()),
                          self.sources)
        people = self.people_come()
        self.play()
        self.check_room(people)
        self.check_names()
        if self.kind == "rest":
            self.check_view(people)
        self.check_leave(people)
        self.room = self.control("addRoom", "weekly")
        self.control("join", self.room, "carol")
        self.checks.until("a second room is found", lambda: len(self.items("conferences")) == 2)
        self.check_interruption()
        feed = self.get("stats")["feed"]
        self.checks.expect("nothing was dropped or refused", feed["refused"] == 0 and feed["dropped"] == 0, feed)
        self.checks.expect("the observer ends well", self.processes.stop("rtcscope", patience_s=10) == 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["rest", "portal", "amqp"])
    parser.add_argument("--rtcscope", type=Path, required=True)
    parser.add_argument("--call", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    arguments = parser.parse_args()
    sandbox.require("node", "ip")
    if arguments.kind == "amqp":
        rabbitmq.require()
    if not (TESTS / "node_modules" / "socket.io").exists():
        sandbox.skip("not installed: socket.io (npm ci in tests/)")
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    arguments.work_dir.mkdir(parents=True)
    feed = OwtFeed(arguments)
    try:
        feed.run()
        print(f"{feed.checks.failures} failed")
        return 1 if feed.checks.failures else 0
    finally:
        feed.processes.stop_all()


if __name__ == "__main__":
    raise SystemExit(main())
