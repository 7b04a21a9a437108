"""What the team does to be ready: letters to themselves that arrived, and who is on duty when."""

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad import clock
from launchpad.database import Base, Identity, When, to
from launchpad.models.people import Person


class TestLetter(Base):
    """A letter that somebody of the team sent to themselves. It has arrived once the button behind its link was pressed."""

    __tablename__ = "test_letters"
    __test__ = False  # the name begins as tests do

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    person_id: Mapped[int] = to("people.id", index=True)
    sent_at: Mapped[When] = mapped_column(default=clock.now)  # real time
    arrived_at: Mapped[When | None]  # real time

    person: Mapped[Person] = relationship(lazy="joined")


class Duty(Base):
    """Somebody of the team looks after the thread and the orders from one campaign moment to another."""

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id", "begins"),
        CheckConstraint("begins < ends", name="length"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)
    begins: Mapped[When]  # campaign time
    ends: Mapped[When]  # campaign time

    person: Mapped[Person] = relationship(lazy="joined")
