"""What is sold: variants with their stock, what a person has taken, holds and orders."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, Record, When, Word, to
from launchpad.models.people import Person


class Variant(Base):
    """`taken` is the one number of stock: units sold and on live hold. Only services.stock moves it."""

    __tablename__ = "variants"
    __table_args__ = (
        UniqueConstraint("campaign_id", "sku"),
        CheckConstraint("taken >= 0 AND taken <= stock", name="taken"),
        CheckConstraint("price >= 0", name="price"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    sku: Mapped[Line]
    name: Mapped[Line]
    position: Mapped[int] = mapped_column(default=0)
    price: Mapped[int]  # minor units of the campaign's currency
    prices: Mapped[Record] = mapped_column(default=dict)  # tier -> price, where it differs
    stock: Mapped[int]
    head_start_stock: Mapped[int]  # at most this many may be taken before the launch
    head_start_caps: Mapped[Record] = mapped_column(default=dict)  # tier -> cap, when given by tier
    taken: Mapped[int] = mapped_column(default=0)

    @property
    def left(self) -> int:
        """What a stranger could buy at the launch."""
        return self.stock - self.taken

    def price_for(self, tier: str) -> int:
        return self.prices.get(tier, self.price)


class TierTaken(Base):
    """Units of a variant taken in the head start by a tier that has a cap of its own."""

    __tablename__ = "tier_taken"

    variant_id: Mapped[int] = to("variants.id", primary_key=True)
    tier: Mapped[Word] = mapped_column(primary_key=True)
    taken: Mapped[int] = mapped_column(default=0)


class Allowance(Base):
    """How many units a person has taken of a campaign, over all channels; the per-person limit is checked on it."""

    __tablename__ = "allowances"
    __table_args__ = (CheckConstraint("taken >= 0", name="taken"),)

    campaign_id: Mapped[int] = to("campaigns.id", primary_key=True)
    person_id: Mapped[int] = to("people.id", primary_key=True, index=True)
    taken: Mapped[int] = mapped_column(default=0)


class Order(Base):
    """Units a person is buying or has bought. What it was worth and where it came from are frozen when it is made."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("campaign_id", "owner", "key"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_orders_campaign_id_state", "campaign_id", "state"),
    )

    id: Mapped[Identity]
    number: Mapped[Word] = mapped_column(unique=True)  # random, printed on the order
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)
    variant_id: Mapped[int] = to("variants.id", index=True)
    owner: Mapped[Line]  # who may repeat the key: person:<id> when signed in, else guest:<hash of the address>
    key: Mapped[Line]  # idempotency key of the checkout form
    body: Mapped[Line]  # digest of what was asked; the same key with another body is refused
    quantity: Mapped[int]
    price: Mapped[int]  # of one unit, minor units
    currency: Mapped[Word]
    tier: Mapped[Word]
    head_start: Mapped[bool]  # taken from the head start's stock
    pass_id: Mapped[int | None] = to("passes.id", ondelete="SET NULL", index=True)  # with which it was bought
    state: Mapped[Word]  # held | confirmed | ended | cancelled | refunded | parked
    provider: Mapped[Word]  # practice | stripe | shopify | woocommerce
    provider_ref: Mapped[Line | None]
    source: Mapped[Word]  # member | joined | referred | cold: rules.attribution
    source_note: Mapped[Line] = mapped_column(default="")  # of the last touch: utm_source or the host that linked here
    came_by: Mapped[Line | None]  # the same of the first touch; "" came straight here, None is not known
    touch: Mapped[Record | None]  # first and last touch in full (rules.attribution.TOUCH)
    matched: Mapped[bool | None]  # the buyer's address was somebody's we know when it was made
    announce: Mapped[bool] = mapped_column(default=False)  # consent to a line in the thread
    at: Mapped[When]  # campaign time
    confirmed_at: Mapped[When | None]  # campaign time
    refunded: Mapped[int] = mapped_column(default=0, server_default="0")  # minor units that went back: all of it, or a part

    person: Mapped[Person] = relationship(lazy="joined")
    variant: Mapped[Variant] = relationship(lazy="joined")
    hold: Mapped["Hold"] = relationship(back_populates="order", lazy="joined", passive_deletes=True)

    @property
    def total(self) -> int:
        return self.price * self.quantity


class Hold(Base):
    """The units of an order, set aside until a real moment. It ends once: `UPDATE … WHERE state = 'live'`."""

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_state_until", "state", "until"),)

    id: Mapped[Identity]
    order_id: Mapped[int] = to("orders.id", unique=True)
    variant_id: Mapped[int] = to("variants.id", index=True)
    quantity: Mapped[int]
    until: Mapped[When]  # real time
    state: Mapped[Word] = mapped_column(default="live")  # live | sold | ended

    order: Mapped[Order] = relationship(back_populates="hold")

    def over(self, real: datetime) -> bool:
        return self.state != "live" or self.until <= real
