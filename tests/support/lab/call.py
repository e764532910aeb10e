"""A whole call in the sandbox: topology, Janus, clients, loss. The caller decides who gets the events."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import janus
from .sandbox import Processes
from .topology import SERVER, SERVER_IP, Topology

LAB = Path(__file__).resolve().parent
EVENTS_PORT = 9900
SILENCE_PATIENCE_S = 10  # a busy browser still encodes, and answers NACKs, long after a track is gone


@dataclass
class Client:
    """`command` is the program of the client, without --name, --janus and --out."""

    name: str
    uplink_loss_percent: float = 0
    command: list[str] = field(default_factory=lambda: ["/usr/bin/python3", str(LAB / "aiortc_client.py")])
    janus_url: str = f"http://{SERVER_IP}:{janus.HTTP_PORT}/janus"
    downlink_loss_percent: float = 0
    server: str = ""  # which of several; a server has an address for each of its transports


class Call:
    """Use: start_janus(), join(), time passes, leave(), close(). work_dir must be new or empty."""

    def __init__(self, work_dir: Path, clients: list[Client], offloads: bool = True):
        self.work_dir = work_dir.resolve()
        self.work_dir.mkdir(parents=True, exist_ok=True)
        if any(self.work_dir.iterdir()):  # lines of an earlier run would count as this one's
            raise FileExistsError(f"{self.work_dir} is not empty")
        self.clients = clients
        self.topology = Topology([client.name for client in clients], offloads)
        self.processes = Processes(self.work_dir)

    def on_server(self, name: str, *command: str, **popen) -> subprocess.Popen:
        """Starts a program on the server; it is stopped by close()."""
        return self.processes.start(name, self.topology.command(SERVER, *command), **popen)

    def start_janus(self, events: str | dict[str, str], video_bitrate_bps: int = 256000, instance: janus.Instance = janus.FIRST) -> None:
        """Returns when Janus takes requests; events go to this address, or as this handler is configured."""
        configuration = self.work_dir / instance.folder
        handler = janus.sampleevh(events) if isinstance(events, str) else events
        janus.configure(configuration, handler, video_bitrate_bps, instance)
        self.on_server(instance.folder, *janus.command(configuration))
        for port in (janus.HTTP_PORT, janus.WEBSOCKET_PORT):
            self.wait_for_port(SERVER_IP, instance.port(port))

    def wait_for_port(self, address: str, port: int, patience_s: float = 30) -> None:
        probe = f"import socket; socket.create_connection(('{address}', {port}), 1)"
        command = self.topology.command(SERVER, sys.executable, "-c", probe)
        deadline = time.monotonic() + patience_s
        while subprocess.run(command, capture_output=True).returncode != 0:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing listens on {address}:{port}")
            time.sleep(0.2)

    def join(self, patience_s: float = 40, joining: list[Client] | None = None) -> None:
        """Starts the clients, or those of them that are joining, one after the other; returns when each has all its
        connections up."""
        joining = joining or self.clients
        for client in joining:
            if client.uplink_loss_percent:
                self.topology.drop_uplink_rtp(client.name, client.uplink_loss_percent)
            if client.downlink_loss_percent:
                self.topology.drop_downlink_rtp(client.name, client.downlink_loss_percent)
            options = ["--name", client.name, "--janus", client.janus_url, "--out", str(self._log(client))]
            command = self.topology.command(client.name, *client.command, *options)
            self.processes.start(f"client-{client.name}", command)
        self._wait_for_connections(joining, patience_s)

    def leave(self) -> None:
        """Nobody sends any more, then every client leaves: what they counted last is final at both ends, however slow
        they are to close. Raises if one did not end well."""
        for client in self.clients:
            self.processes.send(f"client-{client.name}", signal.SIGUSR2)
        self._wait_for_silence(SILENCE_PATIENCE_S)
        for client in self.clients:
            status = self.processes.stop(f"client-{client.name}", signal.SIGTERM, 15)
            if status != 0:
                raise RuntimeError(f"client {client.name} ended with status {status}")

    def close(self) -> None:
        self.processes.stop_all()

    def lines(self, client: Client, kind: str) -> list[dict]:
        """What the client wrote of this kind, oldest first."""
        if not self._log(client).exists():
            return []
        complete = self._log(client).read_text().rpartition("\n")[0]
        parsed = [json.loads(line) for line in complete.splitlines()]
        return [line for line in parsed if line["kind"] == kind]

    def truth(self) -> dict:
        """What the clients and the switch know of the call: the figures to compare an observer with."""
        return {"room": janus.ROOM, "participants": [self._participant(client) for client in self.clients]}

    def _participant(self, client: Client) -> dict:
        dropped = self.topology.dropped(client.name) if client.uplink_loss_percent else []
        stats = self.lines(client, "stats")
        return {
            "name": client.name,
            **{key: self.lines(client, "joined")[0][key] for key in ("session", "handle", "feed")},
            "connections": [{**c, "sent": _sent(stats, c["handle"])} for c in stats[-1]["connections"]],
            "dropped": [vars(entry) for entry in dropped],
        }

    def _log(self, client: Client) -> Path:
        return self.work_dir / f"client-{client.name}.jsonl"

    def _wait_for_connections(self, joining: list[Client], patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while not all(self._connected(client) for client in joining):
            errors = [line["text"] for client in joining for line in self.lines(client, "error")]
            if errors or time.monotonic() > deadline:
                raise TimeoutError(f"the clients did not connect; see {self.work_dir}; errors: {errors}")
            time.sleep(0.2)

    def _wait_for_silence(self, patience_s: float) -> None:
        """Returns when no client counts a packet more than at its look before, or after `patience_s`."""
        asked_ms = time.time() * 1000
        deadline = time.monotonic() + patience_s
        while not all(self._silent(client, asked_ms) for client in self.clients) and time.monotonic() < deadline:
            time.sleep(0.2)

    def _silent(self, client: Client, since_ms: float) -> bool:
        looks = [line["connections"] for line in self.lines(client, "stats") if line["t_ms"] > since_ms][-2:]
        counts = [[(s["ssrc"], s["packets"]) for c in look for s in c["streams"]] for look in looks]
        return len(counts) == 2 and counts[0] == counts[1]

    def _connected(self, client: Client) -> bool:
        up = {line["handle"] for line in self.lines(client, "connection") if line["state"] == "connected"}
        # One publisher, one subscriber for each of the others in its room.
        return len(up) == sum(other.server == client.server for other in self.clients)


def _sent(stats: list[dict], handle: int) -> list[tuple[float, int]]:
    """Time in ms and octets that the connection had sent by then, RTP and RTCP as they went out, oldest first."""
    looks = ((line["t_ms"], c) for line in stats for c in line["connections"] if c["handle"] == handle)
    return [(t_ms, c["transport"].get("bytes_sent", 0)) for t_ms, c in looks]
