#!/usr/bin/env python3
"""Compares the API of rtcscope with what the participants of one call know of it.

usage: check_call.py {live|ended} --api URL --truth FILE

FILE is Call.truth() of tests/support/lab. live: the call is running, figures are still growing on both
sides; names and links are compared. ended: the figures are final and have to agree as well. Prints one
line a check; the exit status is 0 if all hold.
"""

import argparse
import json
import sys
import urllib.parse
import urllib.request
from datetime import datetime
from pathlib import Path

LOST_PACKETS = 2  # a stream's loss may differ by this many packets or this ratio: what is dropped
LOST_RATIO = 0.02  # before the first or after the last packet seen leaves no gap
REPORTED_LOST_PACKETS = 6  # the newest receiver report that a client has is some seconds old
PROBE_PACKETS = 15  # a browser probes its bandwidth when it likes, also between its last count and its end
BITRATE_RATIO = 0.05
LOOK_S = 0.25  # a client that waits for the processor may read its counters this long before or after it says
IP_UDP_HEADERS = 28  # IPv4 and UDP: the switch counts IP packets, rtcscope UDP payload


class Api:
    def __init__(self, url: str):
        self._url = url

    def items(self, path: str, **query) -> list[dict]:
        """All items of a list, page after page."""
        found, cursor = [], None
        while True:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page.get("next")
            if not cursor:
                return found

    def get(self, path: str, **query):
        with urllib.request.urlopen(f"{self._url}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=10) as reply:
            return json.load(reply)


class Checks:
    def __init__(self):
        self.failed = 0

    def equal(self, what: str, got, want) -> None:
        self.that(f"{what}: {got}" + ("" if got == want else f", expected {want}"), got == want)

    def near(self, what: str, got: float, want: float, tolerance: float) -> None:
        self.that(f"{what}: {got:g}, expected {want:g} +- {tolerance:g}", abs(got - want) <= tolerance)

    def that(self, what: str, holds: bool) -> None:
        self.failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {what}")


class Picture:
    """What rtcscope shows of the call, indexed the way the checks ask."""

    def __init__(self, api: Api):
        self.api = api
        self.conferences = api.items("conferences")
        self.participants = api.items("participants")
        self.connections = api.items("connections")
        self.streams = api.items("streams")
        self.flows = api.items("flows")
        self._display = {entry["id"]: entry["display"] for entry in self.participants}
        self._handle = {entry["id"]: entry["server_handle"] for entry in self.connections}

    def display(self, participant_id: str | None) -> str | None:
        return self._display.get(participant_id)

    def handle(self, connection_id: str | None) -> str | None:
        return self._handle.get(connection_id)

    def on_handle(self, handle: int) -> list[dict]:
        return [stream for stream in self.streams if self.handle(stream["connection_id"]) == str(handle)]

    def stream(self, handle: int, ssrc: int) -> dict | None:
        return next((stream for stream in self.on_handle(handle) if stream["ssrc"] == ssrc), None)


class Comparison:
    def __init__(self, truth: dict, picture: Picture):
        self._truth = truth
        self._picture = picture
        self.checks = Checks()

    def identities(self, ended: bool) -> None:
        """Room, display names, connections with their roles and handles; nothing besides."""
        rooms = [(c["plugin"], c["room"], c["ended_at"] is not None) for c in self._picture.conferences]
        self.checks.equal("conferences (plugin, room, ended)", rooms, [("videoroom", str(self._truth["room"]), ended)])
        names = sorted((p["display"], p["user_id"]) for p in self._picture.participants)
        want = sorted((p["name"], str(p["feed"])) for p in self._truth["participants"])
        self.checks.equal("participants (display, user_id)", names, want)
        display = self._picture.display
        got = {(c["server_handle"], c["role"], display(c["participant_id"])) for c in self._picture.connections}
        want = {(str(c["handle"]), c["role"], p["name"]) for p, c in self._pairs()}
        self.checks.equal("connections (handle, role, participant)", sorted(got), sorted(want))

    def links(self) -> None:
        """Every stream that a client has is on its connection; no stream is anywhere else."""
        for participant, connection in self._pairs():
            for stream in self._used(connection):
                self._link(participant, connection, stream)
        unlinked = [f["id"] for f in self._picture.flows if f["rtp_packets"] and not f["connection_id"]]
        self.checks.equal("media flows without a connection", unlinked, [])
        self.checks.equal("streams on a wrong connection", self._wrong(), [])

    def uplink_figures(self) -> None:
        """Packets, loss and bitrate of what the participants sent."""
        for participant, connection in self._pairs():
            if connection["role"] == "publisher":
                for stream in connection["streams"]:
                    self._uplink(participant, connection, stream)
                self._bitrate(participant, connection)

    def downlink_figures(self) -> None:
        """What passed the tap towards a client is what the client received: nothing is lost behind the tap."""
        for participant, connection in self._pairs():
            for stream in self._used(connection):
                seen = self._picture.stream(connection["handle"], stream["ssrc"])
                if stream["direction"] == "receive" and seen:
                    what = f"{participant['name']} receives {stream['kind']} of {connection['display']}: packets"
                    self.checks.near(what, seen["packets"], stream["packets"], LOST_PACKETS)

    def _link(self, participant: dict, connection: dict, stream: dict) -> None:
        seen = self._picture.stream(connection["handle"], stream["ssrc"])
        who = f"{participant['name']} {connection['role']} {stream['kind']} {stream['ssrc']}"
        if not seen:
            self.checks.that(f"{who}: not on handle {connection['handle']}", False)
            return
        direction = {"send": "uplink", "receive": "downlink"}[stream["direction"]]
        display = self._picture.display
        got = (seen["direction"], seen["kind"], display(seen["participant_id"]), display(seen["source_participant_id"]))
        want = (direction, stream["kind"], participant["name"], connection["display"])
        self.checks.equal(f"{who} (direction, kind, participant, source)", got, want)

    def _uplink(self, participant: dict, connection: dict, stream: dict) -> None:
        """Browsers count retransmissions and padding, which have an SSRC of their own, with the media."""
        seen = self._picture.stream(connection["handle"], stream["ssrc"])
        if not seen:
            return  # links() has said so
        who = f"{participant['name']} sends {stream['kind']}"
        dropped = self._dropped(participant, stream["ssrc"])
        self.checks.near(f"{who}: lost", seen["lost"], dropped, self._tolerance(dropped))
        for report in connection["remote"]:
            if report["kind"] == stream["kind"]:
                what = f"{who}: lost, by Janus's last report to the client"
                self.checks.near(what, seen["lost"], report["lost"], REPORTED_LOST_PACKETS)
        packets = seen["packets"] + dropped
        counts_probes = "retransmitted" in stream and stream["rtx_ssrc"]
        if counts_probes:
            rtx = self._picture.stream(connection["handle"], stream["rtx_ssrc"])
            packets += self._dropped(participant, stream["rtx_ssrc"]) + (rtx["packets"] if rtx else 0)
        what = f"{who}: packets at the tap and dropped before it"
        late = packets - stream["packets"]
        if counts_probes and 0 < late <= PROBE_PACKETS:
            self.checks.that(f"{what}: {packets}, of them {late} after the client's last count", True)
        else:
            self.checks.equal(what, packets, stream["packets"])

    def _bitrate(self, participant: dict, connection: dict) -> None:
        """Compares in the middle of the call, over the span between two looks of the client at its counters."""
        (start_ms, sent_before), *_, (end_ms, sent_after) = connection["sent"][3:-2]
        seconds = (end_ms - start_ms) / 1000
        arrived_share = 1 - self._dropped_bytes(participant) / connection["transport"]["bytes_sent"]
        want = (sent_after - sent_before) * arrived_share * 8 / seconds
        streams = self._picture.on_handle(connection["handle"])
        got = sum(self._bits(stream, start_ms, end_ms) for stream in streams) / seconds
        tolerance = want * (BITRATE_RATIO + LOOK_S / seconds)
        self.checks.near(f"{participant['name']} sends: bitrate in bit/s", got, want, tolerance)

    def _bits(self, stream: dict, start_ms: float, end_ms: float) -> float:
        """Bits of a stream between two moments; a sample that reaches over one of them counts in proportion."""
        total = 0.0
        for sample in self._picture.api.items(f"streams/{stream['id']}/samples"):
            first, last = _epoch_ms(sample["start"]), _epoch_ms(sample["end"])
            inside = min(last, end_ms) - max(first, start_ms)
            if inside > 0:
                total += sample["bytes"] * 8 * inside / (last - first)
        return total

    def _wrong(self) -> list[tuple]:
        """Streams that are linked to a connection which, by its owner's word, does not carry them."""
        carried = {(str(c["handle"]), ssrc) for _, c in self._pairs() for ssrc in _ssrcs(c)}
        linked = [(self._picture.handle(s["connection_id"]), s) for s in self._picture.streams if s["connection_id"]]
        return [(h, s["ssrc"]) for h, s in linked if not {(h, s["ssrc"]), (h, s["rtx_of_ssrc"])} & carried]

    def _pairs(self) -> list[tuple[dict, dict]]:
        return [(p, c) for p in self._truth["participants"] for c in p["connections"]]

    @staticmethod
    def _used(connection: dict) -> list[dict]:
        return [stream for stream in connection["streams"] if stream["packets"]]

    @staticmethod
    def _dropped(participant: dict, ssrc: int) -> int:
        return sum(entry["packets"] for entry in participant["dropped"] if entry["ssrc"] == ssrc)

    @staticmethod
    def _dropped_bytes(participant: dict) -> int:
        return sum(entry["bytes"] - IP_UDP_HEADERS * entry["packets"] for entry in participant["dropped"])

    @staticmethod
    def _tolerance(packets: int) -> float:
        return max(LOST_PACKETS, LOST_RATIO * packets)


def _ssrcs(connection: dict) -> set[int]:
    both = ((stream["ssrc"], stream.get("rtx_ssrc")) for stream in connection["streams"])
    return {ssrc for pair in both for ssrc in pair if ssrc}


def _epoch_ms(rfc3339: str) -> float:
    return datetime.fromisoformat(rfc3339.replace("Z", "+00:00")).timestamp() * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("phase", choices=["live", "ended"])
    parser.add_argument("--api", required=True)
    parser.add_argument("--truth", type=Path, required=True)
    arguments = parser.parse_args()
    comparison = Comparison(json.loads(arguments.truth.read_text()), Picture(Api(arguments.api)))
    comparison.identities(ended=arguments.phase == "ended")
    comparison.links()
    if arguments.phase == "ended":
        comparison.uplink_figures()
        comparison.downlink_figures()
    print(f"{arguments.phase}: {comparison.checks.failed} checks failed")
    return 1 if comparison.checks.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
