"""Places that look made up: each is checked by the team, or lets itself in when nobody looked in time."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, When, Word, to
from launchpad.models.waitlist import Place


class Doubt(Base):
    """Why a place is looked at before it counts. It holds no address of a network: those are forgotten in minutes."""

    __tablename__ = "doubts"
    __table_args__ = (Index("ix_doubts_campaign_id_state", "campaign_id", "state", "id"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    place_id: Mapped[int] = to("places.id", unique=True)
    reasons: Mapped[Line]  # of rules.suspicion.REASONS, with commas between
    state: Mapped[Word] = mapped_column(default="open")  # open | admitted | refused
    raised_at: Mapped[When]  # campaign time
    due: Mapped[When]  # campaign time: nobody looked until then, so it is let in; earlier before its head start
    used_at: Mapped[When | None]  # campaign time: its letter's link was used, so it counts as soon as it is let in
    decided_at: Mapped[When | None]  # campaign time
    decided_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")  # None and decided: nobody looked
    reason: Mapped[Line] = mapped_column(default="")  # why it was refused, in the team's words

    place: Mapped[Place] = relationship(lazy="joined")
