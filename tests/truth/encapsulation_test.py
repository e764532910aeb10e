"""Test: the same call in a tunnel, in fragments or on another link layer gives the same answers.

usage: encapsulation_test.py RTCSCOPE

A slice of a real call is wrapped frame by frame; its truth stays what it was. Where tshark is installed, it has to find
the same datagrams in what was written: the wrapping itself is then proved by somebody else's decoder.
"""

import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from packets import frames

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "data" / "calls" / "loss-uplink"
RTCSCOPE = None
ETHERNET, RAW, NULL, LOOP, SLL, SLL2 = 1, 101, 0, 108, 113, 276


def whole(frame):
    """The frame with zeros for what its recorder cut."""
    return frame + bytes(max(0, 14 + int.from_bytes(frame[16:18], "big") - len(frame)))


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ip4(protocol, payload, identification=0, fragment=0, ends=bytes([10, 0, 0, 1, 10, 0, 0, 2])):
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0) + ends
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def ip6(next_header, payload):
    return struct.pack(">IHBB", 0x60000000, len(payload), next_header, 64) + bytes(15) + b"\1" + bytes(15) + b"\2" + payload


def udp(port, payload):
    return struct.pack(">HHHH", 51234, port, 8 + len(payload), 0) + payload


def behind(frame, ethertype, payload):
    return frame[:12] + ethertype + payload


def ether4(frame, payload):
    return behind(frame, b"\x08\x00", payload)


def fragments(frame, cut, last_first=False):
    payload = frame[34 : 14 + int.from_bytes(frame[16:18], "big")]
    identification = fragments.count = (fragments.count + 1) % 65536
    args = dict(identification=identification, ends=frame[26:34])
    if len(payload) <= cut:
        return [frame]
    pieces = [ether4(frame, ip4(frame[23], payload[:cut], fragment=0x2000, **args)),
              ether4(frame, ip4(frame[23], payload[cut:], fragment=cut // 8, **args))]
    return pieces[::-1] if last_first else pieces


fragments.count = 0

WRAPPINGS = {
    "vlan": (ETHERNET, lambda f: [f[:12] + b"\x81\0\0\x64" + f[12:]]),
    "qinq": (ETHERNET, lambda f: [f[:12] + b"\x88\xa8\0\x0a\x81\0\0\x64" + f[12:]]),
    "mpls": (ETHERNET, lambda f: [behind(f, b"\x88\x47", b"\0\x06\x40\x40\0\x07\x41\x40" + f[14:])]),
    "gre": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\0\0\x08\0" + f[14:]))]),
    "gre-key-sequence": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\x30\0\x08\0\0\0\0\7\0\0\0\1" + f[14:]))]),
    "gre-ethernet": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\0\0\x65\x58" + f))]),
    "erspan-1": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\0\0\x88\xbe" + f))]),
    "erspan-2": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\x10\0\x88\xbe\0\0\0\1\x10\x64\0\5\0\0\0\0" + f))]),
    "erspan-3": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\x10\0\x22\xeb\0\0\0\1\x20\x64\0\5" + bytes(7) + b"\0" + f))]),
    "erspan-3-subheader": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\x10\0\x22\xeb\0\0\0\1\x20\x64\0\5" + bytes(7) + b"\1" + bytes(8) + f))]),
    "vxlan": (ETHERNET, lambda f: [ether4(f, ip4(17, udp(4789, b"\x08\0\0\0\0\0\x2a\0" + f)))]),
    "geneve": (ETHERNET, lambda f: [ether4(f, ip4(17, udp(6081, b"\2\0\x65\x58\0\0\x2a\0\1\2\3\1" + bytes(4) + f)))]),
    "gtp-u": (ETHERNET, lambda f: [ether4(f, ip4(17, udp(2152, b"\x32\xff" + struct.pack(">HII", len(f) - 10, 7, 0) + f[14:])))]),
    "four-in-four": (ETHERNET, lambda f: [ether4(f, ip4(4, f[14:]))]),
    "four-in-six": (ETHERNET, lambda f: [behind(f, b"\x86\xdd", ip6(4, f[14:]))]),
    "vxlan-in-gre": (ETHERNET, lambda f: [ether4(f, ip4(47, b"\0\0\x65\x58" + ether4(f, ip4(17, udp(4789, b"\x08\0\0\0\0\0\x2a\0" + f)))))]),
    "fragments": (ETHERNET, lambda f: fragments(f, 400)),
    "fragments-last-first": (ETHERNET, lambda f: fragments(f, 64, last_first=True)),
    "raw": (RAW, lambda f: [f[14:]]),
    "null": (NULL, lambda f: [b"\2\0\0\0" + f[14:]]),
    "loop": (LOOP, lambda f: [b"\0\0\0\2" + f[14:]]),
    "cooked": (SLL, lambda f: [b"\0\0\0\1\0\6" + f[6:12] + b"\0\0" + f[12:]]),
    "cooked-2": (SLL2, lambda f: [f[12:14] + b"\0\0\0\0\0\2\0\1\0\6" + f[6:12] + b"\0\0" + f[14:]]),
}


def wrap(source, target, link_type, wrapping):
    with open(target, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, link_type))
        for t_ns, frame in frames(source):
            for piece in wrapping(whole(frame)):
                out.write(struct.pack("<IIII", t_ns // 10**9, t_ns % 10**9, len(piece), len(piece)) + piece)


def datagrams_by_tshark(path):
    """Addresses, ports and length of the innermost datagrams, in order."""
    fields = [word for name in ("ip.src", "udp.srcport", "udp.dstport", "udp.length") for word in ("-e", name)]
    answer = subprocess.run(["tshark", "-n", "-r", path, "-Y", "udp", "-T", "fields", "-E", "occurrence=l", *fields],
                            capture_output=True, check=True, text=True)
    return answer.stdout.splitlines()


class Encapsulation(unittest.TestCase):
    def check_wrapping(self, name, link_type, wrapping):
        with tempfile.TemporaryDirectory() as folder:
            call = Path(folder, name)
            call.mkdir()
            for other in ("truth.json", "janus-events.jsonl"):
                shutil.copy(SAMPLE / other, call)
            wrap(SAMPLE / "call.pcap", call / "call.pcap", link_type, wrapping)
            tool = subprocess.run([sys.executable, ROOT / "tools" / "truth.py", "--rtcscope", RTCSCOPE, call],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(tool.returncode, 0, tool.stdout)
            if shutil.which("tshark"):
                wrap(SAMPLE / "call.pcap", call / "plain.pcap", ETHERNET, lambda frame: [frame])
                self.assertEqual(datagrams_by_tshark(call / "call.pcap"), datagrams_by_tshark(call / "plain.pcap"))

    def test_each(self):
        for name, (link_type, wrapping) in WRAPPINGS.items():
            with self.subTest(name):
                self.check_wrapping(name, link_type, wrapping)


if __name__ == "__main__":
    RTCSCOPE = sys.argv.pop(1)
    unittest.main(argv=sys.argv[:1])
