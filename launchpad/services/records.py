"""What is known of people in a campaign, counted from rows: beside their words in the queue, and for what they may."""

from collections.abc import Iterable

from sqlalchemy import and_, func, literal, or_, select, union_all

from launchpad.database import db
from launchpad.models import Campaign, Entry, Flag, Idea, Order, Person, Place, Sanction, Staff, Story
from launchpad.rules.moderation import Record
from launchpad.rules.posts import TAKEN_BACK

SAID = ("post", "question", "testimonial")  # kinds of entries that are a person's own words


def of(campaign: Campaign, person: Person) -> Record:
    """The record of one person."""
    return of_all(campaign, [person])[person.id]


def of_all(campaign: Campaign, people: Iterable[Person]) -> dict[int, Record]:
    """The records of these people, by id; five statements, however many they are."""
    people = {person.id: person for person in people if person is not None}
    ids = list(people)
    if not ids:
        return {}
    words = _words(campaign, ids)
    upheld = _upheld(campaign, ids)
    sanctions = _pairs(
        select(Sanction.person_id, Sanction.kind, func.count())
        .where(Sanction.person_id.in_(ids), Sanction.campaign_id == campaign.id)
        .group_by(Sanction.person_id, Sanction.kind)
    )
    stands = _standing(campaign, ids)
    return {
        id: Record(
            since=person.member_at, shown=words.get((id, "shown"), 0), hidden=words.get((id, "hidden"), 0),
            upheld=upheld.get(id, 0), silences=sanctions.get((id, "silence"), 0), bans=sanctions.get((id, "ban"), 0),
            place=(id, "place") in stands, buyer=(id, "buyer") in stands, team=(id, "team") in stands,
        )
        for id, person in people.items()
    }  # fmt: skip


def _pairs(query) -> dict[tuple[int, str], int]:
    return {(id, what): count for id, what, count in db.session.execute(query)}


def _words(campaign: Campaign, ids: list[int]) -> dict[tuple[int, str], int]:
    """How much of what each said stands, and how much the team took down. What they took back themselves is neither."""
    down = Entry.state.in_(("hidden", "rejected")) & Entry.held.is_(None) & (Entry.hidden_why != TAKEN_BACK)
    parts = [
        select(Entry.person_id.label("person_id"), literal("shown").label("what"))
        .where(Entry.campaign_id == campaign.id, Entry.person_id.in_(ids), Entry.state == "shown", Entry.kind.in_(SAID)),
        select(Entry.person_id, literal("hidden")).where(Entry.campaign_id == campaign.id, Entry.person_id.in_(ids), down),
        select(Idea.person_id, literal("shown")).where(
            Idea.campaign_id == campaign.id, Idea.person_id.in_(ids), Idea.state != "hidden"
        ),
        select(Idea.person_id, literal("hidden")).where(
            Idea.campaign_id == campaign.id, Idea.person_id.in_(ids), Idea.state == "hidden", Idea.held.is_(None)
        ),
        select(Story.person_id, literal("shown")).where(
            Story.campaign_id == campaign.id, Story.person_id.in_(ids), Story.state == "approved"
        ),
        select(Story.person_id, literal("hidden")).where(
            Story.campaign_id == campaign.id, Story.person_id.in_(ids), Story.state == "rejected"
        ),
    ]  # fmt: skip
    rows = union_all(*parts).subquery()
    return _pairs(select(rows.c.person_id, rows.c.what, func.count()).group_by(rows.c.person_id, rows.c.what))


def _upheld(campaign: Campaign, ids: list[int]) -> dict[int, int]:
    """How many reports about each the team agreed with."""
    found: dict[int, int] = {}
    for kind, model in (("entry", Entry), ("idea", Idea), ("story", Story)):
        rows = (
            select(model.person_id, func.count())
            .join(Flag, and_(Flag.kind == kind, Flag.subject_id == model.id, Flag.state == "upheld"))
            .where(model.campaign_id == campaign.id, model.person_id.in_(ids))
            .group_by(model.person_id)
        )
        for id, count in db.session.execute(rows):
            found[id] = found.get(id, 0) + count
    return found


def _standing(campaign: Campaign, ids: list[int]) -> set[tuple[int, str]]:
    """Who of them has a confirmed place, has bought, is of the team."""
    places = select(Place.person_id, literal("place")).where(
        Place.campaign_id == campaign.id, Place.person_id.in_(ids), Place.confirmed_at.is_not(None), Place.left_at.is_(None)
    )
    buyers = select(Order.person_id, literal("buyer")).where(
        Order.campaign_id == campaign.id, Order.person_id.in_(ids), Order.state == "confirmed"
    )
    team = select(Staff.person_id, literal("team")).where(
        Staff.person_id.in_(ids), or_(Staff.campaign_id.is_(None), Staff.campaign_id == campaign.id)
    )
    return {(id, what) for id, what in db.session.execute(places.union_all(buyers, team))}
