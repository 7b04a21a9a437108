"""All campaigns that one has a key to: where each stands, what comes next, what waits for the team."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request, url_for

from launchpad.models import Campaign, Milestone, Person
from launchpad.rules import access, timetable
from launchpad.services import campaigns, needs, standing
from launchpad.services.needs import Needs
from launchpad.web.answers import page
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import site


@dataclass(frozen=True)
class Line:
    """One campaign of the list, at its own moment; `link` leads where this reader may go, empty for nowhere yet."""

    campaign: Campaign
    roles: list[str]
    may: Callable[[str], bool]
    link: str
    why_not: str
    now: datetime
    phase: str
    coming: tuple[Milestone, datetime] | None
    waiting: Needs | None


@site.get("/")
@permit("team.enter")
def home():
    """The list; a host of one campaign is led to its page of the day, while that is open."""
    mine = me()
    over_all = standing.staff_roles(mine)
    lines = [line for c in campaigns.every() if (line := _line(c, mine))]
    if not over_all and len(lines) == 1 and lines[0].roles == ["host"] and lines[0].link and not request.args:
        return redirect(lines[0].link, 303)
    return page("team/campaigns.html", here="campaigns", lines=lines, over_all=bool(over_all))


def _line(campaign: Campaign, person: Person) -> Line | None:
    """None for a campaign that no key of this person fits."""
    held = standing.staff_roles(person, campaign)
    if not held:
        return None
    now, milestones = campaign.now, campaign.milestones
    phase, open = standing.stage(campaign, now)

    def may(action: str) -> bool:
        return access.may(action, held, phase, open)

    sees = may("team.see")
    link = url_for("room.room", slug=campaign.slug) if sees else ""
    if not sees and may("today.see"):
        link = url_for("room.today", slug=campaign.slug)
    return Line(
        campaign=campaign,
        roles=[role for role in reversed(access.STAFF) if role in held],
        may=may,
        link=link,
        why_not="" if link else access.why_not("today.see", held, phase, open) or "",
        now=now,
        phase=phase.value,
        coming=timetable.next_opening(milestones, now),
        waiting=needs.needs(campaign, now) if sees else None,
    )
