"""A campaign as a file: what it means, and that each fault names its key."""
# ruff: noqa: DTZ001  a file's moments are local to its zone, and tomllib gives them without one

import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from launchpad.rules.campaign_file import Fault, Plan, parse, unparse

FILE = """
[campaign]
slug = "aurora-lamp"
name = "Aurora Lamp"
tagline = "A lamp that follows the sun"
timezone = "Europe/Lisbon"
currency = "EUR"
brand = "Aurora"
hue = 74
story = "A lamp.\\n\\nWith *light*."
hero = "aurora.jpg"
membership = "invite"

[target]
identity = "People who work through dark winters"
value = "Honest advice on light"
behaviour = { do = "share how you light your desk", goal = 60 }
outcome = { measure = "waitlist_to_buyer", goal = 0.25 }

[schedule]
preview = 2026-12-01T09:00:00
waitlist = 2026-12-05T09:00:00
launch = 2026-12-12T18:00:00
recap = 2026-12-14T18:00:00
archive = 2026-12-31T18:00:00
waits = ["launch"]
[schedule.head_start]
member = 24
founder = 48

[[variants]]
sku = "AUR-OAK"
name = "Oak"
price = 12900
stock = 300
head_start_stock = 120
prices = { founder = 11900 }

[[variants]]
sku = "AUR-ASH"
name = "Ash"
price = 9900
stock = 100
head_start_stock = { founder = 60, member = 40 }

[waitlist]
access = "passes"
rule = "draw"
cap = 5000
wave = 100
pass_hours = 24
frames = ["https://*.example.com", "https://shop.example.org:8443"]

[tiers]
founder = "Founding Member"

[limits]
per_person = 2
hold_minutes = 10

[[polls]]
question = "Which colour?"
options = ["Sand", "Forest", "Ink"]
kind = "multiple"
results = "on_close"
closes = 2026-12-04T09:00:00
choices = { min = 1, max = 2 }

[[polls]]
question = "How do you like it?"
kind = "rating"

[[events]]
title = "Unboxing with the founder"
at = 2026-12-12T19:00:00
minutes = 45

[[prompts]]
text = "Show us your desk"
template = "Before … Now …"
from = "delivery"

[links]
support = "mailto:care@example.com"
terms = "https://example.com/terms"

[referrals]
terms = "Friends count once."
leaderboard = true

[[referrals.rewards]]
at = 3
gives = "Founding Member"
points = 5
tier = "founder"

[[referrals.rewards]]
at = 10
gives = "A tote bag"

[delivery]
date = 2027-01-15
note = "By parcel"

[rehearsal]
speed = 3000
"""


def full() -> dict:
    return tomllib.loads(FILE)


def least() -> dict:
    return {
        "campaign": {"slug": "x", "name": "X", "timezone": "Europe/Lisbon", "currency": "EUR"},
        "schedule": {
            "preview": datetime(2026, 3, 1, 9),
            "waitlist": datetime(2026, 3, 5, 9),
            "launch": datetime(2026, 3, 12, 9),
        },
        "variants": [{"sku": "A", "name": "A", "price": 0, "stock": 1}],
    }


def put(table: dict, path: str, value) -> dict:
    """A copy with the value at a dotted path; a number is a place in a list."""
    table = deepcopy(table)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    below = table
    for step in way:
        below = below.setdefault(step, {}) if isinstance(below, dict) else below[step]
    below[last] = value
    return table


def fault(table) -> Fault:
    with pytest.raises(Fault) as caught:
        parse(table)
    line = str(caught.value)
    assert line.isprintable() and line.startswith(f"{caught.value.key}: ") and len(line) < 300
    return caught.value


def test_a_full_file_becomes_a_plan():
    plan = parse(full())
    assert plan.slug == "aurora-lamp" and plan.speed == 3000 and plan.membership == "invite"
    assert plan.variants[0].prices == {"founder": 11900}
    assert plan.variants[1].head_start_stock == 100
    assert plan.variants[1].head_start_by_tier == {"founder": 60, "member": 40}
    assert (plan.polls[0].least, plan.polls[0].most, plan.polls[1].options) == (1, 2, ())
    assert plan.events[0].minutes == 45 and plan.prompts[0].begins == "delivery"
    assert plan.delivery_date == date(2027, 1, 15)


