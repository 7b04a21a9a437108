"""What is played on purpose in a rehearsal, who was refused in it, and the reports that outlive it."""

from datetime import timedelta

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from launchpad import clock
from launchpad.database import Base, Identity, Line, Record, When, Word, to


class Mishap(Base):
    """Something that goes wrong on purpose in a rehearsal, once: rules.mishaps says what and when."""

    __tablename__ = "mishaps"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    name: Mapped[Word]  # worker | mail | doubles | bots | rush
    begun_at: Mapped[When | None]  # real time; from then on it is never begun again
    begun: Mapped[When | None]  # the same in campaign time
    until: Mapped[When | None]  # campaign time: how long an outage lasts
    ended_at: Mapped[When | None]  # real time
    facts: Mapped[Record] = mapped_column(default=dict)  # what was counted while it was played


class CrowdRefusal(Base):
    """One of the crowd was refused something by the site."""

    __tablename__ = "crowd_refusals"

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    actor: Mapped[Word]  # their number in the crowd, or rush-<n>
    act: Mapped[Word]
    reason: Mapped[Line]
    at: Mapped[When]  # campaign time


class KeptReport(Base):
    """The report of one rehearsal, kept when the rehearsal is wiped or played again. It holds counts, and nobody's name."""

    __tablename__ = "kept_reports"

    id: Mapped[Identity]
    slug: Mapped[str] = mapped_column(index=True)  # of the campaign that was rehearsed; the rehearsal's own without one
    rehearsal_id: Mapped[int] = mapped_column(unique=True)  # no key: the rehearsal may be gone
    plan: Mapped[Word]  # digest of what was played: the same for the same campaign file
    version: Mapped[int]  # of the campaign that was rehearsed, when the report was made
    speed: Mapped[int]
    crowd: Mapped[int]
    behind: Mapped[int] = mapped_column(default=0)  # campaign seconds by which the crowd was behind the clock, at most
    report: Mapped[Record]
    at: Mapped[When] = mapped_column(default=clock.now)  # real time

    @property
    def lag(self) -> timedelta:
        """Campaign time by which the crowd was behind the clock, at most."""
        return timedelta(seconds=self.behind)

    @property
    def mishaps(self) -> list[str]:
        return list(self.report.get("mishaps", {}))
