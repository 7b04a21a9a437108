"""The ledger of letters: a row before it is a message."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad import clock
from launchpad.database import Base, Identity, Line, When, Word, Words, to
from launchpad.models.people import Person


class Letter(Base):
    """One e-mail to one person. `trigger` names what caused it, so that the same cause writes once.

    A trigger holds the ids that make it unique over all campaigns, e.g. `milestone:12`, `order:90`, `sign_in:7`.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "trigger"),
        Index("ix_letters_state_id", "state", "id"),
        Index("ix_letters_campaign_id_kind", "campaign_id", "kind"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int | None] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id")
    kind: Mapped[Word]  # sign_in preview waitlist confirm place head_start doors_open order recap …
    trigger: Mapped[Word]
    marketing: Mapped[bool]  # needs consent, stops at unsubscribe, sent at most once
    state: Mapped[Word] = mapped_column(default="due")  # due claimed sent suppressed expired failed unknown
    reason: Mapped[Line] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[When] = mapped_column(default=clock.now)  # real time; not before
    useful_until: Mapped[When | None]  # real time; past it the letter is dropped
    claimed_at: Mapped[When | None]  # real time
    sent_at: Mapped[When | None]  # real time
    at: Mapped[When]  # the time of its campaign, else real time: what people are shown
    subject: Mapped[Line] = mapped_column(default="")
    text: Mapped[Words | None]  # kept only in the outbox
    html: Mapped[Words | None]

    person: Mapped[Person] = relationship(lazy="joined")
