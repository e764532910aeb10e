"""Kamailio's sipcapture takes our messages over UDP and stores them in PostgreSQL, field by field.

usage: kamailio.py SEND_HEP

Kamailio knows the types 1, 5 and 100 of those that we send, and takes every other for SIP; over TCP (5.6) it reads SIP
only. Exit status 77 without kamailio or PostgreSQL.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "postgres"))
from server import SKIPPED, Server  # noqa: E402

LIMIT_S = 60
MODULES = sorted(Path("/usr/lib").glob("*/kamailio/modules/db_postgres.so"))

CONFIG = """#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=1
tcp_children=1
listen=udp:127.0.0.1:{port}
listen=tcp:127.0.0.1:{port}  # shows that it is up
loadmodule "pv.so"
loadmodule "db_postgres.so"
loadmodule "sl.so"
loadmodule "sipcapture.so"
modparam("sipcapture", "db_url", "postgres://{user}@127.0.0.1:{database}/postgres")
modparam("sipcapture", "capture_on", 1)
modparam("sipcapture", "hep_capture_on", 1)
modparam("sipcapture", "capture_node", "kamailio")
route {{
    sip_capture();
    drop;
}}
onreply_route {{
    sip_capture();
    drop;
}}
"""

# What sipcapture puts in, beside what its own script for PostgreSQL has (that is of 2013).
REPORT_COLUMNS = ("date timestamp, micro_ts bigint, correlation_id text, source_ip text, source_port int, "
                  "destination_ip text, destination_port int, proto int, family int, type int, node text, msg bytea")
SIP_COLUMNS = (
    "date timestamp, micro_ts bigint, method text, reply_reason text, ruri text, ruri_user text, ruri_domain text, "
    "from_user text, from_domain text, from_tag text, to_user text, to_domain text, to_tag text, pid_user text, "
    "contact_user text, auth_user text, callid text, callid_aleg text, via_1 text, via_1_branch text, cseq text, "
    "diversion text, reason text, content_type text, auth text, user_agent text, source_ip text, source_port int, "
    "destination_ip text, destination_port int, contact_ip text, contact_port int, originator_ip text, "
    "originator_port int, correlation_id text, custom_field1 text, custom_field2 text, custom_field3 text, proto int, "
    "family int, rtp_stat text, type int, node text, msg bytea")
PROTO_UDP = 1  # Kamailio's own number


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition):
    """A limit only so that a broken build ends."""
    limit = time.monotonic() + LIMIT_S
    while time.monotonic() < limit:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {LIMIT_S} s")


def listens(port) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Kamailio:
    def __init__(self, folder: Path, server: Server):
        self.port = free_port()
        config = folder / "kamailio.cfg"
        config.write_text(CONFIG.format(port=self.port, database=server.port, user=server.user))
        self.log = folder / "kamailio.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [shutil.which("kamailio"), "-f", str(config), "-L", str(MODULES[0].parent), "-DD", "-E", "-Y", str(folder),
                 "-m", "32", "-M", "8"], stdout=log, stderr=log, start_new_session=True)

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self):
        if self.alive():
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=LIMIT_S)


def rows(server, table):
    text = server.query(f"SELECT coalesce(json_agg(t ORDER BY date, micro_ts), '[]') FROM {table} t")
    return json.loads(text)


def check_ends(row, source, destination):
    assert (row["source_ip"], row["source_port"]) == source, row
    assert (row["destination_ip"], row["destination_port"]) == destination, row
    assert (row["family"], row["proto"]) == (2, PROTO_UDP), row
    assert row["node"] == "kamailio:2001", row


def message(row) -> str:
    return bytes.fromhex(row["msg"].removeprefix("\\x")).decode()


def check(server):
    client, media = ("192.0.2.1", 50000), ("198.51.100.7", 10020)
    [rtcp] = rows(server, "rtcp_capture")
    check_ends(rtcp, client, media)
    assert rtcp["correlation_id"] == "janus:7000/12", rtcp
    assert rtcp["micro_ts"] == 1763710254250000, rtcp
    block = json.loads(message(rtcp))["report_blocks"][0]
    assert block["packets_lost"] == -3 and block["source_ssrc"] == 0xdeadbeef, block
    issue, event = rows(server, "logs_capture")
    for row in (issue, event):
        check_ends(row, client, media)
        assert row["correlation_id"] == "janus:7000/12", row
    assert json.loads(message(issue))["issue"] == "high_loss", issue
    assert json.loads(message(event))["kind"] == "hangup", event
    [sip] = rows(server, "sip_capture")
    check_ends(sip, ("198.51.100.7", 5062), ("192.0.2.9", 5080))
    assert (sip["method"], sip["callid"], sip["ruri_user"]) == ("OPTIONS", "call-1@janus", "bob"), sip
    assert sip["correlation_id"] == "call-1@janus", sip
    assert message(sip).startswith("OPTIONS sip:bob@192.0.2.9:5080 SIP/2.0\r\n"), sip
    print("1 RTCP, 2 log and 1 SIP message stored as sent")


def test(send_hep, server, kamailio):
    wait_for("kamailio listens", lambda: listens(kamailio.port) or not kamailio.alive())
    subprocess.run([send_hep, f"udp://127.0.0.1:{kamailio.port}", "5,100,1"], check=True)
    wait_for("4 rows", lambda: server.query("SELECT (SELECT count(*) FROM rtcp_capture) + (SELECT count(*) FROM "
                                            "logs_capture) + (SELECT count(*) FROM sip_capture)") == "4")
    check(server)


def main() -> int:
    if not shutil.which("kamailio") or not MODULES:
        print("SKIP: not installed: kamailio, kamailio-postgres-modules")
        return SKIPPED
    server = Server(port=free_port())
    folder = Path(tempfile.mkdtemp(prefix="rtcscope-kamailio-"))
    kamailio = None
    try:
        for table in ("rtcp_capture", "report_capture", "logs_capture"):
            server.query(f"CREATE TABLE {table} ({REPORT_COLUMNS})")
        server.query(f"CREATE TABLE sip_capture ({SIP_COLUMNS})")
        kamailio = Kamailio(folder, server)
        test(sys.argv[1], server, kamailio)
    except BaseException:
        if kamailio is not None:
            print(kamailio.log.read_text(errors="replace")[-4000:])
        raise
    finally:
        if kamailio is not None:
            kamailio.close()
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
