"""Testimonials in the browser: a member gives one, the team looks at it, a tap or the clock lets it be heard once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import testimonials as jobs
from launchpad import models
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Consent, Entry, Event, Person
from launchpad.services import by_hand, testimonial_acts, testimonials, thread, thread_doors

MINUTE = timedelta(minutes=1)
WORDS = {"text": "It woke me more kindly than my *children* do.", "name": "Ana of Porto", "agreed": "1"}


@pytest.fixture
def campaign(given, watch):
    row = given.campaign("lamp", name="Aurora Lamp")
    watch.set(row.milestone("preview").due)
    return row


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def of(model=models.Testimonial):
    db.session.rollback()
    return db.session.scalar(select(model))


def heard() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Entry.text).filter_by(kind="testimonial", state="shown").order_by(Entry.id)))


def queued(campaign, given, *minutes) -> list[int]:
    """So many in the queue, with these minutes; their ids."""
    people = [given.person(member=True).id for _ in minutes]
    ids = []
    with writing() as session:
        lamp = session.get(Campaign, campaign.id)
        for number, (id, minute) in enumerate(zip(people, minutes, strict=True), 1):
            row = testimonials.send(lamp, session.get(Person, id), f"Words {number}", f"Member {number}", True)
            testimonial_acts.approve(lamp, None, row)
            testimonial_acts.time(lamp, None, row, minute)
            ids.append(row.id)
    return ids


def test_a_member_gives_one_the_team_takes_it_and_one_tap_lets_it_be_heard(campaign, given, visitor, watch):
    ana = visitor(given.person(member=True, name="Ana Almeida"))
    assert "Say it on launch day" in text_of(ana.get("/lamp/"))
    assert "Say it on launch day" not in text_of(visitor().get("/lamp/"))
    assert ana.post("/lamp/testimonial", WORDS, seen="/lamp/").status_code == 303
    row = of()
    assert (row.state, row.name) == ("waiting", "Ana of Porto") and of(Consent).purpose == "testimonial"
    team = visitor(given.person(role="moderator"))
    assert "kindly" in text_of(team.get("/team/lamp/testimonials"))
    path = f"/team/lamp/testimonials/{row.id}"
    assert team.post(f"{path}/reject", {"reason": ""}, seen="/team/lamp/testimonials").status_code == 422
    assert team.post(f"{path}/approve", {"version": row.version}, seen="/team/lamp/testimonials").status_code == 303
    host, launch = visitor(given.person(role="host")), of(Campaign).milestone("launch").due
    watch.set(launch + MINUTE)
    assert "kindly" in text_of(host.get("/team/lamp/today")), "the next one is shown"
    for _ in range(2):  # a double tap
        cue = host.post(f"/team/lamp/today/cue/{row.id}", {"version": row.version}, seen="/team/lamp/today")
        assert cue.status_code == 303
    assert heard() == [WORDS["text"]]
    said = text_of(visitor().get("/lamp/thread"))
    assert "Ana of Porto" in said and "<em>children</em>" in said
    with writing() as session:
        entry = session.scalars(select(Entry).filter_by(kind="testimonial")).one()
        thread.pin(session.get(Campaign, campaign.id), None, entry)
        id = entry.id
    for path in ("thread", f"thread/{id}", f"thread?reply_to={id}", "thread.atom", ""):
        page = text_of(visitor().get(f"/lamp/{path}"))
        assert "Porto" in page and "Almeida" not in page, path
    assert "in the thread" in text_of(ana.get("/me")) and ana.get("/lamp/testimonial").status_code == 200
    assert {"testimonial.approve", "testimonial.cue"} <= set(db.session.scalars(select(Audit.act)))


WRONG = (
    {"text": ""}, {"text": "\u200b"}, {"text": "x" * 601}, {"text": "x" * 20_001}, {"text": "See https://example.com"},
    {"name": ""}, {"name": "x" * 61}, {"name": "ana@example.com"}, {"agreed": ""},
)  # fmt: skip


def test_a_wrong_form_comes_back_with_what_was_typed(campaign, given, visitor):
    ana = visitor(given.person(member=True))
    for wrong in WRONG:
        answer = ana.post("/lamp/testimonial", {k: v for k, v in (WORDS | wrong).items() if v})
        assert answer.status_code == 422 and ("Porto" in text_of(answer) or "name" in wrong), wrong
    assert of() is None


def test_what_was_changed_since_it_was_read_is_not_approved(campaign, given, visitor):
    ana, team = visitor(given.person(member=True)), visitor(given.person(role="moderator"))
    ana.post("/lamp/testimonial", WORDS, seen="/lamp/testimonial")
    read = of()
    id, version = read.id, read.version
    ana.post("/lamp/testimonial", WORDS | {"text": "Something else."}, seen="/lamp/testimonial")
    answer = team.post(f"/team/lamp/testimonials/{id}/approve", {"version": version}, seen="/team/lamp/testimonials")
    assert answer.status_code == 422 and answer.headers["X-Refusal"] == "changed" and of().state == "waiting"


def test_the_clock_lets_each_be_heard_once_at_its_minute_and_never_two_in_one(campaign, given, watch):
    queued(campaign, given, 10, 10, 30, None)
    doors = of(Campaign).milestone("launch").due
    for at, words in ((doors + 10 * MINUTE - timedelta(microseconds=1), []), (doors + 10 * MINUTE, ["Words 1"])):
        watch.set(at)
        jobs.release_due(), jobs.release_due()
        assert heard() == words
    watch.step(minutes=1)
    jobs.release_due()
    assert heard() == ["Words 1", "Words 2"]
    watch.set(doors + 40 * MINUTE)
    for _ in range(3):
        jobs.release_due()
        watch.step(minutes=1)
    assert heard() == ["Words 1", "Words 2", "Words 3"], "the last one waits for its cue"
    assert db.session.scalar(select(Event.seq).filter_by(kind="new").order_by(Event.seq.desc())) is not None


def test_minutes_go_along_with_the_doors_and_wait_for_hold_stop_and_a_closed_thread(campaign, given, watch):
    queued(campaign, given, 5)
    doors = of(Campaign).milestone("launch").due
    with writing() as session:
        lamp = session.get(Campaign, campaign.id)
        by_hand.move(lamp, None, "launch", doors + timedelta(hours=1), "a late lorry")
    watch.set(doors + 10 * MINUTE)
    jobs.release_due()
    assert heard() == [], "the doors were put off"
    watch.set(doors + timedelta(hours=1, minutes=2))
    acts = (
        (lambda c: by_hand.hold(c, None, "", "a look"), lambda c: by_hand.release(c, None, False, "on")),
        (lambda c: by_hand.stop_sales(c, None, "", "a look"), lambda c: by_hand.resume_sales(c, None)),
        (lambda c: thread_doors.close(c, None, "Back soon"), lambda c: thread_doors.reopen(c, None)),
    )
    for shut, open_again in acts:
        with writing() as session:
            shut(session.get(Campaign, campaign.id))
        watch.step(minutes=20)
        jobs.release_due()
        assert heard() == []
        with writing() as session:
            open_again(session.get(Campaign, campaign.id))
    jobs.release_due()
    assert heard() == ["Words 1"]


def test_taking_it_back_takes_it_out_of_the_queue_and_out_of_the_thread(campaign, given, visitor, watch):
    person = given.person(member=True)
    ana = visitor(person)
    ana.post("/lamp/testimonial", WORDS, seen="/lamp/testimonial")
    with writing() as session:
        lamp, row = session.get(Campaign, campaign.id), session.scalar(select(models.Testimonial))
        testimonial_acts.approve(lamp, None, row)
        testimonial_acts.time(lamp, None, row, 1)
    watch.set(of(Campaign).milestone("launch").due + 2 * MINUTE)
    jobs.release_due()
    assert heard() == [WORDS["text"]]
    assert ana.post("/lamp/testimonial/withdraw", {"next": "/me"}, seen="/me").location == "/me"
    assert heard() == [] and of().state == "withdrawn" and of().text == ""
    assert "kindly" not in text_of(visitor().get("/lamp/thread")) + text_of(ana.get("/me"))
    assert list(db.session.scalars(select(Consent.given).order_by(Consent.id))) == [True, False]
    jobs.release_due()
    assert heard() == []


def test_taking_the_entry_back_in_the_thread_is_the_same_word(campaign, given, visitor, watch):
    queued(campaign, given, 0)
    watch.set(of(Campaign).milestone("launch").due)
    jobs.release_due()
    row = of()
    mine = visitor(db.session.get(Person, row.person_id))
    assert mine.post(f"/lamp/thread/{row.entry_id}/withdraw", seen="/lamp/thread").status_code == 303
    assert of().state == "withdrawn" and db.session.scalars(select(Consent.given).order_by(Consent.id.desc())).first() is False


def test_what_the_team_took_down_is_still_its_authors_to_take_back(campaign, given, visitor, watch):
    queued(campaign, given, 0)
    watch.set(of(Campaign).milestone("launch").due)
    jobs.release_due()
    row = of()
    with writing() as session:
        thread.hide(session.get(Campaign, campaign.id), None, session.get(Entry, row.entry_id), "A second look")
    mine, id = visitor(db.session.get(Person, row.person_id)), row.entry_id
    assert mine.post("/lamp/testimonial/withdraw", {"next": "/me"}, seen="/me").status_code == 303
    team = visitor(given.person(role="moderator"))
    assert team.post(f"/lamp/thread/{id}/show", seen="/lamp/thread").status_code == 422
    db.session.rollback()
    assert db.session.get(Entry, id).text == "" and heard() == []


def test_the_queue_is_ordered_and_spread_by_the_team(campaign, given, visitor):
    first, second, third = queued(campaign, given, None, None, None)
    team = visitor(given.person(role="moderator"))
    here = "/team/lamp/testimonials"
    assert team.post(f"{here}/{third}/up", seen=here).status_code == 303
    assert team.post(f"{here}/spread", {"first": "10", "last": "30"}, seen=here).status_code == 303
    db.session.rollback()
    rows = db.session.scalars(select(models.Testimonial).order_by(models.Testimonial.place))
    assert [(row.id, row.minutes) for row in rows] == [(first, 10), (third, 20), (second, 30)]
    for wrong in ({"first": "30", "last": "10"}, {"first": "²", "last": "9"}, {"first": "0", "last": "99999999999"}):
        assert team.post(f"{here}/spread", wrong, seen=here).status_code == 422
    assert team.post(f"{here}/{first}/time", {"minutes": "-1"}, seen=here).status_code == 422
    assert visitor(given.person(role="analyst")).get(here).status_code == 403
    assert thread.entries_of(of(Campaign)) == 0
