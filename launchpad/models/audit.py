"""What the team did: one row an act, in the transaction of the act. Rows hold ids, never names or addresses."""

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from launchpad import clock
from launchpad.database import Base, Identity, Line, When, Word, to


class Audit(Base):
    __tablename__ = "audit"

    id: Mapped[Identity]
    at: Mapped[When] = mapped_column(default=clock.now)  # real time
    person_id: Mapped[int | None] = to("people.id", ondelete="SET NULL")  # None: the command line
    campaign_id: Mapped[int | None] = to("campaigns.id", index=True)
    act: Mapped[Word]  # e.g. milestone.move, sales.stop, entry.hide
    subject: Mapped[Line] = mapped_column(default="")  # what it was done to: milestone:12
    before: Mapped[dict | None] = mapped_column(JSON)
    after: Mapped[dict | None] = mapped_column(JSON)
    reason: Mapped[Line] = mapped_column(default="")
