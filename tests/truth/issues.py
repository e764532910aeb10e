"""Compares the issues that `rtcscope analyze` finds in calls with a reviewed list.

usage: issues.py --rtcscope PATH --golden FILE [--write] DIR...

FILE maps the name of a call's folder to its issues: "KIND: sentence", in the order of their start. A folder that is not
in it is a fault. --write writes the list anew, to be reviewed against the truth.json of each call. Exit code 1 on any
difference. Standard library only.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path


def issues(binary: str, folder: Path) -> list[str]:
    command = [binary, "analyze", str(folder / "call.pcap"), "--events", str(folder / "janus-events.jsonl"),
               "--format", "json"]
    if (folder / "keys.jsonl").exists():
        command += ["--keys", str(folder / "keys.jsonl")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {run.returncode}: {run.stderr.strip()}")
    found = sorted(json.loads(run.stdout)["issues"], key=lambda issue: (issue["started_at"], issue["kind"], issue["text"]))
    return [f"{issue['kind']}: {issue['text']}" for issue in found]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rtcscope", required=True)
    parser.add_argument("--golden", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("folders", type=Path, nargs="+")
    arguments = parser.parse_args()
    found = {folder.name: issues(arguments.rtcscope, folder) for folder in arguments.folders}
    if arguments.write:
        arguments.golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        return 0
    golden = json.loads(arguments.golden.read_text())
    wrong = {name for name, lines in found.items() if lines != golden.get(name)}
    for name in sorted(wrong):
        print(f"DIFFERENT {name}\n  found {found[name]}\n  golden {golden.get(name)}")
    print(f"{len(found)} calls, {sum(map(len, found.values()))} issues, {len(wrong)} calls differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
