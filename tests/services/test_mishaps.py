"""Mishaps as rows: chosen before a rehearsal is played, begun once, told in its report; and reports that outlive it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from jobs import deaths
from jobs.ground import Ground
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, CrowdRefusal, KeptReport, Letter, Mishap, Person
from launchpad.outside import processes
from launchpad.rules.refusals import Refusal
from launchpad.services import (
    crowd,
    happened,
    kept_reports,
    letters,
    mishap_words,
    mishaps,
    rehearsal_view,
    rehearsals,
    reports,
)
from tests.make import NOON


@pytest.fixture
def id(given, watch):
    """A rehearsal that was not played yet."""
    campaign = given.campaign("lamp", rehearsal=True)
    with writing():
        db.session.get(Campaign, campaign.id).rehearsal.chosen_speed = 2000
    return campaign.id


def campaign(id) -> Campaign:
    return db.session.get(Campaign, id, populate_existing=True)


def act(verb, *words, **more):
    with writing():
        return verb(*words, **more)


def chosen(id) -> list[str]:
    return [row.name for row in mishaps.of(id)]


def test_they_are_chosen_until_the_first_play_and_each_choice_is_on_record(id):
    act(mishaps.choose, campaign(id), ["rush", "mail"])
    act(mishaps.choose, campaign(id), ["rush", "bots"])
    assert chosen(id) == ["bots", "rush"]
    last = db.session.scalars(select(Audit).filter_by(act="rehearsal.mishaps").order_by(Audit.id.desc())).first()
    assert (last.before, last.after) == ({"mishaps": ["mail", "rush"]}, {"mishaps": ["bots", "rush"]})
    act(rehearsals.play, campaign(id))
    with pytest.raises(Refusal, match="before"):
        act(mishaps.choose, campaign(id), ["mail"])
    with pytest.raises(Refusal, match="no mishap called"):
        act(mishaps.choose, campaign(id), ["earthquake"])
    assert chosen(id) == ["bots", "rush"] and crowd.waiting() == [id], "it is played, though it has no crowd"


def test_workers_die_only_by_an_owner_of_the_site_and_while_no_real_campaign_needs_them(id, given, watch):
    owner, helper = given.person(role="owner"), given.person(role="moderator")
    with pytest.raises(Refusal) as refusal:
        act(mishaps.choose, campaign(id), ["worker"], helper)
    assert refusal.value.status == 403
    real = given.campaign(preview=NOON + timedelta(minutes=59))
    with pytest.raises(Refusal, match="within the hour"):
        act(mishaps.choose, campaign(id), ["worker"], owner)
    with writing():
        db.session.get(Campaign, real.id).milestone("preview").due = NOON + timedelta(minutes=61)
    act(mishaps.choose, campaign(id), ["worker"], owner)
    assert chosen(id) == ["worker"]
    watch.step(minutes=2)
    assert "within the hour" in mishaps.why_none_may_die(), "asked again right before the kill"


def test_nobody_is_killed_while_a_real_letter_leaves_nor_who_has_no_supervisor_nor_twice(id, given, app, monkeypatch):
    killed = []
    monkeypatch.setattr(processes, "tell", lambda pids, what: killed.extend(pids))
    ground = Ground(app, id, "lamp", None)
    assert deaths.play(ground, True) == {}
    assert "no worker" in deaths.play(ground, False)["held_back"]
    person = given.person()
    with writing():
        letters.write("sign_in", person, "sign_in:1")
        db.session.flush()
        db.session.scalars(select(Letter)).one().state = "claimed"
    assert deaths.play(ground, False) == {"held_back": "a real letter is just being sent"} and killed == []


def test_one_begins_once_and_ends_once(id):
    act(mishaps.choose, campaign(id), ["mail"])
    act(rehearsals.play, campaign(id))
    assert mishaps.without_mail() == set()
    assert act(mishaps.begin, campaign(id), "mail") and not act(mishaps.begin, campaign(id), "mail")
    assert mishaps.without_mail() == {id}
    act(rehearsals.pause, campaign(id))
    assert mishaps.without_mail() == set(), "while the clock stands the server is back"
    act(mishaps.end, id, "mail", {"n": 1})
    act(mishaps.end, id, "mail", {"n": 2})
    assert mishaps.of(id)[0].facts == {"n": 1}
    assert db.session.scalar(select(func.count()).select_from(Audit).filter_by(act="rehearsal.mishap")) == 1


def test_the_report_says_what_was_done_and_what_held(id, given):
    act(mishaps.choose, campaign(id), ["doubles", "rush", "bots", "mail"])
    act(rehearsals.play, campaign(id))
    for name in ("doubles", "rush", "mail"):
        act(mishaps.begin, campaign(id), name)
    one, two = (given.person(crowd.address_of(id, name), played_in=id) for name in (1, "rush-3"))
    given.order(campaign(id), one, key="crowd-1-buy-0")
    given.order(campaign(id), two, key="rush-3")
    act(mishaps.end, id, "rush", {"sent": 500, "orders": 1, "refusals": {"sold_out": 499}, "errors": 0, "took_s": 2.5})
    with writing() as session:
        campaign(id).rehearsal.tally = {"doubled": 1014}
        letter = Letter(kind="order", trigger="order:1", marketing=False, at=NOON, state="sent", attempts=2)
        letter.campaign_id, letter.person_id = id, one.id
        session.add(letter)
    told = mishap_words.told(campaign(id))
    assert told["doubles"]["done"].startswith("1,014 forms") and told["doubles"]["held"].startswith("0 doubled orders")
    assert "1 of them bought, 499 were told why not, 0 met" in told["rush"]["held"]
    assert "1 letters came through at a later try; 0 were lost, 0 were sent twice." in told["mail"]["held"]
    assert told["bots"]["done"] == "It did not come to pass."
    given.order(campaign(id), two, key="crowd-1-buy-0")  # the same act, under another name: a doubled order
    assert mishap_words.told(campaign(id))["doubles"]["facts"]["orders"] == 1
    assert reports.report(campaign(id))["mishaps"].keys() == told.keys()


def test_reports_are_kept_by_the_campaign_whatever_becomes_of_the_rehearsal(given, watch):
    real = given.campaign("lamp")
    owner = given.person(role="owner")
    for speed in (500, 700):
        with writing():
            copy = rehearsals.copy(db.session.get(Campaign, real.id), speed, 3)
        with writing():
            db.session.get(Campaign, copy.id).rehearsal.tally = {"most_behind": 60}
        for _ in range(2):
            act(reports.write, copy.id)
    act(rehearsals.wipe, campaign(copy.id))
    kept = kept_reports.of(campaign(real.id))
    assert [(one.speed, one.crowd, one.behind, one.slug) for one in kept] == [(700, 3, 60, "lamp"), (500, 3, 60, "lamp")]
    assert kept[0].plan == kept[1].plan and kept[0].report["slug"] == "lamp-rehearsal"
    with writing():
        campaign(real.id).name = "Another lamp"
    assert kept_reports.digest(campaign(real.id)) != kept[0].plan
    act(lambda: kept_reports.drop(campaign(real.id), db.session.get(KeptReport, kept[0].id), db.session.get(Person, owner.id)))
    assert [one.speed for one in kept_reports.of(campaign(real.id))] == [500]
    assert db.session.scalars(select(Audit).filter_by(act="rehearsal.report.drop")).one().person_id == owner.id


def test_a_persons_story_has_all_that_happened_to_them_by_moment(id, given, watch):
    act(rehearsals.play, campaign(id))
    watch.step(days=5, seconds=0)
    ada = given.person(crowd.address_of(id, 5), played_in=id, tier="founder")
    bob = given.person(crowd.address_of(id, 6), played_in=id)
    given.place(campaign(id), ada, sku="OAK")
    given.order(campaign(id), ada)
    act(lambda: letters.write("place", db.session.get(Person, ada.id), "place:1", campaign(id)))
    act(crowd.note_refusals, campaign(id), [("5", "buy", "sold_out", watch.now)])
    told = happened.story(campaign(id), ada)
    assert [one.at for one in told] == sorted(one.at for one in told)
    words = {one.words: one for one in told}
    assert {"Asked for a place", "Confirmed it", "Their head start began", "Bought 1 × Oak", "Place"} <= words.keys()
    refused = words["Refused while buying"]
    assert refused.note == "sold out" and words["Place"].letter
    assert happened.story(campaign(id), bob) == [] and db.session.scalars(select(CrowdRefusal)).one().actor == "5"
    rows, more = happened.people(campaign(id), tier="founder")
    assert [row.person.id for row in rows] == [ada.id] and rows[0].orders == 1 and more is None
    assert [row.person.id for row in happened.people(campaign(id), who="bought")[0]] == [ada.id]
    stranger = given.person()
    assert happened.person(campaign(id), stranger.id) is None and happened.person(campaign(id), ada.id) is not None


def test_the_live_view_says_where_it_stands(id, watch):
    assert rehearsal_view.view(campaign(id)).state == "waiting"
    with writing():
        campaign(id).rehearsal.crowd = 5
    act(rehearsals.play, campaign(id))
    act(crowd.take, id, "me")
    act(crowd.beat, id, "me", tally={"acts": {"vote": 3, "read": 1}, "behind": 36_000, "errors": 2})
    view = rehearsal_view.view(campaign(id))
    assert (view.state, view.doing, view.behind) == ("running", [("voting", 3), ("reading", 1)], timedelta(hours=10))
    assert (view.left, view.stock, view.report["errors"]) == (10, 10, 2) and view.coming[0].name == "preview"
    act(rehearsals.pause, campaign(id))
    assert rehearsal_view.view(campaign(id)).state == "paused" and rehearsal_view.view(campaign(id)).doing == []
    with writing() as session:
        session.add(Mishap(campaign_id=id, name="rush"))
    assert rehearsal_view.view(campaign(id)).mishaps == [], "none has begun"
