"""A campaign made of another one, at another date: all its moments are shown before it is made.

A page of the whole site: who has a key to one campaign alone makes no others.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from sqlalchemy.exc import IntegrityError

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.rules.campaign_file import Fault, Plan
from launchpad.rules.file_moving import ANCHORS
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, cloning, pictures, plans
from launchpad.services.timetable import locked
from launchpad.web.answers import done, page
from launchpad.web.filters import milestone_label
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import said, site
from launchpad.web.team.written import moment_said

FIELDS = ("of", "name", "slug", "anchor", "to", "distance")


@dataclass(frozen=True)
class Moment:
    """One moment, of the campaign and of its clone; `note` says what is not plain."""

    label: str
    was: datetime
    will: datetime
    note: str


@site.get("/new/clone", endpoint="clone")
@permit("campaign.create")
def clone():
    """The form; `of` is the slug of the campaign that was looked at."""
    source = campaigns.by_slug(request.args.get("of", "")[:80])
    sent = {"of": source.slug, "name": source.name, "anchor": "launch"} if source else {"anchor": "launch"}
    return _form(sent)


@site.post("/new/clone", endpoint="clone_make")
@permit("campaign.create")
def make():
    """Show what it would be; with `confirmed`, make it."""
    sent = {name: request.form.get(name, "")[:250] for name in FIELDS}
    try:
        source, plan = _wish()
        if "confirmed" not in request.form:
            return page("team/clone_shown.html", **_shown(source, plan, sent))
        if request.form.get("version") != str(source.version):
            words = f"{source.name} was changed since you looked. This is what a clone would be now."
            refusal = Refusal("changed", words, "version")
            return page("team/clone_shown.html", 422, **_shown(source, plan, sent), refusal=refusal)
        made = _make(source, plan)
    except Refusal as refusal:
        return _form(sent, refusal)
    except Fault as fault:
        return _form(sent, Refusal("date", f"At that date it cannot be: {fault}.", "to"))
    return done(url_for("room.room", slug=made))


def _wish() -> tuple[Campaign, Plan]:
    """The form, read. Raises Refusal, and Fault for what cannot be at that date."""
    source = campaigns.by_slug(said("of", 80))
    if source is None:
        raise Refusal("of", "Choose a campaign.", "of")
    anchor = said("anchor", 20)
    if anchor not in ANCHORS:
        raise Refusal("anchor", "Choose which moment you set.", "anchor")
    slug, name = said("slug", 80), said("name", 250)
    to = moment_said("to", source.zone)
    return source, cloning.plan_of_clone(source, slug, name, anchor, to, distance="distance" in request.form)


def _make(source: Campaign, plan: Plan) -> str:
    """Its slug. The picture is copied before, without a transaction. Raises Refusal, Fault."""
    id, hero, version = source.id, source.hero, source.version
    db.session.rollback()
    key = pictures.copy(hero) if hero else None
    try:
        with writing():
            source = locked(id)
            if source is None or source.version != version:
                raise Refusal("changed", "That campaign was changed just now. Look at it again.", "of")
            return cloning.clone(source, plan, me(), key).slug
    except IntegrityError:
        pictures.drop([key] if key else [])
        raise Refusal("slug", f"/{plan.slug}/ was taken by another campaign just now.", "slug") from None
    except BaseException:
        pictures.drop([key] if key else [])
        raise


def _form(sent: dict, refusal: Refusal | None = None):
    every = [(c.slug, f"{c.name} · /{c.slug}/{' (rehearsal)' if c.rehearsal else ''}") for c in campaigns.every()]
    status = refusal.status if refusal else 200
    response = page("team/clone.html", status, here="campaigns", every=every, sent=sent, refusal=refusal)
    if refusal:
        response.headers["X-Refusal"] = refusal.reason
    return response


def _shown(source: Campaign, plan: Plan, sent: dict) -> dict:
    return {
        "here": "campaigns", "source": source, "plan": plan, "sent": sent, "version": source.version,
        "moments": _moments(source, plans.plan_of(source), plan, bool(sent["distance"]), sent["anchor"]),
    }  # fmt: skip


def _moments(source: Campaign, before: Plan, after: Plan, distance: bool, anchor: str) -> list[Moment]:
    found = []
    for milestone in after.milestones:
        was, note = before.due(milestone.name), ""
        if milestone.hours:
            note = f"{milestone.hours} whole hours before the doors"
        elif not distance and milestone.name != anchor and _clock(was, source) != _clock(milestone.due, source):
            note = "the clocks skip that hour that day"
        elif milestone.waits:
            note = "waits for your go"
        found.append(Moment(milestone_label(milestone.name), was, milestone.due, note))
    found += [Moment(f"Live: {will.title}", was.at, will.at, "") for was, will in zip(before.events, after.events, strict=True)]
    return sorted(found, key=lambda moment: moment.will)


def _clock(moment: datetime, source: Campaign) -> str:
    return moment.astimezone(source.zone).strftime("%H:%M")
