#!/usr/bin/env python3
"""Runs the store's own tests, written for any store, against a real PostgreSQL server.

usage: contract.py UNIT_STORE
Exit status 77: PostgreSQL is not installed.
"""

import os
import subprocess
import sys

from server import Server

# Those that make their stores by fresh_store(); the others are about SQLite's files. Two hold SQLite to deleting
# samples one by one: here they go by the day (Postgres.SamplesGoByTheDay).
SUITES = ("RoundTrip.*:Lists.*:FlowLists.*:ClientReports.*:Paging.*:Picture.*:EndUnfinished.*:Expire.*:RollUps.*:Postgres.*"
          "-Expire.GoesInSmallSteps:Expire.AStreamTakesItsLateSamplesWithIt")

server = Server()
try:
    environment = {**os.environ, "RTCSCOPE_TEST_POSTGRES": server.url}
    sys.exit(subprocess.run([sys.argv[1], f"--gtest_filter={SUITES}"], env=environment, check=False).returncode)
finally:
    server.close()
