"""Lists of people as shops and newsletters export them, read into one shape.

Three kinds of file are known by their columns: Shopify's customers (`Accepts Email Marketing`), Mailchimp's audience
(`Email Address`), and a plain one: `email`, and if wanted `name`, `tier`, `marketing` (yes or no). Who writes a plain
file says by it that its people agreed to letters, unless its column `marketing` says otherwise.
"""

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass

from launchpad.rules.addresses import address_key

NAME = 60  # characters of a name that are kept
_TIER = re.compile(r"[a-z0-9_-]{1,40}")
_FORMULA = "=+-@|%\t\r\n '\""  # with these a spreadsheet may take a name for something to run
_ADDRESS = {"email", "e-mail", "email address", "e-mail address"}
_YES = {"yes", "y", "true", "1", "subscribed"}


class FileFault(Exception):
    """The file as a whole cannot be read; one sentence says why."""


@dataclass(frozen=True)
class Entry:
    """One person of a file."""

    line: int
    email: str  # the key
    name: str
    tier: str | None
    agreed: bool  # to letters about launches


@dataclass(frozen=True)
class Listing:
    """A whole file: who is in it, and which lines name nobody, with the reason."""

    source: str  # shopify | mailchimp | file
    entries: list[Entry]
    refused: list[tuple[int, str]]


def read(content: bytes, tiers: Collection[str]) -> Listing:
    """Read a file. `tiers`: the words that, as a tag of a shop or newsletter, name a tier. Raises FileFault."""
    text = _text(content)
    if "\0" in text:
        raise FileFault("is not a text file")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        columns = [_column(name) for name in reader.fieldnames or ()]
        source = _source(columns)
        if source == "file":
            columns = ["email" if name in _ADDRESS else name for name in columns]
        reader.fieldnames = columns
        entries, refused = [], []
        for row in reader:
            if not any(value for key, value in row.items() if key and isinstance(value, str) and value.strip()):
                continue
            values = {key: (value or "").strip() for key, value in row.items() if key and not isinstance(value, list)}
            try:
                entries.append(_SOURCES[source](reader.line_num, values, tiers))
            except ValueError as fault:
                refused.append((reader.line_num, str(fault)))
    except csv.Error as error:
        raise FileFault(f"cannot be read as CSV near line {reader.line_num}: {error}") from None
    return Listing(source, entries, refused)


def plain_name(*parts: str) -> str:
    """A name in one line, without what a spreadsheet would run."""
    words = " ".join(part.lstrip(_FORMULA) for part in parts if part.lstrip(_FORMULA))
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:NAME].strip()


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _column(name: str | None) -> str:
    return " ".join((name or "").lower().replace("_", " ").split())


def _source(columns: list[str]) -> str:
    if "email" in columns and "accepts email marketing" in columns:
        return "shopify"
    if "email address" in columns and {"optin time", "confirm time", "leid"} & set(columns):
        return "mailchimp"
    if _ADDRESS & set(columns):
        return "file"
    raise FileFault("has no column of addresses: it needs Shopify's or Mailchimp's columns, or email,name,tier")


def _shopify(line: int, row: dict[str, str], tiers: Collection[str]) -> Entry:
    name = plain_name(row.get("first name", ""), row.get("last name", ""))
    return Entry(line, _key(row["email"]), name, _tag(row, tiers), row["accepts email marketing"].lower() in _YES)


def _mailchimp(line: int, row: dict[str, str], tiers: Collection[str]) -> Entry:
    if row.get("clean time"):
        raise ValueError("mail to this address came back")
    agreed = bool(row.get("optin time") or row.get("confirm time")) and not row.get("unsub time")
    name = plain_name(row.get("first name", ""), row.get("last name", ""))
    return Entry(line, _key(row["email address"]), name, _tag(row, tiers), agreed)


def _plain(line: int, row: dict[str, str], _tiers: Collection[str]) -> Entry:
    tier = row.get("tier", "").lower() or None
    if tier and not _TIER.fullmatch(tier):
        raise ValueError("the tier is no word of letters, digits, - and _")
    agreed = row["marketing"].lower() in _YES if row.get("marketing") else True
    return Entry(line, _key(row["email"]), plain_name(row.get("name", "")), tier, agreed)


_SOURCES = {"shopify": _shopify, "mailchimp": _mailchimp, "file": _plain}


def _key(address: str) -> str:
    if not address:
        raise ValueError("no e-mail address")
    return address_key(address)


def _tag(row: dict[str, str], tiers: Collection[str]) -> str | None:
    """The first tag that is a tier's name."""
    tags = (tag.strip().strip('"').strip().lower() for tag in row.get("tags", "").split(","))
    return next((tag for tag in tags if tag in tiers), None)