def test_the_timetable_is_in_order_and_in_utc():
    plan = parse(full())
    assert [(m.name, m.phase, m.hours, m.waits) for m in plan.milestones] == [
        ("preview", "preview", None, False),
        ("waitlist", "waitlist", None, False),
        ("head_start_founder", None, 48, False),
        ("head_start_member", None, 24, False),
        ("launch", "launch", None, True),
        ("recap", "recap", None, False),
        ("archive", "archived", None, False),
        ("poll_1_closes", None, None, False),
    ]
    assert plan.due("launch") == datetime(2026, 12, 12, 18, tzinfo=UTC)
    assert all(m.due.tzinfo is UTC for m in plan.milestones)


def test_a_short_file_has_defaults():
    plan = parse(least())
    assert plan.head_start == {"member": 24}
    assert plan.due("recap") - plan.due("launch") == timedelta(hours=48)
    assert plan.due("archive") - plan.due("recap") == timedelta(days=30)
    assert plan.variants[0].head_start_stock == 1
    assert plan.brand == "X" and plan.speed is None and plan.hero is None


def test_a_head_start_is_elapsed_time_over_a_change_of_the_clocks():
    table = put(put(least(), "schedule.launch", datetime(2026, 3, 29, 18)), "schedule.head_start", {"member": 24})
    plan = parse(table)  # the clocks of Lisbon go forward at 1 o'clock that night
    assert plan.due("launch") == datetime(2026, 3, 29, 17, tzinfo=UTC)
    assert plan.due("head_start_member") == datetime(2026, 3, 28, 17, tzinfo=UTC)


def test_a_moment_that_the_clocks_skip_or_show_twice_is_refused():
    skipped, twice = datetime(2026, 3, 29, 1, 30), datetime(2026, 10, 25, 1, 30)
    assert "does not exist" in fault(put(least(), "schedule.launch", skipped)).message
    assert "happens twice" in fault(put(least(), "schedule.launch", twice)).message
    assert parse(put(least(), "schedule.launch", skipped - timedelta(minutes=31)))
    assert parse(put(least(), "schedule.launch", skipped + timedelta(minutes=30)))
    assert parse(put(least(), "schedule.launch", twice.replace(tzinfo=UTC))).due("launch").hour == 1


def test_an_offset_counts_more_than_the_zone():
    moment = datetime.fromisoformat("2026-03-12T09:00:00+05:00")
    assert parse(put(least(), "schedule.launch", moment)).due("launch") == datetime(2026, 3, 12, 4, tzinfo=UTC)


