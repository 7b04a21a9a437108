"""How numbers that move are said: units left always exactly, the others exactly below a hundred and then rounded down.

Rounded down to two digits, so that "over 1,200" is true whatever the next digit, and a page need not change at each one.
"""

EXACT = 100  # from here on a number is rounded
RULE = "Units left are exact. The other numbers are exact below 100, then rounded down to two digits."


def rounded(number: int) -> int:
    """Down to two digits: 1,234 is 1,200; below a hundred it stays."""
    if number < EXACT:
        return number
    unit = 10 ** (len(str(number)) - 2)
    return number // unit * unit


def words(number: int) -> str:
    """In a sentence: 97, "over 1,200", and 1,200 where it is just that."""
    low = rounded(number)
    return f"{low:,}" if low == number else f"over {low:,}"


def short(number: int) -> str:
    """On a button: 97, "1,200+"."""
    low = rounded(number)
    return f"{low:,}" if low == number else f"{low:,}+"
