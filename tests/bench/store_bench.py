#!/usr/bin/env python3
"""Runs bench_store against a PostgreSQL server of its own. usage: store_bench.py BENCH_STORE [ROWS]"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration" / "postgres"))
from server import Server  # noqa: E402

server = Server()
try:
    sys.exit(subprocess.run([sys.argv[1], server.url, *sys.argv[2:]], check=False).returncode)
finally:
    server.close()
