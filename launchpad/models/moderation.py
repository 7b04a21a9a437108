"""What keeps the community's pages fit to read: flags of readers, and sanctions of the team."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, When, Word, Words, to
from launchpad.models.people import Person


class Flag(Base):
    """One person's report of one thing. A thing is flagged once by each; what the team decided settles all of its flags."""

    __tablename__ = "flags"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "person_id"),
        Index("ix_flags_campaign_id_state", "campaign_id", "state"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)  # who reports it
    kind: Mapped[Word]  # entry | idea | story
    subject_id: Mapped[int]  # the id of that entry, idea or story
    reason: Mapped[Word]  # one of rules.moderation.REASONS
    words: Mapped[Line] = mapped_column(default="")  # what the reporter adds
    state: Mapped[Word] = mapped_column(default="open")  # open | upheld | dismissed
    decided_at: Mapped[When | None]  # campaign time
    at: Mapped[When]  # campaign time


class Sanction(Base):
    """Somebody may not write for a while. It ends by the clock; nothing has to run for it."""

    __tablename__ = "sanctions"

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)  # where it was decided; a ban counts for its whole brand
    person_id: Mapped[int] = to("people.id", index=True)
    kind: Mapped[Word]  # silence | ban
    reason: Mapped[Line]  # its person reads it
    at: Mapped[When]  # campaign time
    until: Mapped[When | None]  # campaign time; None: until it is lifted
    decided_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")
    lifted_at: Mapped[When | None]  # campaign time
    appeal: Mapped[Words] = mapped_column(default="")  # what its person says to it, once
    appealed_at: Mapped[When | None]  # campaign time
    answer: Mapped[Line] = mapped_column(default="")  # what the team says to the appeal
    answered_at: Mapped[When | None]  # campaign time
    answered_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
