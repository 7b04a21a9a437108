"""What differs between two campaign files, as lines for a terminal."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from launchpad.rules.file_diff import Difference


def lines(found: list[Difference], before: dict, after: dict) -> Iterator[str]:
    """A line a key: `~ key: old → new`, `+ key: new`, `- key: old`; long texts line by line below their key."""
    zones = [ZoneInfo(table["campaign"]["timezone"]) for table in (before, after)]
    for change in found:
        mark = "+" if change.before is None else "-" if change.after is None else "~"
        row = f" ({change.row})" if change.row else ""
        old, new = (_written(value, zone) for value, zone in zip((change.before, change.after), zones, strict=True))
        if change.lines:
            yield f"{mark} {change.key}{row}:"
            yield from (f"    {sign} {line}" if sign != "@" else "    …" for sign, line in change.lines)
        else:
            yield f"{mark} {change.key}{row}: " + (f"{old} → {new}" if mark == "~" else new if mark == "+" else old)


def moment(value: datetime, zone: ZoneInfo) -> str:
    """A moment in the zone of its campaign, with its offset; seconds only when there are some."""
    here = value.astimezone(zone)
    return here.isoformat(" ", "seconds" if here.second or here.microsecond else "minutes")


def _written(value, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return moment(value, zone)
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else f"“{value}”" if isinstance(value, str) else str(value)
