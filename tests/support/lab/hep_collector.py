"""Receives HEP3 over UDP and appends the JSON of each message to a file.

usage: hep_collector.py PORT FILE

A line is {"t_ms": arrival, "type": HEP type, "payload": {...}}.
"""

import json
import socket
import struct
import sys
import time

PROTOCOL_TYPE, PAYLOAD = 11, 15  # chunks of vendor 0 (HEP3, revision 37)


def chunks(message: bytes) -> dict[int, bytes]:
    if message[:4] != b"HEP3" or struct.unpack_from("!H", message, 4)[0] != len(message):
        raise ValueError("no HEP3")
    found, at = {}, 6
    while at < len(message):
        _, kind, length = struct.unpack_from("!HHH", message, at)
        found[kind] = message[at + 6 : at + length]
        at += length
    return found


def main(port: int, path: str) -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    receiver.bind(("127.0.0.1", port))
    with open(path, "w", buffering=1) as file:
        while True:
            message = chunks(receiver.recv(65536))
            line = {"t_ms": round(time.time() * 1000, 3), "type": message[PROTOCOL_TYPE][0], "payload": json.loads(message[PAYLOAD])}
            file.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
