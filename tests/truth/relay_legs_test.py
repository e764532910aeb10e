"""Test: of a path through a TURN server whose both sides are seen, one leg is in sums.

usage: relay_legs_test.py RTCSCOPE

The recording has the leg between client and TURN server. The other one, between the relay and the media server, is made of
it as a TURN server does (RFC 8656, 11 and 12): what ChannelData and indications carry becomes a datagram between the relayed
address and the peer.
"""

import ipaddress
import json
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from packets import MAGIC_COOKIE, TURN_DATA, frames, ip_payload, is_stun, stun_attributes

CALL = Path(__file__).resolve().parents[2] / "tests" / "data" / "calls" / "turn"
RTCSCOPE = None
TURN_PORT = 3478
XOR_PEER, XOR_RELAYED, CHANNEL_NUMBER = 0x0012, 0x0016, 0x000C


def xor_address(value):
    """RFC 8489, 14.2, IPv4."""
    port = struct.unpack_from(">H", value, 2)[0] ^ 0x2112
    return str(ipaddress.ip_address(bytes(a ^ b for a, b in zip(value[4:8], MAGIC_COOKIE)))), port


class Relay:
    """What a TURN server would send and get on its other side."""

    def __init__(self):
        self.relayed, self.channels = {}, {}

    def inside(self, client, payload):
        """(peer, octets, their number on the wire) of what a client's packet carries; None for nothing."""
        if payload and payload[0] >> 6 == 1:
            channel, length = struct.unpack_from(">HH", payload)
            peer = self.channels.get((client, channel))
            return None if peer is None else (peer, payload[4:4 + length], length)
        if not is_stun(payload):
            return None
        attributes = dict(stun_attributes(payload))
        if XOR_RELAYED in attributes:
            self.relayed[client] = xor_address(attributes[XOR_RELAYED])
        if CHANNEL_NUMBER in attributes and XOR_PEER in attributes:
            channel = struct.unpack_from(">H", attributes[CHANNEL_NUMBER])[0]
            self.channels[client, channel] = xor_address(attributes[XOR_PEER])
        if TURN_DATA in attributes and XOR_PEER in attributes:
            data = attributes[TURN_DATA]
            return xor_address(attributes[XOR_PEER]), data, len(data)
        return None


def datagram(source, destination, data, length):
    """An Ethernet frame as captured, and its size on the wire."""
    udp = struct.pack(">HHHH", source[1], destination[1], 8 + length, 0)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + length, 0, 0, 64, 17, 0, ipaddress.ip_address(source[0]).packed,
                     ipaddress.ip_address(destination[0]).packed)
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\x00" + ip + udp + data, 42 + length


def with_both_legs(source, target):
    """Writes the capture again with the other leg; returns how many datagrams that is."""
    relay, made = Relay(), 0
    records = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)]

    def write(t_ns, frame, size):
        records.append(struct.pack("<IIII", *divmod(t_ns, 10**9), len(frame), size) + frame)

    for t_ns, frame in frames(source):
        packet = ip_payload(frame)
        size = len(frame) if packet is None else len(frame) - len(packet[3]) + packet[4]
        write(t_ns, frame, size)
        if packet is None or packet[0] != 17:
            continue
        _, sender, receiver, udp, _ = packet
        ports = struct.unpack_from(">HH", udp)
        if TURN_PORT not in ports:
            continue
        up = ports[1] == TURN_PORT
        client = (sender, ports[0]) if up else (receiver, ports[1])
        inside = relay.inside(client, udp[8:])
        if inside is not None and client in relay.relayed:
            peer, data, length = inside
            ends = (relay.relayed[client], peer) if up else (peer, relay.relayed[client])
            write(t_ns + 1000, *datagram(*ends, data, length))
            made += 1
    target.write_bytes(b"".join(records))
    return made


def analyze(capture):
    run = subprocess.run([RTCSCOPE, "analyze", str(capture), "--format", "json", "--events",
                          str(CALL / "janus-events.jsonl")], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def sums(report):
    """What each connection's packets add up to, by direction."""
    return {connection["server_handle"]: [
        connection[way] and {figure: connection[way][figure] for figure in ("streams", "packets", "expected", "lost")}
        for way in ("uplink", "downlink")] for connection in report["connections"]}


class RelayLegs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            capture = Path(folder, "call.pcap")
            cls.made = with_both_legs(CALL / "call.pcap", capture)
            cls.one, cls.both = analyze(CALL / "call.pcap"), analyze(capture)

    def test_both_legs_are_there(self):
        self.assertGreater(self.made, 100)
        self.assertEqual(sum(stream["relay_leg"] for stream in self.one["streams"]), 0)
        self.assertGreater(len(self.both["streams"]), len(self.one["streams"]))

    def test_the_leg_to_the_media_server_counts(self):
        flows = {flow["id"]: flow for flow in self.both["flows"]}
        for stream in self.both["streams"]:
            inside = flows[stream["flow_id"]]["encapsulation"] == "turn"
            self.assertEqual(stream["relay_leg"], inside, stream["ssrc"])

    def test_sums_are_those_of_one_leg(self):
        self.assertTrue(any(way for ways in sums(self.one).values() for way in ways))
        self.assertEqual(sums(self.both), sums(self.one))


if __name__ == "__main__":
    RTCSCOPE = sys.argv.pop(1)
    unittest.main()
