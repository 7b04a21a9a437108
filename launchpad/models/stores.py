"""A store of the brand's own that a campaign sells through: what it told of its orders, and the codes of our buy links."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad import clock
from launchpad.database import Base, Identity, Line, Record, When, Word, to
from launchpad.models.people import Person


class StoreCode(Base):
    """The right of one person to one purchase in the store: what its buy link carries, and its order comes back with.

    A code of the pool was made ahead, for import into the store, and is nobody's until it is given out.
    """

    __tablename__ = "store_codes"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        Index("ix_store_codes_campaign_id_person_id", "campaign_id", "person_id"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    code: Mapped[Word]  # capitals and digits; a discount code in the store when it is of the pool
    pooled: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[int | None] = to("people.id", index=True)
    sku: Mapped[Line | None]
    quantity: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[When] = mapped_column(default=clock.now)  # real time
    given_at: Mapped[When | None]  # campaign time, as is the next
    until: Mapped[When | None]  # None: as long as anything is sold

    person: Mapped[Person | None] = relationship(lazy="joined")


class StoreOrder(Base):
    """One order of the store, as far as it concerns campaigns of ours: `record` is all that was told (rules.store_orders).

    The record holds no name and no address; who ordered is `person_id`. `flags` say what the team should look at.
    """

    __tablename__ = "store_orders"
    __table_args__ = (
        UniqueConstraint("provider", "ref"),
        Index("ix_store_orders_provider_number", "provider", "number"),
        Index("ix_store_orders_campaign_id_person_id", "campaign_id", "person_id"),
    )

    id: Mapped[Identity]
    provider: Mapped[Word]  # shopify | woocommerce
    ref: Mapped[Line]  # the store's id of it; number:<number> while only a file has told of it
    number: Mapped[Line] = mapped_column(default="")  # as the store prints it
    campaign_id: Mapped[int | None] = to("campaigns.id")  # of its first line of ours
    person_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", index=True)
    code_id: Mapped[int | None] = to("store_codes.id", ondelete="SET NULL", index=True)
    address_key: Mapped[Line] = mapped_column(default="")  # a digest of the address that ordered; never the address
    record: Mapped[Record] = mapped_column(default=dict)
    flags: Mapped[Record] = mapped_column(default=dict)  # flag -> a sentence
    accepted: Mapped[bool] = mapped_column(default=False)  # the team takes it as it is, in its own currency
    created_at: Mapped[When | None]  # when it was made in the store
    seen_at: Mapped[When] = mapped_column(default=clock.now)  # real time of the last word on it

    person: Mapped[Person | None] = relationship(lazy="joined")
    code: Mapped[StoreCode | None] = relationship(lazy="joined")
