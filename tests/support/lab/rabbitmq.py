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


def command(work: Path, port: int) -> tuple[list[str], dict[str, str]]:
    """The program and its environment; everything it writes goes below `work`, it listens on loopback's `port`."""
    work.mkdir(exist_ok=True)
    names = {"RABBITMQ_NODENAME": "rtcscope@localhost", "RABBITMQ_NODE_PORT": str(port),
             "RABBITMQ_MNESIA_BASE": str(work / "mnesia"), "RABBITMQ_LOG_BASE": str(work / "log"),
             "RABBITMQ_ENABLED_PLUGINS_FILE": str(work / "plugins"), "RABBITMQ_DIST_PORT": str(port + 20000),
             "RABBITMQ_PID_FILE": str(work / "pid"), "HOME": str(work)}
    (work / "plugins").write_text("[].\n")
    return [str(next(_LIBRARY.glob(_SERVERS)))], {**os.environ, **names}
