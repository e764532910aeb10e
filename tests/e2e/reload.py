#!/usr/bin/env python3
"""SIGHUP: tokens and certificate are read anew, in the process that has given its privileges away.

usage: reload.py RTCSCOPE
Exit status 77: not root, so nothing can be observed.
"""

import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from lab import certificates  # noqa: E402
from lab.checks import Checks  # noqa: E402


def token(rtcscope, tokens, name):
    done = subprocess.run([rtcscope, "token", "create", "--tokens", tokens, "--name", name], check=True,
                          capture_output=True, text=True)
    return done.stdout.split()[-1]


def ask(address, certificate, bearer):
    """The status of a request over a connection of its own; None where the certificate is not this one."""
    host, port = address
    connection = http.client.HTTPSConnection(host, port, timeout=10,
                                             context=ssl.create_default_context(cafile=certificate))
    try:
        connection.request("GET", "/api/v1/hosts", headers={"Authorization": f"Bearer {bearer}"})
        return connection.getresponse().status
    except ssl.SSLCertVerificationError:
        return None
    finally:
        connection.close()


def exchange(process, checks, address, work, rtcscope):
    old, new = work / "old.pem", work / "certificate.pem"
    shutil.copy(new, old)
    first = token(rtcscope, work / "tokens", "first")
    process.send_signal(signal.SIGHUP)
    checks.until("a new token opens the API", lambda: ask(address, old, first) == 200)
    certificates.make(work)
    checks.expect("the old certificate is served until it is said", ask(address, old, first) == 200)
    process.send_signal(signal.SIGHUP)
    checks.until("the new certificate is served", lambda: ask(address, new, first) == 200)
    checks.expect("the old one no more", ask(address, old, first) is None)
    listed = subprocess.run([rtcscope, "token", "list", "--tokens", work / "tokens"], check=True, capture_output=True,
                            text=True).stdout
    number = next(line.split()[0] for line in listed.splitlines() if "first" in line)
    subprocess.run([rtcscope, "token", "revoke", "--tokens", work / "tokens", number], check=True, capture_output=True)
    process.send_signal(signal.SIGHUP)
    checks.until("a token that was taken away opens nothing", lambda: ask(address, new, first) == 401)
    shutil.copy(new, old)
    new.write_text("no certificate\n")
    process.send_signal(signal.SIGHUP)
    second = token(rtcscope, work / "tokens", "second")
    process.send_signal(signal.SIGHUP)
    checks.until("a broken certificate ends nothing: the last one is served on", lambda: ask(address, old, second) == 200)


def main():
    rtcscope = sys.argv[1]
    if os.geteuid() != 0:
        print("SKIP: not root")
        return 77
    work = Path(tempfile.mkdtemp(prefix="rtcscope-reload-"))
    work.chmod(0o755)  # read by the user that observe becomes
    certificate, key = certificates.make(work)
    token(rtcscope, work / "tokens", "zeroth")
    checks = Checks()
    command = [rtcscope, "observe", "--interface", "lo", "--tap", "packet", "--listen", "127.0.0.1:0", "--tokens",
               work / "tokens", "--tls-cert", certificate, "--tls-key", key, "--store", "sqlite::memory:"]
    with open(work / "log", "w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        address = re.search(r"listening on https://([^:]+):(\d+)", process.stdout.readline())
        exchange(process, checks, (address[1], int(address[2])), work, rtcscope)
        process.terminate()
        checks.expect("the end is clean", process.wait(20) == 0, process.returncode)
    finally:
        process.kill()
        process.wait()
    if checks.failures:
        print((work / "log").read_text())
    shutil.rmtree(work, ignore_errors=True)
    return 1 if checks.failures else 0


sys.exit(main())
