"""Which sites may show the waitlist's form in a frame: the origins of `[waitlist] frames`; none named is any."""

import re
from collections.abc import Sequence

from launchpad.rules.file_reading import Fault, Table

MOST = 20
_ORIGIN = re.compile(r"https://(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::([1-9]\d{0,4}))?\Z")


def read_frames(line: Table) -> tuple[str, ...]:
    """The origins, as a content policy names them. Raises Fault."""
    frames = tuple(text.rstrip("/") for text in line.texts("frames", 250, MOST))
    for number, origin in enumerate(frames):
        found = _ORIGIN.match(origin)
        if found is None or int(found[1] or 443) > 65535:
            raise Fault(f"waitlist.frames[{number}]", "must be a site such as https://www.example.com, or https://*.example.com")
        if origin in frames[:number]:
            raise Fault(f"waitlist.frames[{number}]", "is there twice")
    return frames


def ancestors(frames: Sequence[str]) -> str:
    """The value of `frame-ancestors`."""
    return " ".join(frames) or "*"
