"""The waitlist: one place a person and campaign."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, Record, When, to
from launchpad.models.people import Person


class Place(Base):
    """Held from the first submit, counted once confirmed. The line is the order of `rank` (see services.lines)."""

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        Index("ix_places_line", "campaign_id", "submitted_at", "id"),
        Index("ix_places_rank", "campaign_id", "rank"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)
    name: Mapped[Line] = mapped_column(default="")  # as given in the form; becomes the person's when confirmed
    sku: Mapped[Line | None]  # the variant wished for
    quantity: Mapped[int] = mapped_column(default=1)
    marketing: Mapped[bool] = mapped_column(default=False)  # the box, as ticked; a consent once confirmed
    source: Mapped[Line] = mapped_column(default="")  # where the first touch came from: utm_source or referrer's host
    ref: Mapped[Line] = mapped_column(default="")  # the referral code it came with, as given
    touch: Mapped[Record | None]  # the first touch in full (rules.attribution.TOUCH)
    referred_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")
    asked_at: Mapped[When]  # real time of the last confirmation letter: at most one in ten minutes
    submitted_at: Mapped[When]  # campaign time
    confirmed_at: Mapped[When | None]  # campaign time
    left_at: Mapped[When | None]  # campaign time
    pass_from: Mapped[When | None]  # campaign time; with access `passes`: from when to when its pass lasts
    pass_until: Mapped[When | None]
    points: Mapped[int] = mapped_column(default=0, server_default="0")  # the sum of its moves that stand
    rank: Mapped[str | None] = mapped_column(String(40))  # what the line is sorted by; none while it does not count

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")

    @property
    def counted(self) -> bool:
        return self.confirmed_at is not None and self.left_at is None
