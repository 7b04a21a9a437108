"""What the page of the audit log is asked for, as its address says: the same for the page and for the file."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import request

from launchpad.models import Campaign
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns
from launchpad.services.audit import Filter
from launchpad.web.forms import clean
from launchpad.web.team.wording import ACTS

FIELDS = {"act": 60, "person": 9, "campaign": 80, "subject": 60, "from": 10, "to": 10, "q": 100}  # and their lengths


def chosen() -> dict[str, str]:
    """The fields of the address that say something, for links that keep them."""
    found = {name: (clean(request.args.get(name, "")) or "")[:most] for name, most in FIELDS.items()}
    return {name: value for name, value in found.items() if value}


def zone(campaign: Campaign | None) -> ZoneInfo:
    """On whose clocks a day begins: the campaign's; UTC for the log of everything."""
    return campaign.zone if campaign else ZoneInfo("UTC")


def wanted(campaign: Campaign | None) -> Filter:
    """The filter. What cannot be is nothing's, except a day that is none: Refusal says so."""
    asked = chosen()
    of = campaign or (campaigns.by_slug(asked["campaign"]) if "campaign" in asked else None)
    first, last = _day(asked, "from", campaign), _day(asked, "to", campaign, after=1)
    if first and last and last <= first:
        raise Refusal("to", "The last day comes before the first one.", "to")
    person, words = asked.get("person", ""), asked.get("q", "")
    return Filter(
        campaign_id=of.id if of else None,
        act=asked.get("act", ""),
        person_id=int(person) if person.isascii() and person.isdigit() else None,
        subject=asked.get("subject", ""),
        since=first,
        until=last,
        words=words,
        named=tuple(act for act, said in ACTS.items() if words and words.casefold() in said.casefold()),
    )


def _day(asked: dict[str, str], name: str, campaign: Campaign | None, after: int = 0) -> datetime | None:
    """The moment at which a day begins, or the one after it."""
    if name not in asked:
        return None
    try:
        day = date.fromisoformat(asked[name]) + timedelta(days=after)
        return datetime.combine(day, time.min, zone(campaign)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal(name, "Choose a day, like 2026-12-24.", name) from None
