#!/usr/bin/env python3
"""Writes the seed corpus of fuzz_client_report.

usage: make_seeds_reports.py     (writes to tests/fuzz/corpus beside this file)

All text is made here, in the forms of the SDK of Peermetrics; none is from a recording.
"""

import json
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus" / "fuzz_client_report"
SDP = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:%s\r\n"
PAIR = {"local": {"candidateType": "relay", "protocol": "tcp"}, "remote": {"candidateType": "host"}}
HEARD = {"packetsReceived": 9, "packetsLost": 1, "ssrc": 1, "track": {"trackIdentifier": "t"}}
TRACK = {"token": "$", "connectionId": "$", "trackId": "t", "event": "ontrack", "data": {"kind": "audio"}}


def connection(name: str, data=None) -> dict:
    return {"token": "$", "connectionId": "$", "peerId": "p", "eventName": name, "data": data}


SEEDS = {
    "update": (0, {"token": "$", "platform": {"browser": {"name": "x"}}, "devices": []}),
    "media": (1, {"token": "$", "data": {"error": {"name": "n", "message": "m"}}}),
    "end": (2, {"token": "$", "eventName": "endCall", "delta": 1}),
    "signaling": (3, connection("onsignalingstatechange", {
        "signalingState": "stable", "localDescription": {"sdp": SDP % "a"}, "remoteDescription": SDP % "b"})),
    "state": (3, connection("onconnectionstatechange", "connected")),
    "candidate": (3, connection("onicecandidate", {"candidate": "x", "port": 1})),
    "add": (3, {"token": "$", "eventName": "addConnection", "peerId": "q", "isSfu": True}),
    "stats": (4, {"token": "$", "connectionId": "$", "data": {
        "connection": PAIR, "audio": {"inbound": [HEARD]}, "remote": {"audio": {"inbound": [HEARD]}}}}),
    "track": (5, TRACK),
    "mute": (6, {**TRACK, "event": "mute"}),
    "initialize": (7, {"apiKey": "k" * 32, "conferenceId": "c", "userId": "u"}),
    "session": (8, {"token": "x", "meta": {"a": 1}}),
    "batch": (9, {"token": "$", "data": [connection("ondatachannel")]}),
}  # fmt: skip
TEXTS = {
    "token": (10, "eyJhbGciOiJIUzI1NiJ9.eyJ0IjoxfQ.AAAA"),
    "query": (11, "appId=00000000-0000-4000-8000-000000000000&created_at_gt=2026-01-01T00%3A00%3A00Z&limit=5&type=-x"),
}

CORPUS.mkdir(parents=True, exist_ok=True)
for name, (which, body) in SEEDS.items():
    (CORPUS / name).write_bytes(bytes([which]) + json.dumps(body, separators=(",", ":")).encode())
for name, (which, text) in TEXTS.items():
    (CORPUS / name).write_bytes(bytes([which]) + text.encode())
