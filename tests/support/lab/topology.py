"""Hosts of a call: one server and its clients on a switch, each in a network namespace of its own.

    client eth0 --- <client> switch br0 <server> --- eth0 server

The observer taps eth0 of the server. Uplink packets are dropped where they enter the switch, so the
client has sent them and the tap never sees them: loss as a bad access network makes it.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass

SERVER = "server"
SERVER_IP = "198.18.0.1"  # RFC 2544 benchmark range: never routed
SWITCH = "switch"

# Where what the server sent arrives at a client: behind the tap.
_DOWNLINK_RULES = """
table netdev downlink {{
  chain arriving {{
    type filter hook ingress device "eth0" priority 0; policy accept;
    meta l4proto udp @ih,0,2 2 @ih,8,8 != 192-223 numgen random mod 1000 < {permille} drop
  }}
}}
"""

# RTP is version 2 and has no RTCP packet type (RFC 5761, 4). STUN, DTLS and RTCP pass, so that a call
# with loss is set up like one without. @ih is what follows the UDP header; the SSRC is its octets 8-11.
_DROP_RULES = """
table netdev impairment_{port} {{
  set dropped {{
    typeof udp sport . @ih,64,32
    size 1024
    flags dynamic
    counter
  }}
  chain uplink {{
    type filter hook ingress device "{port}" priority 0; policy accept;
    meta l4proto udp @ih,0,2 2 @ih,8,8 != 192-223 numgen random mod 1000 < {permille} \
      update @dropped {{ udp sport . @ih,64,32 }} drop
  }}
}}
"""


@dataclass(frozen=True)
class Dropped:
    """Packets of one SSRC that the switch dropped; bytes are IP packets, headers included."""

    port: int
    ssrc: int
    packets: int
    bytes: int


class Topology:
    """Made inside sandbox.enter(), which also takes it down."""

    def __init__(self, clients: list[str], offloads: bool = True):
        """offloads=False gives captures with complete checksums and no merged packets."""
        self._run("ip", "netns", "add", SWITCH)
        self._ip(SWITCH, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0", "forward_delay", "0")
        self._ip(SWITCH, "link", "set", "br0", "up")
        self._add_host(SERVER, SERVER_IP, offloads)
        for number, client in enumerate(clients, start=11):
            self._add_host(client, f"198.18.0.{number}", offloads)

    @staticmethod
    def command(host: str, *command: str) -> list[str]:
        """The command line that runs a command on a host."""
        return ["ip", "netns", "exec", host, *command]

    def drop_uplink_rtp(self, client: str, percent: float) -> None:
        """From now on drops this share of the RTP packets that the client sends, at random."""
        rules = _DROP_RULES.format(port=client, permille=round(percent * 10))
        subprocess.run(self.command(SWITCH, "nft", "-f", "-"), input=rules, text=True, check=True)

    def drop_downlink_rtp(self, client: str, percent: float) -> None:
        """From now on drops this share of the RTP packets that reach the client, at random."""
        rules = _DOWNLINK_RULES.format(permille=round(percent * 10))
        subprocess.run(self.command(client, "nft", "-f", "-"), input=rules, text=True, check=True)

    def dropped(self, client: str) -> list[Dropped]:
        """What drop_uplink_rtp() has dropped so far."""
        listing = self._run(
            *self.command(SWITCH, "nft", "-j", "list", "set", "netdev", f"impairment_{client}", "dropped")
        )
        found = next(item["set"] for item in json.loads(listing)["nftables"] if "set" in item)
        elements = [element["elem"] for element in found.get("elem", [])]
        return [
            Dropped(*element["val"]["concat"], element["counter"]["packets"], element["counter"]["bytes"])
            for element in elements
        ]

    def _add_host(self, host: str, address: str, offloads: bool) -> None:
        self._run("ip", "netns", "add", host)
        self._ip(host, "link", "add", "eth0", "type", "veth", "peer", "name", host, "netns", SWITCH)
        self._ip(host, "address", "add", f"{address}/24", "dev", "eth0")
        self._ip(host, "link", "set", "lo", "up")
        self._ip(host, "link", "set", "eth0", "up")
        self._ip(SWITCH, "link", "set", host, "master", "br0", "up")
        if not offloads and shutil.which("ethtool"):
            off = ["tx", "off", "sg", "off", "tso", "off", "gso", "off", "gro", "off"]
            self._run(*self.command(host, "ethtool", "-K", "eth0", *off))

    def _ip(self, host: str, *arguments: str) -> None:
        self._run("ip", "-n", host, *arguments)

    @staticmethod
    def _run(*command: str) -> str:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
