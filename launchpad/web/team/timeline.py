"""The timeline: the whole campaign in one picture, and what would become of everything if a moment were moved."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from flask import abort, g, request, url_for

from launchpad.rules import timetable as rules
from launchpad.rules.openings import is_head_start
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services.outlook import outlook
from launchpad.web.answers import page, refused
from launchpad.web.filters import milestone_label
from launchpad.web.forms import clean
from launchpad.web.permit import may, permit
from launchpad.web.team import picture, versions
from launchpad.web.team.frame import room
from launchpad.web.team.moments import Moment, moments, phases, planned
from launchpad.web.team.picture import Drawing

VIEWS = {"all": "Whole campaign", "days": "Launch days", "now": "Next 24 hours"}
# What is offered; any other may be written into the address.
ZONES = (
    "UTC", "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Athens", "Africa/Lagos", "Africa/Nairobi",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
    "Pacific/Auckland", "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles",
)  # fmt: skip


@dataclass(frozen=True)
class Timeline:
    """What the fragment draws. `zone`: a second zone that was asked for; `unknown`: one that does not exist."""

    view: str
    views: list[tuple[str, str, str]]
    zone: ZoneInfo | None
    unknown: str
    choices: list[tuple[str, str]]
    moments: list[Moment]
    across: Drawing
    down: Drawing
    address: str


@room.app_template_global("timeline_of")
def timeline() -> Timeline:
    """The picture of this request's campaign, in the view and with the second zone that the address asks for."""
    view = request.args.get("view", "all")
    view = view if view in VIEWS else "all"
    wanted = (clean(request.args.get("zone", "")) or "")[:60]
    zone = ZoneInfo(wanted) if wanted in _zones() else None
    found = moments(g.campaign, g.now, may("timetable.edit"))
    at = planned(g.campaign, g.now)
    window = _window(view, at)
    drawn = (found, phases(g.campaign, g.now), _heads(at), g.now, window, g.campaign.zone)
    here = request.endpoint if request.endpoint in ("room.room", "room.timetable") else "room.timetable"
    kept = {"zone": wanted} if zone else {}
    return Timeline(
        view=view,
        views=[(name, label, url_for(here, view=name, **kept)) for name, label in VIEWS.items()],
        zone=zone,
        unknown=wanted if wanted and zone is None else "",
        choices=_choices(zone),
        moments=found,
        across=picture.across(*drawn),
        down=picture.down(*drawn),
        address=url_for(here),
    )


@room.get("/timeline/<name>", endpoint="effect")
@permit("timetable.edit")
def effect(name: str):
    """What would become of everything if a milestone were moved to `due`: nothing is changed by asking."""
    milestone = g.campaign.milestone(name)
    if milestone is None:
        abort(404)
    values = {"here": "timetable", "name": name, "label": milestone_label(name), "version_fields": versions.fields}
    try:
        due = _due()
        if due < g.campaign.moment:
            raise Refusal("past", "That moment has passed. Choose one that is still to come.", "due")
        dues = rules.move(g.campaign.milestones, name, due, g.now)
    except Refusal as refusal:
        return refused(refusal, "team/effect.html", fragment="team/_effect.html", **values)
    seen = outlook(g.campaign, rules.with_dues(g.campaign.milestones, dues), g.now)
    return page("team/effect.html", fragment="team/_effect.html", due=due, outlook=seen, **values)


def _due() -> datetime:
    """The moment of the address; without an offset, on the campaign's clocks. Raises Refusal."""
    try:
        due = datetime.fromisoformat(request.args.get("due", "")[:40])
        return (due if due.tzinfo else due.replace(tzinfo=g.campaign.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal("due", "Choose a date and a time.", "due") from None


def _window(view: str, at: dict[str, datetime]) -> tuple[datetime, datetime] | None:
    """From when to when a view shows; None is everything."""
    if view == "now":
        return g.now - timedelta(hours=3), g.now + timedelta(hours=21)
    launch = next((at[m.name] for m in g.campaign.milestones if m.phase == Phase.LAUNCH), None)
    if view == "all" or launch is None:
        return None
    heads = [at[m.name] for m in g.campaign.milestones if is_head_start(m)]
    recaps = [at[m.name] for m in g.campaign.milestones if m.phase == Phase.RECAP]
    first, last = min([*heads, launch - timedelta(days=1)]), max([*recaps, launch + timedelta(days=1)])
    return first - timedelta(hours=2), last + timedelta(hours=2)


def _heads(at: dict[str, datetime]) -> picture.Spans:
    """Head starts by tier, the earliest first: from their opening to the launch."""
    launch = next((at[m.name] for m in g.campaign.milestones if m.phase == Phase.LAUNCH), None)
    heads = [m.name for m in rules.in_order(g.campaign.milestones) if is_head_start(m)]
    return [(_tier(name), at[name], launch) for name in heads if launch is not None]


def _tier(name: str) -> str:
    tier = name.removeprefix("head_start_")
    return g.campaign.tiers.get(tier, tier.replace("_", " ").capitalize())


def _choices(zone: ZoneInfo | None) -> list[tuple[str, str]]:
    keys = ZONES if zone is None or zone.key in ZONES else (zone.key, *ZONES)
    return [("", "none"), *((key, key.rsplit("/", 1)[-1].replace("_", " ")) for key in keys)]


@lru_cache(maxsize=1)
def _zones() -> set[str]:
    return available_timezones() - {"localtime"}
