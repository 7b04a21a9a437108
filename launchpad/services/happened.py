"""What happened to whom in a rehearsal: one person's letters, place, votes, orders, refusals and words, by moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select

from launchpad.database import db
from launchpad.models import (
    Campaign,
    CrowdRefusal,
    Entry,
    Idea,
    Letter,
    Order,
    Person,
    Place,
    Poll,
    Story,
    Vote,
)
from launchpad.rules import timetable
from launchpad.services import crowd
from launchpad.services.rehearsal_view import DOING

MOST = 60  # people a page


@dataclass(frozen=True)
class Happening:
    """One thing at a campaign moment. `letter`: the id of the campaign's letter that it is."""

    at: datetime
    kind: str  # letter | place | order | refused | vote | entry | idea | story | opens
    words: str
    note: str = ""
    letter: int | None = None


@dataclass(frozen=True)
class Row:
    """A person in the list: what came of them in a word."""

    person: Person
    letters: int
    place: Place | None
    orders: int


def people(
    campaign: Campaign, tier: str = "", who: str = "", before: int | None = None
) -> tuple[list[Row], int | None]:
    """Whom the rehearsal was about, and the id to go on from. `who`: bought | waiting | unconfirmed, or anybody."""
    query = select(Person).where(_about(campaign))
    if tier:
        query = query.where(Person.tier == tier)
    if before is not None:
        query = query.where(Person.id > before)
    if who in _WHO:
        query = query.where(_WHO[who](campaign))
    found = list(db.session.scalars(query.order_by(Person.id).limit(MOST + 1)))
    more, found = len(found) > MOST, found[:MOST]
    ids = [person.id for person in found]
    letters = _counted(
        select(Letter.person_id, func.count()).where(Letter.campaign_id == campaign.id), Letter.person_id, ids
    )
    confirmed = select(Order.person_id, func.count()).where(
        Order.campaign_id == campaign.id, Order.state == "confirmed"
    )
    orders = _counted(confirmed, Order.person_id, ids)
    mine = select(Place).where(Place.campaign_id == campaign.id, Place.person_id.in_(ids))
    places = {place.person_id: place for place in db.session.scalars(mine)}
    rows = [Row(one, letters.get(one.id, 0), places.get(one.id), orders.get(one.id, 0)) for one in found]
    return rows, ids[-1] if more else None


def tiers(campaign: Campaign) -> list[str]:
    """The tiers of those people."""
    return list(db.session.scalars(select(Person.tier).where(_about(campaign)).distinct().order_by(Person.tier)))


def person(campaign: Campaign, id: int) -> Person | None:
    """One of them; None for anybody else."""
    return db.session.scalar(select(Person).where(Person.id == id, _about(campaign)))


def story(campaign: Campaign, whom: Person) -> list[Happening]:
    """All that happened to somebody in this rehearsal, by moment."""
    found = [
        *_letters(campaign, whom), *_place(campaign, whom), *_orders(campaign, whom), *_refusals(campaign, whom),
        *_votes(campaign, whom), *_words(campaign, whom),
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at)


def _about(campaign: Campaign):
    """Simulated in it, or written to, or with a place or an order in it."""
    return or_(
        Person.played_in == campaign.id,
        *(
            exists().where(kind.person_id == Person.id, kind.campaign_id == campaign.id)
            for kind in (Letter, Place, Order)
        ),
    )


_WHO = {
    "bought": lambda c: exists().where(
        Order.person_id == Person.id, Order.campaign_id == c.id, Order.state == "confirmed"
    ),
    "waiting": lambda c: exists().where(
        Place.person_id == Person.id, Place.campaign_id == c.id, Place.confirmed_at.is_not(None)
    ),
    "unconfirmed": lambda c: exists().where(
        Place.person_id == Person.id, Place.campaign_id == c.id, Place.confirmed_at.is_(None)
    ),
}


def _counted(query: Select, by, ids: list[int]) -> dict[int, int]:
    return {id: number for id, number in db.session.execute(query.where(by.in_(ids)).group_by(by))}


