"""What may go wrong on purpose in a rehearsal: what it is called, what it does, and at which moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from launchpad.rules.openings import HEAD_START

RUSH = 500  # buyers
BOTS, BOT_ADDRESSES = 240, 4  # sign-ups, and the network addresses that they share
BEFORE = 0.3  # real seconds before the opening at which workers die: the one that waits to open it among them
OUTAGE = timedelta(hours=3)  # of campaign time, within these real seconds
OUTAGE_LEAST, OUTAGE_MOST = 5.0, 20.0


@dataclass(frozen=True)
class Kind:
    """One mishap to choose. `does`: said before it is chosen; `now`: said while it happens."""

    name: str
    label: str
    does: str
    now: str


KINDS = (
    Kind(
        "worker", "Workers die",
        "As the first head start opens, the processes that reach milestones and send letters are killed (kill -9). "
        "Real campaigns share them: for a second or two theirs wait as well, so it is refused when one has a milestone "
        "within the hour.",
        "The workers of milestones and letters were killed.",
    ),
    Kind(
        "mail", "Mail server down",
        "From the launch on, for three campaign hours, this rehearsal's letters meet a refused connection. "
        "No other campaign's do.",
        "The mail server refuses this rehearsal's letters.",
    ),
    Kind(
        "doubles", "Double clicks",
        "Each form of the crowd is sent twice at the same moment, with the same key.",
        "Each form is sent twice at once.",
    ),
    Kind(
        "bots", "Bots",
        f"One hour into the waitlist, {BOTS} made-up sign-ups come from {BOT_ADDRESSES} addresses; half fill in the "
        "field that nobody sees.",
        "Bots sign up.",
    ),
    Kind(
        "rush", f"Rush of {RUSH}",
        f"{RUSH} more buyers, guests all, send their order in the second in which the doors open.",
        f"{RUSH} buyers at once.",
    ),
)  # fmt: skip
NAMES = tuple(kind.name for kind in KINDS)
BY_NAME = {kind.name: kind for kind in KINDS}


def begins(name: str, opens: Mapping[str, datetime], speed: float) -> datetime:
    """The campaign moment of a mishap. `opens`: milestone -> campaign moment; a speed of 0 counts as 1."""
    if name == "worker":
        head_starts = [at for milestone, at in opens.items() if milestone.startswith(HEAD_START)]
        return min([*head_starts, opens["launch"]]) - timedelta(seconds=BEFORE * max(1, speed))
    if name == "bots":
        return opens["waitlist"] + timedelta(hours=1)
    if name == "doubles":
        return min(opens.values()) - timedelta(days=1)  # from the first form on
    return opens["launch"]


def outage(begun: datetime, speed: float) -> datetime:
    """Until when a mail server is away that went at `begun`: three campaign hours, but 5 to 20 real seconds."""
    real = timedelta(seconds=1) * max(1, speed)
    return begun + min(max(OUTAGE, real * OUTAGE_LEAST), real * OUTAGE_MOST)
