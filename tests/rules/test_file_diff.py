"""What differs between two campaign files, and a file moved to another date."""

import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchpad.rules.campaign_file import parse, unparse
from launchpad.rules.file_diff import Difference, differences
from launchpad.rules.file_moving import moved, named
from launchpad.rules.file_words import words_of
from tests.services.test_plans import FILE


def table(text: str = FILE) -> dict:
    return unparse(parse(tomllib.loads(text)))


def told(before: str, after: str) -> list[tuple[str, str, object, object]]:
    return [(d.key, d.row, d.before, d.after) for d in differences(table(before), table(after))]


def test_a_file_and_itself_do_not_differ():
    assert differences(table(), table()) == []


def test_a_row_put_first_is_one_new_row_and_the_others_are_the_same():
    new = FILE.replace("[[variants]]", '[[variants]]\nsku = "ASH"\nname = "Ash"\nprice = 1\nstock = 2\n[[variants]]', 1)
    found = told(FILE, new)
    assert {(key.rpartition(".")[0], row, before) for key, row, before, _ in found} == {("variants[0]", "ASH", None)}
    assert [d[2] for d in told(new, FILE) if d[0] == "variants[0].sku"] == ["ASH"], "and gone the other way round"


def test_a_row_that_was_renamed_is_one_change_and_another_order_is_one():
    assert told(FILE, FILE.replace("Which colour?", "Which one?")) == [
        ("polls[0].question", "Which one?", "Which colour?", "Which one?")
    ]
    two = FILE.replace("[[prompts]]", '[[prompts]]\ntext = "First"\n[[prompts]]')
    back = FILE.replace("[[prompts]]", '[[prompts]]\ntext = "Show us your desk"\n[[prompts]]').replace(
        '[[prompts]]\ntext = "Show us your desk"\n[[events]]', '[[prompts]]\ntext = "First"\n[[events]]'
    )
    assert told(two, back) == [("prompts", "", ["First", "Show us your desk"], ["Show us your desk", "First"])]


def test_the_same_moment_in_other_words_is_no_difference_and_neither_is_the_name_of_a_picture():
    assert told(FILE, FILE.replace("launch = 2026-12-12T18:00:00", "launch = 2026-12-12T19:00:00+01:00")) == []
    a, b = (FILE.replace('currency = "EUR"', f'currency = "EUR"\nhero = "{name}.jpg"') for name in "ab")
    assert told(a, b) == [] and [d[0] for d in told(FILE, a)] == ["campaign.hero"]


def test_a_long_text_is_told_line_by_line():
    change = Difference("campaign.story", "", "One\nTwo\nThree", "One\n2\nThree")
    assert change.lines == [("@", ""), (" ", "One"), ("-", "Two"), ("+", "2"), (" ", "Three")]
    assert Difference("limits.per_person", "", 2, 3).lines == []


def test_keys_have_the_words_of_the_form_and_unknown_ones_their_own():
    assert words_of("variants[3].prices.founder") == "Price for founder"
    assert words_of("polls[0].closes") == "Closes" and words_of("store.code_prefix") == "Code prefix"


LONDON = FILE.replace("Europe/Lisbon", "Europe/London")  # summer time begins on 28 March 2027 there


def test_a_campaign_moved_across_daylight_saving_keeps_its_times_of_day_and_its_head_start_its_hours():
    plan = parse(moved(table(LONDON), "launch", datetime(2027, 4, 2, 17, 0, tzinfo=UTC)))
    due = {m.name: m.due for m in plan.milestones}
    assert (due["preview"], due["waitlist"]) == (
        datetime(2027, 3, 22, 9, tzinfo=UTC), datetime(2027, 3, 26, 9, tzinfo=UTC),
    )  # fmt: skip
    assert due["launch"] == datetime(2027, 4, 2, 17, tzinfo=UTC), "18:00 in summer time"
    assert due["recap"] == datetime(2027, 4, 4, 17, tzinfo=UTC)
    assert due["launch"] - due["head_start_founder"] == timedelta(hours=48)
    across = parse(moved(table(LONDON), "launch", datetime(2027, 3, 28, 17, 0, tzinfo=UTC)))
    assert across.due("launch") - across.due("head_start_member") == timedelta(hours=24), "elapsed, on a day of 23 hours"
    assert plan.due("poll_1_closes").hour == 9 and plan.events[0].at == datetime(2027, 4, 2, 18, tzinfo=UTC)


def test_another_time_of_day_is_the_anchors_own_unless_the_distances_are_to_stay():
    to = datetime(2027, 1, 12, 20, 30, tzinfo=UTC)
    days, far = parse(moved(table(), "launch", to)), parse(moved(table(), "launch", to, distance=True))
    assert (days.due("launch"), far.due("launch")) == (to, to)
    assert days.due("preview") == datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert far.due("preview") == datetime(2027, 1, 1, 11, 30, tzinfo=UTC)
    first = parse(moved(table(), "preview", datetime(2027, 1, 1, 9, tzinfo=UTC)))
    assert first.due("launch") == datetime(2027, 1, 12, 18, tzinfo=UTC)


def test_another_name_makes_a_rehearsals_file_a_real_campaigns():
    plan = parse(named(table(FILE + "\n[rehearsal]\nspeed = 9\n"), "aurora-two", "Aurora Two"))
    assert (plan.slug, plan.name, plan.speed) == ("aurora-two", "Aurora Two", None)


@settings(max_examples=40, deadline=None)
@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.sampled_from(["preview", "launch"]),
)
def test_moved_there_and_back_is_where_it_was(to, zone, anchor):
    here = table(FILE.replace("Europe/Lisbon", zone))
    there = moved(here, anchor, to.replace(second=0, microsecond=0), distance=True)
    plan = parse(there)
    assert plan.due(anchor) == to.replace(second=0, microsecond=0)
    back = moved(unparse(plan), anchor, here["schedule"][anchor], distance=True)
    hour = timedelta(hours=1)  # a moment that the clocks skip there comes an hour later, and stays it
    for name, due in here["schedule"].items():
        if isinstance(due, datetime):
            assert abs(back["schedule"][name] - due) <= hour


@pytest.mark.parametrize("text", [FILE, FILE + "\n[rehearsal]\n"])
def test_what_is_written_reads_as_the_same(text):
    plan = parse(tomllib.loads(text))
    assert parse(unparse(plan)) == plan
