"""What members say of a product before the day, kept until the team lets it be heard."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, When, Word, Words, to
from launchpad.models.people import Person


class Testimonial(Base):
    """One member's words about a campaign's product. Released once, it is an entry of the thread in their name.

    Nothing that an author has changed since is ever released: their change is a new version, which waits again.
    """

    __tablename__ = "testimonials"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        Index("ix_testimonials_campaign_id_state", "campaign_id", "state"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)
    text: Mapped[Words]
    name: Mapped[Line]  # as they want to be named beside it
    state: Mapped[Word] = mapped_column(default="waiting")  # waiting | queued | released | rejected | withdrawn
    why: Mapped[Line] = mapped_column(default="")  # it was rejected: the author reads this
    place: Mapped[int | None]  # in the queue, from 1; the lowest is heard next
    minutes: Mapped[int | None]  # after doors open; None: on cue
    entry_id: Mapped[int | None] = to("entries.id", ondelete="SET NULL")  # what it became
    by_clock: Mapped[bool] = mapped_column(default=False)  # released by its minute, not on cue
    version: Mapped[int] = mapped_column(default=1)  # of the author's words
    at: Mapped[When]  # campaign time; when the author sent these words
    released_at: Mapped[When | None]  # campaign time

    person: Mapped[Person] = relationship(lazy="joined")
