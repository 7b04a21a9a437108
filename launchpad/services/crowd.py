"""The crowd of a rehearsal as rows: what it plays on, whom it is made of, who plays it, how far it has come.

Only one process plays a crowd at a time: it holds the row, and says every other second that it lives. One that was
killed loses it after SILENT; the next goes on where the row says, and what is acted twice is the same act.
"""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import (
    Campaign,
    Consent,
    CrowdRefusal,
    Letter,
    Mishap,
    Person,
    Poll,
    Prompt,
    Rehearsal,
    Staff,
    Story,
    Variant,
)
from launchpad.rules import crowd as rules
from launchpad.rules import timetable
from launchpad.services import audit
from launchpad.services.wakes import wake

SILENT = timedelta(seconds=5)
BEFORE = timedelta(days=60)  # so long before the campaign its known members joined


def cast_of(campaign: Campaign) -> list[rules.Actor]:
    """The crowd of a rehearsal; the same each time, but for the moments, which follow the timetable."""
    size = campaign.rehearsal.crowd if campaign.rehearsal else 0
    return rules.cast(campaign.id, size, stage_of(campaign))


def stage_of(campaign: Campaign) -> rules.Stage:
    """What a campaign's crowd plays on. What waits for a go is expected at its due."""
    opens = {m.name: at or m.due for m, at in timetable.openings(campaign.milestones)}
    polls = db.session.scalars(select(Poll).filter_by(campaign_id=campaign.id).order_by(Poll.number))
    prompts = db.session.scalars(
        select(Prompt.id).filter_by(campaign_id=campaign.id, since="launch").order_by(Prompt.id)
    )
    skus = db.session.scalars(select(Variant.sku).filter_by(campaign_id=campaign.id).order_by(Variant.position))
    return rules.Stage(
        zone=campaign.timezone, opens=opens,
        polls=tuple(rules.Ballot(p.id, p.kind, len(p.options), p.least, p.most) for p in polls),
        skus=tuple(skus), tiers=tuple(timetable.head_start_tiers(campaign.milestones)), prompts=tuple(prompts),
        per_person=campaign.most_an_order,
    )  # fmt: skip


def address_of(campaign_id: int, number: int | str) -> str:
    """The e-mail address of an actor: a number, or `rush-7` and `bots-7` of those whom a mishap brings."""
    if isinstance(number, str):
        kind, _, count = number.partition("-")
        return f"{kind}-{campaign_id}-{count}@example.com"
    return f"crowd-{campaign_id}-{number}@example.com" if number != rules.HOST else f"host-{campaign_id}@example.com"


def actor_at(campaign_id: int, email: str) -> str | None:
    """Whom of the crowd an address is of, as `address_of` made it; None for anybody else's."""
    if email == address_of(campaign_id, rules.HOST):
        return str(rules.HOST)
    found = re.fullmatch(rf"(crowd|rush|bots)-{campaign_id}-(\d+)@example\.com", email)
    return None if found is None else found[2] if found[1] == "crowd" else f"{found[1]}-{found[2]}"


def assemble(campaign: Campaign) -> None:
    """Make the members whom the brand knew before, and the host, who plays the team. Once a rehearsal."""
    known = [actor for actor in cast_of(campaign) if actor.known]
    if not known:
        return
    real = clock.now()
    joined = min(m.due for m in campaign.milestones) - BEFORE
    same = {"confirmed_at": real, "member_at": joined, "member_source": "rehearsal", "played_in": campaign.id}
    host = {
        "email": address_of(campaign.id, rules.HOST),
        "name": f"The {campaign.brand or campaign.name} team",
        "tier": "member",
    }
    people = [{"email": address_of(campaign.id, a.number), "name": a.name, "tier": a.tier} for a in known]
    made = _made([{**one, **same} for one in (*people, host)])
    agreed = {"purpose": "marketing", "given": True, "wording": "marketing-1", "source": "rehearsal", "at": real}
    members = [
        {"person_id": id, "campaign_id": campaign.id, **agreed}
        for email, id in made.items()
        if email != host["email"]
    ]
    if members:
        db.session.execute(insert(Consent), members)
    if host["email"] not in made:  # an address that somebody took gets no key to the control room
        return
    host_id = made[host["email"]]
    db.session.add(Staff(person_id=host_id, campaign_id=campaign.id, role="moderator"))
    audit.record(None, "staff.add", campaign, f"person:{host_id}", None, {"role": "moderator", "played": True})
    db.session.flush()


