"""The line: what is counted, so that nobody has to count, and what moved whom."""

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from launchpad.database import Base, Identity, Line, When, Word, to


class LineBlock(Base):
    """A stretch of a campaign's line: the places whose rank is from `first` to before `until`, counted.

    The stretches of a campaign follow each other without a gap. One that grows too long becomes two.
    """

    __tablename__ = "line_blocks"
    __table_args__ = (CheckConstraint("counted >= 0", name="counted"),)

    campaign_id: Mapped[int] = to("campaigns.id", primary_key=True)
    first: Mapped[str] = mapped_column(String(40), primary_key=True)
    until: Mapped[str] = mapped_column(String(40))
    counted: Mapped[int]  # places in it that count
    gone: Mapped[int] = mapped_column(default=0)  # exits in it: who counted here once and left


class LineExit(Base):
    """Somebody who counted left the line at this rank. It does not say who."""

    __tablename__ = "line_exits"
    __table_args__ = (Index("ix_line_exits_rank", "campaign_id", "rank"), Index("ix_line_exits_at", "campaign_id", "id"))

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    rank: Mapped[str] = mapped_column(String(40))
    at: Mapped[When]  # campaign time


class PlaceMove(Base):
    """Something that changed where a place stands. A subject counts once for a reason."""

    __tablename__ = "place_moves"
    __table_args__ = (UniqueConstraint("place_id", "reason", "subject"),)

    id: Mapped[Identity]
    place_id: Mapped[int] = to("places.id")
    reason: Mapped[Word]  # joined | left | refused | a source of points (rules.ranking.SOURCES)
    subject: Mapped[Line]  # what it was about, by kind and id: poll:3, place:17
    points: Mapped[int] = mapped_column(default=0)
    at: Mapped[When]  # campaign time
    number: Mapped[int | None]  # their number right after it; none while there is none
    exits: Mapped[int] = mapped_column(default=0)  # how many had left ahead of them until then
    back_at: Mapped[When | None]  # campaign time; its points were taken back then
