"""What the team may change on a timetable by hand: each act gives the new dues by name, or refuses.

Nothing is written here. The caller stores the dues, bumps the campaign's version, writes the audit row, and for `go`
(and `open_now` of a milestone that waits) records `went_at = now`. All moments are campaign time.

The laws: what is open cannot be moved; no due may lie in the past; the plan's order stays; a head start follows the
launch's due until it opens, then stays; and its printed hours are a promise, so the launch never comes before they
have passed. Postponing the launch lengthens a head start that has opened.
"""

from datetime import datetime, timedelta

from launchpad.rules import live_events
from launchpad.rules.head_start import LONGEST, SHORTEST
from launchpad.rules.openings import in_chain, in_order, is_head_start, openings, with_dues
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal

LAST_YEAR = 2199


def move(milestones, name: str, due: datetime, now: datetime) -> dict[str, datetime]:
    """Put an unopened milestone at another moment. A moved launch takes the head starts that have not opened along.

    A head start moved by itself must stay a whole number of hours, 24 to 48, before the launch; its printed hours are
    then `hours_before_launch`.
    """
    milestones = list(milestones)
    opens = _opens(milestones)
    milestone = _unopened(milestones, opens, name, now)
    if due < now:
        raise Refusal("past", "That moment has passed. Choose one that is still to come.", "due")
    if due.year > LAST_YEAR:
        raise Refusal("too_far", f"Choose a moment before the year {LAST_YEAR + 1}.", "due")
    dues = {name: due} | live_events.along(milestones, name, due, now)
    if is_head_start(milestone):
        _whole_hours(milestones, due)
    elif milestone is _launch(milestones):
        _keep_promises(milestones, opens, due, now)
        dues |= {m.name: due - _hours(milestones, m) for m in _heads(milestones) if not _is_open(opens, m, now)}
    if in_chain(milestone):
        _keep_order(milestones, opens, dues, now)
    return dues


def hours_before_launch(milestones, due: datetime) -> int:
    """Whole hours from a moment to the launch: what is printed for a head start that opens then."""
    launch = _launch(milestones)
    return 0 if launch is None else (launch.due - due) // timedelta(hours=1)


def open_now(milestones, name: str, now: datetime) -> dict[str, datetime]:
    """Open a milestone at once. Ending a phase early is opening the next one now."""
    milestones = list(milestones)
    opens = _opens(milestones)
    milestone = _unopened(milestones, opens, name, now)
    if in_chain(milestone):
        chain = in_order(milestones)
        for earlier in chain[: chain.index(milestone)]:
            if not _is_open(opens, earlier, now):
                raise Refusal("order", f"{_title(earlier)} has to open first.")
        _next_is_ahead(chain, milestone, now)
    if is_head_start(milestone):
        _room_for_head_start(milestones, milestone, now)
    elif milestone is _launch(milestones):
        _keep_promises(milestones, opens, now, now)
    return {name: now}


def go(milestones, name: str, now: datetime) -> dict[str, datetime]:
    """Give a milestone the go it waits for. No due changes; it opens at its due, or at once when that has passed."""
    milestones = list(milestones)
    opens = _opens(milestones)
    milestone = _unopened(milestones, opens, name, now)
    if not milestone.waits or milestone.went_at is not None:
        raise Refusal("not_waiting", f"{_title(milestone)} waits for nobody: it opens by itself.")
    moment = max(now, milestone.due)
    if in_chain(milestone):
        _next_is_ahead(in_order(milestones), milestone, moment)
    if is_head_start(milestone):
        _room_for_head_start(milestones, milestone, moment)
    elif milestone is _launch(milestones):
        _keep_promises(milestones, opens, moment, now)
    return {}


def wait(milestones, name: str, waits: bool, now: datetime) -> None:
    """Let an unopened milestone wait for the team's go, or open by itself again. Only the chain waits.

    Refused when it would open at once: that is what a go is for, which keeps the promises.
    """
    milestones = list(milestones)
    milestone = _unopened(milestones, _opens(milestones), name, now)
    if not in_chain(milestone):
        raise Refusal("loose", f"{_title(milestone)} by itself. Move it instead.")
    if waits == (milestone.waits and milestone.went_at is None):
        already = "waits for your go already" if waits else "waits for nobody"
        raise Refusal("waits", f"{_title(milestone)} {already}.")
    if not waits and milestone.due <= now:
        raise Refusal("due", f"{_title(milestone)} is due: give it the go.")


