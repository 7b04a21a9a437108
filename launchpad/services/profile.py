"""What a person did here, for their own page, and all rows about them, for their own copy."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Table, func, or_, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import (
    Campaign,
    Doubt,
    Entry,
    EntryPhoto,
    Idea,
    Inquiry,
    InquiryLine,
    Letter,
    Option,
    Order,
    Person,
    Photo,
    Place,
    PlaceMove,
    Poll,
    Referral,
    Story,
    Testimonial,
    Vote,
    VoteChoice,
)  # fmt: skip

# What would open a door, what only repeats the text, and a place's rank: before the draw it would tell one's lot.
from launchpad.services import merging

SECRET = {"token_hash", "code_hash", "session_key", "html", "rank"}
DOORS = ("sign_in", "membership", "confirm", "staff_invite", "claim")  # letters whose words hold a link that opens one


@dataclass(frozen=True)
class Part:
    """What somebody did in one campaign."""

    campaign: Campaign
    votes: list[tuple[str, str]]  # (question, what was chosen)
    ideas: list[Idea]
    place: Place | None
    orders: list[Order]
    entries: list[Entry]
    stories: list[Story]
    testimonial: Testimonial | None
    inquiries: list[Inquiry]


def contributions(person: Person) -> list[Part]:
    """Everything a person did, by campaign, the newest campaign first."""
    votes: dict[int, list[tuple[str, str]]] = {}
    rows = db.session.execute(
        select(Poll.campaign_id, Poll.question, Option.text)
        .join(Vote, Vote.poll_id == Poll.id)
        .join(VoteChoice, VoteChoice.vote_id == Vote.id)
        .join(Option, Option.id == VoteChoice.option_id)
        .where(Vote.person_id == person.id)
        .order_by(Poll.number, Option.position)
    )
    for campaign_id, question, text in rows:
        votes.setdefault(campaign_id, []).append((question, text))
    found = {model: _by_campaign(model, person) for model in (Idea, Place, Order, Entry, Story, Testimonial, Inquiry)}
    ids = set(votes).union(*found.values())
    campaigns = db.session.scalars(select(Campaign).where(Campaign.id.in_(ids)).order_by(Campaign.id.desc()))
    return [
        Part(
            campaign, votes.get(campaign.id, []), found[Idea].get(campaign.id, []),
            next(iter(found[Place].get(campaign.id, [])), None), found[Order].get(campaign.id, []),
            found[Entry].get(campaign.id, []), found[Story].get(campaign.id, []),
            next((t for t in found[Testimonial].get(campaign.id, []) if t.state != "withdrawn"), None),
            found[Inquiry].get(campaign.id, []),
        )
        for campaign in campaigns
    ]  # fmt: skip


def letters(person: Person, most: int = 20) -> list[Letter]:
    """The newest letters to a person."""
    rows = select(Letter).where(Letter.person_id == person.id).order_by(Letter.id.desc()).limit(most)
    return list(db.session.scalars(rows))


def letter_count(person: Person) -> int:
    """How many letters to a person there are in all."""
    return db.session.scalar(select(func.count()).select_from(Letter).where(Letter.person_id == person.id)) or 0


def everything(person: Person) -> dict[str, Any]:
    """Every row about a person, by table, as plain values: moments in RFC 3339, money in minor units.

    Tables are found by their reference to the person, so that a new one cannot be forgotten.
    """
    tables = {
        table.name: [_plain(row) for row in db.session.execute(select(table).where(table.c.person_id == person.id))]
        for table in db.metadata.sorted_tables
        if about_people(table)
    }
    votes, stories = [row["id"] for row in tables["votes"]], [row["id"] for row in tables["stories"]]
    answers = db.session.execute(
        select(VoteChoice.vote_id, Option.text)
        .join(Option)
        .where(VoteChoice.vote_id.in_(votes))
        .order_by(Option.position)
    )
    tables["vote_choices"] = [_plain(row) for row in answers]
    mine = select(Place.id).where(Place.person_id == person.id)
    moves = db.session.execute(select(PlaceMove.__table__).where(PlaceMove.place_id.in_(mine)))
    tables["place_moves"] = [_plain(row) for row in moves]
    in_doubt = db.session.execute(select(Doubt.__table__).where(Doubt.place_id.in_(mine)))
    tables["doubts"] = [_plain(row) for row in in_doubt]
    friends = or_(Referral.referrer_id == person.id, Referral.friend_id == person.id)
    tables["referrals"] = [_plain(row) for row in db.session.execute(select(Referral.__table__).where(friends))]
    photos = db.session.execute(select(Photo.__table__).where(Photo.story_id.in_(stories)))
    tables["photos"] = [_plain(row) for row in photos]
    entries = [row["id"] for row in tables["entries"]]
    shown = db.session.execute(select(EntryPhoto.__table__).where(EntryPhoto.entry_id.in_(entries)))
    tables["entry_photos"] = [_plain(row) for row in shown]
    said = select(InquiryLine.__table__).join(Inquiry, Inquiry.id == InquiryLine.inquiry_id)
    lines = db.session.execute(said.where(Inquiry.person_id == person.id).order_by(InquiryLine.id))
    tables["inquiry_lines"] = [{k: v for k, v in _plain(row).items() if k != "person_id"} for row in lines]  # both sides
    for letter in tables["letters"]:
        if letter["kind"] in DOORS:
            letter["text"] = None
    mine = db.session.execute(select(Person.__table__).where(Person.__table__.c.id == person.id)).one()
    others = merging.addresses(person)
    return {"made_at": clock.now().isoformat(), "person": _plain(mine), "other_addresses": others, **tables}


def about_people(table: Table) -> bool:
    """True for a table whose rows belong to a person."""
    return "person_id" in table.c


def _by_campaign(model, person: Person) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in db.session.scalars(select(model).where(model.person_id == person.id).order_by(model.id)):
        found.setdefault(row.campaign_id, []).append(row)
    return found


def _plain(row: Row) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime | date) else value
        for name, value in row._mapping.items()
        if name not in SECRET
    }
