"""The phases a campaign lives through, in their one order."""

from enum import StrEnum


class Phase(StrEnum):
    """A campaign's phase. It is never stored: it follows from the timetable and the moment."""

    DRAFT = "draft"
    PREVIEW = "preview"
    WAITLIST = "waitlist"
    LAUNCH = "launch"
    RECAP = "recap"
    ARCHIVED = "archived"

    @property
    def rank(self) -> int:
        """Its place in the order, draft being 0."""
        return ORDER.index(self)

    def is_before(self, other: "Phase | str") -> bool:
        """True when this phase comes earlier in a campaign's life than the other."""
        return self.rank < Phase(other).rank

    def is_from(self, other: "Phase | str") -> bool:
        """True in the other phase and in every later one."""
        return self.rank >= Phase(other).rank


ORDER = tuple(Phase)

# What a milestone is called, and the phase that begins with it.
OPENED_BY = {
    "preview": Phase.PREVIEW,
    "waitlist": Phase.WAITLIST,
    "launch": Phase.LAUNCH,
    "recap": Phase.RECAP,
    "archive": Phase.ARCHIVED,
}


def since(first: Phase | str) -> tuple[Phase, ...]:
    """The phase and every later one, in order."""
    return ORDER[Phase(first).rank :]


def between(first: Phase | str, last: Phase | str) -> tuple[Phase, ...]:
    """From the first phase to the last, both included."""
    return ORDER[Phase(first).rank : Phase(last).rank + 1]
