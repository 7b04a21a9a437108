"""What the crowd of a rehearsal plays on, and what it is made of."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Ballot:
    """A poll as the crowd sees it."""

    id: int
    kind: str
    options: int
    least: int
    most: int


@dataclass(frozen=True)
class Stage:
    """What the crowd plays on. `opens`: milestone -> campaign moment; `tiers`: of the head start, earliest first."""

    zone: str
    opens: dict[str, datetime]
    polls: tuple[Ballot, ...]
    skus: tuple[str, ...]
    tiers: tuple[str, ...]
    prompts: tuple[int, ...] = ()
    per_person: int = 2


@dataclass(frozen=True)
class Act:
    """One thing that somebody does at a campaign moment. `key` is the same however often it is played."""

    at: datetime
    actor: int
    kind: str
    key: str
    what: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Actor:
    """One of the crowd, numbered from 1. `known`: a member since before the campaign. Acts are in the order of time."""

    number: int
    name: str
    persona: str
    tier: str
    acts: tuple[Act, ...]

    @property
    def known(self) -> bool:
        return self.persona == "member"
