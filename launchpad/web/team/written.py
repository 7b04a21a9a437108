"""Moments as a form writes them: in the campaign's zone, without an offset unless one is written."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import g, request

from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_reading import Table, in_years
from launchpad.rules.refusals import Refusal
from launchpad.web.team.frame import said


def written(moment: datetime) -> str:
    """A moment as a field of the form holds it."""
    return moment.astimezone(g.campaign.zone).strftime("%Y-%m-%dT%H:%M")


def moment_said(field: str, zone: ZoneInfo | None = None) -> datetime:
    """The moment of a field: local to this zone, else that of this request's campaign, unless an offset is written. Raises Refusal.

    The second step of an act carries it with its offset, as the first step understood it, to the microsecond.
    """
    text = said(field, 40)
    try:
        moment = datetime.fromisoformat(text)
        if "confirmed" in request.form and moment.utcoffset() is not None:
            return in_years(moment.astimezone(UTC), field)
        return Table({field: moment}, "", None).moment(field, zone or g.campaign.zone)
    except Fault as fault:
        raise Refusal("due", f"That moment {fault.message}.", field) from None
    except (ValueError, OverflowError):
        raise Refusal("due", "Choose a date and a time.", field) from None
