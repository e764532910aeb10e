#!/usr/bin/env python3
"""Writes the seed corpora of fuzz_janus_event, fuzz_event_log and fuzz_owt.

usage: make_seeds_feeds.py     (writes to tests/fuzz/corpus beside this file)

All text is made here, from the forms that the servers document; none is from a recording.
"""

import json

from seeds import write

SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\n"
    "a=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\na=rtpmap:111 opus/48000/2\r\na=ssrc:1 cname:x\r\n"
)


def event(number: int, body, **members) -> dict:
    envelope = {"emitter": "media1", "type": number, "timestamp": 1795226111283339}
    return {**envelope, "session_id": 11, "handle_id": 22, "opaque_id": "u", **members, "event": body}


def videoroom(**data) -> dict:
    return event(64, {"plugin": "janus.plugin.videoroom", "data": data})


def pair_end(address: str) -> dict:
    return {"address": address, "port": 5, "type": "host", "transport": "udp", "family": 4}


STREAMS = [{"type": "audio", "mindex": 0, "mid": "0", "codec": "opus", "feed_id": 3, "feed_mid": "1"}]
STATISTICS = {
    "mid": "0", "mindex": 0, "media": "audio", "codec": "opus", "base": 48000, "rtt": 34, "lost": 2,
    "lost-by-remote": 0, "jitter-local": 3, "jitter-remote": 1, "packets-received": 1500, "packets-sent": 1498,
    "bytes-received": 120000, "bytes-sent": 119000, "nacks-received": 0, "nacks-sent": 1,
}  # fmt: skip

SEEDS = {
    "session": event(1, {"name": "created", "transport": {"transport": "janus.transport.http", "id": "9"}}),
    "handle": event(2, {"name": "attached", "plugin": "janus.plugin.videoroom"}),
    "external": event(4, {"schema": "my.app", "data": {"x": [1, None, 2.5e3]}}),
    "jsep": event(8, {"owner": "remote", "jsep": {"type": "offer", "sdp": SDP}}),
    "ice": event(16, {"ice": "connected", "stream_id": 1, "component_id": 1}, subtype=1),
    "candidate": event(16, {"remote-candidate": "1 1 udp 2015363327 192.0.2.1 42599 typ host ufrag x"}, subtype=3),
    "pair": event(16, {"selected-pair": "192.0.2.1:1 [host,udp] <-> [2001:db8::1]:2 [prflx,tcp]"}, subtype=4),
    "pair_parsed": event(
        16,
        {"selected-pair": "x", "candidates": {"local": pair_end("192.0.2.1"), "remote": pair_end("2001:db8::1")}},
    ),
    "hangup": event(16, {"connection": "hangup", "reason": "ICE failed"}, subtype=6),
    "receiving": event(32, {"media": "audio", "mid": "0", "receiving": True}, subtype=1),
    "slow_link": event(32, {"mid": "0", "media": "audio", "slow_link": "uplink", "lost_lastsec": 7}, subtype=2),
    "statistics": event(32, [STATISTICS, {**STATISTICS, "media": "video-sim1"}], subtype=3),
    "joined": videoroom(event="joined", room="daily", id=35, private_id=7, display="b\u00f6b\u0000"),
    "published": videoroom(event="published", room=1, id=35, streams=STREAMS),
    "subscribing": videoroom(event="subscribing", room=1, private_id=7, streams=STREAMS),
    "leaving": videoroom(event="leaving", room=1, id=35),
    "echotest": event(64, {"plugin": "janus.plugin.echotest", "data": {"audio_active": True, "bitrate": 0}}),
    "transport": event(
        128,
        {"transport": "janus.transport.http", "id": "9", "data": {"event": "request", "ip": "::ffff:192.0.2.1"}},
    ),
    "core": event(256, {"status": "started", "info": {"version_string": "1.1.2"}}, subtype=1),
    "group": [event(2, {"name": "detached"}), event(1, {"name": "timeout"}), 7],
}


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"))


