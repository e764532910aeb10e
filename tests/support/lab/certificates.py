"""A certificate of our own for servers on loopback."""

import subprocess
from pathlib import Path


def make(folder: Path) -> tuple[Path, Path]:
    """Certificate, which is its own authority, and key for localhost; both PEM."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = ["-subj", "/CN=rtcscope lab", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([*command, *names, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    key.chmod(0o644)  # the brokers read it as users of their own
    return certificate, key