def _made(people: list[dict]) -> dict[str, int]:
    """Insert people whose address nobody has; address -> id of those."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    values = [{**one, "session_key": secrets.token_hex(16), "created_at": clock.now()} for one in people]
    found = {}
    for some in (values[at : at + 100] for at in range(0, len(values), 100)):
        statement = dialect.insert(Person).values(some).on_conflict_do_nothing(index_elements=["email"])
        found |= {email: id for email, id in db.session.execute(statement.returning(Person.email, Person.id))}
    return found


def begin(campaign: Campaign) -> None:
    """The clock runs: have the crowd played."""
    if is_played(campaign):
        wake("crowd", campaign.id)


def is_played(campaign: Campaign) -> bool:
    """True when there is something to act in a rehearsal: a crowd, or a mishap."""
    chosen = select(Mishap.id).where(Mishap.campaign_id == campaign.id)
    return bool(campaign.rehearsal.crowd) or db.session.scalar(chosen.limit(1)) is not None


def waiting() -> list[int]:
    """Campaigns whose crowd has something left to act and is played by nobody, the clock being let run."""
    return list(
        db.session.scalars(
            select(Rehearsal.campaign_id)
            .where(or_(Rehearsal.crowd > 0, Rehearsal.campaign_id.in_(select(Mishap.campaign_id))))
            .where(Rehearsal.speed > 0, Rehearsal.crowd_done_at.is_(None), _free())
            .order_by(Rehearsal.campaign_id)
        )
    )


def take(campaign_id: int, by: str) -> bool:
    """Become the one who plays this crowd; False when another does."""
    return _set(campaign_id, _free(), crowd_by=by, crowd_beat_at=clock.now())


def beat(campaign_id: int, by: str, **values) -> bool:
    """Say that it is still played, and how far it has come; False when it is another's by now, or gone."""
    return _set(campaign_id, Rehearsal.crowd_by == by, crowd_beat_at=clock.now(), **values)


def leave(campaign_id: int, by: str) -> None:
    """Let another go on."""
    _set(campaign_id, Rehearsal.crowd_by == by, crowd_by=None)


def finish(campaign_id: int, by: str) -> None:
    """Nothing is left to act."""
    _set(campaign_id, Rehearsal.crowd_by == by, crowd_by=None, crowd_done_at=clock.now())


def note_refusals(campaign: Campaign, refused: list[tuple[str, str, str, datetime]]) -> None:
    """Keep who was refused what: (actor, act, reason, real moment)."""
    rows = [
        {"campaign_id": campaign.id, "actor": actor[:60], "act": act[:60], "reason": reason[:250],
         "at": campaign.mapping.campaign(real)}
        for actor, act, reason, real in refused
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(CrowdRefusal), rows)


def letter_to(campaign_id: int, number: int, kind: str, after: int = 0) -> Letter | None:
    """The newest letter of a kind to an actor, newer than that one."""
    person = select(Person.id).where(Person.email == address_of(campaign_id, number)).scalar_subquery()
    newest = select(Letter).where(Letter.person_id == person, Letter.kind == kind, Letter.id > after)
    return db.session.scalar(newest.order_by(Letter.id.desc()).limit(1))


def has_proven(campaign_id: int, number: int) -> bool:
    """True when an actor's address is theirs: then a letter may sign them in."""
    email = address_of(campaign_id, number)
    return (
        db.session.scalar(select(Person.id).where(Person.email == email, Person.confirmed_at.is_not(None)))
        is not None
    )


def stories_waiting(campaign_id: int) -> list[int]:
    """Stories of simulated people that nobody has looked at."""
    mine = Story.campaign_id == campaign_id, Story.state == "waiting", Person.played_in == campaign_id
    return list(
        db.session.scalars(
            select(Story.id).join(Person, Person.id == Story.person_id).where(*mine).order_by(Story.id)
        )
    )


def _free():
    return or_(Rehearsal.crowd_by.is_(None), Rehearsal.crowd_beat_at < clock.now() - SILENT)


def _set(campaign_id: int, *conditions, **values) -> bool:
    statement = update(Rehearsal).where(Rehearsal.campaign_id == campaign_id, *conditions).values(**values)
    return db.session.execute(statement.execution_options(synchronize_session=False)).rowcount == 1
