"""Counting a line anew from its places: for rows that came before the counters, or past the services.

The rows are right by definition. `launchpad migrate` and the upkeep mend what is out of step; `doctor` only tells.
"""

import secrets
from collections.abc import Iterator

from sqlalchemy import delete, func, or_, select

from launchpad.database import db
from launchpad.models import Campaign, LineBlock, LineExit, Place
from launchpad.rules import ranking
from launchpad.services.line_blocks import BEGIN, COUNTS, END, LONGEST, write_ranks

_AT_ONCE = 5000  # places read and ranked at a time
_FULL = LONGEST * 3 // 4  # places in a stretch made anew: it can grow before it is cut


def faults(campaign: Campaign) -> list[str]:
    """What is out of step, a sentence each; nothing when all is well. It reads the whole line."""
    odd = _odd(campaign)
    found = [f"campaign {campaign.id}: {odd} places stand in line and do not count, or the other way round"] if odd else []
    blocks = db.session.execute(
        select(LineBlock.first, LineBlock.until, LineBlock.counted, LineBlock.gone, _held(Place), _held(LineExit))
        .where(LineBlock.campaign_id == campaign.id)
        .order_by(LineBlock.first)
    ).all()
    end, counted = BEGIN, 0
    for block in blocks:
        if block.first != end:
            found.append(f"campaign {campaign.id}: its line has a gap before {block.first}")
        if (block.counted, block.gone) != (block[4], block[5]):
            told, true = f"{block.counted} places and {block.gone} exits", f"there are {block[4]} and {block[5]}"
            found.append(f"campaign {campaign.id}: the line counts {told} from {block.first or 'its front'}, {true}")
        end, counted = block.until, counted + block.counted
    if blocks and end != END:
        found.append(f"campaign {campaign.id}: its line ends too soon")
    if not blocks and not odd and db.session.scalar(_ranked(campaign)):
        found.append(f"campaign {campaign.id}: its line is not counted")
    return found


def behind(thoroughly: bool = False) -> list[int]:
    """Ids of the campaigns to mend; `thoroughly` compares each counter with its rows as well."""
    every = db.session.scalars(select(Campaign)).all()
    found = [campaign.id for campaign in every if is_behind(campaign) or (thoroughly and faults(campaign))]
    db.session.rollback()
    return found


def is_behind(campaign: Campaign) -> bool:
    """Whether places came past the services: a quick look, for the upkeep."""
    return not campaign.draw_seed or bool(_odd(campaign)) or bool(
        db.session.scalar(_ranked(campaign))
        and db.session.scalar(select(LineBlock.first).where(LineBlock.campaign_id == campaign.id).limit(1)) is None
    )


def mend(campaign: Campaign) -> int:
    """Rank and count the whole line anew; how many places it holds. Whoever changes it meanwhile waits, or comes after."""
    campaign.draw_seed = campaign.draw_seed or secrets.token_hex(20)  # one from before there were draws has none
    db.session.flush()
    locked = select(LineBlock.first).where(LineBlock.campaign_id == campaign.id).order_by(LineBlock.first)
    for rows in _by_id(campaign):
        write_ranks([row for row in rows if row is not None])
    db.session.execute(locked.with_for_update()).all()
    db.session.execute(
        delete(LineBlock).where(LineBlock.campaign_id == campaign.id).execution_options(synchronize_session=False)
    )
    counts = _cuts(campaign)
    db.session.execute(LineBlock.__table__.insert(), counts)
    return sum(row["counted"] for row in counts)


def _by_id(campaign: Campaign) -> Iterator[list]:
    """The ranks that are wrong, in chunks."""
    after = 0
    columns = (Place.id, Place.submitted_at, Place.points, Place.confirmed_at, Place.left_at, Place.rank)
    while True:
        more = select(*columns).where(Place.campaign_id == campaign.id, Place.id > after)
        rows = db.session.execute(more.order_by(Place.id).limit(_AT_ONCE).with_for_update()).all()
        if not rows:
            return
        after = rows[-1].id
        yield [_stands(campaign, row) for row in rows]


def _stands(campaign: Campaign, row) -> dict | None:
    counts = row.confirmed_at is not None and row.left_at is None
    stands = ranking.rank(row, campaign.rule, campaign.draw_seed) if counts else None
    return {"place": row.id, "stands": stands} if stands != row.rank else None


def _cuts(campaign: Campaign) -> list[dict]:
    """The stretches of the line, from its rows: a new one begins after each _FULL places."""
    numbered = select(Place.rank, func.row_number().over(order_by=Place.rank).label("number")).where(
        Place.campaign_id == campaign.id, Place.rank.is_not(None)
    )
    numbered = numbered.subquery()
    begins = select(numbered.c.rank).where(numbered.c.number % _FULL == 0, numbered.c.number > 0)
    firsts = [BEGIN, *db.session.scalars(begins.order_by(numbered.c.number))]
    cuts = [
        {"campaign_id": campaign.id, "first": first, "until": until}
        for first, until in zip(firsts, [*firsts[1:], END], strict=True)
    ]
    for cut in cuts:
        for name, table in (("counted", Place), ("gone", LineExit)):
            inside = table.campaign_id == campaign.id, table.rank >= cut["first"], table.rank < cut["until"]
            cut[name] = db.session.scalar(select(func.count()).select_from(table).where(*inside))
    return cuts


def _held(table):
    """How many rows of a table lie in a stretch."""
    inside = table.campaign_id == LineBlock.campaign_id, table.rank >= LineBlock.first, table.rank < LineBlock.until
    return select(func.count()).select_from(table).where(*inside).correlate(LineBlock).scalar_subquery()


def _odd(campaign: Campaign) -> int:
    out, in_ = Place.rank.is_(None), Place.rank.is_not(None)
    wrong = or_(out & COUNTS[0] & COUNTS[1], in_ & ~(COUNTS[0] & COUNTS[1]))
    return db.session.scalar(select(func.count()).select_from(Place).where(Place.campaign_id == campaign.id, wrong))


def _ranked(campaign: Campaign):
    return select(Place.id).where(Place.campaign_id == campaign.id, Place.rank.is_not(None)).limit(1)
