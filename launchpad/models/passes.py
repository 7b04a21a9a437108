"""Passes of a head start that follows the line, and the queue before the doors open for everyone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, When, Word, to
from launchpad.models.people import Person
from launchpad.models.waitlist import Place


class Pass(Base):
    """The right of one place to buy up to `units` from `given_at` until before `until`; one confirmed order spends it.

    It counts against the units that there are until `ended_at` is set, which happens once, under this row's lock.
    `tier` names whose line it came from. A returned pass has at most one second chance: `of_id` is unique.
    """

    __tablename__ = "passes"
    __table_args__ = (
        UniqueConstraint("of_id"),
        CheckConstraint("units > 0", name="units"),
        Index("ix_passes_campaign_id_ended_at", "campaign_id", "ended_at", "until"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    place_id: Mapped[int] = to("places.id", index=True)
    person_id: Mapped[int] = to("people.id", index=True)
    tier: Mapped[Word]  # the head start's; `list` for what came back after everything was sold
    wave: Mapped[int] = mapped_column(default=1)
    of_id: Mapped[int | None] = to("passes.id", ondelete="SET NULL")  # the returned pass that it is the second chance of
    units: Mapped[int]
    given_at: Mapped[When]  # campaign time
    until: Mapped[When]  # campaign time
    ended_at: Mapped[When | None]  # campaign time
    ended_why: Mapped[Word] = mapped_column(default="")  # used | expired | declined | revoked | left
    sent_at: Mapped[When | None]  # real time at which its letter was asked for again last
    again: Mapped[int] = mapped_column(default=0)  # how often it was

    place: Mapped[Place] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")

    def live(self, now: datetime) -> bool:
        """True while it lets its place buy, as far as this row alone can say."""
        return self.ended_at is None and self.given_at <= now < self.until


class Waiting(Base):
    """A turn in the queue before the public opening: early ones are drawn, later ones stand as they came.

    Whoever buys with it first is its person from then on.
    """

    __tablename__ = "waiting"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        Index("ix_waiting_draw", "campaign_id", "lot"),
        Index("ix_waiting_came", "campaign_id", "came_at", "id"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int | None] = to("people.id", index=True)
    came_at: Mapped[When]  # campaign time
    lot: Mapped[int]  # drawn when it came, told to nobody; orders those who came before the opening
