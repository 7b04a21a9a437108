"""Tax that prices include, for what a buyer must be able to read before and after paying."""

from decimal import ROUND_HALF_UP, Decimal


def included(minor: int, percent: float) -> int:
    """How much of an amount in minor units is VAT of that percentage, to the nearest unit, a half upwards."""
    rate = Decimal(str(percent))
    return int((minor * rate / (100 + rate)).quantize(Decimal(1), ROUND_HALF_UP))


def plain(percent: float | None) -> int | float | None:
    """A percentage as people write it: 23, not 23.0."""
    return int(percent) if percent is not None and percent == int(percent) else percent
