#!/usr/bin/env python3
"""A real call on Janus, listed and changed by a client that speaks to OWT's management API.

usage: owt_view.py --rtcscope PROGRAM --work-dir DIR

The client signs as OWT's SDK does. It lists the room, may first change nothing, then mutes bob and drops alice, with
the audit saying so. DIR is emptied; logs stay there. Exit status 77: skipped.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import janus, sandbox  # noqa: E402
from lab.call import Call, Client  # noqa: E402
from lab.observer import API, Observer  # noqa: E402
from lab.topology import SERVER  # noqa: E402

SDK = E2E.parent / "support" / "owt" / "rest_client.mjs"
OPERATOR, READER = "5e1a2b3c4d5e6f7081920a1b:one key", "5e1a2b3c4d5e6f7081920a1c:another"
PATIENCE_S = 90


class View:
    def __init__(self, call: Call, rtcscope: Path):
        self.call = call
        self.observer = Observer(call, rtcscope, PATIENCE_S)
        self.checks = self.observer.checks

    def observe(self, name: str, *options: str) -> None:
        services, secret = self.call.work_dir / "services", self.call.work_dir / "secret"
        services.write_text(f"operator {OPERATOR}\n{READER}\n")
        secret.write_text(janus.ADMIN_SECRET + "\n")
        for path in (services, secret):
            path.chmod(0o600)
        admin = ["--janus-admin", f"http://127.0.0.1:{janus.ADMIN_HTTP_PORT}/admin", "--janus-admin-secret-file", str(secret)]
        self.observer.start(name, "--owt-view", str(services), *admin, "--janus-admin-interval", "1", *options)

    def ask(self, *wishes: str, service: str = READER) -> list[dict]:
        command = ["node", str(SDK), f"http://{API}/owt/", service, *wishes]
        done = subprocess.run(self.call.topology.command(SERVER, *command), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def rooms(self) -> list[dict]:
        return self.ask("GET", "rooms?page=1&per_page=50")[0]["body"]

    def users(self) -> list[str]:
        return sorted(one["user"] for one in self.ask("GET", f"{self.room}/participants")[0]["body"])

    def streams(self) -> dict[str, dict]:
        """By who sends it."""
        people, streams = (reply["body"] for reply in self.ask("GET", f"{self.room}/participants", "GET", f"{self.room}/streams"))
        names = {one["id"]: one["user"] for one in people}
        return {names.get(stream["info"].get("owner"), ""): stream for stream in streams}

    def both_send(self) -> bool:
        streams = self.streams()
        return {"alice", "bob"} <= streams.keys() and all(
            stream["media"].get(kind, {}).get("status") == "active" for stream in streams.values() for kind in ("audio", "video"))

    def check_lists(self) -> None:
        self.checks.until("the room is listed", lambda: len(self.rooms()) == 1)
        self.room = f"rooms/{self.rooms()[0]['_id']}"
        self.checks.until("with everybody", lambda: self.users() == ["alice", "bob"], self.users)
        self.checks.until("and what they send", self.both_send, self.streams)
        video = self.streams()["bob"]["media"]["video"]
        self.checks.expect("with codec, frame rate and bitrate", video["format"]["codec"] == "vp8" and
                           video["parameters"]["bitrate"] > 10 and video["parameters"]["framerate"] > 1, video)
        wrong = self.ask("GET", "rooms", service=READER + "x")[0]
        self.checks.expect("another key sees nothing", (wrong["status"], wrong["body"]["error"]["code"]) == (401, 1101), wrong)

    def id_of(self, user: str) -> str:
        return next(one["id"] for one in self.ask("GET", f"{self.room}/participants")[0]["body"] if one["user"] == user)

    def refused(self, what: str, service: str) -> None:
        mute = json.dumps([{"op": "replace", "path": "/media/audio/status", "value": "inactive"}])
        replies = self.ask("DELETE", f"{self.room}/participants/{self.id_of('alice')}", "PATCH",
                           f"{self.room}/streams/{self.streams()['bob']['id']}", mute, "DELETE", self.room, service=service)
        codes = [(reply["status"], reply["body"]["error"]["code"]) for reply in replies]
        self.checks.expect(what, codes == [(403, 1102)] * 3, replies)

    def audio_of_bob_at_alice(self) -> int:
        """Packets of audio that went down to alice."""
        alice = next(one["id"] for one in self.observer.get("participants")["items"] if one["display"] == "alice")
        streams = self.observer.get(f"streams?participant_id={alice}&direction=downlink&state=live")["items"]
        return sum(stream["packets"] for stream in streams if stream["kind"] == "audio")

    def mute(self) -> None:
        bob = f"{self.room}/streams/{self.streams()['bob']['id']}"
        update = json.dumps([{"op": "replace", "path": "/media/audio/status", "value": "inactive"}])
        done, again = self.ask("PATCH", bob, update, "REPEAT", service=OPERATOR)
        self.checks.expect("an operator mutes bob", done["status"] == 200, done)
        self.checks.expect("but not twice with one signature", again["status"] == 403, again)
        seen = []

        def silent() -> bool:
            seen.append(self.audio_of_bob_at_alice())
            return len(seen) > 4 and len(set(seen[-4:])) == 1

        self.checks.until("alice hears him no more", silent, lambda: seen)
        other = json.dumps([{"op": "replace", "path": "/info/layout", "value": []}])
        refused = self.ask("PATCH", bob, other, "PATCH", bob, "{}", service=OPERATOR)
        self.checks.expect("other updates are refused", [one["status"] for one in refused] == [403, 400], refused)

    def drop(self) -> None:
        alice = f"{self.room}/participants/{self.id_of('alice')}"
        done = self.ask("DELETE", alice, service=OPERATOR)[0]
        self.checks.expect("an operator drops alice", done == {"status": 200, "body": ""}, done)
        self.checks.until("she is gone", lambda: self.users() == ["bob"], self.users)
        again = self.ask("DELETE", alice, service=OPERATOR)[0]
        self.checks.expect("and cannot be dropped again", again["status"] == 404, again)

        def audits() -> list[str]:
            return [event["text"] for event in self.observer.get("events?kind=audit")["items"]]

        def by_operator(text: str) -> bool:
            return "OWT service 5e1a2b3c4d5e6f7081920a1b" in text and ": 200 from " in text

        self.checks.until("the audit says who did what", lambda: sum(map(by_operator, audits())) == 2, audits)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rtcscope", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    arguments = parser.parse_args()
    sandbox.require("janus", "nft", "node")
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    call = Call(arguments.work_dir, [Client("alice"), Client("bob")])
    try:
        call.start_janus("http://127.0.0.1:9/")  # nobody listens: the Admin API tells all
        call.join()
        view = View(call, arguments.rtcscope.resolve())
        view.observe("reading")
        view.check_lists()
        view.refused("nobody changes anything by default", OPERATOR)
        view.checks.expect("the process ends well", call.processes.stop("reading", patience_s=10) == 0)
        view.observe("writing", "--owt-view-writes")
        view.check_lists()
        view.refused("a service that is no operator changes nothing", READER)
        view.mute()
        view.drop()
        print(f"{view.checks.failures} failed")
        return 1 if view.checks.failures else 0
    finally:
        call.close()


if __name__ == "__main__":
    raise SystemExit(main())
