#!/usr/bin/env python3
"""Batches go through a real RabbitMQ that is stopped, fills up, stands still and loses its readers: none is missing.

usage: rabbitmq_bus.py BUS_PEER WORK_DIR [SCENE...]

The broker is a private one of Debian's RabbitMQ in a network namespace. WORK_DIR is emptied; logs stay there. Exit status
77: skipped.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from lab import certificates, rabbitmq, sandbox  # noqa: E402
from lab.checks import Checks  # noqa: E402

PORT, TLS_PORT = 5673, 5674
PATIENCE_S = 90
MIB = 1 << 20


class Peer:
    """A bus_peer whose lines are read as they come."""

    def __init__(self, bus: "Bus", name: str, *words):
        self._log = bus.work / f"{name}.jsonl"
        command = [str(bus.program), *map(str, words)]
        self.process = bus.processes.start(name, command, stdin=subprocess.PIPE, stdout=open(self._log, "wb"), text=True)

    def lines(self, key: str) -> list[dict]:
        complete = self._log.read_text().rpartition("\n")[0]
        return [line for line in map(json.loads, complete.splitlines()) if key in line]

    def batches(self) -> list[int]:
        return [line["batch"] for line in self.lines("batch")]

    def error(self) -> str:
        return "".join(line["error"] for line in self.lines("error"))

    def counts(self) -> dict:
        """Now, of a sender that has sent all."""
        if self.process.poll() is None:
            before = len(self.lines("sent"))
            self.say("counts")
            wait_for(lambda: len(self.lines("sent")) > before)
        return self.lines("sent")[-1]

    def say(self, word: str) -> None:
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def stop(self) -> dict:
        self.say("stop")
        self.process.wait(PATIENCE_S)
        return self.counts()


class Bus:
    def __init__(self, program: Path, work: Path):
        self.program, self.work = program, work
        self.processes = sandbox.Processes(work)
        self.ca, key = certificates.make(work)
        self._tls = (TLS_PORT, self.ca, key)

    def start_broker(self) -> None:
        command, environment = rabbitmq.command(self.work / "broker", PORT, self._tls)
        self.processes.start("broker", command, env=environment)
        for port in (PORT, TLS_PORT):
            wait_for(lambda: listens(port))

    def stop_broker(self) -> None:
        self.processes.stop("broker", patience_s=30)

    def signal_broker(self, sig: int) -> None:
        os.kill(int((self.work / "broker" / "pid").read_text()), sig)

    def control(self, *words: str) -> None:
        (server,), environment = rabbitmq.command(self.work / "broker", PORT, self._tls)
        subprocess.run([str(Path(server).with_name("rabbitmqctl")), *words], env=environment, check=True, capture_output=True)

    def sender(self, queue: str, first: int, count: int, octets: int, pause_ms: int, spool: str = "", limit: int = 64 * MIB,
               name: str = "") -> Peer:
        words = ["send", f"amqp://127.0.0.1:{PORT}?queue={queue}", limit, "", first, count, octets, pause_ms]
        return Peer(self, name or f"{queue}-sender", *words, *([self.work / spool] if spool else []))

    def receiver(self, queue: str, name: str, idle_ms: int, keep: int | None = None, limit: int = 64 * MIB) -> Peer:
        words = ["receive", f"amqp://127.0.0.1:{PORT}?queue={queue}", limit, "", idle_ms]
        return Peer(self, f"{queue}-{name}", *words, *([] if keep is None else [keep]))


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def wait_for(condition) -> bool:
    """The limit only ends a broken build."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def without_repeats(batches: list[int]) -> list[int]:
    return list(dict.fromkeys(batches))


