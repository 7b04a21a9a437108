"""What people think of an entry without a word: one reaction of a kind each, and how many there are of each kind."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from launchpad.database import Base, When, Word, to


class Reaction(Base):
    """One person's reaction of one kind to one entry; taken back, the row is gone."""

    __tablename__ = "reactions"

    entry_id: Mapped[int] = to("entries.id", primary_key=True)
    person_id: Mapped[int] = to("people.id", primary_key=True, index=True)
    kind: Mapped[Word] = mapped_column(primary_key=True)  # rules.reactions.KINDS
    at: Mapped[When]  # campaign time


class ReactionCount(Base):
    """How many reactions of a kind an entry has: kept, so that a page does not count what nine thousand people pressed."""

    __tablename__ = "reaction_counts"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number"),
        Index("ix_reaction_counts_campaign_id_changed_at", "campaign_id", "changed_at"),
    )

    entry_id: Mapped[int] = to("entries.id", primary_key=True)
    kind: Mapped[Word] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = to("campaigns.id")
    number: Mapped[int]
    changed_at: Mapped[When]  # real time: what changed lately is told to who follows