def _letters(campaign: Campaign, whom: Person) -> list[Happening]:
    """Its own, and those that no campaign writes, such as a sign-in's, at the campaign moment of their writing."""
    rows = db.session.scalars(
        select(Letter).where(
            Letter.person_id == whom.id,
            or_(Letter.campaign_id == campaign.id, Letter.campaign_id.is_(None) & (whom.played_in == campaign.id)),
        )
    )
    found = []
    for row in rows:
        tries = f", at try {row.attempts}" if row.attempts > 1 else ""
        note = f"{row.state}{tries}{': ' + row.reason if row.reason else ''}"
        found.append(
            Happening(
                row.at,
                "letter",
                row.subject or row.kind.replace("_", " ").capitalize(),
                note,
                row.id if row.campaign_id else None,
            )
        )
    return found


def _place(campaign: Campaign, whom: Person) -> list[Happening]:
    """Their place, and the opening of the head start that it earned."""
    place = db.session.scalar(select(Place).where(Place.campaign_id == campaign.id, Place.person_id == whom.id))
    if place is None:
        return []
    wish = f"would like {place.quantity} of {place.sku}" if place.sku else ""
    found = [Happening(place.submitted_at, "place", "Asked for a place", wish)]
    if place.confirmed_at:
        found.append(Happening(place.confirmed_at, "place", "Confirmed it"))
    if place.left_at:
        found.append(Happening(place.left_at, "place", "Left the waitlist"))
    opens = timetable.tier_opening(campaign.milestones, whom.tier)
    if opens is not None and opens <= campaign.now and place.counted and place.submitted_at < opens:
        found.append(Happening(opens, "opens", "Their head start began", f"tier {whom.tier}"))
    if place.pass_from:
        found.append(Happening(place.pass_from, "opens", "Got a pass"))
    return found


def _orders(campaign: Campaign, whom: Person) -> list[Happening]:
    found = []
    for order in db.session.scalars(select(Order).where(Order.campaign_id == campaign.id, Order.person_id == whom.id)):
        what = f"{order.quantity} × {order.variant.name}"
        note = "in the head start" if order.head_start else ""
        found.append(Happening(order.at, "order", f"Set aside {what}", note))
        if order.confirmed_at:
            found.append(Happening(order.confirmed_at, "order", f"Bought {what}", f"order {order.number}"))
        if order.state not in ("held", "confirmed"):
            found.append(Happening(order.at, "order", f"The order of {what} is {order.state}"))
    return found


def _refusals(campaign: Campaign, whom: Person) -> list[Happening]:
    actor = crowd.actor_at(campaign.id, whom.email)
    if actor is None:
        return []
    rows = db.session.scalars(select(CrowdRefusal).filter_by(campaign_id=campaign.id, actor=actor))
    return [
        Happening(row.at, "refused", f"Refused while {DOING.get(row.act, row.act)}", row.reason.replace("_", " "))
        for row in rows
    ]


def _votes(campaign: Campaign, whom: Person) -> list[Happening]:
    rows = db.session.execute(
        select(Vote.at, Poll.question)
        .join(Poll, Poll.id == Vote.poll_id)
        .where(Poll.campaign_id == campaign.id, Vote.person_id == whom.id)
    )
    return [Happening(at, "vote", "Voted", question) for at, question in rows]


def _words(campaign: Campaign, whom: Person) -> list[Happening]:
    """What they wrote: entries, ideas, stories."""
    mine = {"campaign_id": campaign.id, "person_id": whom.id}
    said = [
        Happening(row.at, "entry", "Wrote in the thread", row.text)
        for row in db.session.scalars(select(Entry).filter_by(**mine))
    ]
    said += [
        Happening(row.at, "idea", "Brought an idea", row.title)
        for row in db.session.scalars(select(Idea).filter_by(**mine))
    ]
    for row in db.session.scalars(select(Story).filter_by(**mine)):
        said.append(Happening(row.at, "story", f"Sent a story, {row.state}", row.text))
    return said
