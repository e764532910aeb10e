"""A private RabbitMQ of Debian's, for one test run."""

import os
from pathlib import Path

from . import sandbox

_LIBRARY = Path("/usr/lib/rabbitmq")
_SERVERS = "lib/*/sbin/rabbitmq-server"


def require() -> None:
    """Skips the test where it is not installed."""
    if not list(_LIBRARY.glob(_SERVERS)):
        sandbox.skip("not installed: rabbitmq-server")


def command(work: Path, port: int, tls: tuple[int, Path, Path] | None = None) -> tuple[list[str], dict[str, str]]:
    """The program and its environment; everything it writes goes below `work`, it listens on loopback's `port`.
    `tls`: a port, certificate and key besides."""
    work.mkdir(exist_ok=True)
    settings = ""
    if tls:
        settings = f"listeners.ssl.1 = 127.0.0.1:{tls[0]}\nssl_options.verify = verify_none\n"
        settings += f"ssl_options.cacertfile = {tls[1]}\nssl_options.certfile = {tls[1]}\nssl_options.keyfile = {tls[2]}\n"
    (work / "rabbitmq.conf").write_text(settings)
    names = {"RABBITMQ_NODENAME": "rtcscope@localhost", "RABBITMQ_NODE_PORT": str(port),
             "RABBITMQ_MNESIA_BASE": str(work / "mnesia"), "RABBITMQ_LOG_BASE": str(work / "log"),
             "RABBITMQ_ENABLED_PLUGINS_FILE": str(work / "plugins"), "RABBITMQ_DIST_PORT": str(port + 20000),
             "RABBITMQ_CONFIG_FILE": str(work / "rabbitmq.conf"), "RABBITMQ_PID_FILE": str(work / "pid"), "HOME": str(work)}
    (work / "plugins").write_text("[].\n")
    return [str(next(_LIBRARY.glob(_SERVERS)))], {**os.environ, **names}
