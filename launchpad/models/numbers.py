"""Counts that are kept because what they count is not: visits, folded from Redis by upkeep."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from launchpad.database import Base, Word, to


class Visit(Base):
    """Distinct visitors of a campaign by real day and phase; who they were is never kept."""

    __tablename__ = "visits"

    campaign_id: Mapped[int] = to("campaigns.id", primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    phase: Mapped[Word] = mapped_column(primary_key=True)
    visitors: Mapped[int] = mapped_column(default=0)
    views: Mapped[int] = mapped_column(default=0)


class LinkVisit(Base):
    """How many browsers came by somebody's own link, by real day; which they were is never kept."""

    __tablename__ = "link_visits"

    campaign_id: Mapped[int] = to("campaigns.id", primary_key=True)
    person_id: Mapped[int] = to("people.id", primary_key=True, index=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    visitors: Mapped[int] = mapped_column(default=0)