LONG_AGO, FAR = datetime(1999, 12, 31), datetime(2200, 1, 1)
BIG = 2**31
WRONG = [
    ("campaign", [None, 1, [], "x"]),
    ("campaign.slug", [1, "", "A", "a--b", "-a", "a-", "a_b", "a/b", "a\nb", "x" * 61, "team", "static", "sign-in"]),
    ("campaign.name", [1, "", " ", "x" * 121, "a\x00b", "a\nb", "\ud800", "a\u2028b"]),
    ("campaign.tagline", [1, "x" * 201, "a\x07b"]),
    ("campaign.timezone", [1, "", "Mars/Base", "../etc/passwd", "Europe", "/etc/localtime", "x" * 65, "a\0b"]),
    ("campaign.currency", [1, "", "eur", "EU", "EURO", "€€€"]),
    ("campaign.brand", [1, "", "x" * 121]),
    ("campaign.hue", ["74", True, -1, 361, float("nan"), float("inf"), 10**400]),
    ("campaign.story", [1, "x" * 50_001, "a\x00b"]),
    ("campaign.hero", [1, "", "../a.jpg", "a/b.jpg", "a.exe", ".jpg", "x" * 121 + ".jpg"]),
    ("campaign.membership", [1, "", "requests", []]),
    ("campaign.colour", [1]),
    ("target", [1, []]),
    ("target.identity", [1, "x" * 501]),
    ("target.value", [1, "x" * 501]),
    ("target.behaviour", ["x", 1]),
    ("target.behaviour.do", [1, "", "x" * 201]),
    ("target.behaviour.goal", ["1", 0, 1.5, BIG]),
    ("target.outcome", ["x"]),
    ("target.outcome.measure", [1, "fame"]),
    ("target.outcome.goal", ["1", -0.1, 1.1, float("nan"), True]),
    ("schedule", [None, 1, []]),
    ("schedule.preview", [1, "2026-12-01", date(2026, 12, 1), LONG_AGO, FAR, None]),
    ("schedule.waitlist", [1, datetime(2026, 12, 1, 9), datetime(2026, 11, 1)]),
    ("schedule.launch", [1, datetime(2026, 12, 5, 9), FAR]),
    ("schedule.recap", [1, datetime(2026, 12, 12, 18)]),
    ("schedule.archive", [1, datetime(2026, 12, 14, 18), datetime(2199, 12, 31, 12)]),
    ("schedule.doors", [datetime(2026, 12, 12)]),
    ("schedule.waits", [1, "launch"]),
    ("schedule.head_start", [1, {}, [], {f"t{n}": 24 for n in range(21)}]),
    ("schedule.head_start.member", ["24", 23, 49, 0, -24, 24.5, True, BIG]),
    ("schedule.head_start.founder", [23, 49]),
    ("variants", [1, {}, [], [{"sku": "A"}] * 51]),
    ("variants[0]", [1, []]),
    ("variants[0].sku", [1, "", "x" * 65, "a\nb"]),
    ("variants[1].sku", ["AUR-OAK"]),
    ("variants[0].name", [1, "", "x" * 121]),
    ("variants[0].price", ["1", -1, 1.5, True, 2_000_000_001, float("nan")]),
    ("variants[0].stock", ["1", -1, 1.5, BIG]),
    ("variants[0].head_start_stock", ["1", -1, 301, 1.5]),
    ("variants[1].head_start_stock", [{"founder": 60, "member": 41}]),
    ("variants[1].head_start_stock.founder", [-1, "1", BIG]),
    ("variants[1].head_start_stock.friend", [1]),
    ("variants[0].prices", [1, []]),
    ("variants[0].prices.founder", [-1, "1", 2_000_000_001]),
    ("variants[0].prices.friend", [1]),
    ("variants[0].size", [1]),
    ("waitlist", [1]),
    ("waitlist.access", [1, "some"]),
    ("waitlist.rule", [1, "luck"]),
    ("waitlist.cap", [0, "1", BIG]),
    ("waitlist.wave", [0, "1", BIG]),
    ("waitlist.pass_hours", [23, 49, "24"]),
    ("waitlist.frames", ["https://www.example.com", 1, ["https://a.example.com"] * 21]),
    ("waitlist.frames[0]", [
        1, "", "*", "https:", "http://www.example.com", "https://localhost", "https://x", "https://a b.example.com",
        "https://www.example.com/form", "https://www.example.com;script-src *", "https://*.*.example.com", "https://a:0",
        "https://www.example.com:65536", "'self'", "https://www.example.com\n", "https://ex\u00e4mple.com", "https://-a.example.com",
    ]),
    ("waitlist.frames[1]", ["https://*.example.com"]),
    ("tiers", [1, []]),
    ("tiers.founder", [1, "", "x" * 61]),
    (f"tiers.{'x' * 41}", ["x"]),
    ("limits.per_person", [0, "1", 1001]),
    ("limits.per_order", [0, "1", 3]),
    ("limits.hold_minutes", [0, "1", 1441]),
    ("polls", [1, {}]),
    ("polls[0].question", [1, "", "x" * 301]),
    ("polls[0].options", [1, [], ["one"], ["x"] * 51]),
    ("polls[0].options[1]", [1, "", "Sand", "x" * 201]),
    ("polls[0].kind", [1, "ranked"]),
    ("polls[0].results", [1, "never"]),
    ("polls[0].closes", [1, datetime(2026, 12, 1, 9), datetime(2026, 12, 31, 18, 0, 1)]),
    ("polls[0].choices", [1]),
    ("polls[0].choices.min", [0, 3, "1"]),
    ("polls[0].choices.max", [0, 4, "1"]),
    ("events[0].title", [1, "", "x" * 121]),
    ("events[0].at", [1, datetime(2026, 11, 30), datetime(2027, 1, 1)]),
    ("events[0].minutes", [0, 1441, "30"]),
    ("events[0].link", ["http://stream.example.com", "https://", "javascript:alert(1)", "https://a:b@example.com", "https://a b"]),
    ("events[0].host", [1, "x" * 121]),
    ("events[0].text", [1, "x" * 5001]),
    ("prompts[0].text", [1, "", "x" * 301]),
    ("prompts[0].template", [1, "x" * 2001]),
    ("prompts[0].from", [1, "birth"]),
    ("links.support", [1, "", "http://example.com", "javascript:alert(1)", "https://", "https://[", "https://a b"]),
    ("links.terms", ["mailto:", "//example.com", "https://a:99999"]),
    ("links.blog", ["https://example.com"]),
    ("delivery.date", [1, "2027-01-15", datetime(2027, 1, 15), date(1999, 1, 1)]),
    ("delivery.note", [1, "x" * 201]),
    ("referrals", [1, []]),
    ("referrals.rewards", [1, {}, [{"at": 1, "gives": "x"}] * 13]),
    ("referrals.rewards[0]", [1, []]),
    ("referrals.rewards[0].at", ["3", 0, -1, 1.5, True, 100_001, BIG]),
    ("referrals.rewards[1].at", [3]),
    ("referrals.rewards[0].gives", [1, "", " ", "x" * 201, "a\x00b", "a\nb"]),
    ("referrals.rewards[0].points", ["1", 0, -1, 1.5, True, 100_001]),
    ("referrals.rewards[0].tier", [1, "", "nobody", "x" * 61]),
    ("referrals.rewards[0].prize", ["x"]),
    ("referrals.terms", [1, "x" * 2001, "a\x00b"]),
    ("referrals.leaderboard", [1, "yes", []]),
    ("referrals.prizes", [1]),
    ("rehearsal", [1]),
    ("rehearsal.speed", [0, 100_001, "1", 1.5, True, float("inf")]),
    ("extra", [1]),
]


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG for value in values])
def test_each_key_wrong_in_turn_names_the_key(key, value):
    assert fault(put(full(), key.replace("[", ".").replace("]", ""), value)).key == key


