"""A campaign cloned: all that it is made of, nothing of what it has lived through."""

import tomllib
from datetime import UTC, datetime, timedelta

import pytest
import tomli_w
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, LiveEvent, Milestone, Order, Place, Poll, Prompt, Variant, Vote
from launchpad.outside import photos
from launchpad.rules.campaign_file import parse, unparse
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, cloning, pictures, plans, rehearsals
from tests import pictures as made
from tests.services.test_plans import FILE, load

RICH = (
    FILE.replace(
        'currency = "EUR"',
        'currency = "EUR"\ntagline = "T"\nstory = "One\\n\\nTwo"\nhue = 200\nmembership = "invite"',
    )
    .replace("founder = 48", 'founder = 48\n[tiers]\nfounder = "Founding"\n[waitlist]\naccess = "passes"')
    .replace("stock = 300\n", "stock = 300\nprices = { founder = 11900 }\n", 1)
    .replace(
        "[[prompts]]",
        '[limits]\nper_person = 3\n[links]\nterms = "https://example.com/t"\n[delivery]\ndate = 2027-01-10\n[[prompts]]',
    )
    .replace("archive = 2026-12-31T18:00:00", 'archive = 2026-12-31T18:00:00\nwaits = ["launch"]')
) + 'host = "Marta"\nlink = "https://stream.example.com/x"\ntext = "Ask her."\n'
MARCH = datetime(2027, 4, 2, 17, 0, tzinfo=UTC)  # 18:00 in Lisbon, in summer time


def cloned(source: Campaign, slug: str = "aurora-two", to: datetime = MARCH, anchor: str = "launch", actor=None) -> Campaign:
    plan = cloning.plan_of_clone(source, slug, "Aurora Two", anchor, to)
    with writing():
        return cloning.clone(campaigns.by_slug(source.slug), plan, actor, None)


def test_a_clone_has_all_that_the_campaign_is_made_of_and_nothing_of_its_life(app, given, watch):
    source = load(RICH)
    person = given.person(member=True, role="owner")
    watch.set(source.milestone("head_start_member").due + timedelta(hours=1))
    given.place(source, person)
    given.order(source, person, quantity=2)
    with writing() as session:
        session.add(Vote(poll_id=session.scalar(select(Poll.id)), person_id=person.id, at=source.now))
        row = session.get(Campaign, source.id)
        row.vat, row.sales_message = 23.0, "Stopped"
    before = plans.plan_of(source)
    made_of = cloned(source, actor=person)
    after = plans.plan_of(made_of)
    alike = "tagline story hue membership tiers access target per_person links variants prompts head_start timezone currency"
    for name in (*alike.split(), "rule", "hold_minutes"):
        assert getattr(after, name) == getattr(before, name), name
    assert [(p.question, p.options) for p in after.polls] == [(p.question, p.options) for p in before.polls]
    (event,) = after.events
    assert (event.title, event.host, event.link, event.text) == (
        "Unboxing", "Marta", "https://stream.example.com/x", "Ask her.",
    )  # fmt: skip
    assert made_of.phase == "draft" and made_of.rehearsal is None and made_of.milestone("launch").waits
    for kind in (Place, Order):
        assert db.session.scalar(select(func.count()).select_from(kind).where(kind.campaign_id == made_of.id)) == 0
    assert db.session.scalar(select(Variant.taken).where(Variant.campaign_id == made_of.id)) == 0
    assert not any(m.reached_at or m.silent for m in made_of.milestones)
    own = {"name", "hero", "hero_alt", "delivery"}  # of the clone itself, or at its date
    was, now = (rehearsals.made_of(row) for row in (source, made_of))
    assert {k: now[k] for k in now.keys() - own} == {k: was[k] for k in was.keys() - own} and made_of.vat == 23.0
    assert made_of.sales_message == "", "no state"
    row = db.session.scalar(select(Audit).where(Audit.act == "campaign.clone"))
    assert (row.person_id, row.campaign_id, row.after["of"]) == (person.id, made_of.id, "aurora-lamp")
    assert plans.plan_of(campaigns.by_slug("aurora-lamp")) == before, "the campaign itself stays as it was"


