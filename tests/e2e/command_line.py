#!/usr/bin/env python3
"""What the program answers to good and bad command lines: exit code and the one line that says what to do.

usage: command_line.py RTCSCOPE SAMPLE_CALL
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

rtcscope, sample = sys.argv[1], Path(sys.argv[2])
capture, events = sample / "call.pcap", sample / "janus-events.jsonl"
failures = 0


def run(*arguments, stdin=None, program=rtcscope):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=60, stdin=stdin,
                          check=False)


def expect(name, holds, found):
    global failures
    print("ok  " if holds else "FAIL", name, "" if holds else found)
    failures += not holds


def refused(name, code, words, *arguments):
    """Exit code, every word in standard error, and no more than two lines of it."""
    done = run(*arguments)
    lines = done.stderr.strip().splitlines()
    holds = done.returncode == code and all(word in done.stderr for word in words) and 1 <= len(lines) <= 2
    expect(name, holds, (done.returncode, done.stderr))


done = run("doctor", "--format", "json")
report = json.loads(done.stdout)
names = [finding["name"] for finding in report["findings"]]
expect("doctor: what there is, as JSON", {"kernel", "btf", "cap_bpf", "tap", "clock"} <= set(names), names)
expect("doctor: what auto would use", report["tap"] in ("tc", "packet", "nothing"), report["tap"])
expect("doctor: each missing piece has its cost",
       all(finding["good"] or finding["cost"] for finding in report["findings"]), report["findings"])
expect("doctor: fails only where nothing can be seen", done.returncode == (report["tap"] == "nothing"), done.returncode)
expect("doctor: as text", report["tap"] in run("doctor").stdout.splitlines()[-1], run("doctor").stdout)
own = run("doctor", "--format", "json", "--key-target", f"pid:{os.getpid()}")
ways = [finding for finding in json.loads(own.stdout)["findings"] if finding["name"].endswith(f", pid {os.getpid()}")]
expect("doctor: how the keys of each process would be taken", len(ways) == 1 and ways[0]["detail"], own.stdout)
refused("doctor: a target that is none", 1, ["--key-target", "exe:NAME"], "doctor", "--key-target", "pid:x")

with tempfile.TemporaryDirectory() as folder:
    work = Path(folder)
    store = f"sqlite:{work / 'store.db'}"
    (work / "text").write_text("no capture, no log\n")
    (work / "empty").write_bytes(b"")
    (work / "cut.pcap").write_bytes(capture.read_bytes()[:100_001])
    # The file header's last field is the link type (pcap: LINKTYPE_USB_LINUX is 189).
    usb = bytearray(capture.read_bytes())
    usb[20:24] = (189).to_bytes(4, "little")
    (work / "usb.pcap").write_bytes(usb)

    done = run("analyze", capture, "--events", events, "--format", "json")
    report = json.loads(done.stdout)
    expect("analyze names everybody", done.returncode == 0 and
           sorted(p["display"] for p in report["participants"]) == ["alice", "bob"], done.stderr)
    expect("analyze reports its own speed", report["capture"]["packets_per_s"] > 0, report["capture"])
    expect("analyze leaves samples out", "samples" not in report, sorted(report))
    for what, beginning in (("connections", "started_at"), ("flows", "first_packet"), ("streams", "first_packet")):
        times = [row[beginning] for row in report[what]]
        expect(f"analyze: {what} in the order of their beginning", times == sorted(times), times)
    expect("analyze: every flow has its interface", all(flow["interface"] for flow in report["flows"]), report["flows"])
    alone = Path(shutil.copy(rtcscope, work))
    done = run("analyze", capture, program=alone)
    expect("rtcscope alone analyzes", done.returncode == 0, done.stderr)
    done = run("doctor", program=alone)
    expect("rtcscope alone does nothing else", done.returncode == 1 and "rtcscope-server" in done.stderr and
           len(done.stderr.splitlines()) == 1, done.stderr)
    report = json.loads(run("analyze", capture, "--events", events, "--format", "json", "--samples").stdout)
    for stream in report["streams"]:
        samples = [sample for sample in report["samples"] if sample["stream_id"] == stream["id"]]
        expect("samples sum to their stream", sum(sample["packets"] for sample in samples) == stream["packets"],
               stream["ssrc"])
    with capture.open("rb") as piped:
        done = run("analyze", "-", "--format", "csv", stdin=piped)
    expect("analyze reads standard input", done.returncode == 0 and len(done.stdout.splitlines()) == 10, done.stdout)

    refused("no capture", 1, ["no such file"], "analyze", work / "nothing")
    refused("a folder as capture", 1, ["directory"], "analyze", work)
    refused("an empty capture", 1, ["is empty"], "analyze", work / "empty")
    refused("a text as capture", 1, ["not a pcap"], "analyze", work / "text")
    refused("no event log", 1, ["event log", "No such file"], "analyze", capture, "--events", work / "nothing")
    refused("a text as event log", 3, ["line 1"], "analyze", capture, "--events", work / "text")
    refused("no keys in the key file", 1, ["--keys", "material"], "analyze", capture, "--keys", work / "text")
    logged = Path(__file__).parent.parent / "data" / "dtls-key-log"
    done = run("analyze", logged / "sha384.pcap", "--keys", logged / "keys.log")
    expect("analyze takes a key log", done.returncode == 0, done.stderr)
    (work / "halves").write_text(json.dumps({"label": "srtp_master_key", "material": "07" * 30}) + "\n")
    expect("analyze takes keys of one direction", run("analyze", capture, "--keys", work / "halves").returncode == 0, "")
    (work / "halves").write_text(json.dumps({"label": "srtp_master_key", "material": "07" * 60}) + "\n")
    refused("an export that calls itself one direction's", 1, ["--keys", "srtp_master_key"], "analyze", capture, "--keys",
            work / "halves")
    refused("an unknown format", 2, ["text, json, csv"], "analyze", capture, "--format", "xml")
    refused("no command", 2, ["subcommand"])

    done = run("analyze", work / "cut.pcap", "--events", events, "--format", "json")
    report = json.loads(done.stdout)
    expect("a cut capture is reported as far as it goes", done.returncode == 3 and "octet 99958" in done.stderr and
           report["capture"]["packets"] == 1121 and report["capture"]["ended_early"], done.stderr)
    done = run("analyze", work / "usb.pcap", "--format", "json")
    expect("frames of another link type are refused and counted", done.returncode == 3 and
           "link type 189" in done.stderr and
           json.loads(done.stdout)["capture"]["refusals"][0]["reason"] == "unsupported_link_type",
           (done.returncode, done.stdout[:200], done.stderr))

    serve = ["--listen", "127.0.0.1:0"]
    replay = ["replay", sample, "--speed", "0", "--exit-when-done"]
    refused("a store whose folder is not there", 1, ["cannot open the database", "folder"], *replay, *serve, "--store",
            f"sqlite:{work}/no/where.db")
    refused("a store that is no database", 1, ["not a database"], *replay, *serve, "--store", f"sqlite:{work}/text")
    refused("a server that does not answer", 1, ["postgresql://nobody@127.0.0.1:1/calls", "check that the server runs"],
            *replay, *serve, "--store", "postgresql://nobody:secret@127.0.0.1:1/calls")
    refused("a store without a file", 1, ["sqlite:PATH"], *replay, *serve, "--store", "sqlite:")
    refused("an unknown store", 1, ["sqlite:PATH"], *replay, *serve, "--store", "oracle:x")
    refused("an address for everybody", 1, ["--tokens", "--allow-remote"], *replay, "--listen", "0.0.0.0:0", "--store", store)
    refused("a bad HEP target", 1, ["udp://"], *replay, *serve, "--store", store, "--hep", "homer")
    refused("no authority for a HEP collector", 1, ["--hep-ca", "no certificates in PEM"], *replay, *serve, "--store", store,
            "--hep", "hep:tls://127.0.0.1:1", "--hep-ca", work / "text")
    (work / "hep-key").write_text("two words\n")
    (work / "hep-key").chmod(0o600)
    refused("a HEP key of several words", 1, ["HEP key"], *replay, *serve, "--store", store, "--hep", "hep:udp://127.0.0.1:1",
            "--hep-key-file", work / "hep-key")
    refused("a HEP spool that cannot be", 1, ["spool folder /proc/hep"], *replay, *serve, "--store", store,
            "--hep", "hep:tcp://127.0.0.1:1", "--hep-spool", "/proc/hep")
    ingest = ["--ingest-credentials", work / "login"]
    (work / "login").write_text("janus:secret\n")
    (work / "login").chmod(0o644)
    refused("ingest credentials that everybody can read", 1, ["chmod 600"], *replay, *serve, "--store", store, *ingest)
    (work / "login").chmod(0o600)
    (work / "login").write_text("no colon\n")
    refused("bad ingest credentials", 1, ["user:password"], *replay, *serve, "--store", store, *ingest)
    (work / "service").write_text("0123456789abcdef01234567:key\n")
    (work / "service").chmod(0o600)
    owt = ["observe", "--interface", "lo", *serve, "--store", store, "--owt", "http://127.0.0.1:1", "--owt-service-file",
           work / "service", "--owt-amqp"]
    for name, arguments in (("Janus", ["observe", "--interface", "lo", *serve, "--store", store, "--janus-amqp"]),
                            ("OWT", owt), ("a bus", ["capture", "--interface", "lo", "--bus"])):
        done = run(*arguments, "amqp://me:hunter2@127.0.0.1:1/x")
        expect(f"a login in the address of the broker of {name} is refused, not repeated",
               done.returncode == 1 and "no address" in done.stderr.splitlines()[-1] and
               "hunter2" not in done.stderr, (done.returncode, done.stderr))
    tokens = ["--tokens", work / "tokens"]
    refused("no tokens in the file of tokens", 1, ["token create", "valid"], *replay, *serve, "--store", store, *tokens)
    refused("a text as file of tokens", 1, ["open to others", "chmod 600"], *replay, *serve, "--store", store,
            "--tokens", work / "text")
    refused("an unknown role", 2, ["--role"], "token", "create", *tokens, "--name", "x", "--role", "king")
    refused("a token without a name", 2, ["--name"], "token", "create", *tokens)
    done = run("token", "create", *tokens, "--name", "ops", "--role", "admin", "--days", "1")
    token = done.stdout.strip()
    expect("a token is made", done.returncode == 0 and token.startswith("rs_") and len(token) == 46, done)
    done = run("token", "list", *tokens)
    identifier = done.stdout.splitlines()[-1].split()[0]
    expect("tokens are listed, not shown", "ops" in done.stdout and "admin" in done.stdout and token not in done.stdout,
           done.stdout)
    done = run(*replay, "--listen", "0.0.0.0:0", "--store", store, *tokens)
    expect("with tokens every address is served", done.returncode == 0, done.stderr)
    refused("a token of nobody", 1, ["no token"], "token", "revoke", *tokens, "0000000000000000")
    done = run("token", "revoke", *tokens, identifier)
    expect("a token is revoked", done.returncode == 0 and len(run("token", "list", *tokens).stdout.splitlines()) == 1,
           done)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused("a port that is taken", 1, ["cannot listen on", str(port)], *replay, "--listen", f"127.0.0.1:{port}",
                "--store", store)
    refused("an interface that is not there", 1, ["no such interface", "lo"], "observe", "--interface", "nope0", *serve,
            "--store", store)

    done = run(*replay, *serve, "--store", store)
    expect("replay ends when it is done", done.returncode == 0 and "the recording is over" in done.stdout, done.stderr)

print(f"{failures} failed")
sys.exit(1 if failures else 0)