def outage(bus: Bus, checks: Checks) -> None:
    sender = bus.sender("outage", 0, 200, 10000, 40, "spool-outage")
    checks.until("a sender sends", lambda: sender.lines("sent") and sender.lines("sent")[-1]["sent"] >= 20)
    reader = bus.receiver("outage", "early", 60000, keep=0)  # takes and keeps: all comes again
    checks.until("a reader reads", reader.batches, reader.error)
    bus.stop_broker()
    checks.until("a reader is told why the broker is gone", lambda: "shutdown" in reader.error(), reader.error)
    checks.until("the sender goes on without it", lambda: sender.lines("all"))
    counts = sender.counts()
    checks.expect("what it could not send is on disk", counts["spool_batches"] > 16 and not counts["connected"], counts)
    bus.start_broker()
    checks.until("it sends all when the broker is back", lambda: sender.counts()["sent"] >= 200, sender.counts)
    counts = sender.stop()
    checks.expect("none was lost, none waits", not (counts["lost"] or counts["waiting"] or counts["spool_batches"]), counts)
    told = [line["log"].split(": ", 1)[1] for line in sender.lines("log")]
    checks.expect("one line at the loss, one at the return", len(told) == 3 and told[0] == "connected" and
                  told[1].endswith("trying again until it answers") and told[2] == "connected again", told)
    reader = bus.receiver("outage", "late", 2000)
    reader.process.wait(PATIENCE_S)
    got = reader.batches()
    checks.expect("200 batches in order", without_repeats(got) == list(range(200)), got)
    checks.expect("each is whole", {line["octets"] for line in reader.lines("batch")} == {10000})


def full_queue(bus: Bus, checks: Checks) -> None:
    limit = 50000
    sender = bus.sender("full", 0, 100, 10000, 10, "spool-full", limit)
    checks.until("a full queue refuses", lambda: sender.lines("all") and sender.counts()["refused"] > 0, sender.counts)
    counts = sender.counts()
    checks.expect("the sender says so and keeps what waits", "is full" in counts["last_error"] and counts["connected"] and
                  counts["sent"] < 50 and counts["lost"] == 0, counts)
    reader = bus.receiver("full", "reader", 8000, limit=limit)
    checks.until("there is room when somebody reads", lambda: sender.counts()["sent"] == 100, sender.counts)
    reader.process.wait(PATIENCE_S)
    checks.expect("100 batches in order, none twice", reader.batches() == list(range(100)), reader.batches())
    told = [line["log"] for line in sender.lines("log")]
    checks.expect("one line of the connection", sum("connected" in line for line in told) == 1, told)
    sender.stop()
    other = bus.receiver("full", "other", 1000, limit=2 * limit)
    checks.until("a queue of another size is not taken for ours", lambda: "delete it or name another" in other.error())


def dying_reader(bus: Bus, checks: Checks) -> None:
    sender = bus.sender("readers", 0, 50, 1000, 1)
    checks.until("50 batches wait", lambda: sender.lines("all") and sender.counts()["sent"] == 50)
    first = bus.receiver("readers", "first", 1000, keep=10)
    checks.until("one reader is done with 10 of what it has", lambda: first.lines("received"))
    second = bus.receiver("readers", "second", 5000)
    checks.until("another has what is left", lambda: len(second.batches()) == 8, second.batches)
    bus.processes.stop("readers-first", signal.SIGKILL)
    second.process.wait(PATIENCE_S)
    done = [line["batch"] for line in first.lines("batch") if line["done"]]
    checks.expect("it gets the others when the first dies", sorted(done + second.batches()) == list(range(50)),
                  (done, second.batches()))
    sender.stop()


def deleted_queue(bus: Bus, checks: Checks) -> None:
    reader = bus.receiver("deleted", "early", 60000)
    sender = bus.sender("deleted", 0, 1, 1000, 0)
    checks.until("a batch arrives", lambda: reader.batches() == [0])
    bus.control("delete_queue", "deleted")
    checks.until("a reader is told that its queue is gone", lambda: "the queue is gone" in reader.error(), reader.error)
    sender.say("more")
    checks.until("a sender makes it anew when it notices", lambda: sender.counts()["sent"] == 2, sender.counts)
    told = [line["log"] for line in sender.lines("log")]
    checks.expect("and says so", any("the queue is gone" in line for line in told), told)
    checks.expect("it loses nothing of what it has", sender.stop()["lost"] == 0)
    reader = bus.receiver("deleted", "late", 2000)
    reader.process.wait(PATIENCE_S)
    checks.expect("the batch is there", reader.batches() == [1], reader.batches())


