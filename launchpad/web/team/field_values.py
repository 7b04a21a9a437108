"""Values of a campaign's form: as a person writes them, and as a campaign file holds them."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from launchpad.rules.campaign_file import Fault
from launchpad.rules.store_money import digits

_PAIR = re.compile(r"\s*([^=,]+?)\s*=\s*([^=,]+?)\s*\Z")


def written(moment: datetime | None, zone: str) -> str:
    """A moment as a field shows it: the minute on the zone's clocks."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if moment else ""


def day(text: str) -> date | str:
    """A date; what is none stays text, for the rules to refuse."""
    try:
        return date.fromisoformat(text) if text else ""
    except ValueError:
        return text


def number(key: str, text: str) -> int | float | str:
    """A number; nothing stays nothing. Raises Fault."""
    if not text:
        return ""
    try:
        return int(text) if len(text) <= 12 and text.lstrip("-").isdigit() else _finite(text)
    except ValueError:
        raise Fault(key, "must be a number") from None


def _finite(text: str) -> float:
    number = float(text)
    if len(text) > 30 or number != number or abs(number) == float("inf"):
        raise ValueError(text)
    return number


def major(amount: int, currency: str) -> str:
    """An amount in minor units as people write it: 12900 is 129.00."""
    places = digits(currency)
    return f"{Decimal(amount).scaleb(-places):.{places}f}"


def minor(key: str, text: str, currency: str) -> int | str:
    """An amount as people write it, in minor units; not a hundredth more exact than its currency is. Raises Fault."""
    if not text:
        return ""
    try:
        amount = Decimal(text.replace(",", ".")).scaleb(digits(currency)) if len(text) <= 20 else Decimal("nan")
        if amount.is_finite() and amount == amount.to_integral_value() and abs(amount) < 10**15:
            return int(amount)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise Fault(key, f"must be an amount such as {major(12900, currency)}")


def by_tier(key: str, text: str, read: Callable, whole: bool = True):
    """One number, or `founder = 60, member = 60`; `read` takes each. Not `whole`: only the latter. Raises Fault."""
    if not text:
        return ""
    if "=" not in text and whole:
        return read(key, text)
    found = {}
    for part in text.split(",") if "=" in text else [text]:
        pair = _PAIR.match(part)
        if pair is None:
            raise Fault(key, "must read: founder = 60, member = 60")
        found[pair[1]] = read(key, pair[2])
    return found
