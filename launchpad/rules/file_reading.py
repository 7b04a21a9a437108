"""Reading one table of a campaign file: typed, bounded, and with the dotted key at fault in every complaint."""

import json
import re
import unicodedata
from datetime import UTC, date, datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

BIGGEST = 2**31 - 1
YEARS = range(2000, 2200)
# A little inside the years, so that a moment keeps its year in every zone.
_EARLIEST = datetime(2000, 1, 2, tzinfo=UTC)
_LATEST = datetime(2199, 12, 30, tzinfo=UTC)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
_MISSING = object()


class Fault(Exception):
    """A fault in a campaign file. `str` is one line: the dotted key, and what is wrong with it."""

    def __init__(self, key: str, message: str):
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message


class Table:
    """One table of the file, at its dotted path. Keys outside `known` (None: any) are refused at once."""

    def __init__(self, value, path: str, known: tuple[str, ...] | None):
        if not isinstance(value, dict):
            raise Fault(path or "file", "must be a table")
        self.value = value
        self.path = path
        for key in value:
            if not isinstance(key, str) or (known is not None and key not in known):
                close = get_close_matches(key[:60], known or (), 1) if isinstance(key, str) else []
                raise Fault(self.at(key), "unknown key" + (f", perhaps {close[0]}" if close else ""))

    def at(self, key) -> str:
        """The dotted path of a key, quoted when it is no plain one."""
        if not isinstance(key, str):
            shown = "(no text)"
        else:
            shown = key if _PLAIN_KEY.match(key) else json.dumps(key[:60])
        return f"{self.path}.{shown}" if self.path else shown

    def has(self, key: str) -> bool:
        return key in self.value

    def get(self, key: str, default=_MISSING):
        """The raw value; a Fault when it is missing and there is no default."""
        if key not in self.value:
            if default is _MISSING:
                raise Fault(self.at(key), "is missing")
            return default
        return self.value[key]

    def text(self, key: str, longest: int, default=_MISSING, lines: bool = False) -> str:
        """Text of at most so many characters, without control characters; empty only when the default is."""
        if key not in self.value and default is not _MISSING:
            return default
        return clean_text(self.get(key), self.at(key), longest, lines, empty=default == "")

    def whole(self, key: str, low: int, high: int = BIGGEST, default=_MISSING):
        if key not in self.value and default is not _MISSING:
            return default
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Fault(self.at(key), f"must be a whole number from {low} to {high}")
        return value

    def number(self, key: str, low: float, high: float, default=_MISSING):
        if key not in self.value and default is not _MISSING:
            return default
        value = self.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise Fault(self.at(key), f"must be a number from {low} to {high}")
        return value

    def flag(self, key: str, default=_MISSING) -> bool:
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise Fault(self.at(key), "must be true or false")
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default=_MISSING) -> str:
        value = self.get(key, default)
        if not isinstance(value, str) or value not in allowed:
            raise Fault(self.at(key), f"must be one of {', '.join(allowed)}")
        return value

    def moment(self, key: str, zone: ZoneInfo, default=_MISSING):
        """A date and time: local to the zone unless it carries an offset. Given back in UTC.

        A local time that the zone's clocks skip, or show twice, is refused: nobody can tell which moment was meant.
        """
        if key not in self.value and default is not _MISSING:
            return default
        value = self.get(key)
        if not isinstance(value, datetime):
            raise Fault(self.at(key), "must be a date and time, such as 2030-01-31T09:00:00")
        if value.year not in YEARS:
            raise Fault(self.at(key), f"must lie in the years {YEARS[0]} to {YEARS[-1]}")
        if value.utcoffset() is not None:
            return in_years(value.astimezone(UTC), self.at(key))
        moments = {value.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        written = value.replace(fold=0)
        real = [m for m in moments if m.astimezone(zone).replace(tzinfo=None, fold=0) == written]
        if not real:
            raise Fault(self.at(key), "does not exist: the clocks skip it that day. Choose another, or write an offset")
        if len(real) > 1:
            raise Fault(self.at(key), "happens twice: the clocks go back that day. Choose another, or write an offset")
        return in_years(real[0], self.at(key))

    def day(self, key: str, default=_MISSING):
        if key not in self.value and default is not _MISSING:
            return default
        value = self.get(key)
        if not isinstance(value, date) or isinstance(value, datetime) or value.year not in YEARS:
            raise Fault(self.at(key), "must be a date, such as 2030-01-31")
        return value

    def table(self, key: str, known: tuple[str, ...] | None) -> "Table":
        """The table below this key; an empty one when it is missing."""
        return Table(self.value.get(key, {}), self.at(key), known)

    def tables(self, key: str, known: tuple[str, ...], most: int) -> list["Table"]:
        """The list of tables below this key; an empty one when it is missing."""
        return [Table(v, f"{self.at(key)}[{n}]", known) for n, v in enumerate(self.items(key, most))]

    def texts(self, key: str, longest: int, most: int) -> list[str]:
        """A list of single lines."""
        return [clean_text(v, f"{self.at(key)}[{n}]", longest) for n, v in enumerate(self.items(key, most))]

    def items(self, key: str, most: int) -> list:
        value = self.value.get(key, [])
        if not isinstance(value, list):
            raise Fault(self.at(key), "must be a list")
        if len(value) > most:
            raise Fault(self.at(key), f"must hold at most {most}")
        return value


def in_years(moment: datetime, key: str) -> datetime:
    """The moment, if it lies in the years that a campaign may lie in."""
    if not _EARLIEST <= moment <= _LATEST:
        raise Fault(key, f"must lie in the years {YEARS[0]} to {YEARS[-1]}")
    return moment


def clean_text(value, key: str, longest: int, lines: bool = False, empty: bool = False) -> str:
    """The text in NFC, without spaces around it. Control characters (and line breaks, unless `lines`) are refused."""
    if not isinstance(value, str):
        raise Fault(key, "must be text")
    if len(value) > 4 * longest:  # before looking at each character: NFC shortens no text to a quarter
        raise Fault(key, f"must have at most {longest} characters")
    text = value.replace("\r\n", "\n") if lines else value
    for char in text:
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cs", "Zl", "Zp") and not (lines and char in "\n\t"):
            raise Fault(key, "must hold no control characters" + ("" if lines else " or line breaks"))
    text = unicodedata.normalize("NFC", text).strip()
    if not text and not empty:
        raise Fault(key, "must not be empty")
    if len(text) > longest:
        raise Fault(key, f"must have at most {longest} characters")
    return text
