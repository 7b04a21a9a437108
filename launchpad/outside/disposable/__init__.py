"""Domains of addresses that serve for minutes: a list as its package releases it, and the team's own beside it.

`disposable-domains.txt` in the data folder, one domain a line, adds to the list; a line `-example.net` takes one out.
"""

from functools import lru_cache
from pathlib import Path

OWN = "disposable-domains.txt"
_HERE = Path(__file__).parent


def domains(data_dir: Path) -> frozenset[str]:
    """The list as it is now: a changed file is read again. A file that cannot be read changes nothing."""
    own = Path(data_dir) / OWN
    try:
        return _read(str(own), own.stat().st_mtime_ns)
    except OSError:
        return _read("", 0)


@lru_cache(maxsize=4)
def _read(own: str, _changed: int) -> frozenset[str]:
    lines = set(_lines(_HERE / "domains.txt"))
    said = [line.split("#")[0].strip().lower() for line in _lines(Path(own))] if own else []
    lines |= {line for line in said if line and not line.startswith("-")}
    return frozenset(lines - {line[1:].strip() for line in said if line.startswith("-")})


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()
