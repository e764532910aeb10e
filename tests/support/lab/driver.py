"""main() of a test driver that observes a call in the sandbox."""

import argparse
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from . import rabbitmq, sandbox
from .call import Call, Client


def drive(description: str, names: Sequence[str], run: Callable[[Call, Path, str], int], kinds: Sequence[str] = (),
          needs: Sequence[str] = (), clients: Callable[[str], Client] = Client) -> int:
    """Reads the arguments (one of `kinds`, where there are any), enters the sandbox, makes a call of clients of these
    names and runs it; `run` takes call, rtcscope and kind and returns how many checks failed. `needs`: programs or
    "rabbitmq", beside Janus and nft. Returns the exit status."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    if kinds:
        parser.add_argument("kind", choices=kinds)
    parser.add_argument("--rtcscope", type=Path, required=True)
    parser.add_argument("--work-dir", type=Path, required=True)
    arguments = parser.parse_args()
    kind = arguments.kind if kinds else ""
    sandbox.require("janus", "nft", *(need for need in needs if need != "rabbitmq"))
    if "rabbitmq" in needs or kind == "rabbitmq":
        rabbitmq.require()
    if kind == "mqtt":
        sandbox.require("mosquitto")
    sandbox.enter()
    shutil.rmtree(arguments.work_dir, ignore_errors=True)
    call = Call(arguments.work_dir, [clients(name) for name in names])
    try:
        failures = run(call, arguments.rtcscope.resolve(), kind)
        print(f"{failures} failed")
        return 1 if failures else 0
    finally:
        call.close()
