"""A launch day opened again: what the rest of the program makes of it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import milestones
from launchpad.commands import doctor
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Letter, Person
from launchpad.rules.file_reading import Fault
from launchpad.rules.refusals import Refusal
from launchpad.services import by_hand, effects, gate, plans, recap, rehearsals, state

DAY = timedelta(days=1)


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """Played to its archive, which opened a day ago."""
    row = given.campaign("lamp", name="Aurora Lamp")
    owner = given.person("owner@example.com", role="owner")
    for person in (owner, given.person("member@example.com", member=True)):
        given.place(row, person)
    for name in ("preview", "waitlist", "launch", "recap", "archive"):
        watch.set(row.milestone(name).due)
        milestones.advance(row.id)
    with writing():
        recap.publish(db.session.get(Campaign, row.id), db.session.get(Person, owner.id))
    milestones.write_recaps()
    watch.step(days=1)
    return row


def act(verb, campaign, *rest, **more):
    with writing():
        actor = db.session.scalar(select(Person).filter_by(email="owner@example.com"))
        verb(db.session.get(Campaign, campaign.id), actor, *rest, **more)
    return db.session.get(Campaign, campaign.id)


def reopened(campaign, now, letters=False, **more):
    return act(by_hand.reopen, campaign, now + DAY, now + 3 * DAY, letters, "There are twelve left", **more)


def letters(kind: str) -> list[str]:
    rows = select(Letter.trigger).filter_by(kind=kind).order_by(Letter.id)
    return list(db.session.scalars(rows))


def test_buying_and_the_thread_are_open_again_until_the_new_moments(app, campaign, given, watch):
    assert not gate.offer(db.session.get(Campaign, campaign.id), None).open
    before = {m.name: m.reached_at for m in campaign.milestones}
    again = reopened(campaign, watch.now, message="Twelve lamps came back.")
    assert {m.name: m.reached_at for m in again.milestones if m.name in before} == before, "nothing is un-reached"
    assert again.phase == "launch" and gate.offer(again, None).open
    truth = state.public(again, again.now)
    assert truth["selling"] and [m["name"] for m in truth["milestones"][-4:]] == [
        "archive", "launch-2", "recap-2", "archive-2",
    ]  # fmt: skip
    milestones.advance(campaign.id)
    said = list(db.session.scalars(select(Entry.text).order_by(Entry.id.desc()).limit(2)))
    assert said[1] == "Twelve lamps came back." and said[0].startswith("Launch day is open again, until ")
    watch.step(days=1)
    milestones.advance(campaign.id)
    assert db.session.get(Campaign, campaign.id).phase == "recap"
    watch.step(days=2)
    milestones.advance(campaign.id)
    over = db.session.get(Campaign, campaign.id)
    assert over.phase == "archived" and not gate.offer(over, None).open
    row = db.session.scalar(select(Audit).filter_by(act="campaign.reopen"))
    assert row.reason and row.after["launch-2"] == (watch.now - 3 * DAY).isoformat()


@pytest.mark.parametrize("ticked", [False, True])
def test_a_second_turn_writes_only_when_ticked_and_its_recap_waits_for_the_team(app, campaign, watch, ticked):
    first = letters("doors_open")
    assert len(first) == 2 and len(letters("recap")) == 2
    reopened(campaign, watch.now, letters=ticked)
    milestones.advance(campaign.id)
    again = db.session.get(Campaign, campaign.id).milestone("launch-2")
    assert letters("doors_open")[2:] == [f"milestone:{again.id}"] * 2 * ticked
    watch.step(days=1)
    milestones.advance(campaign.id)
    milestones.write_recaps()
    assert len(letters("recap")) == 2, "the new recap was not published"
    act(recap.publish, campaign)
    milestones.write_recaps()
    assert len(letters("recap")) == 2 + 2 * ticked
    assert effects.recaps_due() == []


def test_it_cannot_be_reopened_before_it_is_over_nor_while_held(campaign, watch):
    reopened(campaign, watch.now)
    with pytest.raises(Refusal, match="not over"):
        reopened(campaign, watch.now)
    watch.step(days=1)
    act(by_hand.hold, campaign, "", "storm")
    with pytest.raises(Refusal, match="on hold"):
        reopened(campaign, watch.now)


def test_saved_loaded_and_rehearsed_it_holds_and_the_doctor_finds_nothing(app, campaign, watch):
    again = reopened(campaign, watch.now)
    milestones.advance(campaign.id)
    with writing():
        plans.load(plans.plan_of(db.session.get(Campaign, campaign.id)))
    assert db.session.get(Campaign, campaign.id).milestone("archive-2").due == again.milestone("archive-2").due
    with writing():
        played = rehearsals.copy(db.session.get(Campaign, campaign.id))
        rehearsals.play(played, 2000)
        id = played.id
    for _ in range(20):
        with writing():
            copy = db.session.get(Campaign, id)
            if copy.rehearsal.ended_at is not None:
                break
            rehearsals.skip(copy)
        milestones.advance(id)
    copy = db.session.get(Campaign, id)
    assert copy.rehearsal.ended_at is not None and copy.phase == "archived"
    reached = sorted((m for m in copy.milestones), key=lambda m: m.reached_at)
    assert [m.name for m in reached][-4:] == ["archive", "launch-2", "recap-2", "archive-2"]
    found = app.test_cli_runner().invoke(doctor.doctor, ["--json"])
    faults = [line for line in json.dumps(json.loads(found.stdout)).split('"') if "milestone" in line or "before" in line]
    assert not faults


def test_a_file_cannot_put_the_archive_before_the_recap_of_the_open_turn(app, given, watch):
    row = given.campaign("lamp", name="Aurora Lamp")
    given.person("owner@example.com", role="owner")
    watch.set(row.milestone("recap").due)
    milestones.advance(row.id)
    old = row.milestone("archive").due
    again = act(by_hand.reopen, row, old + DAY, old + 2 * DAY, False, "They asked")
    assert again.milestone("archive").due == old + 2 * DAY and again.phase == "launch"
    plan = plans.plan_of(again)
    back = tuple(replace(m, due=old) if m.name == "archive" else m for m in plan.milestones)
    with pytest.raises(Fault, match="must come after recap-2"), writing():
        plans.load(replace(plan, milestones=back))
    assert db.session.get(Campaign, row.id).milestone("archive").due == old + 2 * DAY
