"""The line of a waitlist: who stands where, at a cost that does not grow with its length.

A place that counts has a rank (rules.ranking); the line is the order of the ranks. It is cut into stretches that know
how many places they hold, so that a number is a sum over stretches and a count within one. Whoever changes a place
calls `settle` in the same transaction; the stretches are changed right before the commit, so that two people who
confirm at once wait for each other no longer than a commit takes. Joining counts nothing and waits for nobody.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db, lastly
from launchpad.models import Campaign, LineBlock, LineExit, Place, PlaceMove
from launchpad.rules import ranking

BEGIN, END = "", "g"  # before and behind every rank, which is of hexadecimal digits
LONGEST = 2048  # places in a stretch: then it becomes two
_TRIES = 20  # a stretch that was cut meanwhile is looked up again; each time somebody else has cut

COUNTS = (Place.confirmed_at.is_not(None), Place.left_at.is_(None))


def total(campaign: Campaign) -> int:
    """How many places count."""
    return db.session.scalar(
        select(func.coalesce(func.sum(LineBlock.counted), 0)).where(LineBlock.campaign_id == campaign.id)
    )


def ahead(campaign: Campaign, rank: str) -> tuple[int, int]:
    """How many places that count stand before a rank, and how many left from before it. One statement, one truth."""
    before = LineBlock.campaign_id == campaign.id, LineBlock.until <= rank
    within = (
        select(LineBlock.first)
        .where(LineBlock.campaign_id == campaign.id, LineBlock.first <= rank, LineBlock.until > rank)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(
            select(func.coalesce(func.sum(LineBlock.counted), 0)).where(*before).scalar_subquery(),
            select(func.coalesce(func.sum(LineBlock.gone), 0)).where(*before).scalar_subquery(),
            *(
                select(func.count())
                .select_from(table)
                .where(table.campaign_id == campaign.id, table.rank >= within, table.rank < rank)
                .scalar_subquery()
                for table in (Place, LineExit)
            ),
        )
    ).one()
    return row[0] + row[2], row[1] + row[3]


def settle(campaign: Campaign, place_ids: Iterable[int]) -> None:
    """Bring the line in step with these places: whoever counts stands where the rule says, whoever does not is out.

    Call it after changing a place, in the same transaction; calling it again changes nothing.
    """
    db.session.flush()
    columns = (Place.id, Place.submitted_at, Place.points, Place.confirmed_at, Place.left_at, Place.rank)
    mine = select(*columns).where(Place.campaign_id == campaign.id, Place.id.in_(list(place_ids)))
    moved = []
    for row in db.session.execute(mine.order_by(Place.id).with_for_update()):
        counts = row.confirmed_at is not None and row.left_at is None
        stands = ranking.rank(row, campaign.rule, campaign.draw_seed) if counts else None
        if stands != row.rank:
            moved.append({"place": row.id, "stands": stands})
            _count(campaign.id, row.rank, -1)
            _count(campaign.id, stands, 1)
            if stands is None:
                db.session.add(LineExit(campaign_id=campaign.id, rank=row.rank, at=row.left_at or campaign.moment))
                _count(campaign.id, row.rank, 0, gone=1)
    write_ranks(moved)


def write_ranks(moved: list[dict]) -> None:
    """Keep ranks: `place` the id, `stands` the rank or None. Counts nothing."""
    if moved:
        table = Place.__table__
        keep = update(table).where(table.c.id == bindparam("place")).values(rank=bindparam("stands"))
        db.session.connection().execute(keep, moved)


def number_later(campaign: Campaign, move_id: int) -> None:
    """Write into a move, right before the commit, which number its place has by then."""
    _pending()["moves"].append((campaign, move_id))


def _count(campaign_id: int, rank: str | None, counted: int, gone: int = 0) -> None:
    if rank is not None:
        change = _pending()["changes"][campaign_id, rank]
        change[0] += counted
        change[1] += gone


def _pending() -> dict:
    info = db.session().info
    if "line" not in info:
        info["line"] = {"changes": defaultdict(lambda: [0, 0]), "moves": []}
        # behind all that others do last: a campaign's own row is locked before its line, by everybody
        lastly(lambda: lastly(_write))
    return info["line"]


def _write() -> None:
    db.session.flush()
    pending = db.session().info.pop("line")
    for campaign_id in sorted({campaign_id for campaign_id, _ in pending["changes"]}):
        begin(campaign_id)
    for campaign, move_id in pending["moves"]:
        if campaign.rule == "draw":
            continue  # nobody has a number before lots are drawn, not even in a row
        _number(campaign, move_id, pending["changes"])
    long = set()
    for (campaign_id, rank), (counted, gone) in sorted(pending["changes"].items()):
        if (counted or gone) and _change(campaign_id, rank, counted, gone):
            long.add((campaign_id, rank))
    for campaign_id, rank in sorted(long):  # behind all changes: a cut counts rows, and they are changed already
        _cut(campaign_id, rank)


def _number(campaign: Campaign, move_id: int, changes: dict) -> None:
    """Before the counters are changed, so that their locks are short; what they do not know yet is added."""
    of = PlaceMove.id == move_id
    rank = db.session.scalar(select(Place.rank).join(PlaceMove, PlaceMove.place_id == Place.id).where(of))
    if rank is not None:
        places, exits = _known_ahead(campaign, rank, changes)
        said = update(PlaceMove).where(of).values(number=places + 1, exits=exits)
        db.session.execute(said.execution_options(synchronize_session=False))


def _known_ahead(campaign: Campaign, rank: str, changes: dict) -> tuple[int, int]:
    """`ahead`, with rows that are changed already and stretches that are not: within my own stretch rows were counted."""
    places, exits = ahead(campaign, rank)
    first = db.session.scalar(
        select(LineBlock.first).where(
            LineBlock.campaign_id == campaign.id, LineBlock.first <= rank, LineBlock.until > rank
        )
    )
    for (campaign_id, where), (counted, gone) in changes.items():
        if campaign_id == campaign.id and first is not None and where < first:
            places, exits = places + counted, exits + gone
    return places, exits


def _change(campaign_id: int, rank: str, counted: int, gone: int) -> bool:
    """One statement for one stretch; whether that is too long now.

    A stretch that was cut while we waited for it does not fit any more: ask again.
    """
    holds = and_(LineBlock.campaign_id == campaign_id, LineBlock.first <= rank, LineBlock.until > rank)
    change = (
        update(LineBlock)
        .where(holds)
        .values(counted=LineBlock.counted + counted, gone=LineBlock.gone + gone)
        .returning(LineBlock.counted)
        .execution_options(synchronize_session=False)
    )
    for _ in range(_TRIES):
        holds_now = db.session.scalar(change)
        if holds_now is not None:
            return holds_now > LONGEST
    raise RuntimeError(f"the line of campaign {campaign_id} has no stretch for {rank}")


def begin(campaign_id: int) -> None:
    """Give a campaign that has none its first stretch, empty. Safe to call at once from two transactions."""
    known = db.session.scalar(select(LineBlock.first).where(LineBlock.campaign_id == campaign_id).limit(1))
    if known is None:
        dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
        first = dialect.insert(LineBlock).values(campaign_id=campaign_id, first=BEGIN, until=END, counted=0, gone=0)
        db.session.execute(first.on_conflict_do_nothing())


def _cut(campaign_id: int, rank: str) -> None:
    """Make two of the stretch around a rank, each with what its rows say. This transaction holds it locked.

    Rows that others change now are not seen, and not counted here: those others wait for this stretch.
    """
    block = db.session.execute(
        select(LineBlock.first, LineBlock.until, LineBlock.counted).where(
            LineBlock.campaign_id == campaign_id, LineBlock.first <= rank, LineBlock.until > rank
        )
    ).one()
    if block.counted <= LONGEST:
        return  # it was cut for another rank of this transaction
    first, until = block.first, block.until
    inside = Place.campaign_id == campaign_id, Place.rank >= first, Place.rank < until
    middle = db.session.scalar(select(Place.rank).where(*inside).order_by(Place.rank).offset(LONGEST * 3 // 4).limit(1))
    if middle is None or middle == first:
        return
    later = LineBlock(campaign_id=campaign_id, first=middle, until=until, **_rows(campaign_id, middle, until))
    here = LineBlock.campaign_id == campaign_id, LineBlock.first == first
    earlier = update(LineBlock).where(*here).values(until=middle, **_rows(campaign_id, first, middle))
    db.session.execute(earlier.execution_options(synchronize_session=False))
    db.session.add(later)
    db.session.flush()
    db.session.expunge(later)  # counted by statements from here on, never by the session


def _rows(campaign_id: int, first: str, until: str) -> dict[str, int]:
    counts = {}
    for name, table in (("counted", Place), ("gone", LineExit)):
        inside = table.campaign_id == campaign_id, table.rank >= first, table.rank < until
        counts[name] = db.session.scalar(select(func.count()).select_from(table).where(*inside))
    return counts