def test_eighteen_oclock_stays_eighteen_oclock_and_a_head_start_its_hours(app):
    source = load(RICH.replace('access = "passes"', 'access = "passes"\ncloses = 2026-12-10T20:00:00'))
    two = cloned(source)
    assert f"{plans.plan_of(two).closes.astimezone(two.zone):%d.%m. %H:%M}" == "31.03. 20:00"
    due = {m.name: m.due.astimezone(two.zone) for m in two.milestones}
    assert f"{due['launch']:%d.%m. %H:%M}" == "02.04. 18:00" and f"{due['preview']:%d.%m. %H:%M}" == "22.03. 09:00"
    assert two.milestone("launch").due - two.milestone("head_start_founder").due == timedelta(hours=48)
    event = db.session.scalar(select(LiveEvent).where(LiveEvent.campaign_id == two.id))
    assert f"{event.at.astimezone(two.zone):%d.%m. %H:%M}" == "02.04. 19:00"
    of_event = {m.name for m in two.milestones if m.name.startswith("event_")}
    assert of_event == {f"event_{event.id}_begins", f"event_{event.id}_reminder"}
    assert f"{due['poll_1_closes']:%d.%m. %H:%M}" == "25.03. 09:00" and two.delivery.isoformat() == "2027-05-01"


@pytest.mark.parametrize("stage", ["running", "archived", "rehearsed"])
def test_any_campaign_can_be_cloned_into_a_draft(app, watch, stage):
    source = load(RICH)
    if stage == "rehearsed":
        with writing() as session:
            source = rehearsals.copy(session.scalar(select(Campaign)))
    else:
        watch.set(source.milestone("launch" if stage == "running" else "archive").due + timedelta(days=1))
    two = cloned(source)
    assert two.phase == "draft" and two.rehearsal is None and two.milestone("launch").due == MARCH


def test_what_would_begin_in_the_past_or_has_a_name_that_is_taken_is_refused_and_nothing_is_made(app, watch):
    source = load(RICH)
    for slug, to, anchor, field in [
        ("aurora-two", watch.now + timedelta(days=5), "launch", "to"),  # its preview would be over
        ("aurora-two", watch.now, "preview", "to"),
        ("aurora-lamp", MARCH, "launch", "slug"),
        ("team", MARCH, "launch", "slug"),
        ("No Slug", MARCH, "launch", "slug"),
    ]:
        with pytest.raises(Refusal) as refusal:
            cloning.plan_of_clone(source, slug, "Two", anchor, to)
        assert refusal.value.field == field
    assert db.session.scalar(select(func.count()).select_from(Campaign)) == 1


def test_the_clones_picture_is_its_own(app):
    source = load(RICH)
    key = pictures.take_in(made.jpeg(), photos.HERO).key
    with writing() as session:
        row = session.get(Campaign, source.id)
        row.hero, row.hero_alt = key, "A lamp"
    copied = pictures.copy(key)
    plan = cloning.plan_of_clone(campaigns.by_slug("aurora-lamp"), "two", "Two", "launch", MARCH)
    with writing():
        cloning.clone(campaigns.by_slug("aurora-lamp"), plan, None, copied)
    with writing():
        plans.set_hero(campaigns.by_slug("aurora-lamp"), None)
    two = campaigns.by_slug("two")
    assert two.hero != key and two.hero_alt == "A lamp" and pictures.read(two.hero, 480)


def test_prompts_keep_the_order_of_the_file_and_the_answered_ones_their_rows(app):
    load()
    row = db.session.scalar(select(Prompt.id))
    two = load(FILE.replace("[[prompts]]", '[[prompts]]\ntext = "First"\n[[prompts]]'))
    assert [p.text for p in plans.plan_of(two).prompts] == ["First", "Show us your desk"]
    assert db.session.scalar(select(Prompt.id).where(Prompt.text == "Show us your desk")) == row


def test_votes_do_not_go_over_to_another_question(app, given):
    one = '[[polls]]\nquestion = "Which colour?"\noptions = ["Sand", "Forest"]\n'
    text = FILE[: FILE.index("[[polls]]")] + one + one.replace("colour", "shade")
    campaign, person = load(text), given.person(member=True)
    with writing() as session:
        first = session.scalar(select(Poll.id).filter_by(number=1))
        session.add(Vote(poll_id=first, person_id=person.id, at=campaign.now))
    swapped = text.replace("colour", "x").replace("shade", "colour").replace("Which x", "Which shade")
    with pytest.raises(plans.Fault) as fault:
        load(swapped)
    assert fault.value.key == "polls[0].question" and db.session.scalar(select(func.count()).select_from(Milestone)) == 7


def test_saved_and_loaded_again_a_campaign_is_the_same_to_the_last_key(app):
    text = RICH.replace("founder = 48", "founder = 36") + '[[prompts]]\ntext = "Again"\nfrom = "delivery"\ntemplate = "A\\nB"\n'
    first = plans.plan_of(load(text))
    saved = tomli_w.dumps(unparse(first), multiline_strings=True)
    assert plans.plan_of(load(saved)) == first == parse(tomllib.loads(saved))
    assert [m.name for m in first.milestones if m.waits] == ["launch"]

