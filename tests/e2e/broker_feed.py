#!/usr/bin/env python3
"""Observes a real call whose events come through a broker, which is restarted in the middle of it.

usage: broker_feed.py {rabbitmq|mqtt} --rtcscope PROGRAM --work-dir DIR

The broker is a private one of Debian's RabbitMQ or mosquitto in the server's namespace. DIR is emptied; logs and
figures stay there. Exit status 77: skipped.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

E2E = Path(__file__).resolve().parent
sys.path.insert(0, str(E2E.parent / "support"))

from lab import janus, rabbitmq, sandbox  # noqa: E402
from lab.call import Call, Client  # noqa: E402
from lab.checks import Checks  # noqa: E402
from lab.topology import SERVER  # noqa: E402

API = "127.0.0.1:8080"  # of the server's namespace: nobody else is there
AMQP_PORT, MQTT_PORT = 5673, 1884
QUEUE = "janus-events"
PATIENCE_S = 90
URLS = {
    "rabbitmq": ["--janus-amqp", f"amqp://127.0.0.1:{AMQP_PORT}?queue={QUEUE}"],
    "mqtt": ["--janus-mqtt", f"mqtt://127.0.0.1:{MQTT_PORT}"],
}


class BrokerCall:
    def __init__(self, call: Call, rtcscope: Path, kind: str):
        self.call, self.rtcscope, self.kind = call, rtcscope, kind
        self.checks = Checks(PATIENCE_S)

    def until(self, what: str, condition) -> None:
        self.checks.until(what, condition, self.source)

    def start_broker(self) -> None:
        work = self.call.work_dir / "broker"
        work.mkdir(exist_ok=True)
        if self.kind == "mqtt":
            file = work / "mosquitto.conf"
            file.write_text(f"listener {MQTT_PORT} 127.0.0.1\nallow_anonymous true\nuser root\n")
            self.call.on_server("broker", "mosquitto", "-c", str(file))
            return self.call.wait_for_port("127.0.0.1", MQTT_PORT)
        server, environment = rabbitmq.command(work, AMQP_PORT)
        self.call.on_server("broker", *server, env=environment)
        self.call.wait_for_port("127.0.0.1", AMQP_PORT, PATIENCE_S)

    def handler(self) -> dict[str, str]:
        return janus.mqttevh(MQTT_PORT) if self.kind == "mqtt" else janus.rabbitmqevh(AMQP_PORT, QUEUE)

    def observe(self) -> None:
        options = ["--listen", API, "--store", f"sqlite:{self.call.work_dir / 'rtcscope.db'}", *URLS[self.kind]]
        self.call.on_server("rtcscope", str(self.rtcscope), "observe", "--interface", "eth0", *options)
        address, _, port = API.partition(":")
        self.call.wait_for_port(address, int(port))

    def get(self, path: str) -> dict:
        program = f"import urllib.request as u; print(u.urlopen('http://{API}/api/v1/{path}', timeout=10).read().decode())"
        command = self.call.topology.command(SERVER, sys.executable, "-c", program)
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    def source(self) -> dict:
        return self.get("stats")["feed"]["sources"][0]

    def check(self, phase: str) -> None:
        truth = self.call.work_dir / f"truth-{phase}.json"
        truth.write_text(json.dumps(self.call.truth(), indent=1))
        command = [sys.executable, str(E2E / "check_call.py"), phase, "--api", f"http://{API}", "--truth", str(truth)]
        self.checks.failures += subprocess.run(self.call.topology.command(SERVER, *command)).returncode

    def run(self) -> None:
        self.observe()  # before the broker is there
        self.until("that nobody answers is told", lambda: self.source()["last_error"])
        self.start_broker()
        self.until("the broker is found when it comes", lambda: self.source()["connected"])
        self.call.start_janus(self.handler())
        self.call.join()
        self.until("media flows are linked", lambda: len(self.linked()) >= 4)
        time.sleep(3)  # the figures of all streams
        self.check("live")
        self.call.processes.stop("broker", patience_s=20)
        self.until("the loss of the broker is told", lambda: not self.source()["connected"])
        self.start_broker()
        self.until("it is found again", lambda: self.source()["connected"] and self.source()["reconnects"] >= 1)
        before = self.source()["deliveries"]
        self.until("events come again", lambda: self.source()["deliveries"] > before)
        self.checks.expect("nothing was dropped or refused", self.get("stats")["feed"]["refused"] == 0, self.get("stats"))

    def linked(self) -> list[dict]:
        return [flow for flow in self.get("flows")["items"] if flow["rtp_packets"] and flow["connection_id"]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["rabbitmq", "mqtt"])
    parser.add_argument("--rtcscope", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    arguments = parser.parse_args()
    sandbox.require("janus", "nft")
    if arguments.kind == "mqtt":
        sandbox.require("mosquitto")
    else:
        rabbitmq.require()
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    call = Call(arguments.work_dir, [Client("alice"), Client("bob")])
    try:
        broker_call = BrokerCall(call, arguments.rtcscope.resolve(), arguments.kind)
        broker_call.run()
        print(f"{broker_call.checks.failures} failed")
        return 1 if broker_call.checks.failures else 0
    finally:
        call.close()


if __name__ == "__main__":
    raise SystemExit(main())
