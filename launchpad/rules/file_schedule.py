"""The schedule of a campaign file: its tables [schedule] and [tiers], and the timetable that follows from them."""

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from launchpad.rules.file_reading import Fault, Table, in_years
from launchpad.rules.head_start import LONGEST, SHORTEST
from launchpad.rules.phases import OPENED_BY
from launchpad.rules.plan import MilestonePlan, PollPlan

MOST_TIERS = 20
MEMBER = "member"
RECAP_AFTER = timedelta(hours=48)
ARCHIVE_AFTER = timedelta(days=30)
_TIER = re.compile(r"[a-z0-9]([-_]?[a-z0-9])*\Z")


def read_tiers(top: Table) -> dict[str, str]:
    """What each tier is called."""
    tiers = top.table("tiers", None)
    _check_names(tiers)
    return {name: tiers.text(name, 60) for name in tiers.value}


def read_head_start(top: Table) -> dict[str, int]:
    """Hours before the launch by tier, elapsed time whatever the clocks do. Without the table members have 24."""
    schedule = Table(top.get("schedule"), "schedule", (*OPENED_BY, "head_start", "waits"))
    if not schedule.has("head_start"):
        return {MEMBER: SHORTEST}
    hours = schedule.table("head_start", None)
    _check_names(hours)
    if not hours.value:
        raise Fault(hours.path, "must name at least one tier")
    return {tier: hours.whole(tier, SHORTEST, LONGEST) for tier in hours.value}


def read_milestones(top: Table, zone: ZoneInfo, head_start: dict[str, int]) -> tuple[MilestonePlan, ...]:
    """The timetable in its order, without the poll closings."""
    schedule = Table(top.get("schedule"), "schedule", (*OPENED_BY, "head_start", "waits"))
    due = {name: schedule.moment(name, zone) for name in ("preview", "waitlist", "launch")}
    due["recap"] = schedule.moment("recap", zone, default=due["launch"] + RECAP_AFTER)
    due["archive"] = schedule.moment("archive", zone, default=due["recap"] + ARCHIVE_AFTER)
    in_years(due["archive"], schedule.at("archive"))
    names = tuple(OPENED_BY)
    for before, after in zip(names, names[1:], strict=False):
        if due[after] <= due[before]:
            raise Fault(schedule.at(after), f"must come after {before}")
    heads = []
    for tier, hours in head_start.items():
        begins = due["launch"] - timedelta(hours=hours)
        if begins <= due["waitlist"]:
            raise Fault(f"schedule.head_start.{tier}", "would begin before the waitlist opens")
        heads.append(MilestonePlan(f"head_start_{tier}", None, begins, hours))
    heads.sort(key=lambda m: (m.due, m.name))
    phases = {name: MilestonePlan(name, OPENED_BY[name].value, due[name]) for name in names}
    order = [phases["preview"], phases["waitlist"], *heads, phases["launch"], phases["recap"], phases["archive"]]
    waits = schedule.texts("waits", 80, len(order))
    for number, name in enumerate(waits):
        if name not in [m.name for m in order]:
            raise Fault(f"schedule.waits[{number}]", f"must be one of {', '.join(m.name for m in order)}")
    return tuple(replace(m, waits=m.name in waits) for m in order)


def poll_closings(polls: tuple[PollPlan, ...]) -> tuple[MilestonePlan, ...]:
    """A milestone for each poll that closes by itself, numbered from 1 in the file's order."""
    return tuple(MilestonePlan(f"poll_{n}_closes", None, p.closes) for n, p in enumerate(polls, 1) if p.closes)


def _check_names(tiers: Table) -> None:
    if len(tiers.value) > MOST_TIERS:
        raise Fault(tiers.path, f"must hold at most {MOST_TIERS}")
    for name in tiers.value:
        if not _TIER.match(name) or len(name) > 40:
            raise Fault(tiers.at(name), "must be named in small letters, digits, - and _, at most 40")