@pytest.mark.parametrize(
    "key",
    [
        "campaign", "campaign.slug", "campaign.name", "campaign.timezone", "campaign.currency", "schedule",
        "schedule.preview", "schedule.waitlist", "schedule.launch", "variants", "variants[0].sku", "variants[0].name",
        "variants[0].price", "variants[0].stock", "polls[0].question", "polls[0].options", "events[0].title",
        "events[0].at", "prompts[0].text", "target.behaviour.goal", "target.outcome.measure",
    ],
)  # fmt: skip
def test_each_needed_key_is_missed(key):
    table = full()
    *way, last = key.replace("[0]", ".0").split(".")
    below = table
    for step in way:
        below = below[int(step) if step.isdigit() else step]
    del below[last]
    assert fault(table).key == key


def test_an_unknown_key_gets_a_guess():
    assert fault(put(full(), "campaign.nmae", "x")).message == "unknown key, perhaps name"


def test_a_strange_key_stays_on_one_line():
    assert fault(put(full(), "campaign.a\nb\x00", 1)).key == 'campaign."a\\nb\\u0000"'
    assert fault({1: 2}).key == "(no text)"
    assert fault(None).key == "file"
    assert fault(put(full(), "tiers.Ärger", "x")).key.startswith("tiers.")


def test_what_waits_must_be_on_the_timetable():
    assert fault(put(full(), "schedule.waits", ["lunch"])).key == "schedule.waits[0]"
    assert fault(put(full(), "schedule.waits", ["head_start_friend"])).key == "schedule.waits[0]"
    assert parse(put(full(), "schedule.waits", ["head_start_founder"]))


