"""Stories below the web: double forms, clicks that come late, erasure, the sweep, and the doctor."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Consent, Person, Story
from launchpad.outside import photos
from launchpad.outside.files import files
from launchpad.rules.refusals import Refusal
from launchpad.rules.stories import asks
from launchpad.services import pictures, stories
from launchpad.services.checks import stories as doctor
from tests.pictures import jpeg


@pytest.fixture(autouse=True)
def no_files_of_before(app):
    for name, _ in list(files().every()):
        files().drop(name)


@pytest.fixture
def launched(given, watch):
    campaign = given.campaign()
    watch.set(campaign.milestone("launch").due)
    return campaign


def send(campaign, person, text="Words", with_photo=False, key="k", **more) -> int:
    taken = [pictures.take_in(jpeg())] if with_photo else []
    with writing():
        person, campaign = db.session.get(Person, person.id), db.session.get(Campaign, campaign.id)
        return stories.send(campaign, person, text, None, taken, ["A desk"] * len(taken), ["site"], key, **more).id


def approve(campaign, id):
    with writing():
        stories.approve(db.session.get(Campaign, campaign.id), None, db.session.get(Story, id))


def test_the_unique_key_decides_when_nobody_saw_the_other(launched, given, monkeypatch):
    person = given.person(member=True)
    first = send(launched, person)
    real, seen = stories._by_key, []

    def blind_once(*asked):
        seen.append(asked)
        return None if len(seen) == 1 else real(*asked)

    monkeypatch.setattr(stories, "_by_key", blind_once)
    assert send(launched, person) == first
    assert len(seen) == 2
    assert db.session.scalar(select(func.count()).select_from(Story)) == 1
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 1


@pytest.mark.parametrize("guarded", [True, False])
def test_a_click_that_comes_late_never_undoes_a_withdrawal(launched, given, guarded):
    """The team's page still says `waiting` when the author took the story back. Unguarded it would be published."""
    person = given.person(member=True)
    id = send(launched, person)
    with writing():
        stories.withdraw(db.session.get(Person, person.id), db.session.get(Story, id))
    try:
        with writing():
            story = db.session.get(Story, id)
            set_committed_value(story, "state", "waiting")  # as it was read before
            if guarded:
                stories.approve(db.session.get(Campaign, launched.id), None, story)
            else:
                story.state = "approved"
        refused = False
    except Refusal as refusal:
        refused = refusal.reason == "state"
    db.session.expire_all()
    assert refused == guarded
    assert db.session.get(Story, id).state == ("withdrawn" if guarded else "approved")
    # and even then the newest consent keeps it from the public
    assert not stories.is_shown(db.session.get(Story, id))
    assert stories.approved(db.session.get(Campaign, launched.id)) == []
    assert doctor.faults() == ([] if guarded else [f"story {id} is approved without consent for the site"])


def test_the_queue_is_in_order_and_holds_what_waits(launched, given, watch):
    first = send(launched, given.person(member=True))
    watch.step(minutes=1)
    second = send(launched, given.person(member=True))
    assert [story.id for story in stories.queue(launched)] == [first, second]
    approve(launched, first)
    assert [story.id for story in stories.queue(launched)] == [second]


def test_played_people_send_stories_too(launched, given):
    person = given.person(member=True, played_in=launched.id)
    id = send(launched, person)
    approve(launched, id)
    assert [story.id for story in stories.approved(launched)] == [id]


def test_erasure_leaves_no_word_and_no_file(launched, given):
    person = given.person(member=True)
    id = send(launched, person, "Secret words", with_photo=True)
    approve(launched, id)
    with writing():
        stories.forget(db.session.get(Person, person.id))
    story = db.session.get(Story, id)
    assert (story.text, story.photos, story.state) == ("", [], "withdrawn")
    assert list(files().every()) == []


def test_a_withdrawal_that_is_rolled_back_keeps_the_files(launched, given):
    person = given.person(member=True)
    id = send(launched, person, with_photo=True)
    with pytest.raises(RuntimeError):
        with writing():
            stories.withdraw(db.session.get(Person, person.id), db.session.get(Story, id))
            raise RuntimeError
    assert len(list(files().every())) == 3 and len(db.session.get(Story, id).photos) == 1


def test_the_sweep_takes_what_no_row_names_and_nothing_that_is_arriving(launched, given, watch):
    id = send(launched, given.person(member=True), with_photo=True)
    stray = pictures.take_in(jpeg(), photos.HERO)
    hero = pictures.take_in(jpeg(), photos.HERO)
    with writing():
        db.session.get(Campaign, launched.id).hero = hero.key
    now = clock.now()
    for name, _ in files().every():
        os.utime(files().folder / name, (now.timestamp(), now.timestamp()))
    watch.set(now + pictures.YOUNG)
    assert pictures.strays() == [] and doctor.faults() == []
    watch.step(seconds=1)
    assert len(pictures.strays()) == 3
    assert doctor.faults() == ["3 files belong to no row; upkeep sweeps them"]
    assert pictures.sweep() == 3 and pictures.sweep() == 0
    assert not files().exists(pictures.name(stray.key, 480))
    assert files().exists(pictures.name(hero.key, 480)) and doctor.faults() == []
    assert len(db.session.get(Story, id).photos) == 1


def test_the_doctor_misses_a_file_that_is_gone(launched, given):
    id = send(launched, given.person(member=True), with_photo=True)
    photo = db.session.get(Story, id).photos[0]
    files().drop(pictures.name(photo.key, 960))
    assert doctor.faults() == [f"photo {photo.id} has no file of 960 pixels"]


def test_a_prompt_of_the_delivery_asks_from_that_day_in_the_campaigns_zone():
    zone, day = ZoneInfo("Pacific/Auckland"), date(2026, 12, 20)
    midnight = datetime(2026, 12, 20, tzinfo=zone).astimezone(UTC)
    assert asks("launch", midnight, zone, None)
    assert not asks("delivery", midnight, zone, None)
    assert asks("delivery", midnight, zone, day)
    assert not asks("delivery", midnight - timedelta(microseconds=1), zone, day)
