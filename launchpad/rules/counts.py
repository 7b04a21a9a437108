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


def voters(number: int) -> str:
    """How many voted, exactly: a vote is seen to count."""
    return f"{number:,} {'person' if number == 1 else 'people'} voted."


def votes(number: int) -> str:
    """How many votes an answer has."""
    return f"{number:,} vote{'' if number == 1 else 's'}"


def share(votes: int, voters: int) -> int:
    """Percent of those who voted, rounded."""
    return round(100 * votes / voters) if voters else 0


def spread(here: int) -> int:
    """Milliseconds over which so many open pages spread a question that all have at once: some three thousand a second,
    in doubling steps, so that not every arrival is news; for a few it is no wait.
    """
    step = 100
    while step < 3200 and 3 * step < here:
        step *= 2
    return min(step, 3000)