def release(milestones, held_at: datetime, now: datetime, shift: bool) -> dict[str, datetime]:
    """End a campaign hold. With `shift` all that had not opened comes later by the held time, else the dues stay.

    `now` is the campaign time after the release. Without `shift`, what fell due meanwhile opens at once; refused when
    that would leave a head start less than its printed hours.
    """
    milestones = list(milestones)
    opens = _opens(milestones)
    held = max(now - held_at, timedelta(0))
    waiting = [m for m in milestones if not _is_open(opens, m, held_at)]
    if shift:
        return {m.name: m.due + held for m in waiting} if held else {}
    launch = _launch(milestones)
    for head in (m for m in waiting if is_head_start(m) and opens[m.name] is not None and launch is not None):
        if launch.due - max(now, opens[head.name]) < min(_hours(milestones, head), launch.due - head.due):
            raise Refusal("promise", f"{_title(head)} would be too short. Shift all moments by the held time.")
    return {}


def _opens(milestones) -> dict[str, datetime | None]:
    return {m.name: moment for m, moment in openings(milestones)}


def _is_open(opens, milestone, now) -> bool:
    return opens[milestone.name] is not None and opens[milestone.name] <= now


def _unopened(milestones, opens, name, now):
    milestone = next((m for m in milestones if m.name == name), None)
    if milestone is None:
        raise Refusal("unknown", "There is no such moment on this timetable.", status=404)
    if _is_open(opens, milestone, now) or milestone.reached_at is not None:
        raise Refusal("already_open", f"{_title(milestone)} has already opened, so it stays where it is.")
    return milestone


def _heads(milestones) -> list:
    return [m for m in milestones if is_head_start(m)]


def _launch(milestones):
    """The launch that the head starts lead to: the first one. A reopened launch has none."""
    return next((m for m in in_order(milestones) if m.phase == Phase.LAUNCH), None)


def _hours(milestones, head) -> timedelta:
    """The hours printed for a head start: at least so long before the launch does it open."""
    if (hours := getattr(head, "hours", None)) is not None:
        return timedelta(hours=hours)
    launch = _launch(milestones)
    return timedelta(hours=SHORTEST) if launch is None else launch.due - head.due


def _whole_hours(milestones, due) -> None:
    launch = _launch(milestones)
    window = launch.due - due if launch is not None else timedelta(0)
    if not timedelta(hours=SHORTEST) <= window <= timedelta(hours=LONGEST) or window % timedelta(hours=1):
        raise Refusal("head_start", f"Choose {SHORTEST} to {LONGEST} whole hours before the launch.", "due")


def _room_for_head_start(milestones, head, moment) -> None:
    launch = _launch(milestones)
    window = launch.due - moment if launch is not None else timedelta(0)
    if window < _hours(milestones, head):
        raise Refusal("promise", "The launch comes too soon for the promised head start. Move the launch first.")
    if window > timedelta(hours=LONGEST):
        raise Refusal("head_start", f"A head start lasts at most {LONGEST} hours. Move the launch first.")


def _keep_promises(milestones, opens, launch_at, now) -> None:
    """Every tier gets its printed hours: the open ones from their opening, the others from now at the earliest."""
    for head in _heads(milestones):
        begun = opens[head.name] if _is_open(opens, head, now) else now
        if launch_at - begun < _hours(milestones, head):
            hours = _hours(milestones, head) // timedelta(hours=1)
            raise Refusal("promise", f"{_title(head)} was promised {hours} hours before the launch.", "due")


def _next_is_ahead(chain, milestone, moment) -> None:
    """Refuses what would pull the next one open in the same moment: two phases at once are a mistake, not a wish."""
    after = next(iter(chain[chain.index(milestone) + 1 :]), None)
    if after is not None and after.due <= moment and not (is_head_start(milestone) and is_head_start(after)):
        raise Refusal("order", f"{_title(after)} would open in the same moment. Move it first.")


def _keep_order(milestones, opens, dues, now) -> None:
    chain = in_order(milestones)
    moved = {m.name: m for m in with_dues(milestones, dues)}
    for before, after in zip(chain, chain[1:], strict=False):
        if (before.name not in dues and after.name not in dues) or _is_open(opens, before, now):
            continue
        gap = moved[after.name].due - moved[before.name].due
        if gap < timedelta(0) or (not gap and not (is_head_start(before) and is_head_start(after))):
            raise Refusal("order", f"{_title(after)} has to come after {_title(before)}.", "due")


def _title(milestone) -> str:
    words = milestone.name.replace("_", " ").replace("-", " ")
    return f"The {words}" if milestone.name.startswith("head") else words[:1].upper() + words[1:]
