"""What keeps somebody from writing as they like, as pages say it: a sanction, slow mode, words that others do not see yet."""

from flask import g

from launchpad.database import db
from launchpad.models import Campaign, Person
from launchpad.rules import access
from launchpad.rules import moderation as rules
from launchpad.services import records, sanctions, screening, slow_mode, thread
from launchpad.web.permit import me, my_roles


def of_writing() -> dict:
    """The values of the composer: `sanction` and where to appeal, whether slow mode binds, real seconds still to
    wait, `unseen`: what others do not see."""
    person, campaign, exempt = me(), g.campaign, bool(access.VOICES & my_roles())
    pace = slow_mode.seconds(campaign)
    sanction = None if exempt else sanctions.running(campaign, person)
    return {
        "sanction": sanction,
        "appeal_at": f"/{_slug(sanction.campaign_id)}/appeal/{sanction.id}" if sanction is not None else "",
        "slow_for_me": bool(pace) and not exempt,
        "slow_wait": 0 if exempt else real(screening.wait(campaign, person)),
        "unseen": thread.unseen(campaign, person),
    }


def _slug(campaign_id: int) -> str:
    """Where a ban was decided: it binds every campaign of the brand, and is appealed there."""
    return g.slug if campaign_id == g.campaign.id else db.session.get_one(Campaign, campaign_id).slug


def real(seconds: int) -> int:
    """Seconds of campaign time as seconds of a reader's clock; a rehearsal's run faster."""
    speed = g.campaign.rehearsal.speed if g.campaign.rehearsal else 1
    return -(-seconds // max(1, speed))


def pace() -> str:
    """How often this request's person may post: by what they are to the campaign, and by their record."""
    if access.VOICES & my_roles():
        return "60/minute"
    person: Person | None = me()
    level = rules.trust(records.of(g.campaign, person), g.campaign.moment) if person is not None else "new"
    return f"{rules.pace(level)}/minute"
