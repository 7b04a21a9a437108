"""The slim lines about purchases whose buyers agreed to them: one each, and one for all that come fast.

A shared line is one entry that is reworded, at most every few seconds; how many it speaks of are rows. Its last words
are said by `catch_up`, which upkeep calls.
"""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Entry, Order, Person, PurchaseLine
from launchpad.rules import purchases as rules
from launchpad.services import entry_changes, thread

SHARED = "purchases:"  # how the fact of a shared line begins; the id of its first order follows
NAMES = 2  # that a shared line says


def announce(campaign: Campaign, order: Order) -> None:
    """Say in the thread that somebody bought. They agreed to it.

    The campaign's row is locked, so that of two at once the second sees the line of the first.
    """
    lock(campaign)
    line = _open(campaign) if _many(campaign) else None
    if line is None:
        shares = _many(campaign)
        text = rules.single(order.person.known_as, order.quantity, order.variant.name)
        line = thread.report(campaign, f"{SHARED if shares else 'order:'}{order.id}", text, kind="purchase")
        if line is None:  # said before
            return
        if shares:
            line.marks = {"said": clock.now().isoformat()}
        _add(campaign, order, line, told=True)
        return
    _add(campaign, order, line, told=False)
    # Who hides a line holds its row and then wants the campaign's: whoever has it, this waits for nobody.
    if clock.now() >= _said(line) + rules.EVERY and _held(line.id, skip=True) is not None:
        _reword(campaign, line)


def lock(campaign: Campaign) -> None:
    """Let nobody else report a sale of this campaign before this is committed.

    The lock is the weaker one: whoever wrote a letter or an entry of the campaign holds its key, and two who did so
    must not wait for each other.
    """
    db.session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True))


def _many(campaign: Campaign) -> bool:
    """Whether so many bought in the last minute that the next one shares a line."""
    since = campaign.moment - rules.WINDOW
    lately = select(PurchaseLine.order_id).where(PurchaseLine.campaign_id == campaign.id, PurchaseLine.at > since)
    return len(db.session.scalars(lately.limit(rules.SINGLE)).all()) >= rules.SINGLE


def _open(campaign: Campaign) -> Entry | None:
    """The shared line that goes on: it began not long ago, and stands."""
    rows = select(Entry).where(
        Entry.campaign_id == campaign.id, Entry.kind == "purchase", Entry.state == "shown",
        Entry.fact.startswith(SHARED), Entry.at > campaign.moment - rules.LONGEST,
    )  # fmt: skip
    return db.session.scalar(rows.order_by(Entry.id.desc()).limit(1))


def _add(campaign: Campaign, order: Order, line: Entry, told: bool) -> None:
    db.session.add(
        PurchaseLine(order_id=order.id, campaign_id=campaign.id, entry_id=line.id, at=campaign.moment, told=told)
    )
    db.session.flush()


def _said(line: Entry) -> datetime:
    return datetime.fromisoformat(line.marks["said"])


def _held(entry_id: int, skip: bool = False) -> Entry | None:
    """A line, its row held and fresh. Rows of entries are taken before the campaign's, by whoever does not skip."""
    held = select(Entry).where(Entry.id == entry_id).with_for_update(of=Entry, skip_locked=skip)
    return db.session.scalar(held.execution_options(populate_existing=True))


def _reword(campaign: Campaign, line: Entry) -> None:
    """Let a line say what its rows say; without any it is taken down. One that was hidden stays as it was."""
    people, first, last = db.session.execute(
        select(func.count(), func.min(PurchaseLine.at), func.max(PurchaseLine.at)).where(PurchaseLine.entry_id == line.id)
    ).one()
    if not people:
        entry_changes.take_down(campaign, line, "This order was given back.")
        return
    newest = list(
        db.session.scalars(
            select(Order)
            .join(PurchaseLine, PurchaseLine.order_id == Order.id)
            .join(Person, Person.id == Order.person_id)
            .where(PurchaseLine.entry_id == line.id, Person.erased_at.is_(None), Person.name != "")
            .order_by(PurchaseLine.at.desc(), Order.id.desc())
            .limit(NAMES)
        )
    )
    if people == 1:
        only = db.session.scalar(select(Order).join(PurchaseLine, PurchaseLine.order_id == Order.id).filter_by(entry_id=line.id))
        text = rules.single(only.person.known_as, only.quantity, only.variant.name)
    else:
        text = rules.shared(people, [order.person.known_as for order in newest], last - first)
    entry_changes.reword(campaign, line, text, {"said": clock.now().isoformat()})
    db.session.execute(
        update(PurchaseLine)
        .where(PurchaseLine.entry_id == line.id, PurchaseLine.told.is_(False))
        .values(told=True)
        .execution_options(synchronize_session=False)
    )


def behind() -> list[tuple[int, int]]:
    """(campaign, entry) ids of shared lines whose words do not yet speak of everybody."""
    rows = select(PurchaseLine.campaign_id, PurchaseLine.entry_id).where(PurchaseLine.told.is_(False)).distinct()
    return [tuple(row) for row in db.session.execute(rows)]


def catch_up(campaign_id: int, entry_id: int) -> None:
    """Let one line speak of everybody. Twice is once."""
    line = _held(entry_id)
    campaign = db.session.get_one(Campaign, campaign_id)
    lock(campaign)
    if line is not None:
        _reword(campaign, line)


def unsay(campaign: Campaign, order: Order) -> None:
    """Take back the line about an order that is none any more: its words go, or speak of one fewer."""
    said = db.session.scalar(select(PurchaseLine.entry_id).where(PurchaseLine.order_id == order.id))
    line = _held(said) if said is not None else None
    if line is None or line.state != "shown":
        return
    lock(campaign)
    db.session.execute(delete(PurchaseLine).where(PurchaseLine.order_id == order.id))
    _reword(campaign, line)


def forget(person: Person) -> None:
    """Erasure: shared lines that said this person's name say it no more; that so many bought stays. Call it when their
    row says nothing of them any more."""
    rows = (
        select(Entry.id)
        .join(PurchaseLine, PurchaseLine.entry_id == Entry.id)
        .join(Order, Order.id == PurchaseLine.order_id)
        .where(Order.person_id == person.id, Entry.state == "shown", Entry.fact.startswith(SHARED))
    )
    for id in sorted(db.session.scalars(rows).unique()):
        line = _held(id)
        campaign = db.session.get_one(Campaign, line.campaign_id)
        lock(campaign)
        _reword(campaign, line)
