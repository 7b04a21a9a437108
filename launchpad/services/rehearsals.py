"""A rehearsal: a campaign with a clock of its own, which the team plays, pauses, and moves to the next opening.

Any campaign can be copied to one, and everything of a rehearsal can be wiped again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, inspect, select

from launchpad import clock
from launchpad.database import afterwards, db
from launchpad.models import (
    Campaign,
    Milestone,
    Option,
    Person,
    Photo,
    Poll,
    Prompt,
    Rehearsal,
    Story,
    Variant,
)
from launchpad.rules import timetable as rules
from launchpad.rules.live_events import event_of
from launchpad.rules.polls import IN_THREAD, closes_in_thread
from launchpad.rules.refusals import Refusal
from launchpad.rules.rehearsal import Mapping, first_mapping
from launchpad.services import audit, campaigns, crowd, event_plans, events, pictures
from launchpad.services.timetable import locked
from launchpad.services.wakes import wake

SPEED, FASTEST = 2000, 100_000
SUFFIX = "-rehearsal"

# What a campaign has become so far stays behind; what it is made of comes along.
_LIVED = {
    Campaign: {"slug", "version", "seq", "draw_seed", "held_at", "hold_message", "sales_stopped_at", "sales_message"}
    | {"thread_closed_at", "thread_message", "recap_words", "recap_published_at", "created_at", "joins_paused_at", "joins_message"}
    | {"list_first_until"},
    Milestone: {"went_at", "silent", "reached_at", "late", "written_at"},
    Variant: {"taken"},
}


def prepare(campaign: Campaign, speed: int = SPEED, crowd: int = 0) -> Rehearsal:
    """Give a campaign a rehearsal's clock. It stands one campaign hour before its first milestone until played."""
    first = min(m.due for m in campaign.milestones)
    mapping = first_mapping(first, clock.now(), 0)
    campaign.rehearsal = Rehearsal(
        real_0=mapping.real_0, campaign_0=mapping.campaign_0, speed=0, chosen_speed=_speed(speed), crowd=crowd
    )
    db.session.flush()
    return campaign.rehearsal


def play(campaign: Campaign, speed: int | None = None, actor: Person | None = None) -> None:
    """Let the clock run, or run at another speed, from where it stands. Raises Refusal."""
    campaign, rehearsal = _rehearsed(campaign)
    if rehearsal.ended_at is not None:
        raise Refusal("ended", "This rehearsal has been played to its end.")
    if speed is not None:
        rehearsal.chosen_speed = _speed(speed)
    if rehearsal.played_at is None:
        rehearsal.played_at = clock.now()
        crowd.assemble(campaign)
    crowd.begin(campaign)
    _set(campaign, rehearsal.mapping.at_speed(rehearsal.chosen_speed, clock.now()), "rehearsal.play", actor)


def pause(campaign: Campaign, actor: Person | None = None) -> None:
    """Let the clock stand where it is. Pausing twice changes nothing. Raises Refusal."""
    campaign, rehearsal = _rehearsed(campaign)
    if rehearsal.speed:
        _set(campaign, rehearsal.mapping.at_speed(0, clock.now()), "rehearsal.pause", actor)


def stand_at(campaign: Campaign, real: datetime) -> None:
    """Set a running clock back to what it showed at a real moment, and let it stand: nobody was there since.

    Raises Refusal for a real campaign.
    """
    campaign, rehearsal = _rehearsed(campaign)
    if rehearsal.speed and rehearsal.ended_at is None:
        _set(campaign, Mapping(clock.now(), rehearsal.mapping.campaign(real), 0), "rehearsal.stand", None)


def skip(campaign: Campaign, actor: Person | None = None) -> str:
    """Set the clock to the next opening, never back, so that it opens now; the name of what opens. Raises Refusal."""
    campaign, rehearsal = _rehearsed(campaign)
    if campaign.held_at is not None:
        raise Refusal("held", "The campaign is on hold. Release it first.")
    coming = rules.next_opening(campaign.milestones, campaign.now)
    if coming is None:
        raise Refusal("nothing_next", "Nothing more will open by itself.")
    milestone, opening = coming
    _set(campaign, Mapping(clock.now(), opening, rehearsal.speed), "rehearsal.skip", actor)
    return milestone.name


