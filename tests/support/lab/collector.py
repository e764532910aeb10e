"""Receives Janus events over HTTP and appends one JSON line per event to a file.

usage: collector.py PORT FILE

A line is {"t_ms": arrival, "post": number of the POST, "idx": position in it, "event": {...}}: the
form of a recorded event log. Janus takes any answer as delivered, so the answer comes before the work.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class EventHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        arrival_ms = round(time.time() * 1000, 3)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.keep(arrival_ms, json.loads(body))

    def log_message(self, *_):
        """Silence: the file is the log."""


class Collector(HTTPServer):
    def __init__(self, port: int, path: str):
        super().__init__(("127.0.0.1", port), EventHandler)
        self._file = open(path, "w", buffering=1)
        self._posts = 0

    def keep(self, arrival_ms: float, body) -> None:
        events = body if isinstance(body, list) else [body]
        for position, event in enumerate(events):
            line = {"t_ms": arrival_ms, "post": self._posts, "idx": position, "event": event}
            self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._posts += 1


if __name__ == "__main__":
    Collector(int(sys.argv[1]), sys.argv[2]).serve_forever()
