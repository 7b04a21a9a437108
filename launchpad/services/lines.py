"""The line of a waitlist, for whoever asks or moves somebody: numbers, points, and what moved whom.

How a number is found is in `line_blocks`. What earns points is in rules.ranking; they move people only where the
campaign's rule is `points`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Idea, Person, Place, PlaceMove, Poll, Vote
from launchpad.rules import ranking, timetable
from launchpad.services import line_blocks
from launchpad.services.line_blocks import COUNTS, settle, total

__all__ = [
    "COUNTS", "award", "confirmed", "credit", "draw_at", "drawn", "drawn_at", "left", "lots", "next_places", "position", "settle",
    "take_back", "total", "values",
]  # fmt: skip


def position(campaign: Campaign, place: Place) -> int | None:
    """The number of a place, from 1; None while it does not count, and until the draw where there is one."""
    if not place.counted or not drawn(campaign):
        return None
    return line_blocks.ahead(campaign, ranking.rank(place, campaign.rule, campaign.draw_seed))[0] + 1


def next_places(campaign: Campaign, most: int, *conditions) -> Sequence[Place]:
    """The first places of the line that count and meet the conditions (on Place and Person)."""
    rows = select(Place).join(Person, Person.id == Place.person_id).where(Place.campaign_id == campaign.id, *COUNTS)
    return db.session.scalars(rows.where(*conditions).order_by(Place.rank, Place.id).limit(most)).unique().all()


def lots(campaign: Campaign, after: str, most: int) -> Sequence[tuple[int, str]]:
    """Ids and ranks of places that count, in the order of the line, behind the rank `after`."""
    rows = select(Place.id, Place.rank).where(Place.campaign_id == campaign.id, Place.rank > after)
    return [tuple(row) for row in db.session.execute(rows.order_by(Place.rank).limit(most))]


def draw_at(campaign: Campaign) -> datetime | None:
    """When lots are drawn: with the first head start, without one with the launch. None while nobody knows when."""
    names = [m.name for m in campaign.milestones if timetable.is_head_start(m)] or ["launch"]
    known = (timetable.expected(campaign.milestones, name, campaign.now) for name in names)
    return min((moment for moment in known if moment is not None), default=None)


def drawn_at(campaign: Campaign) -> datetime | None:
    """When lots were drawn: the clock decides, and from then on the seed is public. None before, or without a draw."""
    opens = [at for m, at in timetable.openings(campaign.milestones) if timetable.is_head_start(m) or m.name == "launch"]
    past = [at for at in opens if at is not None and at <= campaign.now]
    return min(past, default=None) if campaign.rule == "draw" else None


def drawn(campaign: Campaign) -> bool:
    """False only where the rule is a draw that is still to come."""
    return campaign.rule != "draw" or drawn_at(campaign) is not None


def values(campaign: Campaign) -> dict[str, int]:
    """How many points each source is worth in a campaign; one that is worth nothing is left out."""
    said = {**ranking.SOURCES, **((campaign.waitlist or {}).get("points") or {})}
    return {source: points for source, points in said.items() if points}


def confirmed(campaign: Campaign, place: Place) -> None:
    """A place has begun to count: it enters the line, with the points of what its person did before."""
    moment = place.confirmed_at
    _note(campaign, place.id, "joined", _turn(moment), 0, moment)
    if campaign.rule == "points" and place.person_id:
        for source, kind, ids in _done_before(campaign, place.person_id):
            for id in ids:
                award(place, values(campaign).get(source, 0), source, f"{kind}:{id}")
    settle(campaign, [place.id])


def left(campaign: Campaign, place_ids: Sequence[int], why: str = "left") -> None:
    """Places were given back, or taken out of the line (`why` is `refused`).

    Points stay with a place: who comes back has them, at the end of their like.
    """
    for id in place_ids:
        _note(campaign, id, why, _turn(campaign.moment), 0, campaign.moment)
    settle(campaign, place_ids)


def credit(campaign: Campaign, person: Person, source: str, subject: str) -> bool:
    """Points for something a person did here, worth what the campaign says; False when it moves nobody.

    Somebody without a place yet gets theirs for votes and ideas when it is confirmed.
    """
    if campaign.rule != "points" or source not in values(campaign):
        return False
    mine = Place.campaign_id == campaign.id, Place.person_id == person.id, Place.left_at.is_(None)
    place = db.session.scalar(select(Place).where(*mine))
    return place is not None and award(place, values(campaign)[source], source, subject)


def uncredit(campaign: Campaign, person: Person, source: str, subject: str) -> bool:
    """Take points back for something a person took back; False when they had none for it."""
    mine = Place.campaign_id == campaign.id, Place.person_id == person.id
    place = db.session.scalar(select(Place).where(*mine))
    return place is not None and take_back(place, source, subject)


def award(place: Place, points: int, reason: str, subject: str) -> bool:
    """Give a place points, once for a reason and subject (`person:17`); False when it has them, or the rule is another.

    Points that were taken back can be given again.
    """
    campaign = db.session.get(Campaign, place.campaign_id)
    if campaign.rule != "points" or points <= 0:
        return False
    return _note(campaign, place.id, reason, subject, points, campaign.moment)


def take_back(place: Place, reason: str, subject: str) -> bool:
    """Take back what `award` gave; False when there is nothing to take. The row stays, and says when."""
    campaign = db.session.get(Campaign, place.campaign_id)
    same = PlaceMove.place_id == place.id, PlaceMove.reason == reason, PlaceMove.subject == subject
    points = db.session.scalar(
        update(PlaceMove)
        .where(*same, PlaceMove.back_at.is_(None), PlaceMove.points > 0)
        .values(back_at=campaign.moment)
        .returning(PlaceMove.points)
        .execution_options(synchronize_session=False)
    )
    if points is None:
        return False
    _add(campaign, place.id, -points)
    return True


def _turn(moment: datetime) -> str:
    """Tells one stay in line from the next."""
    return f"turn:{round(moment.timestamp() * 1000)}"


def _note(campaign: Campaign, place_id: int, reason: str, subject: str, points: int, at: datetime) -> bool:
    """Write a move; one that stands already is left as it is."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {"place_id": place_id, "reason": reason, "subject": subject, "points": points, "at": at, "exits": 0}
    made = dialect.insert(PlaceMove).values(**row)
    again = made.on_conflict_do_update(
        index_elements=["place_id", "reason", "subject"],
        set_={"at": at, "points": points, "back_at": None, "number": None, "exits": 0},
        where=PlaceMove.back_at.is_not(None),
    )
    id = db.session.scalar(again.returning(PlaceMove.id))
    if id is None:
        return False
    line_blocks.number_later(campaign, id)
    if points:
        _add(campaign, place_id, points)
    return True


def _add(campaign: Campaign, place_id: int, points: int) -> None:
    db.session.execute(
        update(Place)
        .where(Place.id == place_id)
        .values(points=Place.points + points)
        .execution_options(synchronize_session=False)
    )
    if (known := db.session.identity_map.get(db.session.identity_key(Place, place_id))) is not None:
        db.session.expire(known, ["points"])
    settle(campaign, [place_id])


def _done_before(campaign: Campaign, person_id: int) -> list[tuple[str, str, Sequence[int]]]:
    polls = select(Poll.id).join(Vote, Vote.poll_id == Poll.id)
    ideas = select(Idea.id).where(Idea.campaign_id == campaign.id, Idea.person_id == person_id, Idea.state != "hidden")
    voted = polls.where(Poll.campaign_id == campaign.id, Vote.person_id == person_id).order_by(Poll.id)
    found = [("vote", "poll", db.session.scalars(voted).all()), ("idea", "idea", db.session.scalars(ideas).all())]
    return found


def count_of(campaign: Campaign) -> int:
    """How many places count, asked of the rows themselves: for checks, and before a line was begun."""
    return db.session.scalar(
        select(func.count()).select_from(Place).where(Place.campaign_id == campaign.id, *COUNTS)
    )
