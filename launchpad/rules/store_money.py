"""Amounts as stores write them, in minor units: "129.00" EUR is 12900, "12900" JPY is 12900, "1.250" KWD is 1250."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# ISO 4217: currencies without minor units, and those with a thousandth. All others have a hundredth.
NONE = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
THOUSANDTH = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
LARGEST = 2**31 - 1


def digits(currency: str) -> int:
    """How many decimal digits the minor unit of an ISO 4217 currency has."""
    return 0 if currency in NONE else 3 if currency in THOUSANDTH else 2


def minor(amount: object, currency: str) -> int:
    """An amount, as text or number, in minor units. Raises ValueError for what is no amount, or too large for one."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | float | Decimal):
        raise ValueError("is no amount")
    try:
        value = Decimal(str(amount).strip()) if len(str(amount)) <= 40 else Decimal("NaN")
    except InvalidOperation:
        raise ValueError("is no amount") from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise ValueError("is no amount")
    found = int((value * 10 ** digits(currency)).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(found) > LARGEST:
        raise ValueError("is too large")
    return found
