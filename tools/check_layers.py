#!/usr/bin/env python3
"""Fails on an include or a link that the table in docs/ARCHITECTURE.md does not allow.

usage: check_layers.py [ROOT]

The table stands between `<!-- layers:begin -->` and `<!-- layers:end -->`: a folder, and what it may include besides
itself. An entry is a folder, a folder of a folder, or one header: `base`, `decoders/sdp`, `correlator/model.hpp`. A
library may link rtcscope::<folder>_<part> where its folder may include something of <folder>/<part>. Prints file:line
and the rule for each fault; exit code 1 if there is one, 2 if there is no table. Standard library only.
"""

import re
import sys
from pathlib import Path

TABLE = re.compile(r"<!-- layers:begin -->\n(.*?)<!-- layers:end -->", re.DOTALL)
ROW = re.compile(r"^\|\s*([\w/]+)\s*\|([^|]*)\|$", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
LINKED = re.compile(r"\brtcscope::(\w+)")
SOURCES = {".c", ".cpp", ".h", ".hpp"}
# Folders without a stage of the program in them.
OUTSIDE = {"build", "cmake", "docs", "packaging", "systemd", "tests", "tools", "web"}


def layers(document):
    """Folder -> what it may include."""
    table = TABLE.search(document)
    if not table:
        raise ValueError("there is no table between <!-- layers:begin --> and <!-- layers:end -->")
    rows = ROW.findall(table[1])
    allowed = {folder: [entry.strip() for entry in entries.split(",") if entry.strip()]
               for folder, entries in rows if folder != "folder"}
    if not allowed:
        raise ValueError("the table of layers has no rows")
    return allowed


def below(path, entry):
    return path == entry or path.startswith(entry + "/")


def rule(folder, allowed):
    return f"{folder} may include {', '.join(allowed[folder]) or 'nothing'} and itself"


def include_faults(path, folder, allowed):
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        include = INCLUDE.match(line)
        if include and not any(below(include[1], entry) for entry in [folder, *allowed[folder]]):
            yield number, f'#include "{include[1]}": {rule(folder, allowed)}'


def linkable(library, folder, allowed):
    part = library.replace("_", "/", 1)
    return library == "warnings" or below(part, folder) or any(
        below(part, entry) or below(entry, part) for entry in allowed[folder])


def link_faults(path, folder, allowed):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = line.split("#")[0]
        if re.match(r"\s*add_library\(\S+ ALIAS", code):
            continue
        for library in LINKED.findall(code):
            if not linkable(library, folder, allowed):
                yield number, f"links rtcscope::{library}: {rule(folder, allowed)}"


def faults(root):
    allowed = layers((root / "docs" / "ARCHITECTURE.md").read_text())
    for path in sorted(root.glob("*/**/*")):
        folder = path.relative_to(root).parts[0]
        source, cmake = path.suffix in SOURCES, path.name == "CMakeLists.txt"
        if folder in OUTSIDE or folder.startswith(".") or not (source or cmake):
            continue
        if folder not in allowed:
            yield path.relative_to(root), 1, f"folder {folder} is not in the table of docs/ARCHITECTURE.md"
            continue
        check = include_faults if source else link_faults
        for number, complaint in check(path, folder, allowed):
            yield path.relative_to(root), number, complaint


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
    try:
        found = list(faults(root))
    except (OSError, ValueError) as error:
        print(f"check_layers.py: {error}", file=sys.stderr)
        return 2
    for path, number, complaint in found:
        print(f"{path}:{number}: {complaint}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
