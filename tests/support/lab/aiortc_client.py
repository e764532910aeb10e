"""One participant of a VideoRoom: publishes audio and video, subscribes to every other publisher.

usage: aiortc_client.py --name alice --janus http://198.18.0.1:8088/janus --out alice.jsonl

Runs until SIGTERM, then leaves politely; sends no media any more from SIGUSR2 on. Once a second and after the end it writes a line
{"t_ms", "kind": "stats", "final", "connections": [...]} with the figures of its own getStats().
"""

import argparse
import asyncio
import json
import math
import re
import signal
import struct
import time
from fractions import Fraction

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole
from av import AudioFrame, VideoFrame

from janus_session import JanusSession

PLUGIN = "janus.plugin.videoroom"
WIDTH, HEIGHT, FRAMES_PER_S = 160, 120, 8
SAMPLES, SAMPLE_RATE = 960, 48000


class PacedTrack(MediaStreamTrack):
    """Gives one frame a period, on time on the average."""

    def __init__(self, period_s: float):
        super().__init__()
        self._period_s = period_s
        self._start: float | None = None
        self._count = 0
        self._quiet = False

    def hush(self) -> None:
        """No frame comes any more."""
        self._quiet = True

    async def recv(self):
        while self._quiet:
            await asyncio.sleep(3600)
        self._start = self._start or time.monotonic()
        await asyncio.sleep(max(0.0, self._start + self._count * self._period_s - time.monotonic()))
        frame = self.frame(self._count)
        self._count += 1
        return frame


class MovingBars(PacedTrack):
    kind = "video"

    def __init__(self):
        super().__init__(1 / FRAMES_PER_S)

    def frame(self, number: int) -> VideoFrame:
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, shift in zip(frame.planes, (0, 64, 128)):
            row = bytes((column * 3 + number * 7 + shift) % 256 for column in range(plane.line_size))
            plane.update(row * plane.height)
        frame.pts, frame.time_base = number * (90000 // FRAMES_PER_S), Fraction(1, 90000)
        return frame


class Tone(PacedTrack):
    kind = "audio"

    def __init__(self):
        super().__init__(SAMPLES / SAMPLE_RATE)
        self._samples = struct.pack(
            f"<{SAMPLES}h", *(int(8000 * math.sin(2 * math.pi * 400 * n / SAMPLE_RATE)) for n in range(SAMPLES))
        )

    def frame(self, number: int) -> AudioFrame:
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(self._samples)
        frame.pts, frame.sample_rate, frame.time_base = number * SAMPLES, SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        return frame


class Participant:
    def __init__(self, name: str, room: int, janus_url: str, log):
        self._name, self._room, self._log = name, room, log
        self._janus = JanusSession(janus_url)
        self._connections: list[dict] = []  # role, handle, display and the RTCPeerConnection
        self._subscriptions: set[asyncio.Task] = set()
        self._tracks = (Tone(), MovingBars())
        self._private_id = 0

    def write(self, kind: str, **fields) -> None:
        line = {"t_ms": round(time.time() * 1000, 3), "kind": kind, "name": self._name, **fields}
        self._log.write(json.dumps(line) + "\n")
        self._log.flush()

    async def join(self) -> None:
        await self._janus.open()
        handle = await self._janus.attach(PLUGIN, f"{self._name}-publisher", self._on_room_event)
        request = {"request": "join", "room": self._room, "ptype": "publisher", "display": self._name}
        data, _ = await self._janus.message(handle, request)
        self._private_id = data["private_id"]
        self.write("joined", session=self._janus.id, handle=handle, feed=data["id"], room=self._room)
        await self._publish(handle)
        self._on_room_event(data)

    def hush(self) -> None:
        for track in self._tracks:
            track.hush()

    async def leave(self) -> None:
        """Closes every connection first, so that the last figures are the final ones."""
        for connection in self._connections:
            await connection["peer"].close()
        await self.write_stats(final=True)
        await self._janus.close()

    async def write_stats(self, final: bool = False) -> None:
        connections = [await self._figures(connection) for connection in self._connections]
        self.write("stats", final=final, connections=connections)

    def _on_room_event(self, data: dict) -> None:
        for publisher in data.get("publishers", []):
            task = asyncio.create_task(self._subscribe(publisher))
            self._subscriptions.add(task)
            task.add_done_callback(self._subscribed)

    def _subscribed(self, task: asyncio.Task) -> None:
        self._subscriptions.discard(task)
        if not task.cancelled() and task.exception():
            self.write("error", text=repr(task.exception()))

    async def _publish(self, handle: int) -> None:
        peer = self._connect("publisher", handle, self._name)
        for track in self._tracks:
            peer.addTransceiver(track, direction="sendonly")
        await peer.setLocalDescription(await peer.createOffer())
        request = {"request": "publish", "audio": True, "video": True}
        _, answer = await self._janus.message(handle, request, _jsep(peer.localDescription))
        await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))

    async def _subscribe(self, publisher: dict) -> None:
        handle = await self._janus.attach(PLUGIN, f"{self._name}-subscriber")
        request = {"request": "join", "room": self._room, "ptype": "subscriber", "private_id": self._private_id}
        _, offer = await self._janus.message(handle, {**request, "streams": [{"feed": publisher["id"]}]})
        peer = self._connect("subscriber", handle, publisher["display"])
        await peer.setRemoteDescription(RTCSessionDescription(offer["sdp"], offer["type"]))
        await peer.setLocalDescription(await peer.createAnswer())
        await self._janus.message(handle, {"request": "start"}, _jsep(peer.localDescription))

    def _connect(self, role: str, handle: int, display: str) -> RTCPeerConnection:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connections.append({"role": role, "handle": handle, "display": display, "peer": peer})

        @peer.on("connectionstatechange")
        def on_state():
            self.write("connection", role=role, handle=handle, display=display, state=peer.connectionState)

        @peer.on("track")
        async def on_track(track):
            sink = MediaBlackhole()
            sink.addTrack(track)
            await sink.start()

        return peer

    @staticmethod
    async def _figures(connection: dict) -> dict:
        """One spelling for what aiortc and browsers report; bytes are RTP payload octets."""
        peer = connection["peer"]
        retransmissions = dict(_rtx_ssrcs(peer.localDescription)) if connection["role"] == "publisher" else {}
        figures = {key: connection[key] for key in ("role", "handle", "display")}
        figures.update(state=peer.connectionState, streams=[], remote=[], transport={})
        for stats in (await peer.getStats()).values():
            if stats.type == "outbound-rtp":
                stream = {"direction": "send", "packets": stats.packetsSent, "payload_bytes": stats.bytesSent}
                stream.update(ssrc=stats.ssrc, kind=stats.kind, rtx_ssrc=retransmissions.get(stats.ssrc))
                figures["streams"].append(stream)
            elif stats.type == "remote-inbound-rtp":
                figures["remote"].append({"kind": stats.kind, "lost": stats.packetsLost})
            elif stats.type == "transport":
                figures["transport"] = {"bytes_sent": stats.bytesSent, "bytes_received": stats.bytesReceived}
        figures["streams"] += [stream for receiver in peer.getReceivers() for stream in _received(receiver)]
        return figures


