"""Private brokers in the server's namespace, Debian's RabbitMQ and mosquitto, and how Janus and rtcscope reach them."""

from pathlib import Path

from . import certificates, janus, rabbitmq
from .call import Call

PORTS = {"rabbitmq": 5673, "mqtt": 1884}
TLS_PORTS = {"rabbitmq": 5674, "mqtt": 8884}
_QUEUE = "janus-events"
PATIENCE_S = 90


def certificate(call: Call, name: str = "broker") -> Path:
    """Of the broker of this name, whether it runs yet or not; the same when it starts again."""
    work = call.work_dir / name
    work.mkdir(exist_ok=True)
    file = work / "certificate.pem"
    return file if file.exists() else certificates.make(work)[0]


def start(call: Call, kind: str, name: str = "broker") -> None:
    """Returns when it listens, with TLS and without. `name`: of the process, and of its folder."""
    cert = certificate(call, name)
    work, key = cert.parent, cert.with_name("key.pem")
    if kind == "mqtt":
        file = work / "mosquitto.conf"
        tls = f"listener {TLS_PORTS[kind]} 127.0.0.1\ncertfile {cert}\nkeyfile {key}\n"
        file.write_text(f"allow_anonymous true\nuser root\nlistener {PORTS[kind]} 127.0.0.1\n{tls}")
        call.on_server(name, "mosquitto", "-c", str(file))
    else:
        server, environment = rabbitmq.command(work, PORTS[kind], (TLS_PORTS[kind], cert, key))
        call.on_server(name, *server, env=environment)
    for port in (PORTS[kind], TLS_PORTS[kind]):
        call.wait_for_port("127.0.0.1", port, PATIENCE_S)


def handler(kind: str) -> dict[str, str]:
    """Of Janus, for janus.configure()."""
    return janus.mqttevh(PORTS[kind]) if kind == "mqtt" else janus.rabbitmqevh(PORTS[kind], _QUEUE)


def options(kind: str, tls: bool = False) -> list[str]:
    """Of rtcscope observe, but for --broker-ca."""
    scheme, place = "mqtt" if kind == "mqtt" else "amqp", f"127.0.0.1:{PORTS[kind]}"
    if tls:  # librabbitmq finds names in certificates, no addresses
        scheme, place = scheme + "s", f"localhost:{TLS_PORTS[kind]}"
    return [f"--janus-{scheme.rstrip('s')}", f"{scheme}://{place}" + ("" if kind == "mqtt" else f"?queue={_QUEUE}")]
