#!/usr/bin/env python3
"""Writes the seed corpora of fuzz_janus_event and fuzz_event_log.

usage: make_seeds_feeds.py     (writes to tests/fuzz/corpus beside this file)

All text is made here, from the forms that the Janus event handlers document; none is from a recording.
"""

import json
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
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


def main() -> None:
    events = {name: compact(value) for name, value in SEEDS.items()}
    for target, seeds in {"janus_event": events, "event_log": log_seeds()}.items():
        folder = CORPUS / f"fuzz_{target}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in seeds.items():
            (folder / name).write_bytes(text.encode())


if __name__ == "__main__":
    main()