def _jsep(description: RTCSessionDescription) -> dict:
    return {"type": description.type, "sdp": description.sdp, "trickle": False}


def _received(receiver) -> list[dict]:
    """What came on each media SSRC. aiortc's getStats() has one entry a receiver, and shows the newest SSRC in it: that
    of the retransmissions, as soon as there was one."""
    seen = getattr(receiver, "_RTCRtpReceiver__remote_streams")
    retransmissions = getattr(receiver, "_RTCRtpReceiver__rtx_ssrc")
    return [{"direction": "receive", "packets": counts.packets_received, "lost": counts.packets_lost, "ssrc": ssrc,
             "kind": receiver.track.kind, "jitter_ticks": counts.jitter}
            for ssrc, counts in seen.items() if ssrc not in retransmissions]


def _rtx_ssrcs(description: RTCSessionDescription) -> list[tuple[int, int]]:
    """Pairs (ssrc, ssrc of its retransmissions) of the FID groups (RFC 5576, 4.2)."""
    pairs = re.findall(r"^a=ssrc-group:FID (\d+) (\d+)\s*$", description.sdp, re.MULTILINE)
    return [(int(main), int(rtx)) for main, rtx in pairs]


async def run(arguments) -> None:
    left = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, left.set)
    with open(arguments.out, "w") as log:
        participant = Participant(arguments.name, arguments.room, arguments.janus, log)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, participant.hush)
        await participant.join()
        while not left.is_set():
            await participant.write_stats()
            try:
                await asyncio.wait_for(left.wait(), 1)
            except asyncio.TimeoutError:
                continue
        await participant.leave()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", required=True)
    parser.add_argument("--janus", required=True)
    parser.add_argument("--room", type=int, default=1234)
    parser.add_argument("--out", required=True)
    asyncio.run(run(parser.parse_args()))
