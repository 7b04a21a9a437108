"""The live thread: entries, and the append-only log of what changed."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, Record, When, Word, Words, to
from launchpad.models.people import Person
from launchpad.models.preview import Poll


class Entry(Base):
    """One thing in the thread. Its text is Markdown of the person, or the campaign's own sentence."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "fact"),
        UniqueConstraint("campaign_id", "person_id", "key"),
        Index("ix_entries_campaign_id_id", "campaign_id", "id"),
        Index(
            "ix_entries_held", "campaign_id", "id",
            sqlite_where=text("held IS NOT NULL"), postgresql_where=text("held IS NOT NULL"),
        ),
        Index("ix_entries_campaign_id_kind_id", "campaign_id", "kind", "id"),  # the key moments, whatever else was said
        Index(
            "ix_entries_pinned", "campaign_id", "pinned_at",
            sqlite_where=text("pinned_at IS NOT NULL"), postgresql_where=text("pinned_at IS NOT NULL"),
        ),
        Index(
            "ix_entries_answered", "campaign_id", "answer_id",
            sqlite_where=text("answer_id IS NOT NULL"), postgresql_where=text("answer_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int | None] = to("people.id", index=True)  # None: the campaign itself
    kind: Mapped[Word]  # update | post | testimonial | purchase | milestone | poll | question | event
    text: Mapped[Words]
    marks: Mapped[Record] = mapped_column(default=dict)  # what the author was when writing: team, tier, buyer
    reply_to: Mapped[int | None] = to("entries.id", index=True)
    answer_id: Mapped[int | None] = to("entries.id", ondelete="SET NULL")  # of a question: the answer to it that counts
    poll_id: Mapped[int | None] = to("polls.id", ondelete="SET NULL", index=True)  # of an entry of that kind
    fact: Mapped[Line | None]  # what the campaign itself reports, once: doors_open:7, first_sale, stock_25 …
    key: Mapped[Line | None]  # of the form, so that a double click is one post
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[Word] = mapped_column(default="shown")  # shown | hidden | waiting | rejected: the last two never were shown
    held: Mapped[Word | None]  # first | words | machine | reports | again: why the team is to look at it; None: nothing waits
    hidden_why: Mapped[Line] = mapped_column(default="")
    pinned_at: Mapped[When | None]
    edited_at: Mapped[When | None]
    at: Mapped[When]  # campaign time

    person: Mapped[Person | None] = relationship(lazy="joined")
    poll: Mapped[Poll | None] = relationship()
    photos: Mapped[list["EntryPhoto"]] = relationship(
        order_by="EntryPhoto.position", lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def named(self) -> str | None:
        """The name shown beside it, for a testimonial the one its author gave with it; None: it speaks for the brand.

        That do the campaign's own words, and those of somebody of the team who gave no name.
        """
        marks = self.marks or {}
        if self.person is None or (marks.get("team") and not self.person.name):
            return None
        return marks.get("name") or self.person.known_as


class EntryPhoto(Base):
    """A photo of an entry, re-encoded like those of stories; its files are `<key>-<width>.webp` as well."""

    __tablename__ = "entry_photos"

    id: Mapped[Identity]
    entry_id: Mapped[int] = to("entries.id", index=True)
    position: Mapped[int]
    key: Mapped[Word] = mapped_column(unique=True)
    alt: Mapped[Line]
    width: Mapped[int]
    height: Mapped[int]
    colour: Mapped[Word] = mapped_column(default="")


class PurchaseLine(Base):
    """Which line of the thread says that somebody bought: many orders share one when they come fast."""

    __tablename__ = "purchase_lines"
    __table_args__ = (
        Index("ix_purchase_lines_campaign_id_at", "campaign_id", "at"),
        Index("ix_purchase_lines_untold", "entry_id", sqlite_where=text("NOT told"), postgresql_where=text("NOT told")),
    )

    order_id: Mapped[int] = to("orders.id", primary_key=True)
    campaign_id: Mapped[int] = to("campaigns.id")
    entry_id: Mapped[int] = to("entries.id", index=True)
    told: Mapped[bool] = mapped_column(default=True)  # the words of its line speak of it already
    at: Mapped[When]  # campaign time


class Event(Base):
    """That something changed: no HTML, so a resume can never send what was hidden since."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_entry_id", "entry_id"),)  # an older page begins where an entry was announced

    campaign_id: Mapped[int] = to("campaigns.id", primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Word]  # new | edit | hide | show | pin | unpin | answer | milestone | state | rule
    entry_id: Mapped[int | None] = to("entries.id")
    audience: Mapped[Word] = mapped_column(default="all")  # all | team
    at: Mapped[When]  # campaign time
