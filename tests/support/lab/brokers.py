"""Private brokers in the server's namespace, Debian's RabbitMQ and mosquitto, and how Janus and rtcscope reach them."""

from . import janus, rabbitmq
from .call import Call

PORTS = {"rabbitmq": 5673, "mqtt": 1884}
_QUEUE = "janus-events"
PATIENCE_S = 90


def start(call: Call, kind: str, name: str = "broker") -> None:
    """Returns when it listens. `name`: of the process, and of its folder."""
    work = call.work_dir / name
    work.mkdir(exist_ok=True)
    if kind == "mqtt":
        file = work / "mosquitto.conf"
        file.write_text(f"listener {PORTS[kind]} 127.0.0.1\nallow_anonymous true\nuser root\n")
        call.on_server(name, "mosquitto", "-c", str(file))
    else:
        server, environment = rabbitmq.command(work, PORTS[kind])
        call.on_server(name, *server, env=environment)
    call.wait_for_port("127.0.0.1", PORTS[kind], PATIENCE_S)


def handler(kind: str) -> dict[str, str]:
    """Of Janus, for janus.configure()."""
    return janus.mqttevh(PORTS[kind]) if kind == "mqtt" else janus.rabbitmqevh(PORTS[kind], _QUEUE)


def options(kind: str) -> list[str]:
    """Of rtcscope observe."""
    if kind == "mqtt":
        return ["--janus-mqtt", f"mqtt://127.0.0.1:{PORTS[kind]}"]
    return ["--janus-amqp", f"amqp://127.0.0.1:{PORTS[kind]}?queue={_QUEUE}"]
