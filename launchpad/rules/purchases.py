"""How purchases are said in the thread: a line each while they are few, one line for all that come fast."""

from datetime import timedelta

SINGLE = 3  # lines within a WINDOW; what comes beyond that shares one
WINDOW = timedelta(minutes=1)  # campaign time
LONGEST = timedelta(minutes=10)  # campaign time that one shared line covers; then the next begins
EVERY = timedelta(seconds=5)  # real time between two changes of a shared line's words


def single(name: str, quantity: int, variant: str) -> str:
    """What one purchase is said as."""
    return f"{name} joined with {f'{quantity} × ' if quantity > 1 else ''}{variant}"


def shared(people: int, names: list[str], lasted: timedelta) -> str:
    """What the line of many says: how many people, within how many minutes, the newest names among them.

    It stays true for who reads it a year later, so it does not say "just now".
    """
    minutes = max(1, -(-lasted // timedelta(minutes=1)))
    among = f", among them {' and '.join(names)}" if names else ""
    return f"{people:,} people joined within {'a minute' if minutes == 1 else f'{minutes} minutes'}{among}"
