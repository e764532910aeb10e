"""What the makers of seeds share: where a target's corpus is."""

from collections.abc import Mapping
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def write(target: str, seeds: Mapping[str, bytes]) -> None:
    """Writes each seed to the corpus of fuzz_TARGET, under its name."""
    folder = CORPUS / f"fuzz_{target}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, octets in seeds.items():
        (folder / name).write_bytes(octets)
