"""Silence and ban: given by the team with a reason and an end, told by letter, over by the clock. Appeals: services.appeals.

A silence is of one campaign, a ban of all campaigns of its brand; neither takes a place, an order or the right to read.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, bindparam, or_, select, update

from launchpad.database import db
from launchpad.models import Campaign, Person, Rehearsal, Sanction
from launchpad.rules import moderation as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, letters, standing

KINDS = ("silence", "ban")


def give(
    campaign: Campaign, actor: Person | None, person: Person, kind: str, hours: int | None, reason: str
) -> Sanction:
    """Silence or ban somebody for so many hours of campaign time; None is until it is lifted. They get a letter.

    One that was decided here and runs already is replaced, so that there is one end. Raises Refusal: kind, hours, reason, team.
    """
    reason = " ".join(reason.split())
    if kind not in KINDS:
        raise Refusal("kind", "Choose silence or ban.", "kind")
    if hours not in (rules.SILENCES if kind == "silence" else rules.BANS):
        raise Refusal("hours", "Choose how long it lasts.", "hours")
    if not reason:
        raise Refusal("reason", "Say why: the person reads it.", "reason")
    if standing.staff_roles(person, campaign):
        raise Refusal("team", "This person is of the team. Take their key back first.")
    if person.erased_at is not None:
        raise Refusal("erased", "This person has erased themselves.")
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    here = select(Sanction).where(Sanction.person_id == person.id, Sanction.campaign_id == campaign.id, runs(campaign))
    for before in db.session.scalars(here):  # a ban of the brand is its own campaign's to end
        before.lifted_at = campaign.moment
    row = Sanction(
        campaign_id=campaign.id, person_id=person.id, kind=kind, reason=reason[:250], at=campaign.moment,
        until=campaign.moment + timedelta(hours=hours) if hours else None, decided_by=actor.id if actor else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    letters.write("sanction", person, f"sanction:{row.id}", campaign)
    after = {"sanction": row.id, "until": row.until.isoformat() if row.until else None}
    audit.record(actor, f"person.{kind}", campaign, f"person:{person.id}", None, after, reason)
    return row


def lift(campaign: Campaign, actor: Person | None, row: Sanction, reason: str = "") -> None:
    """End one before its time. Its person gets a letter. Raises Refusal: over."""
    if not end(campaign, row):
        raise Refusal("over", "This has ended already.")
    letters.write("sanction_over", row.person, f"sanction:{row.id}", campaign)
    audit.record(actor, "person.lift", campaign, f"person:{row.person_id}", {"sanction": row.id}, None, reason)


def end(campaign: Campaign, row: Sanction) -> bool:
    """End one now; False when it was over. It tells nobody: see `lift`."""
    ended = db.session.execute(
        update(Sanction)
        .where(Sanction.id == row.id, runs(campaign))
        .values(lifted_at=campaign.moment)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(row)
    return ended.rowcount == 1


# --- whom it binds -----------------------------------------------------------------------------------------------


def running(campaign: Campaign, person: Person | None) -> Sanction | None:
    """What keeps this person from writing in the campaign now: the one that lasts longest."""
    return running_for(campaign, [person.id]).get(person.id) if person is not None else None


def running_for(campaign: Campaign, ids: Iterable[int]) -> dict[int, Sanction]:
    """The same for several people, by id."""
    rows = _with_its_campaign(select(Sanction, Campaign.brand, Rehearsal.id)).order_by(Sanction.id)
    found: dict[int, Sanction] = {}
    for row, *decided in db.session.execute(rows.where(Sanction.person_id.in_(list(ids)), runs(campaign))):
        if not _binds(campaign, row.kind, row.campaign_id, *decided):
            continue
        other = found.get(row.person_id)
        if other is None or row.until is None or (other.until is not None and row.until > other.until):
            found[row.person_id] = row
    return found


def banned(campaign: Campaign, ids: Iterable[int]) -> set[int]:
    """Which of these people may not join anything of the brand now."""
    ids = list(ids)
    if not ids:
        return set()
    rows = db.session.execute(_BANS, {"ids": ids, "moment": campaign.moment})
    return {person_id for person_id, *decided in rows if _binds(campaign, "ban", *decided)}


def _with_its_campaign(rows):
    return rows.join(Campaign, Campaign.id == Sanction.campaign_id).outerjoin(Rehearsal, Rehearsal.campaign_id == Campaign.id)


# Each join asks it, so it is built once.
_BANS = _with_its_campaign(select(Sanction.person_id, Sanction.campaign_id, Campaign.brand, Rehearsal.id)).where(
    Sanction.person_id.in_(bindparam("ids", expanding=True)), Sanction.kind == "ban", Sanction.lifted_at.is_(None),
    or_(Sanction.until.is_(None), Sanction.until > bindparam("moment")),
)  # fmt: skip


def runs(campaign: Campaign) -> ColumnElement[bool]:
    """The condition under which one binds now."""
    return Sanction.lifted_at.is_(None) & or_(Sanction.until.is_(None), Sanction.until > campaign.moment)


def _binds(campaign: Campaign, kind: str, campaign_id: int, brand: str, rehearsal_id: int | None) -> bool:
    """Whether what was decided in a campaign counts in this one: it is the same, or a ban in another one of the brand. A
    rehearsal's stay in the rehearsal. Brands are compared here, because SQLite's lower() knows A to Z alone.
    """
    if campaign_id == campaign.id:
        return True
    elsewhere = kind == "ban" and rehearsal_id is None and campaign.rehearsal is None
    return elsewhere and rules.one_brand(campaign.brand, brand)


def refuse(campaign: Campaign, person: Person) -> None:
    """Raise Refusal `sanction` when this person may not write here now."""
    if (row := running(campaign, person)) is not None:
        raise Refusal("sanction", words(row), status=403)


def words(row: Sanction) -> str:
    """What its person reads in place of a form. Until when is said beside it, in the reader's zone."""
    return f"The team has {'silenced you here' if row.kind == 'silence' else 'banned you from writing and joining'}: {row.reason}"


def forget(person: Person) -> None:
    """Erasure: that somebody was kept from writing may stay in the log; what was said about it does not."""
    theirs = update(Sanction).where(Sanction.person_id == person.id)
    db.session.execute(theirs.values(reason="", appeal="", answer="").execution_options(synchronize_session=False))
