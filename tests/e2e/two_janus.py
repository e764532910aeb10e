#!/usr/bin/env python3
"""Two Janus on one host, the same room number in both, each with a feed of its own: nothing is mixed up.

usage: two_janus.py --rtcscope PROGRAM --work-dir DIR

The events of the first come over HTTPS (sampleevh: basic authentication, gzip, grouped), those of the second through an
MQTT broker. Which packets are whose is known by the clients' addresses. DIR is emptied; logs stay there. Exit status
77: skipped.
"""

import subprocess
import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import brokers, certificates, janus  # noqa: E402
from lab.call import Call, Client  # noqa: E402
from lab.driver import drive  # noqa: E402
from lab.observer import API, Observer  # noqa: E402
from lab.topology import SERVER_IP  # noqa: E402

SECOND = janus.Instance("janus-2", "media-2", shift=10)
ROOMS = {"media-1": ["alice", "bob"], "media-2": ["carol", "dave"]}
NAMES = [name for names in ROOMS.values() for name in names]
USER, PASSWORD = "janus", "of the feed"
TRUST = Path("/etc/ssl/certs")  # of OpenSSL and libcurl


def client(name: str) -> Client:
    server = next(server for server, names in ROOMS.items() if name in names)
    shift = SECOND.shift if server == SECOND.name else 0
    return Client(name, janus_url=f"http://{SERVER_IP}:{janus.HTTP_PORT + shift}/janus", server=server)


def over_https(password: str = PASSWORD) -> dict[str, str]:
    backend = f"https://localhost:{API.partition(':')[2]}/ingest/janus"
    return janus.sampleevh(backend, f'backend_user = "{USER}"', f'backend_pwd = "{password}"', "compress = true", "compression = 9")


class TwoJanus:
    def __init__(self, call: Call, rtcscope: Path):
        self.call = call
        self.folder = call.work_dir / "tls"
        self.folder.mkdir()
        self.certificate = certificates.make(self.folder)[0]
        self.observer = Observer(call, rtcscope, certificate=self.certificate)
        self.checks = self.observer.checks

    def feed(self) -> dict:
        return self.observer.get("stats")["feed"]

    def refusals(self) -> None:
        """Janus verifies our certificate, and we its password."""
        self.call.start_janus(over_https())
        log = self.call.work_dir / "janus.log"
        refused = lambda: "Couldn't relay event to the backend" in log.read_text(errors="replace")  # noqa: E731
        self.checks.until("Janus sends nothing to a certificate that nobody vouches for", refused, log.read_text)
        self.checks.expect("and nothing came", self.feed()["deliveries"] == 0, self.feed())
        self.call.processes.stop("janus")
        trusted = self.folder / "trusted"
        trusted.mkdir()
        (trusted / "ca-certificates.crt").write_text(self.certificate.read_text())
        subprocess.run(["mount", "--bind", str(trusted), str(TRUST)], check=True)  # in the sandbox's own namespace
        self.call.start_janus(over_https("another"))
        self.checks.until("a wrong password is refused", lambda: self.feed()["unauthorised"] > 0, self.feed)
        self.checks.expect("and nothing taken", self.feed()["events"] == 0, self.feed())
        self.call.processes.stop("janus")

    def run(self) -> None:
        brokers.start(self.call, "mqtt")
        credentials = self.observer.secret_file(f"{USER}:{PASSWORD}")
        self.observer.start("rtcscope", "--ingest-credentials", credentials, *brokers.options("mqtt"))
        self.refusals()
        self.call.start_janus(over_https())
        self.call.start_janus(brokers.handler("mqtt"), instance=SECOND)
        self.call.join()
        self.checks.until("media flows are linked", lambda: len(self.observer.linked()) >= 8, self.feed)
        time.sleep(3)  # the figures of all streams
        self.compare(live=True)
        self.clocks()
        self.call.leave()
        over = lambda: all(c["ended_at"] for c in self.observer.get("conferences")["items"])  # noqa: E731
        self.checks.until("both conferences end", over, self.feed)
        self.compare(live=False)
        self.checks.expect("nothing was refused or lost", (self.feed()["refused"], self.feed()["dropped"]) == (0, 0), self.feed())

    def compare(self, live: bool) -> None:
        phase = "live" if live else "ended"
        items = {kind: self.observer.get(f"{kind}?limit=500")["items"] for kind in ("conferences", "participants", "connections", "flows", "streams")}
        server = {c["id"]: c["server"] for c in items["conferences"]}
        rooms = sorted((c["server"], c["room"], c["ended_at"] is None) for c in items["conferences"])
        self.checks.expect(f"{phase}: a conference a Janus", rooms == [(s, str(janus.ROOM), live) for s in ROOMS], rooms)
        people = sorted((server[p["conference_id"]], p["display"]) for p in items["participants"])
        self.checks.expect(f"{phase}: each with its own people", people == [(s, n) for s, names in ROOMS.items() for n in names], people)
        name = {p["id"]: p["display"] for p in items["participants"]}
        wrong = [c for c in items["connections"] if name.get(c["participant_id"]) not in ROOMS[c["server"]]]
        self.checks.expect(f"{phase}: {len(items['connections'])} connections, each of somebody in its room", len(items["connections"]) == 8 and not wrong, wrong)
        owner = {f"198.18.0.{number}": who for number, who in enumerate(NAMES, start=11)}
        media = [flow for flow in items["flows"] if flow["rtp_packets"]]
        wrong = [f for f in media if name.get(f["participant_id"]) != owner[f["client_endpoint"].rpartition(":")[0]]]
        self.checks.expect(f"{phase}: {len(media)} media flows, each of whom its address says", len(media) == 8 and not wrong, wrong)
        other = {who: next(n for n in names if n != who) for names in ROOMS.values() for who in names}
        sent = [s for s in items["streams"] if s["direction"] == "downlink" and s["rtx_of_ssrc"] is None and s["kind"] != "unknown"]
        wrong = [s for s in sent if name.get(s["source_participant_id"]) != other.get(name.get(s["participant_id"]))]
        self.checks.expect(f"{phase}: {len(sent)} streams to clients, each of the other one in the room", len(sent) == 8 and not wrong, wrong)

    def clocks(self) -> None:
        """All have the clock of this machine."""
        offsets = {clock["server"]: clock["offset_ms"] for clock in self.feed()["clocks"]}
        near = all(abs(offset) < 500 for offset in offsets.values())
        self.checks.expect(f"the clocks of both feeds are measured: {offsets} ms", set(offsets) == set(ROOMS) and near, offsets)


def run(call: Call, rtcscope: Path, _: str) -> int:
    test = TwoJanus(call, rtcscope)
    test.run()
    return test.checks.failures


if __name__ == "__main__":
    raise SystemExit(drive(__doc__, NAMES, run, needs=["mosquitto"], clients=client))
