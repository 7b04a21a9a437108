"""Keeping a campaign that was written in the control room: its plan, its picture and the reason, in one transaction."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.exc import IntegrityError

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.outside import photos
from launchpad.rules import campaign_file, stories
from launchpad.rules.campaign_file import Fault, Plan
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, pictures, plans, shelves
from launchpad.web.permit import me
from launchpad.web.team import versions
from launchpad.web.team.frame import said


@dataclass(frozen=True)
class Picture:
    """The picture of a form: its bytes if one was chosen, what it shows, and whether the one there is shall go."""

    content: bytes
    shows: str
    drop: bool


def keep(table: dict, sent: Picture, campaign: Campaign | None, by_file: bool) -> Campaign:
    """Parse, take the picture in, load it all in one transaction. Raises Fault or Refusal, and changes nothing then."""
    plan = campaign_file.parse(table)
    if campaign is None and campaigns.by_slug(plan.slug) is not None:
        raise Fault("campaign.slug", "is another campaign's. Choose another, or change that one on its page Edit")
    if campaign is not None and plan.slug != campaign.slug:
        raise Fault("campaign.slug", f"must stay {campaign.slug}: people have that address")
    reason = _reason(plan, campaign)
    if sent.content and not sent.shows:
        raise Fault("hero_alt", "say in a few words what the picture shows, for those who cannot see it")
    db.session.rollback()  # lets go of the connection while the picture is decoded and kept
    key = pictures.take_in(sent.content, photos.HERO).key if sent.content else None
    try:
        with writing():
            if campaign is not None:
                shelves.lock_all(campaign)  # before the campaign, which the check locks
                versions.check()
            row = plans.load(plan, me(), reason)
            _set_picture(row, plan, key, sent, by_file)
            return row
    except IntegrityError:
        pictures.drop([key] if key else [])
        raise Fault("campaign.slug", "was taken by another campaign just now") from None
    except BaseException:
        pictures.drop([key] if key else [])
        raise


def _set_picture(row: Campaign, plan: Plan, key: str | None, sent: Picture, by_file: bool) -> None:
    gone = plan.hero is None if by_file else sent.drop
    if key or gone:
        plans.set_hero(row, key)
    elif by_file and row.hero is None:
        raise Fault("campaign.hero", f"names {plan.hero}: choose that picture below, or take the line out")
    row.hero_alt = sent.shows if row.hero else ""


def _reason(plan: Plan, campaign: Campaign | None) -> str:
    """Why; needed when a moment changes, as with every move by hand."""
    reason = said("reason")
    if campaign is not None and not reason:
        mine = {m.name: m.due for m in campaign.milestones if not m.hours}
        if any(mine.get(m.name) not in (None, m.due) for m in plan.milestones):
            raise Refusal("reason", "A moment changes: say why, in a few words. It is kept in the log.", "reason")
    return reason


def picture() -> Picture:
    """The picture of the form that was sent. Raises Fault or Refusal."""
    chosen = request.files.get("hero")
    content = chosen.stream.read(stories.PHOTO_BYTES + 1) if chosen is not None and chosen.filename else b""
    if len(content) > stories.PHOTO_BYTES:
        raise Fault("campaign.hero", f"is larger than {stories.PHOTO_BYTES // 2**20} MB")
    return Picture(content, said("hero_alt"), "drop_hero" in request.form)
