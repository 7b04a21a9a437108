"""The mishaps of a rehearsal as rows: chosen before it is first played, begun once, ended with what was counted."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Letter, Mishap, Person, Rehearsal
from launchpad.rules import mishaps as rules
from launchpad.rules import timetable
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, standing

HOUR = timedelta(hours=1)


def choose(campaign: Campaign, names: Iterable[str], actor: Person | None = None) -> None:
    """Set what goes wrong in a rehearsal that was not played yet. Without an actor it is the operator who chooses.

    Raises Refusal: mishap (no such one, or played already), worker (why no worker may die now).
    """
    wanted = set(names)
    if unknown := sorted(wanted - set(rules.NAMES)):
        raise Refusal("mishap", f"There is no mishap called {unknown[0][:40]}: choose of {', '.join(rules.NAMES)}.", "mishap")
    if campaign.rehearsal is None or campaign.rehearsal.played_at is not None:
        if wanted:
            raise Refusal("mishap", "Mishaps are chosen before a rehearsal is played. Play it again to choose.", "mishap")
        return
    if "worker" in wanted:
        _refuse_death(actor)
    there = {row.name: row for row in of(campaign.id)}
    for name in rules.NAMES:
        if name in wanted and name not in there:
            db.session.add(Mishap(campaign_id=campaign.id, name=name))
        elif name in there and name not in wanted:
            db.session.delete(there[name])
    if wanted or there:
        before, after = {"mishaps": sorted(there)}, {"mishaps": sorted(wanted)}
        audit.record(actor, "rehearsal.mishaps", campaign, f"campaign:{campaign.id}", before, after)
    db.session.flush()


def why_none_may_die() -> str:
    """Why workers must not be killed now, for real campaigns share them; "" when they may."""
    real = clock.now()
    campaigns = db.session.scalars(select(Campaign).where(~Campaign.rehearsal.has()))
    for campaign in campaigns:
        for milestone, opens in timetable.openings(campaign.milestones):
            if milestone.reached_at is None and (opens or milestone.due) <= real + HOUR:
                return f"{campaign.name} is a real campaign with a milestone within the hour, and shares the workers"
    leaving = select(Letter.id).join(Person, Person.id == Letter.person_id).where(
        Letter.state == "claimed", Person.played_in.is_(None),
        Letter.campaign_id.is_(None) | Letter.campaign_id.not_in(select(Rehearsal.campaign_id)),
    )  # fmt: skip
    if db.session.scalar(leaving.limit(1)) is not None:
        return "a real letter is just being sent"
    return ""


def _refuse_death(actor: Person | None) -> None:
    if actor is not None and standing.staff_role(actor) != "owner":
        raise Refusal("worker", "Only an owner of the whole site may have its workers killed.", "mishap", 403)
    if why := why_none_may_die():
        raise Refusal("worker", f"No worker may die now: {why}.", "mishap")


def of(campaign_id: int) -> list[Mishap]:
    """The mishaps chosen for a rehearsal, in the order of the list to choose from."""
    rows = db.session.scalars(select(Mishap).filter_by(campaign_id=campaign_id))
    return sorted((row for row in rows if row.name in rules.BY_NAME), key=lambda row: rules.NAMES.index(row.name))


def begin(campaign: Campaign, name: str) -> bool:
    """A mishap happens from now on; False when it has begun already."""
    now = campaign.moment
    until = rules.outage(now, campaign.rehearsal.speed) if name == "mail" else None
    mine = _set(campaign.id, name, Mishap.begun_at.is_(None), begun_at=clock.now(), begun=now, until=until)
    if mine:
        audit.record(None, "rehearsal.mishap", campaign, f"campaign:{campaign.id}", after={"begins": name})
    return mine


def end(campaign_id: int, name: str, facts: dict) -> None:
    """It is over, and this is what was counted. Ending it twice changes nothing."""
    _set(campaign_id, name, Mishap.ended_at.is_(None), ended_at=clock.now(), facts=facts)


def without_mail() -> set[int]:
    """Rehearsals whose mail server is played to be away right now. While a clock stands it is back."""
    rows = db.session.execute(
        select(Campaign, Mishap.until)
        .join(Mishap, Mishap.campaign_id == Campaign.id)
        .where(Mishap.name == "mail", Mishap.begun_at.is_not(None), Mishap.ended_at.is_(None))
        .where(Mishap.begun_at > clock.now() - timedelta(seconds=2 * rules.OUTAGE_MOST))
    )
    return {campaign.id for campaign, until in rows if campaign.rehearsal.speed and campaign.moment < until}


def _set(campaign_id: int, name: str, *conditions, **values) -> bool:
    mine = Mishap.campaign_id == campaign_id, Mishap.name == name
    statement = update(Mishap).where(*mine, *conditions).values(**values)
    return db.session.execute(statement.execution_options(synchronize_session=False)).rowcount == 1
