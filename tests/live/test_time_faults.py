"""Time under faults: whatever dies, stands, forgets or shows a wrong time, nothing is early, twice or skipped (P1, O2)."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest
import redis
from sqlalchemy import func, select

from jobs import milestones, queue
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Consent, Entry, Event, Letter, Milestone, Person
from launchpad.outside import valkey
from launchpad.services import health, rehearsals, testimonial_acts, testimonials
from tests.live.seamed import wrong_by
from tests.live.site import Site, alive, in_order_and_once, reached
from tests.live.tree import free_port
from tests.waiting import until

KEEPER, WORKER = "timekeeper", "worker-milestones"
SPEED = 100_000


@pytest.fixture
def site(app, settings):
    site = Site(settings)
    yield site
    site.clean()


def told(given):
    """Somebody whom each opening writes to."""
    person = given.person(member=True)
    with writing() as session:
        session.add(Consent(person_id=person.id, purpose="marketing", given=True, wording="marketing-1"))
    return person


def opening_in(given, seconds):
    """A real campaign whose preview opens in so many seconds; all else is far away."""
    return given.campaign(preview=clock.now() + timedelta(seconds=seconds))


def late(campaign_id, name="preview"):
    db.session.rollback()
    return db.session.scalar(select(Milestone.late).filter_by(campaign_id=campaign_id, name=name))


def letters(campaign_id):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Letter).filter_by(campaign_id=campaign_id))


def rehearsed(given):
    campaign = given.campaign()
    with writing() as session:
        rehearsals.prepare(session.get(Campaign, campaign.id), SPEED)
    return campaign


def play(campaign):
    with writing():
        rehearsals.play(db.session.get(Campaign, campaign.id))


def quiet(site, *but):
    """Doctor finds no fault, but for the parts that a test does not run."""
    assert site.doctor("processes", *but) == {}


@pytest.mark.parametrize(
    "point", [pytest.param("before", marks=pytest.mark.live), "inside", pytest.param("after", marks=pytest.mark.live)]
)
def test_a_worker_killed_at_a_milestone_does_its_work_neither_twice_nor_never(app, site, given, tmp_path, point):
    flag = tmp_path / "died"
    told(given)
    dying = site.start("worker", "milestones", SEAM_DEATH=f"{point}:{flag}")
    assert until(lambda: alive(app, WORKER), 60)
    campaign = opening_in(given, 0)
    queue.queue("milestones").enqueue(milestones.advance, campaign.id, result_ttl=0)
    assert until(lambda: dying.poll() is not None, 30), "that point was not come to"
    assert flag.exists() and reached(campaign.id) == (1 if point == "after" else 0)
    site.start("timekeeper")
    site.start("worker", "milestones")
    assert until(lambda: reached(campaign.id) == 1, 60)
    time.sleep(1.5)  # long enough for a second time, if there were one
    assert in_order_and_once(campaign.id) == 1 and letters(campaign.id) == 1
    quiet(site)


@pytest.mark.live
@pytest.mark.parametrize("point", ["inside", "after"])
def test_a_timekeeper_killed_while_it_lets_a_testimonial_be_heard(app, site, given, tmp_path, point):
    flag, member = tmp_path / "died", given.person(member=True).id
    campaign = given.campaign(preview=clock.now() - timedelta(days=11, minutes=1)).id
    with writing() as session:
        here = session.get_one(Campaign, campaign)
        row = testimonials.send(here, session.get_one(Person, member), "Kind light.", "Ana", True)
        testimonial_acts.approve(here, None, row)
        testimonial_acts.time(here, None, row, 0)
    heard = select(func.count()).select_from(Entry).filter_by(campaign_id=campaign, kind="testimonial")
    dying = site.start("timekeeper", SEAM_RELEASE=f"{point}:{flag}")
    assert until(lambda: dying.poll() is not None, 60), "that point was not come to"
    db.session.rollback()
    assert flag.exists() and db.session.scalar(heard) == (1 if point == "after" else 0)
    site.start("timekeeper")
    assert until(lambda: db.session.rollback() or db.session.scalar(heard), 60)
    time.sleep(3)  # long enough for a second time, if there were one
    db.session.rollback()
    told = select(func.count()).select_from(Event).join(Entry, Entry.id == Event.entry_id).where(Entry.kind == "testimonial")
    assert db.session.scalar(heard) == db.session.scalar(told) == 1
    quiet(site, "timetable")


@pytest.mark.live
def test_rq_that_forgets_its_schedule_again_and_again_is_not_missed(app, site, given):
    site.start("timekeeper")
    site.start("worker", "milestones")
    assert until(lambda: alive(app, KEEPER, WORKER), 60)
    campaign = opening_in(given, 8)
    end = time.monotonic() + 40
    while not reached(campaign.id) and time.monotonic() < end:
        app.extensions["redis"].delete("rq:scheduled:milestones", "rq:queue:milestones")
        time.sleep(0.02)
    assert in_order_and_once(campaign.id) == 1 and late(campaign.id) < 2
    quiet(site)


@pytest.mark.live
@pytest.mark.timeout(300)
def test_a_timekeeper_stopped_for_ninety_seconds_over_an_opening(app, site, given):
    """The gates open by the clock all the same; the work waits, is told of at once, and is done on coming back."""
    keeper = site.start("timekeeper")
    site.start("worker", "milestones")
    assert until(lambda: alive(app, KEEPER, WORKER), 60)
    campaign = opening_in(given, 15)
    os.kill(keeper.pid, signal.SIGSTOP)
    stopped = time.monotonic()
    assert until(lambda: not health.parts()["time"]["ok"], 40), "an opening passed, and nobody says that time is not kept"
    assert time.monotonic() - stopped - 15 < 8 and not health.parts()["timekeeper"]["ok"]
    assert any("timekeeper" in line for line in health.troubles()) and any("Preview" in line for line in health.troubles())
    db.session.rollback()
    assert db.session.get(Campaign, campaign.id).phase == "preview" and reached(campaign.id) == 0
    time.sleep(max(0.0, 90 - (time.monotonic() - stopped)))
    os.kill(keeper.pid, signal.SIGCONT)
    back = time.monotonic()
    assert until(lambda: reached(campaign.id) == 1, 60)
    print(f"reached {time.monotonic() - back:.1f} s after coming back")
    assert time.monotonic() - back < 15 and in_order_and_once(campaign.id) == 1
    quiet(site)


@pytest.mark.live
def test_a_valkey_restarted_empty_over_an_opening(app, settings, given, tmp_path):
    folder = tmp_path / "valkey"
    folder.mkdir()
    server = valkey.start(folder)
    site = Site(settings, REDIS_URL=valkey.url(folder))
    try:
        site.start("timekeeper")
        site.start("worker", "milestones")
        own = redis.Redis.from_url(valkey.url(folder))
        assert until(lambda: own.get("launchpad:beat:timekeeper") and own.get("launchpad:beat:worker-milestones"), 60)
        campaign, second = opening_in(given, 4), opening_in(given, 12)
        time.sleep(2)
        server.kill()
        server.wait(30)
        assert until(lambda: reached(campaign.id) == 1, 40), "without Redis the time is kept from the database"
        for file in folder.rglob("*"):
            if file.is_file():
                file.unlink()
        server = valkey.start(folder)
        assert until(lambda: reached(second.id) == 1, 60)
        print("late:", late(campaign.id), "without Redis,", late(second.id), "with an empty one")
        assert in_order_and_once(campaign.id) == in_order_and_once(second.id) == 1
        assert late(campaign.id) < 2 and late(second.id) < 2
        quiet(site)
    finally:
        site.clean()
        valkey.shut_down(folder)
        server.wait(30)


@pytest.mark.live
@pytest.mark.timeout(400)
def test_two_hundred_milestones_with_two_timekeepers_and_four_workers_a_queue(app, site, given):
    for _ in range(2):
        site.start("timekeeper")
    for name in ("milestones", "letters"):
        for _ in range(4):
            site.start("worker", name)
    assert until(lambda: alive(app, KEEPER, WORKER, "worker-letters"), 90)
    time.sleep(5)
    told(given)
    begin = clock.now() + timedelta(seconds=10)
    campaigns = []
    for number in range(20):
        with writing() as session:
            row = Campaign(slug=f"many-{number}", name=f"Many {number}", timezone="Europe/Lisbon", currency="EUR")
            for at in range(10):
                name, phase = [("preview", "preview"), ("waitlist", "waitlist")][at] if at < 2 else (f"poll_{at}_closes", None)
                due = begin + timedelta(seconds=(at * 6 + (number * 7 % 60) / 10 + number / 1000))
                row.milestones.append(Milestone(name=name, phase=phase, due=due))
            session.add(row)
        campaigns.append(row.id)
    assert until(lambda: reached(*campaigns) == 200, 150), reached(*campaigns)
    lates = sorted(db.session.scalars(select(Milestone.late).where(Milestone.campaign_id.in_(campaigns))))
    at = {share: round(lates[min(199, int(200 * share / 100))], 3) for share in (50, 90, 99)}
    print(f"late in seconds over {len(lates)} milestones: {at}, at most {lates[-1]:.3f}")
    assert [in_order_and_once(id) for id in campaigns] == [10] * 20
    quiet(site)
    if os.getloadavg()[0] > 3 * (os.cpu_count() or 1):
        pytest.skip(f"once and in order, but how late cannot be judged on a machine this busy: {at}")
    assert at[99] < 2


@pytest.mark.live
@pytest.mark.timeout(200)
def test_a_clock_stepped_back_by_an_hour_opens_nothing_twice_and_shuts_nothing(app, site, given, tmp_path, monkeypatch):
    wrong = tmp_path / "wrong by"
    wrong.write_text("0")
    monkeypatch.setattr(clock, "source", wrong_by(wrong))
    told(given)
    campaign = opening_in(given, 0)
    with writing() as session:
        row = session.get(Campaign, campaign.id)
        row.milestone("waitlist").due = clock.now() + timedelta(minutes=30)
        session.add(Milestone(campaign_id=row.id, name="poll_1_closes", due=clock.now() + timedelta(minutes=50)))
        session.add(Milestone(campaign_id=row.id, name="poll_2_closes", due=clock.now() + timedelta(hours=2)))
    site.start("timekeeper", SEAM_CLOCK=wrong)
    site.start("worker", "milestones", SEAM_CLOCK=wrong)
    assert until(lambda: reached(campaign.id) == 1, 60)
    wrong.write_text("3600")
    assert until(lambda: reached(campaign.id) == 3, 30)
    db.session.rollback()
    was = {m.name: m.reached_at for m in db.session.get(Campaign, campaign.id).milestones if m.reached_at}
    written = letters(campaign.id)
    wrong.write_text("0")
    time.sleep(8)  # over a round of reconciling
    db.session.rollback()
    row = db.session.get(Campaign, campaign.id)
    assert row.phase == "waitlist" and row.now >= max(was.values()) > datetime.now(UTC), "a door that was open shut again"
    assert {m.name: m.reached_at for m in row.milestones if m.reached_at} == was and letters(campaign.id) == written
    wrong.write_text("7200")
    assert until(lambda: reached(campaign.id) == 4, 30)
    assert in_order_and_once(campaign.id) == 4 and letters(campaign.id) == written
    wrong.write_text("0")
    site.clean()
    quiet(site)


@pytest.mark.live
@pytest.mark.timeout(200)
def test_a_deploy_in_the_middle_of_a_launch(app, site, given):
    campaign, port = rehearsed(given), free_port()
    parts = ("timekeeper",), ("worker", "milestones"), ("web", "--port", str(port))
    first = [site.start(*part) for part in parts]
    assert until(lambda: alive(app, KEEPER, WORKER), 60)
    play(campaign)
    assert until(lambda: reached(campaign.id) >= 2, 60)
    before = reached(campaign.id)
    for one in first:
        one.terminate()
    codes = [one.wait(20) for one in first]
    assert codes[0] in (0, -signal.SIGTERM) and codes[1:] == [0, 0]
    for part in parts:
        site.start(*part)
    assert until(lambda: reached(campaign.id) == 7, 90), reached(campaign.id)
    print(f"{before} of 7 before, the rest after")
    assert in_order_and_once(campaign.id) == 7
    quiet(site)


@pytest.mark.live
@pytest.mark.timeout(200)
def test_with_worker_and_timekeeper_killed_what_passed_is_reached_within_seconds_of_coming_back(app, site, given):
    parts = [site.start("timekeeper"), site.start("worker", "milestones")]
    assert until(lambda: alive(app, KEEPER, WORKER), 60)
    campaigns = [opening_in(given, seconds).id for seconds in (3, 6, 9)]
    for one in parts:
        site.kill(one)
    time.sleep(10)
    assert reached(*campaigns) == 0
    site.start("timekeeper")
    site.start("worker", "milestones")
    back = time.monotonic()
    assert until(lambda: reached(*campaigns) == 3, 60)
    print(f"reached {time.monotonic() - back:.1f} s after the start of the processes")
    assert [in_order_and_once(id) for id in campaigns] == [1, 1, 1]
    quiet(site)