def standstill(bus: Bus, checks: Checks) -> None:
    sender = bus.sender("still", 0, 40, MIB, 50, "spool-still")
    checks.until("large batches are sent", lambda: sender.lines("sent") and sender.lines("sent")[-1]["sent"] >= 1)
    bus.signal_broker(signal.SIGSTOP)
    checks.until("a broker stands still", lambda: sender.lines("all"))
    counts = sender.stop()
    bus.signal_broker(signal.SIGCONT)
    checks.expect("a sender's end does not wait for it", counts["stop_s"] < 4, counts)
    checks.expect("what it did not take is on disk", 0 < counts["spool_batches"] == 40 - counts["sent"] and counts["lost"] == 0, counts)
    again = bus.sender("still", 40, 5, MIB, 0, "spool-still", name="still-again")
    checks.until("the next run sends it", lambda: again.lines("all") and not again.counts()["spool_batches"], again.counts)
    again.stop()
    reader = bus.receiver("still", "reader", 3000)
    reader.process.wait(PATIENCE_S)
    checks.expect("45 batches in order", without_repeats(reader.batches()) == list(range(45)), reader.batches())


def full_memory(bus: Bus, checks: Checks) -> None:
    """The broker lives, and reads nothing: what does not fit into the sockets' buffers would be written for ever."""
    bus.control("set_vm_memory_high_watermark", "0")
    sender = bus.sender("memory", 0, 6, 8 * MIB, 50)
    checks.until("a broker without memory is given up", lambda: "sending: " in sender.counts()["last_error"], sender.counts)
    bus.control("set_vm_memory_high_watermark", "0.6")
    checks.until("and found again", lambda: sender.counts()["sent"] == 6, sender.counts)
    checks.expect("nothing was lost", sender.stop()["lost"] == 0)
    reader = bus.receiver("memory", "reader", 3000)
    reader.process.wait(PATIENCE_S)
    checks.expect("6 batches in order", without_repeats(reader.batches()) == list(range(6)), reader.batches())


def over_tls(bus: Bus, checks: Checks) -> None:
    url = f"amqps://localhost:{TLS_PORT}?queue=tls"  # librabbitmq finds names in certificates, no addresses
    sender = Peer(bus, "tls-sender", "send", url, MIB, bus.ca, 0, 5, 100000, 0)
    checks.until("batches go over TLS", lambda: sender.lines("all") and sender.counts()["sent"] == 5, sender.counts)
    sender.stop()
    reader = Peer(bus, "tls-reader", "receive", url, MIB, bus.ca, 2000)
    reader.process.wait(PATIENCE_S)
    checks.expect("and arrive", reader.batches() == list(range(5)), reader.batches())
    stranger = Peer(bus, "tls-stranger", "receive", url, MIB, "", 2000)
    checks.until("a certificate that nobody vouches for is refused", lambda: "cert" in stranger.error().lower())


def main() -> int:
    program, work = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    rabbitmq.require()
    sandbox.enter()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    bus, checks = Bus(program, work), Checks()
    try:
        bus.start_broker()
        for scene in (outage, full_queue, dying_reader, deleted_queue, over_tls, standstill, full_memory):
            if sys.argv[3:] and scene.__name__ not in sys.argv[3:]:
                continue
            print(f"-- {scene.__name__}", flush=True)
            scene(bus, checks)
    finally:
        bus.processes.stop_all()
    print(f"{checks.failures} failed")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
