"""What calendars are told: who may read a timetable by an address of their own, and what was taken out of one."""

from sqlalchemy import Connection, UniqueConstraint, event, insert, select
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from launchpad import clock
from launchpad.database import Base, Identity, Line, When, to
from launchpad.models.campaigns import Campaign, Milestone
from launchpad.models.live_events import LiveEvent


class CalendarKey(Base):
    """Somebody's private address of a timetable. The address is derived from the id: another row, another address."""

    __tablename__ = "calendar_keys"
    __table_args__ = (UniqueConstraint("person_id", "campaign_id"),)

    id: Mapped[Identity]
    person_id: Mapped[int] = to("people.id")
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    made_at: Mapped[When] = mapped_column(default=clock.now)  # real time


class Removal(Base):
    """A moment that was taken out of a timetable: calendars that know it by `mark` are told that it is cancelled."""

    __tablename__ = "removals"
    __table_args__ = (UniqueConstraint("campaign_id", "mark"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    mark: Mapped[Line]  # milestone-12, event-3: what its entries are called in calendars
    title: Mapped[Line]
    moment: Mapped[When]  # when it would have been
    at: Mapped[When] = mapped_column(default=clock.now)  # real time


def _taken_out(connection: Connection, row: Milestone | LiveEvent, mark: str, title: str, moment) -> None:
    """Leave the mark in the transaction that deletes the row; none when its campaign goes with it."""
    if connection.scalar(select(Campaign.id).where(Campaign.id == row.campaign_id)) is None:
        return
    values = {"campaign_id": row.campaign_id, "mark": mark, "title": title, "moment": moment, "at": clock.now()}
    connection.execute(insert(Removal).values(**values))


@event.listens_for(Milestone, "after_delete")
def _milestone_taken_out(_mapper: Mapper, connection: Connection, row: Milestone) -> None:
    _taken_out(connection, row, f"milestone-{row.id}", row.name, row.due)


@event.listens_for(LiveEvent, "after_delete")
def _event_taken_out(_mapper: Mapper, connection: Connection, row: LiveEvent) -> None:
    _taken_out(connection, row, f"event-{row.id}", row.title, row.at)
