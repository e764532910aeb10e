"""The Debian Janus with a configuration of our own: VideoRoom 1234, events to chosen event handlers."""

from dataclasses import dataclass
from pathlib import Path

from . import certificates

ROOM = 1234
HTTP_PORT = 8088
WEBSOCKET_PORT = 8188
ADMIN_HTTP_PORT = 7088
ADMIN_WEBSOCKET_PORT = 7188
ADMIN_HTTPS_PORT = 7889
ADMIN_WSS_PORT = 7989
ADMIN_SECRET = "of the lab"
CERTIFICATE = "certificate.pem"  # in the folder of the configuration, of both TLS ports


@dataclass(frozen=True)
class Instance:
    """One of the Janus processes on a host: its folder, and what it calls itself in events. `shift`: of its ports."""

    folder: str = "janus"
    name: str = "media-1"
    shift: int = 0

    def port(self, port: int) -> int:
        """Which port this one has where the first has `port`."""
        return port + self.shift


FIRST = Instance()

_SHARED_OBJECTS = {
    "events": [f"libjanus_{name}evh.so" for name in ("sample", "ws", "rabbitmq", "mqtt")],  # those not configured stay off
    "loggers": [],
    "plugins": ["libjanus_videoroom.so", "libjanus_echotest.so"],
    "transports": ["libjanus_http.so", "libjanus_websockets.so"],
}


def sampleevh(url: str, *more: str) -> dict[str, str]:
    """Configuration of the event handler that posts to an HTTP address; `more`: settings of its own."""
    return _handler("sampleevh", "\n  ".join([f'backend = "{url}"', *more]))


def wsevh(url: str) -> dict[str, str]:
    """Configuration of the event handler that sends over a WebSocket of its own."""
    return _handler("wsevh", f'backend = "{url}"')


def rabbitmqevh(port: int, queue: str) -> dict[str, str]:
    """Configuration of the event handler that publishes to a queue of RabbitMQ on this host."""
    return _handler("rabbitmqevh", f'host = "127.0.0.1"\n  port = {port}\n  route_key = "{queue}"\n  heartbeat = 5')


def mqttevh(port: int) -> dict[str, str]:
    """Configuration of the event handler that publishes to an MQTT broker on this host."""
    return _handler("mqttevh", f'url = "tcp://127.0.0.1:{port}"\n  client_id = "janus"\n  topic = "/janus/events"')


def _handler(name: str, settings: str) -> dict[str, str]:
    general = f'general: {{\n  enabled = true\n  events = "all"\n  grouping = true\n  {settings}\n}}\n'
    return {f"janus.eventhandler.{name}.jcfg": general}


def configure(directory: Path, handler: dict[str, str], video_bitrate_bps: int, instance: Instance = FIRST) -> None:
    """Writes everything that Janus reads; handler is of one or more of the functions above."""
    directory.mkdir(parents=True, exist_ok=True)
    certificates.make(directory)
    for name, text in {**_files(directory, video_bitrate_bps, instance), **handler}.items():
        (directory / name).write_text(text)


def command(directory: Path) -> list[str]:
    """The command that starts Janus with what configure() wrote."""
    return ["janus", "-F", str(directory), "-C", str(directory / "janus.jcfg")]


def _modules() -> Path:
    return next(Path("/usr/lib").glob("*/janus/plugins")).parent


def _files(directory: Path, video_bitrate_bps: int, instance: Instance) -> dict[str, str]:
    port = instance.port
    folders = "\n".join(f'  {kind}_folder = "{_modules()}/{kind}"' for kind in _SHARED_OBJECTS)
    disabled = {
        kind: ",".join(sorted(p.name for p in (_modules() / kind).glob("*.so") if p.name not in keep))
        for kind, keep in _SHARED_OBJECTS.items()
    }
    pair = f'certificates: {{ cert_pem = "{directory / CERTIFICATE}"\n  cert_key = "{directory}/key.pem" }}\n'
    return {
        "janus.jcfg": f"""
general: {{
  configs_folder = "{directory}"
{folders}
  debug_level = 4
  debug_colors = false
  debug_timestamps = true
  admin_secret = "{ADMIN_SECRET}"
  server_name = "{instance.name}"
}}
plugins: {{ disable = "{disabled["plugins"]}" }}
transports: {{ disable = "{disabled["transports"]}" }}
loggers: {{ disable = "{disabled["loggers"]}" }}
events: {{
  broadcast = true
  stats_period = 1
  disable = "{disabled["events"]}"
}}
""",
        "janus.transport.http.jcfg": f"general: {{ http = true\n  port = {port(HTTP_PORT)}\n  https = false }}\n"
        f"admin: {{ admin_http = true\n  admin_port = {port(ADMIN_HTTP_PORT)}\n  admin_https = true\n"
        f"  admin_secure_port = {port(ADMIN_HTTPS_PORT)} }}\n{pair}",
        "janus.transport.websockets.jcfg": f"general: {{ ws = true\n  ws_port = {port(WEBSOCKET_PORT)}\n  wss = false }}\n"
        f"admin: {{ admin_ws = true\n  admin_ws_port = {port(ADMIN_WEBSOCKET_PORT)}\n  admin_wss = true\n"
        f"  admin_wss_port = {port(ADMIN_WSS_PORT)} }}\n{pair}",
        "janus.plugin.echotest.jcfg": "general: { events = true }\n",
        "janus.plugin.videoroom.jcfg": f"""
room-{ROOM}: {{
  description = "rtcscope lab"
  publishers = 20
  bitrate = {video_bitrate_bps}
  fir_freq = 10
  audiocodec = "opus"
  videocodec = "vp8"
}}
""",
    }
