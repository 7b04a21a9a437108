"""Rows for tests, with values that a reader need not care about filled in."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from launchpad.database import db
from launchpad.models import (
    Campaign,
    Consent,
    Hold,
    Milestone,
    Option,
    Order,
    Person,
    Place,
    Poll,
    Rehearsal,
    Staff,
    Variant,
)
from launchpad.services import line_blocks

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)

# The usual campaign: the moments of its timetable, from its preview on.
PLAN = (
    ("preview", "preview", timedelta(days=0)),
    ("waitlist", "waitlist", timedelta(days=4)),
    ("head_start_founder", None, timedelta(days=9)),
    ("head_start_member", None, timedelta(days=10)),
    ("launch", "launch", timedelta(days=11)),
    ("recap", "recap", timedelta(days=13)),
    ("archive", "archived", timedelta(days=30)),
)


class Given:
    """Each method makes a row in a transaction of its own and returns it."""

    def __init__(self, writing: Callable):
        self.writing = writing

    def _keep(self, row):
        with self.writing() as session:
            session.add(row)
        return row

    def person(self, email: str | None = None, member: bool = False, role: str | None = None, **values) -> Person:
        """A person; `member=True` with a confirmed address since long ago; `role` makes them of the team."""
        n = next(_numbers)
        if member or role:
            values.setdefault("member_at", NOON - timedelta(days=100))
            values.setdefault("confirmed_at", NOON - timedelta(days=100))
        row = self._keep(Person(email=email or f"person{n}@example.com", name=values.pop("name", f"Person {n}"), **values))
        if role:
            self._keep(Staff(person_id=row.id, role=role))
        return row

    def agreed(self, **values) -> Person:
        """A member who wants letters about launches."""
        row = self.person(member=True, **values)
        self._keep(Consent(person_id=row.id, purpose="marketing", given=True, wording="marketing-1"))
        return row

    def campaign(self, slug: str | None = None, preview: datetime = NOON, stock: int = 10, **values) -> Campaign:
        """A campaign whose preview opens at `preview` (see PLAN for the rest), with one variant, sku OAK, at 129.00 EUR.

        `rehearsal=True` gives it a rehearsal clock that stands still.
        """
        n = next(_numbers)
        rehearsed = values.pop("rehearsal", False)
        defaults = {"name": f"Lamp {n}", "timezone": "Europe/Lisbon", "currency": "EUR", "brand": "Aurora"}
        row = Campaign(slug=slug or f"lamp-{n}", **{**defaults, **values})
        for name, phase, after in PLAN:
            hours = {"head_start_founder": 48, "head_start_member": 24}.get(name)
            row.milestones.append(Milestone(name=name, phase=phase, due=preview + after, hours=hours))
        if rehearsed:
            row.rehearsal = Rehearsal(campaign_0=preview - timedelta(hours=1), real_0=NOON, speed=0)
        self._keep(row)
        self._keep(
            Variant(campaign_id=row.id, sku="OAK", name="Oak", price=12900, stock=stock, head_start_stock=max(1, stock // 2))
        )
        return row

    def place(self, campaign: Campaign, person: Person, confirmed: bool = True, at: datetime | None = None, **values) -> Place:
        """A place on the waitlist, submitted (and confirmed) at a campaign moment: the opening of the waitlist unless said."""
        at = at or campaign.milestone("waitlist").due
        place = Place(
            campaign_id=campaign.id, person_id=person.id, submitted_at=at, asked_at=at,
            confirmed_at=at if confirmed else None, **values,
        )  # fmt: skip
        with self.writing() as session:
            session.add(place)
            session.flush()
            line_blocks.settle(campaign, [place.id])
        return place

    def poll(self, campaign: Campaign, number: int = 1, options=("Sand", "Forest", "Ink"), **values) -> Poll:
        values.setdefault("question", "Which colour should the cable be?")
        poll = Poll(campaign_id=campaign.id, number=number, **values)
        poll.options = [Option(position=at, text=words) for at, words in enumerate(options, 1)]
        return self._keep(poll)

    def order(self, campaign: Campaign, person: Person, quantity: int = 1, state: str = "confirmed", **values) -> Order:
        """An order with its hold and its units counted as taken, as the checkout would leave them."""
        variant = db.session.query(Variant).filter_by(campaign_id=campaign.id).order_by(Variant.id).first()
        n, at = next(_numbers), values.pop("at", campaign.milestone("launch").due)
        defaults = {
            "number": f"TEST-{n:04}", "owner": f"person:{person.id}", "key": f"key-{n}", "body": "", "price": variant.price,
            "currency": campaign.currency, "tier": person.tier, "head_start": False, "provider": "practice", "source": "cold",
        }  # fmt: skip
        order = Order(
            campaign_id=campaign.id, person_id=person.id, variant_id=variant.id, quantity=quantity, state=state, at=at,
            confirmed_at=at if state == "confirmed" else None, **{**defaults, **values},
        )  # fmt: skip
        hold_state = {"confirmed": "sold", "held": "live"}.get(state, "ended")
        order.hold = Hold(variant_id=variant.id, quantity=quantity, until=at + timedelta(minutes=10), state=hold_state)
        with self.writing() as session:
            session.add(order)
            if hold_state != "ended":
                session.get(Variant, variant.id).taken += quantity
        return order
