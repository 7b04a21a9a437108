"""Keeping a campaign that was written in the control room: its plan, its picture and the reason, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
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

AWAITED = 3600  # seconds for which a picture waits between the two steps of a file; the sweep leaves it for two hours


@dataclass(frozen=True)
class Picture:
    """The picture of a form: its bytes if one was chosen, or its key if that was taken in by the step before; what it
    shows; and whether the one there is shall go."""

    content: bytes
    shows: str
    drop: bool
    key: str = ""


@dataclass(frozen=True)
class Trial:
    """What keeping would bring: the file before and after, whether a reason is needed, the picture for the second step."""

    before: dict
    after: dict
    moves: bool
    picture: str


class _Undone(Exception):
    """Thrown out of a transaction that was only tried."""


def keep(table: dict, sent: Picture, campaign: Campaign | None, by_file: bool, act: str = "", asks: bool = True) -> Campaign:
    """Parse, take the picture in, load it all in one transaction. Raises Fault or Refusal, and changes nothing then.

    `act` is what the log calls it; without `asks`, moved moments need no reason.
    """
    plan = _plan(table, campaign)
    reason = said("reason")
    if asks and not reason and campaign is not None and _moves(plan, campaign):
        raise Refusal("reason", "A moment changes: say why, in a few words. It is kept in the log.", "reason")
    with _taken_in(sent, plan) as key, writing():
        return _load(plan, sent, key, campaign, by_file, reason, act)


def trial(table: dict, sent: Picture, campaign: Campaign, checks: bool = True) -> Trial:
    """What the file would change, found by loading it and taking that back. Raises what `keep` would, but for a reason.

    Without `checks` it is compared with the campaign as it stands, whichever version the form was made from.
    """
    plan = _plan(table, campaign)
    moves = _moves(plan, campaign)
    with _taken_in(sent, plan) as key:
        try:
            with writing():
                before = campaign_file.unparse(plans.plan_of(campaign))
                row = _load(plan, sent, key, campaign, True, "", "", checks)
                after = campaign_file.unparse(plans.plan_of(row))
                raise _Undone
        except _Undone:
            pass
        return Trial(before, after, moves, _signer().dumps([campaign.id, key]) if key else "")


def _plan(table: dict, campaign: Campaign | None) -> Plan:
    plan = campaign_file.parse(table)
    if campaign is None and campaigns.by_slug(plan.slug) is not None:
        raise Fault("campaign.slug", "is another campaign's. Choose another, or change that one on its page Edit")
    if campaign is not None and plan.slug != campaign.slug:
        raise Fault("campaign.slug", f"must stay {campaign.slug}: people have that address")
    return plan


@contextmanager
def _taken_in(sent: Picture, plan: Plan) -> Iterator[str | None]:
    """The key of the picture that was sent, if one was; dropped again when what follows fails."""
    if sent.content and not (sent.shows or plan.hero_alt):
        raise Fault("hero_alt", "say in a few words what the picture shows, for those who cannot see it")
    db.session.rollback()  # lets go of the connection while the picture is decoded and kept
    made = pictures.take_in(sent.content, photos.HERO).key if sent.content else None
    try:
        yield made or sent.key or None
    except IntegrityError:
        pictures.drop([made] if made else [])
        raise Fault("campaign.slug", "was taken by another campaign just now") from None
    except BaseException:
        pictures.drop([made] if made else [])
        raise


def _load(
    plan: Plan, sent: Picture, key: str | None, campaign: Campaign | None, by_file: bool, reason: str, act: str,
    checks: bool = True,
) -> Campaign:  # fmt: skip
    if campaign is not None:
        shelves.lock_all(campaign)  # before the campaign, which the check locks
        if checks:
            versions.check()
    had = campaign.hero_alt if campaign is not None else ""
    row = plans.load(plan, me(), reason, act)
    gone = plan.hero is None if by_file else sent.drop
    if key or gone:
        plans.set_hero(row, key)
    elif by_file and row.hero is None:
        raise Fault("campaign.hero", f"names {plan.hero}: choose that picture below, or take the line out")
    written = plan.hero_alt if by_file and sent.shows in ("", had) else ""  # in the file; a field that was changed wins
    row.hero_alt = (written or sent.shows) if row.hero else ""
    return row


def _moves(plan: Plan, campaign: Campaign) -> bool:
    """Whether a moment that people may know would change: a reason is needed then, as with every move by hand."""
    mine = {m.name: m.due for m in campaign.milestones if not m.hours}
    return any(mine.get(m.name) not in (None, m.due) for m in plan.milestones)


def picture(campaign: Campaign | None = None) -> Picture:
    """The picture of the form that was sent, or the one that the step before took in. Raises Fault or Refusal."""
    chosen = request.files.get("hero")
    content = chosen.stream.read(stories.PHOTO_BYTES + 1) if chosen is not None and chosen.filename else b""
    if len(content) > stories.PHOTO_BYTES:
        raise Fault("campaign.hero", f"is larger than {stories.PHOTO_BYTES // 2**20} MB")
    key = _key_taken_in(campaign) if campaign is not None and not content else ""
    return Picture(content, said("hero_alt"), "drop_hero" in request.form, key)


def _key_taken_in(campaign: Campaign) -> str:
    token = request.form.get("picture", "")
    try:
        id, key = _signer().loads(token, max_age=AWAITED) if token else (campaign.id, "")
    except (BadSignature, ValueError):
        raise Fault("campaign.hero", "has waited for too long: choose the picture once more") from None
    if id != campaign.id:
        raise Fault("campaign.hero", "is another campaign's: choose the picture once more")
    return key


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="picture")
