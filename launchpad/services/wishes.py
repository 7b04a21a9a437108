"""What somebody asks for who joins the waitlist, and the place that comes of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `by` is the id of who is signed in, `played_in` of the rehearsal that simulates them."""

    email: str
    name: str = ""
    sku: str | None = None
    quantity: int = 1
    ref: str = ""
    marketing: bool = False
    source: str = ""
    played_in: int | None = None
    by: int | None = None
    touch: dict | None = None  # rules.attribution.TOUCH
    client: str = ""  # whom limits count: a network address, or who is played
    seconds: float | None = None  # how long the form took; None when nobody knows
    agent: str = ""  # what the browser says it is; forgotten within minutes
    instead: bool = False  # of a place that was held for a mistyped address: what takes nobody new lets it pass


@dataclass(frozen=True)
class Joined:
    """The place that came of it."""

    place_id: int
    person_id: int
    counted: bool
    turn: int = 0  # of a new place: its `submitted_at` in milliseconds; 0 when they had one before
