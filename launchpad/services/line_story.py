"""Why somebody stands where they stand: what moved their place, from rows, at a cost that does not grow with the line."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, LineExit, Place, PlaceMove
from launchpad.rules import ranking
from launchpad.services import line_blocks, lines, previewing

MOST = 100  # of a person's own moves that are shown, the newest
LOOKED_AT = 200  # of the newest exits of a line: those before are told as one number
MOVED = ("joined", "left", "refused")


@dataclass(frozen=True)
class Change:
    """One thing that moved a place.

    kind    joined | left | refused | points | back (points taken back) | exits (people ahead who left, on one day) |
            earlier (such exits before those days) | passed (people who came in ahead since `at`) | draw
    n       how many people or points
    number  their number right after it, where it was kept
    """

    at: datetime
    kind: str
    n: int = 0
    number: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a place stands now, and what moved it there, the newest first."""

    number: int | None
    ahead: int
    points: int
    changes: list[Change]


def standing(campaign: Campaign, place: Place) -> Standing:
    """The whole of it, in a handful of statements."""
    rows = select(PlaceMove).where(PlaceMove.place_id == place.id).order_by(PlaceMove.at.desc(), PlaceMove.id.desc())
    moves = db.session.scalars(rows.limit(MOST)).all()
    found = [change for move in moves for change in _own(move)]
    points = db.session.scalar(select(Place.points).where(Place.id == place.id)) or 0
    if not place.counted or not lines.drawn(campaign):
        return Standing(None, 0, points, _sorted(found))
    rank = ranking.rank(place, campaign.rule, campaign.draw_seed)
    ahead, exits = line_blocks.ahead(campaign, rank)
    if campaign.rule == "draw":
        found += _drawn(campaign, place, rank)
    elif (last := next((move for move in moves if move.number is not None), None)) is not None:
        gone = max(0, exits - last.exits)
        found += _exits(campaign, rank, last.at, gone)
        if (came := ahead + 1 - last.number + gone) > 0:
            found.append(Change(last.at, "passed", came))
    return Standing(ahead + 1, ahead, points, _sorted(found))


def seed(campaign: Campaign) -> str | None:
    """The seed of the draw, once it is public: not before lots were drawn, and in no preview of that moment."""
    return campaign.draw_seed if campaign.rule == "draw" and previewing.shown() is None and lines.drawn(campaign) else None


def _own(move: PlaceMove) -> list[Change]:
    if move.reason in MOVED:
        return [Change(move.at, move.reason, 0, move.number)]
    gained = Change(move.at, "points", move.points, move.number if move.back_at is None else None, move.reason)
    return [gained] if move.back_at is None else [gained, Change(move.back_at, "back", move.points, None, move.reason)]


def _drawn(campaign: Campaign, place: Place, rank: str) -> list[Change]:
    at = lines.drawn_at(campaign)
    recent = _recent(campaign, rank, max(at, place.confirmed_at))
    return [Change(at, "draw"), *_by_day(campaign, recent)]


def _exits(campaign: Campaign, rank: str, since: datetime, gone: int) -> list[Change]:
    """Those who left ahead since a moment: the newest by day, the rest as one number. `gone` is how many in all."""
    recent = _recent(campaign, rank, since)[:gone]
    found = _by_day(campaign, recent)
    rest = gone - len(recent)
    return found + ([Change(since, "earlier", rest)] if rest else [])


def _recent(campaign: Campaign, rank: str, since: datetime) -> list[datetime]:
    """When people ahead left, the newest first."""
    newest = select(LineExit).where(LineExit.campaign_id == campaign.id).order_by(LineExit.id.desc()).limit(LOOKED_AT)
    return [exit.at for exit in db.session.scalars(newest) if exit.rank < rank and exit.at >= since]


def _by_day(campaign: Campaign, moments: list[datetime]) -> list[Change]:
    days: dict = {}
    for at in moments:
        newest, n = days.get(day := at.astimezone(campaign.zone).date(), (at, 0))
        days[day] = max(newest, at), n + 1
    return [Change(at, "exits", n) for at, n in days.values()]


def _sorted(changes: list[Change]) -> list[Change]:
    """The newest first; what is told since a moment stands above what happened at it."""
    order = {"passed": 3, "earlier": 2, "exits": 1}
    return sorted(changes, key=lambda c: (c.at, order.get(c.kind, 0)), reverse=True)
