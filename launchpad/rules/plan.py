"""A campaign as a file tells it: what `campaign_file.parse` gives. Moments are aware UTC, money in minor units."""

from dataclasses import dataclass, field
from datetime import date, datetime

from launchpad.rules.prequeue import MINUTES, RATE


@dataclass(frozen=True)
class MilestonePlan:
    """A moment of the timetable: `preview waitlist head_start_<tier> launch recap archive poll_<n>_closes`.

    `phase` is the one that begins with it (None for head starts and poll closings); `hours` those printed for a head
    start; `waits` when it opens only with the team's go.
    """

    name: str
    phase: str | None
    due: datetime
    hours: int | None = None
    waits: bool = False


@dataclass(frozen=True)
class VariantPlan:
    """A thing to buy. `head_start_stock` of its `stock` may go in the head start, by tier if that is not empty."""

    sku: str
    name: str
    price: int
    stock: int
    head_start_stock: int
    head_start_by_tier: dict[str, int] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PollPlan:
    """A poll of the preview. A vote holds `least` to `most` choices; `closes` None leaves the closing to the team."""

    question: str
    options: tuple[str, ...]
    kind: str = "single"
    results: str = "after_vote"
    closes: datetime | None = None
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class EventPlan:
    """A live event."""

    title: str
    at: datetime
    minutes: int = 30
    link: str = ""
    host: str = ""
    text: str = ""


@dataclass(frozen=True)
class PromptPlan:
    """What people are asked to send a story about; `begins` is `launch` or `delivery`."""

    text: str
    template: str = ""
    begins: str = "launch"


@dataclass(frozen=True)
class TargetPlan:
    """The community target. A goal is None while its part is not written."""

    identity: str = ""
    value: str = ""
    behaviour: str = ""
    behaviour_goal: int | None = None
    measure: str | None = None
    measure_goal: float | None = None


@dataclass(frozen=True)
class Plan:
    """The whole campaign. `speed` None is a real campaign, else a rehearsal at that speed."""

    slug: str
    name: str
    timezone: str
    currency: str
    milestones: tuple[MilestonePlan, ...]
    variants: tuple[VariantPlan, ...]
    head_start: dict[str, int]
    tagline: str = ""
    brand: str = ""
    hue: int = 74
    story: str = ""
    hero: str | None = None
    hero_alt: str = ""
    membership: str = "open"
    target: TargetPlan = TargetPlan()
    tiers: dict[str, str] = field(default_factory=dict)
    access: str = "all"
    rule: str = "first_come"
    cap: int | None = None
    wave: int | None = None
    pass_hours: int = 24
    closes: datetime | None = None  # from then on the waitlist takes nobody new; None: until the launch
    frames: tuple[str, ...] = ()  # sites that may show its form in a frame; none: any
    points: dict[str, int] = field(default_factory=dict)  # by source, where they differ from rules.ranking.SOURCES
    per_person: int = 2
    per_order: int | None = None  # None: as many as a person may have
    hold_minutes: int = 10
    prequeue: bool = False  # a queue before the doors open for everyone: rules.prequeue
    prequeue_minutes: int = MINUTES
    prequeue_rate: int = RATE
    polls: tuple[PollPlan, ...] = ()
    events: tuple[EventPlan, ...] = ()
    prompts: tuple[PromptPlan, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    delivery_date: date | None = None
    delivery_note: str = ""
    shipping_note: str = ""
    vat: float | None = None
    store: dict = field(default_factory=dict)  # where it sells: the section [store] of the file
    referrals: dict = field(default_factory=dict)  # rewards, terms, leaderboard: the section [referrals] of the file
    thread: dict = field(default_factory=dict)  # what is looked at, how fast one may write: the section [thread]
    speed: int | None = None

    def due(self, name: str) -> datetime | None:
        """The due of the milestone of that name; None when there is none."""
        return next((m.due for m in self.milestones if m.name == name), None)
