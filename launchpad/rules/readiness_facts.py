"""What readiness is asked of: the facts of a campaign, and what an answer looks like."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

GOOD, NEEDS, HINT, UNKNOWN = "good", "needs", "hint", "unknown"
SECRET = 32  # characters of a key that nobody guesses


@dataclass(frozen=True)
class Item:
    """One question with its answer. `where` is a page of the campaign's room that mends it, `act` what it does there."""

    name: str
    title: str
    state: str
    says: str
    where: str = ""
    act: str = ""

    @property
    def open(self) -> bool:
        return self.state == NEEDS


@dataclass(frozen=True)
class Wares:
    """A variant, as far as readiness asks: `price` in minor units."""

    name: str
    price: int
    stock: int
    head_start_stock: int


@dataclass(frozen=True)
class Ballot:
    """A poll: how many options it has, and when it closes."""

    number: int
    options: int
    closes: datetime | None


@dataclass(frozen=True)
class Facts:
    """What is known of a campaign at a campaign moment. `real` is the wall clock."""

    moment: datetime
    real: datetime
    zone: ZoneInfo
    openings: list[tuple[str, datetime | None]] = field(default_factory=list)  # in order; None waits for a go
    rehearsal: bool = False
    kept: bool = False  # letters stay in the outbox
    sent_at: datetime | None = None  # of the newest test letter
    arrived_at: datetime | None = None  # of the newest that arrived
    arrived_to: str = ""
    address: str = ""  # BASE_URL
    public: bool = False  # https, and no address of this machine only
    secret: int = SECRET  # length of the key
    owners: int = 1
    troubles: tuple[str, ...] = ()
    story: bool = False
    hero: bool = False
    alt: bool = False
    wares: tuple[Wares, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    missing: tuple[str, ...] = ()  # of support, terms, privacy, imprint
    provider: str = "practice"
    practised: bool = True  # no money is taken
    webhook_at: datetime | None = None
    on_duty: tuple[tuple[datetime, datetime], ...] = ()
    events: tuple[tuple[datetime, datetime], ...] = ()
    played: bool | None = None  # rehearsed with the timetable as it is; None: never rehearsed
    prompts: int = 0
    words: bool = False  # the team's own, for the recap

    def at(self, name: str) -> datetime | None:
        return next((moment for known, moment in self.openings if known == name), None)


def opening(facts: Facts, phase: str) -> datetime | None:
    """When a phase begins; the head start with its first tier."""
    if phase != "head_start":
        return facts.at(phase)
    return min((m for name, m in facts.openings if name.startswith("head_start_") and m is not None), default=None)
