"""What payment providers and stores say: stored webhooks, what is known of a payment, and what waits for the team."""

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad import clock
from launchpad.database import Base, Identity, Line, Record, When, Word, to
from launchpad.models.shop import Order


class Hook(Base):
    """One verified delivery, kept before it is worked. A provider's event is one row, however often it is delivered.

    `subject` is what it is about in the provider's own words, where our order was not known yet. The payload is
    emptied when its person is erased, and some time after it was worked.
    """

    __tablename__ = "hooks"
    __table_args__ = (
        UniqueConstraint("provider", "event_id"),
        Index("ix_hooks_state_due_at", "state", "due_at"),
        Index("ix_hooks_provider_subject", "provider", "subject"),
    )

    id: Mapped[Identity]
    provider: Mapped[Word]  # stripe | shopify | woocommerce
    event_id: Mapped[Line]  # the provider's own
    kind: Mapped[Line]  # checkout.session.completed, orders/paid …
    payload: Mapped[Record]
    subject: Mapped[Line | None]
    state: Mapped[Word] = mapped_column(default="new")  # new | done | ignored | parked | failed
    reason: Mapped[Line] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[When] = mapped_column(default=clock.now)  # real time, as are those below
    due_at: Mapped[When] = mapped_column(default=clock.now)
    worked_at: Mapped[When | None]
    campaign_id: Mapped[int | None] = to("campaigns.id", index=True)
    order_id: Mapped[int | None] = to("orders.id", ondelete="SET NULL", index=True)
    person_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", index=True)  # whose address it may hold


class Pull(Base):
    """Until when the list that a provider or store keeps itself was read, so that what was never delivered is found."""

    __tablename__ = "pulls"

    provider: Mapped[Word] = mapped_column(primary_key=True)
    until: Mapped[When]  # real time
    seen: Mapped[int] = mapped_column(default=0)  # events that only the list told us of, in all
    tried_at: Mapped[When | None]  # real time of the last try, of one that failed as well
    trouble: Mapped[Line] = mapped_column(default="", server_default="")  # why the last try failed


class Payment(Base):
    """What a provider has said about the payment of an order: facts alone, each of which only ever grows.

    The order's state is derived from them (rules.payment), so that it does not matter in which order they came.
    Moments are real time, and the provider's own.
    """

    __tablename__ = "payments"

    id: Mapped[Identity]
    order_id: Mapped[int] = to("orders.id", unique=True)
    session: Mapped[Line | None] = mapped_column(index=True)  # Stripe's checkout session
    intent: Mapped[Line | None] = mapped_column(index=True)  # Stripe's payment intent
    amount: Mapped[int | None]  # paid, minor units
    currency: Mapped[Word | None]  # of what was paid, in capitals
    paid_at: Mapped[When | None]
    pending_at: Mapped[When | None]  # complete, and waiting for the bank
    failed_at: Mapped[When | None]  # the bank said no
    expired_at: Mapped[When | None]  # nobody can pay any more
    refunded: Mapped[int] = mapped_column(default=0)  # minor units that went back
    dispute: Mapped[Word | None]  # open | won | lost
    ending: Mapped[Word | None]  # what the order becomes when the provider agrees that it is over: cancelled, else ended
    begun_at: Mapped[When] = mapped_column(default=clock.now)
    asked_at: Mapped[When | None]  # when we last asked the provider ourselves
    trouble: Mapped[Line] = mapped_column(default="")  # why the last call to the provider failed

    order: Mapped[Order] = relationship(viewonly=True)


class Refund(Base):
    """Money that the team sends back: asked for here, done when the provider says so."""

    __tablename__ = "refunds"

    id: Mapped[Identity]
    order_id: Mapped[int] = to("orders.id", index=True)
    amount: Mapped[int]  # minor units
    reason: Mapped[Line]
    person_id: Mapped[int | None] = to("people.id", ondelete="SET NULL")  # of the team: who asked
    at: Mapped[When] = mapped_column(default=clock.now)  # real time
    state: Mapped[Word] = mapped_column(default="asked")  # asked | sent | done | failed
    ref: Mapped[Line | None] = mapped_column(index=True)  # the provider's own
    why: Mapped[Line] = mapped_column(default="")  # it failed, or could not be sent yet


class Task(Base):
    """Something that only a person can decide: a payment that fits no order, a dispute. One row for each cause.

    `facts` hold numbers, amounts and the provider's ids, never a name or an address.
    """

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("kind", "subject"), Index("ix_tasks_campaign_id_state", "campaign_id", "state"))

    id: Mapped[Identity]
    kind: Mapped[Word]  # services.parking.KINDS
    subject: Mapped[Line]  # what it is about: order:12, stripe:cs_…
    campaign_id: Mapped[int | None] = to("campaigns.id")  # None: of no campaign that we know
    order_id: Mapped[int | None] = to("orders.id", index=True)
    facts: Mapped[Record] = mapped_column(JSON, default=dict)
    state: Mapped[Word] = mapped_column(default="open")  # open | done
    at: Mapped[When] = mapped_column(default=clock.now)  # real time
    done_at: Mapped[When | None]
    person_id: Mapped[int | None] = to("people.id", ondelete="SET NULL")  # of the team: who did it
    note: Mapped[Line] = mapped_column(default="")  # how it ended

    order: Mapped[Order | None] = relationship(lazy="joined")
