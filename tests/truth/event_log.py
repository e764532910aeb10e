"""What Janus' event log says of its handles: SDP, ICE, room, display name. For the truth only; see packets.py."""

import json
from dataclasses import dataclass, field

SESSION, JSEP, WEBRTC, PLUGIN = 1, 8, 16, 64


@dataclass
class Handle:
    handle: int
    session: int
    opaque_id: str | None
    room: int | None = None
    feed: int | None = None
    subscribed: list = field(default_factory=list)
    ufrags: set = field(default_factory=set)  # the server's own
    pairs: set = field(default_factory=set)  # (server end, client end), selected
    codecs: dict = field(default_factory=dict)  # payload type -> "opus/48000"
    rtx_of: dict = field(default_factory=dict)  # (side, SSRC) -> SSRC it repairs; side: local, remote
    mids: dict = field(default_factory=dict)  # (side, SSRC) -> mid
    mid_extensions: set = field(default_factory=set)  # ids of the mid header extension


class EventLog:
    def __init__(self, path):
        self.handles = {}
        self.displays = {}  # session -> display name
        self.server_addresses = set()
        for line in path.read_text().splitlines():
            self.add(json.loads(line)["event"])

    def add(self, event):
        if "handle_id" not in event:
            return
        handle = self.handles.setdefault(
            event["handle_id"], Handle(event["handle_id"], event.get("session_id"), event.get("opaque_id")))
        body = event.get("event") or {}
        if event["type"] == JSEP:
            add_sdp(handle, body["owner"], body["jsep"].get("sdp", ""))
        elif event["type"] == WEBRTC:
            self.add_webrtc(handle, body)
        elif event["type"] == PLUGIN:
            self.add_plugin(handle, body.get("data", {}))

    def add_webrtc(self, handle, body):
        if "local-candidate" in body:
            self.server_addresses.add(body["local-candidate"].split()[4])
        if "selected-pair" in body:
            ends = [(end["address"], end["port"]) for end in (body["candidates"]["local"], body["candidates"]["remote"])]
            handle.pairs.add(tuple(ends))
            self.server_addresses.add(ends[0][0])

    def add_plugin(self, handle, data):
        handle.room = data.get("room", handle.room)
        if data.get("event") == "joined":
            handle.feed = data.get("id")
            self.displays[handle.session] = data.get("display")
        streams = data.get("streams") or []
        if data.get("event") in ("subscribing", "subscribed", "updating", "updated") and streams:
            handle.subscribed = [stream for stream in streams if "feed_id" in stream] or handle.subscribed

    def find(self, server, client, server_ufrags):
        """The handle of a flow: its selected pair, else the server's ufrag in a STUN USERNAME."""
        for handle in self.handles.values():
            if (server, client) in handle.pairs:
                return handle
        for handle in self.handles.values():
            if handle.ufrags & server_ufrags:
                return handle
        return None


def add_sdp(handle, side, sdp):
    mid = None
    for line in sdp.splitlines():
        name, _, value = line.partition(":")
        if line.startswith("m="):
            mid = None
        elif name == "a=mid":
            mid = value
        elif name == "a=ice-ufrag" and side == "local":
            handle.ufrags.add(value)
        elif name == "a=rtpmap":
            payload_type, codec = value.split(" ", 1)
            handle.codecs.setdefault(int(payload_type), "/".join(codec.split("/")[:2]))
        elif name == "a=ssrc":
            handle.mids.setdefault((side, int(value.split()[0])), mid)
        elif name == "a=ssrc-group" and value.startswith("FID"):
            media, repair = map(int, value.split()[1:3])
            handle.rtx_of[side, repair] = media
        elif name == "a=extmap" and value.endswith("sdes:mid"):
            handle.mid_extensions.add(int(value.split()[0].split("/")[0]))
