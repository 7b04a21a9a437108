"""Two addresses of one person: the claim that an order made with another address was mine."""

from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad import clock
from launchpad.database import Base, Identity, Record, When, to
from launchpad.models.people import Person


class Claim(Base):
    """`person_id` says that an order of `other_id` was theirs. The letter goes to the other address; its button joins them."""

    __tablename__ = "claims"

    id: Mapped[Identity]
    person_id: Mapped[int] = to("people.id", index=True)
    other_id: Mapped[int] = to("people.id", index=True)
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    order_id: Mapped[int] = to("orders.id", index=True)
    made_at: Mapped[When] = mapped_column(default=clock.now)  # real time, as are the next two
    expires_at: Mapped[When]
    used_at: Mapped[When | None]
    came: Mapped[Record | None]  # what was joined: table -> rows

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    other: Mapped[Person] = relationship(foreign_keys=[other_id], lazy="joined")