def copy(campaign: Campaign, speed: int = SPEED, crowd: int = 0, actor: Person | None = None) -> Campaign:
    """Copy a real campaign to `<slug>-rehearsal`, ready to be played; the campaign itself stays untouched.

    An earlier rehearsal of the same campaign is wiped first. Raises Refusal when another campaign has the slug.
    """
    slug = campaign.slug + SUFFIX
    before = campaigns.by_slug(slug)
    if before is not None:
        if before.rehearsal is None or before.rehearsal.of_id != campaign.id:
            raise Refusal("slug", f"Another campaign is called {slug}.")
        wipe(before, actor)
    made = Campaign(slug=slug, **made_of(campaign))
    planned = [m for m in campaign.milestones if event_of(m.name) is None and not closes_in_thread(m.name)]
    made.milestones = [Milestone(**made_of(m)) for m in planned]
    db.session.add(made)
    db.session.flush()
    for kind in (Variant, Prompt):
        for row in db.session.scalars(select(kind).filter_by(campaign_id=campaign.id).order_by(kind.id)):
            db.session.add(kind(campaign_id=made.id, **made_of(row)))
    asked = select(Poll).where(Poll.campaign_id == campaign.id, Poll.number <= IN_THREAD).order_by(Poll.number)
    for row in db.session.scalars(asked):
        poll = Poll(campaign_id=made.id, **made_of(row))
        poll.options = [Option(**made_of(option)) for option in row.options]
        db.session.add(poll)
    prepare(made, speed, crowd).of_id = campaign.id
    event_plans.copy(campaign, made)
    audit.record(actor, "rehearsal.copy", made, f"campaign:{campaign.id}")
    db.session.flush()
    return made


def wipe(campaign: Campaign, actor: Person | None = None) -> None:
    """Delete a rehearsal with all that was played in it: people, places, orders, letters, entries, pictures.

    The rows go by one DELETE and its cascades, the pictures' files after the commit. Raises Refusal for a real one.
    """
    refuse_real(campaign)
    photos = select(Photo.key).join(Story, Story.id == Photo.story_id).where(Story.campaign_id == campaign.id)
    keys = list(db.session.scalars(photos))
    if campaign.hero and not _hero_is_shared(campaign):
        keys.append(campaign.hero)
    audit.record(actor, "rehearsal.wipe", subject=f"campaign:{campaign.id}")
    db.session.flush()
    db.session.execute(delete(Person).where(Person.played_in == campaign.id))
    db.session.execute(delete(Campaign).where(Campaign.id == campaign.id).execution_options(synchronize_session=False))
    db.session.expunge(campaign)  # with what was read of it: a page may still say what it was called
    db.session.expire_all()
    if keys:
        afterwards(lambda: pictures.drop(keys))


def refuse_real(campaign: Campaign) -> None:
    """Raise Refusal for a real campaign: what happened in it is not ours to delete."""
    if campaign.rehearsal is None:
        raise Refusal("not_rehearsed", "This is a real campaign: it cannot be wiped.", status=404)


def _rehearsed(campaign: Campaign) -> tuple[Campaign, Rehearsal]:
    """The campaign and its clock, locked and fresh."""
    campaign = locked(campaign.id)
    if campaign is None or campaign.rehearsal is None:
        raise Refusal("not_rehearsed", "This campaign is not a rehearsal: its time is real time.", status=404)
    return campaign, campaign.rehearsal


def _speed(speed: int) -> int:
    if not 1 <= speed <= FASTEST:
        raise Refusal("speed", f"Choose a speed from 1 to {FASTEST:,}.", "speed")
    return speed


def _set(campaign: Campaign, mapping: Mapping, act: str, actor: Person | None) -> None:
    rehearsal = campaign.rehearsal
    rehearsal.real_0, rehearsal.campaign_0, rehearsal.speed = mapping.real_0, mapping.campaign_0, mapping.speed
    campaign.version += 1
    audit.record(actor, act, campaign, f"campaign:{campaign.id}", after={"speed": mapping.speed})
    events.announce(campaign, "state")
    wake("timetable", campaign.id)


def _hero_is_shared(campaign: Campaign) -> bool:
    """A copy shows the real campaign's picture."""
    others = select(Campaign.id).where(Campaign.hero == campaign.hero, Campaign.id != campaign.id)
    return db.session.scalar(others) is not None


def made_of(row: Any) -> dict[str, Any]:
    """The columns of a row that come along: neither its identity, nor whose it is, nor what it has lived through."""
    kind = type(row)
    left = {"id", "campaign_id", "poll_id"} | _LIVED.get(kind, set())
    return {c.key: getattr(row, c.key) for c in inspect(kind).column_attrs if c.key not in left}
