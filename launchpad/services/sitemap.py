"""The public pages of the site, for search engines: none of a rehearsal, none before a campaign's waitlist."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, LiveEvent
from launchpad.rules.phases import Phase
from launchpad.services import campaigns, questions, site


@dataclass(frozen=True)
class Page:
    """A path, and when it last changed where that is known."""

    path: str
    changed: datetime | None = None


def pages() -> list[Page]:
    """All of them."""
    found = [Page("/"), Page("/community"), *(Page(f"/about/{name}") for name in site.NAMES)]
    for campaign in campaigns.every():
        if campaign.rehearsal is None and campaign.phase.is_from(Phase.WAITLIST):
            found += _of(campaign)
    return found


def _of(campaign: Campaign) -> list[Page]:
    home, said = f"/{campaign.slug}", _last_said(campaign)
    changed = max((at for at in (campaign.latest_reached, said) if at), default=None)
    found = [Page(f"{home}/", changed), Page(f"{home}/thread", said)]
    if campaign.phase == Phase.WAITLIST:
        found.append(Page(f"{home}/waitlist"))
    if campaign.phase.is_from(Phase.LAUNCH):
        found.append(Page(f"{home}/stories"))
    if questions.any_answered(campaign):
        found.append(Page(f"{home}/thread/answered"))
    events = select(LiveEvent.id).filter_by(campaign_id=campaign.id, cancelled_at=None).order_by(LiveEvent.id)
    ids = list(db.session.scalars(events))
    return found + ([Page(f"{home}/events")] if ids else []) + [Page(f"{home}/events/{id}") for id in ids]


def _last_said(campaign: Campaign) -> datetime | None:
    return db.session.scalar(select(func.max(Entry.at)).where(Entry.campaign_id == campaign.id, Entry.state == "shown"))
