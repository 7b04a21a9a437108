"""Readiness, on both sides of every boundary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from launchpad.rules import readiness
from launchpad.rules.duty import live_hours, uncovered
from launchpad.rules.readiness_facts import Ballot, Facts, Wares

ZONE = ZoneInfo("Europe/Lisbon")
DOORS = datetime(2026, 12, 12, 18, 0, tzinfo=UTC)
NOW = DOORS - timedelta(days=20)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
READY = Facts(
    moment=NOW, real=NOW, zone=ZONE,
    openings=[("preview", DOORS - 11 * DAY), ("waitlist", DOORS - 7 * DAY), ("head_start_member", DOORS - DAY),
              ("launch", DOORS), ("recap", DOORS + 2 * DAY)],
    sent_at=NOW - HOUR, arrived_at=NOW - HOUR, arrived_to="Olga", address="https://launch.example.com", public=True,
    owners=2, story=True, hero=True, alt=True, wares=(Wares("Oak", 12900, 10, 4),),
    ballots=(Ballot(1, 3, DOORS - 8 * DAY),), provider="stripe", practised=False, webhook_at=NOW,
    on_duty=((DOORS, DOORS + 6 * HOUR),), played=True, prompts=1, words=True,
)  # fmt: skip


def states(phase: str, **changed) -> dict[str, str]:
    return {item.name: item.state for item in readiness.items(replace(READY, **changed), phase)}


def test_a_campaign_with_everything_in_order_has_nothing_open_but_what_nobody_can_know():
    for phase in readiness.PHASES:
        assert set(states(phase).values()) <= {"good", "unknown"}, phase
        assert [name for name, state in states(phase).items() if state == "unknown"] in ([], ["backups"])
    assert all(item.says and (item.state != "needs" or item.title) for item in readiness.items(READY, "launch"))


def test_a_bare_campaign_is_told_what_each_phase_lacks_with_a_way_to_mend_it():
    bare = Facts(moment=NOW, real=NOW, zone=ZONE, openings=READY.openings, kept=True, missing=("terms",), secret=31)
    for phase, names in {
        "preview": {"letters", "arrival", "address", "secret", "owner", "links", "story"},
        "launch": {"letters", "arrival", "address", "owner", "stock", "money", "duty", "rehearsal"},
        "recap": {"letters", "recap"},
    }.items():
        needs = {item.name: item for item in readiness.items(bare, phase) if item.open}
        assert set(needs) == names
        assert all(item.where for name, item in needs.items() if name not in ("address", "secret", "money"))


@pytest.mark.parametrize(
    ("phase", "name", "good", "bad"),
    [
        ("preview", "arrival", {"arrived_at": NOW - 7 * DAY, "sent_at": None}, {"arrived_at": NOW - 7 * DAY - SECOND}),
        ("preview", "arrival", {}, {"arrived_at": None}),
        ("preview", "letters", {"rehearsal": True, "kept": True}, {"kept": True}),
        ("preview", "secret", {"secret": 32}, {"secret": 31}),
        ("preview", "owner", {"owners": 2}, {"owners": 1}),
        ("preview", "time", {"troubles": ()}, {"troubles": ("No worker.",)}),
        ("preview", "picture", {"hero": True, "alt": True}, {"alt": False}),
        ("preview", "polls", {"ballots": (Ballot(1, 2, DOORS - 7 * DAY),)}, {"ballots": (Ballot(1, 1, DOORS - 8 * DAY),)}),
        ("preview", "polls", {}, {"ballots": (Ballot(1, 2, DOORS + SECOND),)}),
        ("preview", "polls", {}, {"ballots": (Ballot(1, 2, DOORS - 11 * DAY),)}),
        ("waitlist", "stock", {"wares": (Wares("Oak", 1, 1, 0),)}, {"wares": (Wares("Oak", 0, 1, 0),)}),
        ("waitlist", "stock", {}, {"wares": (Wares("Oak", 1, 0, 0),)}),
        ("head_start", "head_start_stock", {"wares": (Wares("Oak", 1, 2, 1),)}, {"wares": (Wares("Oak", 1, 2, 0),)}),
        ("head_start", "head_start_stock", {}, {"wares": (Wares("Oak", 1, 2, 3),)}),
        ("head_start", "money", {}, {"practised": True}),
        ("launch", "duty", {"on_duty": ((DOORS, DOORS + 3 * HOUR), (DOORS + 3 * HOUR, DOORS + 6 * HOUR))}, {"on_duty": ()}),
        ("launch", "duty", {}, {"on_duty": ((DOORS, DOORS + 5 * HOUR),)}),
        ("launch", "rehearsal", {"played": True}, {"played": False}),
        ("launch", "rehearsal", {}, {"played": None}),
    ],
)  # fmt: skip
def test_each_question_turns_at_its_boundary(phase, name, good, bad):
    assert states(phase, **good)[name] == "good"
    assert states(phase, **bad)[name] == "needs"


def test_what_may_be_meant_so_is_a_hint_and_what_only_people_know_is_unknown():
    def doors(at):
        return {"openings": [(name, at if name == "launch" else moment) for name, moment in READY.openings]}

    for hour, state in ((6, "hint"), (7, "good"), (22, "good"), (23, "hint")):
        assert states("launch", **doors(DOORS.replace(hour=hour)))["timetable"] == state
    near = [("preview", DOORS - 2 * DAY), ("waitlist", DOORS - 2 * DAY + HOUR), ("launch", DOORS)]
    assert states("preview", openings=near)["timetable"] == "good"
    near[1] = ("waitlist", DOORS - 2 * DAY + HOUR - SECOND)
    assert states("preview", openings=near)["timetable"] == "needs"
    assert states("launch", openings=[("launch", None)])["timetable"] == "hint"
    assert states("preview", ballots=(Ballot(1, 2, DOORS - 7 * DAY + SECOND),))["polls"] == "hint"
    assert states("launch", webhook_at=None)["money"] == "unknown"


def test_the_room_hears_of_a_phase_from_48_hours_before_until_it_begins():
    begins = DOORS - 11 * DAY
    first = begins - 48 * HOUR
    for now, heard in ((first - SECOND, []), (first, ["preview"]), (begins - SECOND, ["preview"]), (begins, [])):
        assert [phase for phase, _ in readiness.soon(replace(READY, moment=now))] == heard


def test_live_hours_last_until_midnight_there_three_at_least_and_while_something_is_live():
    assert len(live_hours(DOORS, ZONE)) == 6
    assert len(live_hours(DOORS.replace(hour=23, minute=30), ZONE)) == 3
    event = (DOORS + 20 * HOUR + 30 * MINUTE, DOORS + 21 * HOUR + 30 * MINUTE)
    assert live_hours(DOORS, ZONE, [event])[6:] == [DOORS + 20 * HOUR, DOORS + 21 * HOUR]
    assert live_hours(None, ZONE) == []
    east = ZoneInfo("Pacific/Auckland")
    assert len(live_hours(DOORS, east)) == 17, "midnight is the campaign's"


def test_an_hour_is_covered_only_when_somebody_is_there_for_all_of_it():
    hours = [DOORS]
    assert uncovered(hours, [(DOORS, DOORS + HOUR)]) == []
    assert uncovered(hours, [(DOORS, DOORS + HOUR - SECOND)]) == hours
    assert uncovered(hours, [(DOORS + SECOND, DOORS + 2 * HOUR)]) == hours
    assert uncovered(hours, [(DOORS + 30 * MINUTE, DOORS + HOUR), (DOORS, DOORS + 30 * MINUTE)]) == []
