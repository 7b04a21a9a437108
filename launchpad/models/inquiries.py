"""Private questions to the team about a place, a checkout or an order, and what both sides said."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, When, Word, Words, to
from launchpad.models.people import Person


class Inquiry(Base):
    """One exchange between somebody and the team. Only the two read it; what is published is worded anew by the team."""

    __tablename__ = "inquiries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id", "key"),
        Index("ix_inquiries_campaign_id_waits_since", "campaign_id", "waits_since"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)
    order_id: Mapped[int | None] = to("orders.id", ondelete="SET NULL", index=True)
    about: Mapped[Word]  # one of rules.inquiries.ABOUT
    name_agreed: Mapped[bool] = mapped_column(default=False)  # to be named when it is published
    key: Mapped[Line | None]  # of the form, so that a double click is one question
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[When]  # campaign time
    waits_since: Mapped[When | None]  # campaign time; the asker has said something that nobody answered. None: answered
    public_question: Mapped[Words] = mapped_column(default="")  # as the team worded it for everyone
    public_answer: Mapped[Words] = mapped_column(default="")
    published_at: Mapped[When | None]  # campaign time

    person: Mapped[Person] = relationship(lazy="joined")
    lines: Mapped[list["InquiryLine"]] = relationship(order_by="InquiryLine.id", lazy="selectin", passive_deletes=True)


class InquiryLine(Base):
    """What one side said."""

    __tablename__ = "inquiry_lines"
    __table_args__ = (UniqueConstraint("inquiry_id", "key"),)

    id: Mapped[Identity]
    inquiry_id: Mapped[int] = to("inquiries.id")
    person_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", index=True)  # who wrote it
    team: Mapped[bool] = mapped_column(default=False)
    text: Mapped[Words]
    key: Mapped[Line | None]
    at: Mapped[When]  # campaign time