def test_a_head_start_begins_after_the_waitlist():
    tight = put(full(), "schedule.waitlist", datetime(2026, 12, 10, 18))
    assert fault(tight).key == "schedule.head_start.founder"
    assert parse(put(full(), "schedule.waitlist", datetime(2026, 12, 10, 17, 59)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("campaign.hue", 0), ("campaign.hue", 360), ("campaign.name", "x" * 120), ("campaign.story", "x" * 50_000),
        ("campaign.slug", "x" * 60), ("campaign.timezone", "America/Argentina/Buenos_Aires"),
        ("schedule.head_start.member", 48), ("schedule.head_start.founder", 24), ("variants.0.price", 2_000_000_000),
        ("variants.0.stock", 2**31 - 1), ("variants.0.head_start_stock", 300), ("variants.0.head_start_stock", 0),
        (f"tiers.{'x' * 40}", "Friends"),
        ("rehearsal.speed", 1), ("rehearsal.speed", 100_000), ("polls.0.closes", datetime(2026, 12, 31, 18)),
        ("target.outcome.goal", 1), ("links.terms", "https://example.com:8443/a?b=c#d"),
    ],
)  # fmt: skip
def test_the_last_good_value_is_good(key, value):
    assert parse(put(full(), key, value))


def test_two_options_make_a_poll():
    table = put(put(full(), "polls.0.options", ["Yes", "No"]), "polls.0.kind", "single")
    del table["polls"][0]["choices"]
    assert parse(table).polls[0].options == ("Yes", "No")


def test_a_single_choice_is_one():
    table = put(full(), "polls.0.kind", "single")
    assert fault(table).key == "polls[0].choices.max"
    assert parse(put(table, "polls.0.choices", {"min": 1, "max": 1})).polls[0].most == 1


@pytest.mark.parametrize("table", [full(), least()])
def test_a_plan_survives_being_written_and_read(table):
    plan = parse(table)
    assert parse(unparse(plan)) == plan
    assert parse(tomllib.loads(tomli_w.dumps(unparse(plan)))) == plan


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.datetimes() | st.datetimes(timezones=st.just(UTC)) | st.dates()
    | st.sampled_from([10**400, "x" * 70_000, b""]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6), below, max_size=3),
    max_leaves=5,
)  # fmt: skip


def paths(table, way=()) -> list[tuple]:
    """Every place in the file, tables and lists included."""
    found = [way] if way else []
    steps = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for step, below in steps:
        found += paths(below, (*way, step))
    return found


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(paths(full())), values), min_size=1, max_size=3))
def test_a_file_gives_a_plan_or_a_fault_whatever_stands_in_it(changes):
    table = full()
    for way, value in changes:
        below = table
        for step in way[:-1]:
            try:
                below = below[step]
            except (KeyError, IndexError, TypeError):
                break
        if isinstance(below, dict | list) and (isinstance(below, dict) or way[-1] in range(len(below))):
            below[way[-1]] = value
    try:
        plan = parse(table)
    except Fault as wrong:
        assert str(wrong).isprintable()
    else:
        assert isinstance(plan, Plan) and parse(unparse(plan)) == plan


@given(values)
def test_no_value_at_all_breaks_the_reader(value):
    with pytest.raises(Fault):
        parse(value)
    for section in ("campaign", "schedule", "variants", "tiers", "polls"):
        try:
            parse({**full(), section: value})
        except Fault as wrong:
            assert str(wrong).isprintable()


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2198, 1, 1)),
    st.sampled_from(["Europe/Lisbon", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_any_start_in_any_zone_is_kept_or_refused(start, zone):
    table = put(least(), "campaign.timezone", zone)
    for name, days in (("preview", 0), ("waitlist", 4), ("launch", 11)):
        table = put(table, f"schedule.{name}", start + timedelta(days=days))
    try:
        plan = parse(table)
    except Fault as wrong:
        assert wrong.key.startswith("schedule.")
    else:
        assert plan.due("preview") < plan.due("waitlist") < plan.due("launch")
        assert parse(unparse(plan)) == plan


