"""Live events, and who asked to be reminded of one."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from launchpad import clock
from launchpad.database import Base, Identity, Line, When, Words, to


class LiveEvent(Base):
    """Something that takes place live at a moment of its own: an unboxing, a question hour.

    Its moments are milestones, `event_<id>_begins` and `event_<id>_reminder`; `at` says the same for who lists events.
    """

    __tablename__ = "live_events"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    title: Mapped[Line]
    at: Mapped[When]  # follows the due of its milestone
    minutes: Mapped[int] = mapped_column(default=30)
    link: Mapped[Line] = mapped_column(default="")  # where it is streamed; https
    host: Mapped[Line] = mapped_column(default="", server_default="")  # who leads through it
    text: Mapped[Words] = mapped_column(default="", server_default="")  # Markdown
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # of the row: two of the team at one form
    ended_at: Mapped[When | None]  # campaign time; ended by hand before its minutes were over
    cancelled_at: Mapped[When | None]  # campaign time

    @property
    def ends(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)


class Reminder(Base):
    """Somebody wants a letter before a live event begins. It counts once the address is known to be theirs."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    event_id: Mapped[int] = to("live_events.id")
    person_id: Mapped[int] = to("people.id", index=True)
    asked_at: Mapped[When] = mapped_column(default=clock.now)  # real time
    confirmed_at: Mapped[When | None]  # real time
    stopped_at: Mapped[When | None]  # real time; asked no longer
