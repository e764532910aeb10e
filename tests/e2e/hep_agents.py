#!/usr/bin/env python3
"""A SIP call of Janus goes out as HEP under its Call-ID, and another agent's messages about it come in as its events.

usage: hep_agents.py RTCSCOPE
Exit status 77 without CAP_NET_RAW: `observe` cannot start.
"""

import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from lab.checks import Checks  # noqa: E402
from lab.hep_collector import chunks as hep_chunks  # noqa: E402

rtcscope = sys.argv[1]
checks = Checks()
CALL_ID = "call-77@media"
LIMIT_S = 60
INVITE = ("INVITE sip:bob@192.0.2.9:5080 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK1\r\n"
          f"Call-ID: {CALL_ID}\r\nCSeq: 1 INVITE\r\nAuthorization: Digest response=\"0123456789abcdef\"\r\n\r\n"
          "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n")


def get(url, path):
    with urllib.request.urlopen(f"{url}/api/v1/{path}") as reply:
        return json.load(reply)


def wait_for(condition):
    """What the condition gives, or its last answer when the time is over: the limit only ends a broken build."""
    limit = time.monotonic() + LIMIT_S
    while not (found := condition()) and time.monotonic() < limit:
        time.sleep(0.1)
    return found


def sip_event(n, data):
    return {"emitter": "media-1", "type": 64, "timestamp": int(time.time() * 1e6) + n, "session_id": 70, "handle_id": 12,
            "event": {"plugin": "janus.plugin.sip", "data": data}}


def deliver(url, events):
    request = urllib.request.Request(f"{url}/ingest/janus", json.dumps(events).encode(),
                                     {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return reply.status


def hep(kind, correlation_id, payload, node=b"proxy-1"):
    now = time.time()
    chunks = {1: b"\x02", 2: b"\x11", 3: b"\xc6\x33\x64\x07", 4: b"\xc0\x00\x02\x09", 7: struct.pack(">H", 5062),
              8: struct.pack(">H", 5080), 9: struct.pack(">I", int(now)), 10: struct.pack(">I", 250_000),
              11: bytes([kind]), 12: struct.pack(">I", 3001), 17: correlation_id.encode(), 19: node, 15: payload}
    body = b"".join(struct.pack(">HHH", 0, number, 6 + len(value)) + value for number, value in chunks.items())
    return b"HEP3" + struct.pack(">H", 6 + len(body)) + body


def check_sent(collector):
    """The SIP message that Janus told of, as a collector gets it."""
    limit = time.monotonic() + LIMIT_S
    while time.monotonic() < limit:
        chunks = hep_chunks(collector.recv(65536))
        if chunks[11] == b"\x01":
            break
    checks.expect("SIP goes out under its Call-ID", chunks[17] == CALL_ID.encode(), chunks)
    checks.expect("between the ends that it names",
                  (chunks[3], chunks[4]) == (b"\xc6\x33\x64\x07", b"\xc0\x00\x02\x09"), chunks)
    text = chunks[15].decode()
    checks.expect("as it was, but for its secrets",
                  text == INVITE.replace("0123456789abcdef", "x" * 16).replace("c2VjcmV0", "x" * 8), text)


def check_received(url, agent, port):
    agent.sendto(hep(1, CALL_ID, INVITE.encode()), ("127.0.0.1", port))
    agent.sendto(hep(5, CALL_ID, b'{"ssrc":9,"type":201,"report_count":0,"report_blocks":[]}'), ("127.0.0.1", port))
    agent.sendto(hep(100, CALL_ID, b"{}"), ("127.0.0.1", port))
    agent.sendto(b"no HEP", ("127.0.0.1", port))
    counts = wait_for(lambda: (found := get(url, "stats")["hep_in"])["received"] == 4 and found["attached"] == 2 and found)
    checks.expect("two are attached, two refused by their reason", counts and counts["refused"] ==
                  [{"reason": "magic", "count": 1}, {"reason": "unwanted", "count": 1}], get(url, "stats")["hep_in"])

    conference = get(url, "conferences")["items"][0]["id"]

    def events():
        found = [event for event in get(url, f"events?conference_id={conference}&limit=500")["items"]
                 if event["kind"].startswith("agent_")]
        return sorted(found, key=lambda event: event["kind"]) if len(found) == 2 else None

    found = wait_for(events)
    checks.expect("they are events of the call's conference", found, get(url, f"events?conference_id={conference}&limit=500"))
    if not found:
        return
    rtcp, sip = found
    checks.expect("with their text", (rtcp["text"], sip["text"]) == (
        "RTCP type 201 of SSRC 9 seen by proxy-1", "SIP INVITE sip:bob@192.0.2.9:5080 SIP/2.0 seen by proxy-1"), found)
    checks.expect("without secrets", "c2VjcmV0" not in json.dumps(sip) and "0123456789abcdef" not in json.dumps(sip), sip)


def main(folder):
    collector = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    collector.bind(("127.0.0.1", 0))
    collector.settimeout(LIMIT_S)
    process = subprocess.Popen(
        [rtcscope, "observe", "--interface", "lo", "--tap", "packet", "--listen", "127.0.0.1:0", "--store",
         f"sqlite:{folder}/s.db", "--hep", f"udp://127.0.0.1:{collector.getsockname()[1]}", "--hep-types", "1",
         "--hep-listen", "udp:127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"listening on (\S+)", process.stdout.readline())[1]
        deliver(url, [sip_event(0, {"event": "calling", "callee": "sip:bob@192.0.2.9", "call-id": CALL_ID, "sdp": True}),
                      sip_event(1, {"event": "sip-out", "sip": INVITE})])
        check_sent(collector)
        checks.expect("the call is a conference", wait_for(lambda: get(url, "conferences")["items"]))
        agent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        check_received(url, agent, int(get(url, "stats")["hep_in"]["listen"].rsplit(":", 1)[1]))
    finally:
        process.kill()
        process.wait()


if os.geteuid() != 0:
    print("SKIP: observe needs CAP_NET_RAW")
    sys.exit(77)
with tempfile.TemporaryDirectory() as work:
    main(Path(work))
print(f"{checks.failures} failed")
sys.exit(1 if checks.failures else 0)
