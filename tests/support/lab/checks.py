"""What a test driver expects, said line by line and counted."""

import time


class Checks:
    def __init__(self, patience_s: float = 90):
        self.failures = 0
        self._patience_s = patience_s

    def expect(self, what: str, holds: bool, found="") -> None:
        print("ok  " if holds else "FAIL", what, "" if holds else found, flush=True)
        self.failures += not holds

    def until(self, what: str, condition, found=lambda: "") -> None:
        """Polls: a machine may be slow. `found` says what there is instead, if it never comes."""
        deadline = time.monotonic() + self._patience_s
        holds = condition()
        while not holds and time.monotonic() < deadline:
            time.sleep(0.5)
            holds = condition()
        self.expect(what, bool(holds), "" if holds else found())
