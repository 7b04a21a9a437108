"""What goes wrong in a rehearsal, and when."""

from datetime import timedelta

import pytest

from launchpad.rules import mishaps
from launchpad.rules.report_changes import compare
from tests.rules.timetables import LAUNCH, ZERO

OPENS = {
    "preview": ZERO, "waitlist": ZERO + timedelta(days=1), "head_start_patron": LAUNCH - timedelta(hours=48),
    "head_start_member": LAUNCH - timedelta(hours=24), "launch": LAUNCH,
}  # fmt: skip


def test_workers_die_right_before_the_first_head_start_and_bots_come_within_the_waitlist():
    assert OPENS["head_start_patron"] - mishaps.begins("worker", OPENS, 2000) == timedelta(seconds=600)
    assert OPENS["waitlist"] < mishaps.begins("bots", OPENS, 2000) < OPENS["launch"]
    assert mishaps.begins("rush", OPENS, 2000) == mishaps.begins("mail", OPENS, 2000) == LAUNCH
    assert mishaps.begins("doubles", OPENS, 2000) < OPENS["preview"]


@pytest.mark.parametrize("speed, real", [(2000, 5.4), (60, 20), (20_000, 5)])
def test_the_mail_server_is_away_for_three_campaign_hours_within_five_to_twenty_seconds(speed, real):
    assert (mishaps.outage(LAUNCH, speed) - LAUNCH) / speed == timedelta(seconds=real)


def report(**values):
    base = {"places": 10, "confirmed": 8, "orders": 4, "units": 5, "oversold": 0, "errors": 0}
    milestone = {"name": "launch", "due": "", "reached": "x", "late_s": values.pop("late", 0.1)}
    return {**base, "milestones": [milestone], "letters": {"place": 8}, "refusals": {"sold_out": 3}, **values}


def said(before, after):
    return {row.name: (row.before, row.after, row.words, row.worse) for row in compare(before, after)}


def test_what_differs_between_two_reports_is_said_in_words_and_numbers():
    later = report(orders=6, oversold=1, late=3.1, letters={"recap": 2}, refusals={"sold_out": 1})
    rows = said(report(), later)
    assert rows["Orders"] == ("4", "6", "2 more", False) and rows["Units oversold"] == ("0", "1", "1 more", True)
    assert rows["Orders per 100 confirmed places"] == ("50", "75", "25 more", False)
    assert rows["place"] == ("8", "0", "8 fewer", False) and rows["recap"][2] == "2 more"
    assert rows["sold out"] == ("3", "1", "2 fewer", False)
    assert rows["launch"] == ("0.10 s", "3.10 s", "3.0 s later", True)
    assert not any(words for _, _, words, _ in said(report(), report(late=0.4)).values()), "the same, as good as"


def test_a_milestone_that_was_not_reached_or_is_new_is_said_so():
    assert said(report(), report(late=None))["launch"] == ("0.10 s", "not reached", "not reached now", True)
    assert said({}, report())["launch"][2] == "new in the plan" and said(report(), {})["launch"][2] == "no longer in the plan"
    assert said({}, {})["Orders per 100 confirmed places"] == ("–", "–", "", False)
