"""Reading a store's JSON without trusting it: each value typed and bounded, with its key in every complaint."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from launchpad.rules.store_money import minor
from launchpad.rules.store_orders import Fault

LARGEST = 100_000  # units of a line
_CURRENCY = re.compile("[A-Z]{3}")


def identity(value: object, key: str) -> str:
    """An id, as number or text."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise Fault(f"{key} is missing")
    return str(value).strip()[:100]


def words(value: object, longest: int = 250) -> str:
    """A text, or nothing when it is none."""
    return value.strip()[:longest] if isinstance(value, str) else str(value) if type(value) is int else ""


def rows(value: object, key: str, most: int = 250) -> list[dict]:
    """A list of objects; a missing one is empty."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > most or not all(isinstance(row, dict) for row in value):
        raise Fault(f"{key} is no list")
    return value


def whole(value: object, key: str) -> int:
    """A number of units, not below nothing."""
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9 else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if type(number) is not int or not 0 <= number <= LARGEST:
        raise Fault(f"{key} is no number of units")
    return number


def money(value: object, currency: str, key: str) -> int:
    """Minor units; a missing amount is none."""
    try:
        return minor(value, currency) if value not in (None, "") else 0
    except ValueError as fault:
        raise Fault(f"{key} {fault}") from None


def currency(value: object, key: str) -> str:
    """An ISO 4217 code."""
    code = value.strip().upper() if isinstance(value, str) else ""
    if not _CURRENCY.fullmatch(code):
        raise Fault(f"{key} is no currency")
    return code


def moment(value: object, key: str, default: str | None = None) -> str:
    """A moment in RFC 3339 and UTC; one without an offset is taken as UTC, as WooCommerce's `_gmt` moments are."""
    if value in (None, "") and default is not None:
        return default
    try:
        if not isinstance(value, str):
            raise ValueError
        found = datetime.fromisoformat(value.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if not 2000 <= found.year < 2200:
            raise ValueError
    except (ValueError, OverflowError):
        raise Fault(f"{key} is no moment") from None
    return found.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def source_of(address: object) -> str:
    """The utm_source of a landing page; nothing when there is none."""
    try:
        found = parse_qs(urlsplit(words(address, 2000)).query).get("utm_source", [""])
    except ValueError:
        return ""
    return "".join(c for c in found[0] if c.isprintable())[:100].strip()