def log_seeds() -> dict[str, str]:
    recorded = [compact({"t_ms": 5.5, "post": 1, "idx": 0, "event": SEEDS[name]}) for name in ("session", "group")]
    bare = [compact(SEEDS["handle"]), compact(SEEDS["group"])]
    broken = ["", "hello", '{"t_ms":1}', '{"t_ms":1e300,"event":{}}', '{"t_ms":-1,"event":[]}', "[" * 30]
    return {
        "recorded": "\n".join(recorded) + "\n",
        "bare": "\r\n".join(bare),
        "broken": "\n".join(broken) + "\n",
        "mixed": "\n".join(recorded + broken + bare),
    }


OWT_TRACK = {"id": "t1-0", "type": "audio", "mid": "0", "format": {"codec": "opus"}, "status": "active"}
OWT_INFO = {"owner": "p1", "type": "webrtc", "inViews": ["common"]}
OWT_V1 = {"audio": {"format": {"codec": "opus"}}, "video": {"original": [{"format": {"codec": "vp8"}}]}}
OWT_STREAM = {"id": "s1", "type": "forward", "media": {"tracks": [OWT_TRACK]}, "info": OWT_INFO}
OWT_PEOPLE = [{"id": "p1", "user": "alice", "role": "presenter"}, {"id": "v1", "user": "rtcscope", "role": "viewer"}]
OWT_UPDATE = {"type": "track-added", "trackId": "t1-0", "direction": "in", "operationId": "s1", "mid": "0"}


def owt_seeds() -> dict[str, str]:
    """The first octet says which way the message came, as fuzz_owt.cpp reads it."""

    def cast(method: str, *arguments) -> str:
        return "\x0c" + compact({"method": method, "args": list(arguments)})

    login = ["ok", {"id": "v1", "room": {"participants": OWT_PEOPLE, "streams": [OWT_STREAM]}}]
    return {
        "participants": "\x00" + compact(OWT_PEOPLE),
        "streams_guessed": "\x01" + compact([{**OWT_STREAM, "media": OWT_V1}]),
        "streams": "\x05" + compact([OWT_STREAM, {"id": "mix", "type": "mixed", "info": {"label": "common"}}]),
        "recordings": "\x06" + compact([{"id": "r1"}]),
        "inventory": "\x08" + compact(["r"]),
        "join": "\x09" + compact({"event": "participant", "data": {"action": "join", "data": OWT_PEOPLE[0]}}),
        "leave": "\x09" + compact({"event": "participant", "data": {"action": "leave", "data": "p1"}}),
        "add": "\x09" + compact({"event": "stream", "data": {"id": "s1", "status": "add", "data": OWT_STREAM}}),
        "login": "\x09" + compact({"event": "login", "data": login[1]}),
        "answer": cast("onTransportProgress", "t1", {"type": "answer", "sdp": SDP}),
        "candidate": cast("onTransportProgress", "t1", {"type": "candidate", "candidate": "candidate:1 1 udp 2 ::1 5 typ host"}),
        "failed": cast("onTransportProgress", "t1", {"type": "failed", "reason": "Ice procedure failed."}),
        "track": cast("onTrackUpdate", "t1", OWT_UPDATE),
        "destroyed": cast("onTrackUpdate", "t1-0", {"type": "track-removed", "trackId": "t1-0"}),
        "socket_login": "\x10" + "431" + compact(login),
        "socket_event": "\x10" + "42" + compact(["participant", {"action": "leave", "data": "p1"}]),
        "socket_open": "\x10" + "0" + compact({"sid": "x", "pingInterval": 25000}),
        "workers": "\x10" + compact({"corrID": 1, "type": "callback", "data": ["conference-0@198.18.0.1"]}),
        "rooms": "\x11" + compact([{"_id": "r1"}, {"_id": "../r2"}]),
    }


def main() -> None:
    events = {name: compact(value) for name, value in SEEDS.items()}
    for target, seeds in {"janus_event": events, "event_log": log_seeds(), "owt": owt_seeds()}.items():
        write(target, {name: text.encode() for name, text in seeds.items()})


if __name__ == "__main__":
    main()
