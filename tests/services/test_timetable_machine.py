"""The phase rules as a machine: any acts by hand, in any order, with a clock that goes on and is sometimes set back.

After each step what must always be so is looked up in the rows. With LIVE=1 it takes its time.
"""

import os
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Event, Milestone
from launchpad.rules import by_hand as laws
from launchpad.rules import openings, timetable
from launchpad.rules.phases import Phase as CampaignPhase
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, by_hand, gate, state
from launchpad.services import timetable as reaching
from launchpad.services.checks import time as checks
from tests.make import NOON, Given

TICK = timedelta(microseconds=1)
LONG = bool(os.environ.get("LIVE"))
places = st.integers(0, 10)  # on the timetable
lengths = st.sampled_from(
    [timedelta(seconds=1), timedelta(minutes=7), timedelta(hours=5), timedelta(hours=24), timedelta(days=3)]
)
shifts = st.integers(-30, 300).map(lambda hours: timedelta(hours=hours))
VERBS = (
    by_hand.move, by_hand.open_now, by_hand.wait, by_hand.go, by_hand.reopen,
    by_hand.hold, by_hand.release, by_hand.stop_sales, by_hand.resume_sales,
)  # fmt: skip
WHY = "Because the machine says so"


class Machine(RuleBasedStateMachine):
    """One campaign, its team, a worker that comes when it likes, and what was seen of them so far."""

    watch, done = None, Counter()  # set by the test; the acts that were not refused
    held = stopped = waiting = False  # as last seen

    @initialize(ahead=st.sampled_from([timedelta(hours=1), timedelta(days=-5), timedelta(days=-9, hours=-12), timedelta(days=-14)]))
    def begin(self, ahead):
        given = Given(writing)
        self.watch.set(NOON)
        self.id = given.campaign(preview=NOON + ahead).id
        self.owner = given.person(role="owner").id
        with writing() as session:
            closes = session.get(Campaign, self.id).milestone("waitlist").due - timedelta(hours=2)
            session.add(Milestone(campaign_id=self.id, name="poll_1_closes", due=closes))
        self.acts = 0
        self.reached, self.promised, self.rank, self.floor = {}, {}, 0, None
        self.doors, self.again = set(), set()  # launches that are open; milestones added by reopening

    @property
    def campaign(self):
        db.session.rollback()
        return db.session.get(Campaign, self.id)

    def seen(self):
        """What is open, the version, and the dues by name."""
        campaign = self.campaign
        now = campaign.now
        opened = {m.name for m, at in timetable.openings(campaign.milestones) if at is not None and at <= now}
        return opened, campaign.version, {m.name: m.due for m in campaign.milestones}

    def act(self, verb, *rest):
        """An act by hand: done whole and on record, or refused and nothing was changed."""
        opened, version, dues = self.seen()
        try:
            with writing() as session:
                verb(session.get(Campaign, self.id), session.get(by_hand.Person, self.owner), *rest)
        except Refusal as refusal:
            assert refusal.message and self.seen()[1:] == (version, dues)
            return False
        self.acts += 1
        self.done[verb.__name__] += 1
        after = self.campaign
        changed = {m.name: m.due for m in after.milestones if dues.get(m.name, m.due) != m.due}
        assert not opened & changed.keys(), "a moment already past was moved"
        row = db.session.scalars(select(Audit).filter_by(campaign_id=self.id).order_by(Audit.id.desc())).first()
        assert row and row.person_id == self.owner and after.version > version, "an act without a record"
        for name, due in changed.items():
            assert (row.before[name], row.after[name]) == (dues[name].isoformat(), due.isoformat())
        return True

    def at(self, place):
        rows = sorted(self.campaign.milestones, key=lambda m: m.id)
        return rows[place % len(rows)]

    def ahead(self, place):
        """One that has not opened; any, when all have."""
        opened = self.seen()[0]
        rows = [m for m in timetable.in_order(self.campaign.milestones) if m.name not in opened]
        return rows[place % len(rows)] if rows else self.at(place)

    # --- time

    @rule(length=lengths)
    def wait(self, length):
        self.watch.now += length

    @rule(by=st.sampled_from([-TICK, timedelta(0), timedelta(seconds=2)]), worker=st.booleans())
    def wait_for_the_next(self, by, worker):
        campaign = self.campaign
        coming = timetable.next_opening(campaign.milestones, campaign.now)
        if coming and coming[1] + by > self.watch.now:
            self.watch.set(coming[1] + by)
        if worker:
            self.reach(20)

    @rule(minutes=st.integers(1, 60))
    def the_clock_is_set_back(self, minutes):
        """What was reached stays. What was open and not reached yet may open once more, at its moment."""
        self.watch.now -= timedelta(minutes=minutes)
        self.forget()

    def forget(self):
        self.promised = {name: kept for name, kept in self.promised.items() if name in self.reached}
        phases = [CampaignPhase(m.phase).rank for m in self.campaign.milestones if m.reached_at and m.phase]
        self.floor, self.rank = None, max(phases, default=0)

    @rule(most=st.sampled_from([1, 20]))
    def a_worker_comes(self, most):
        self.reach(most)

    def reach(self, most):
        for _ in range(most):
            campaign = self.campaign
            opens = {m.name: at for m, at in timetable.openings(campaign.milestones)}
            with writing():
                name = reaching.reach_next(self.id)
            if name is None:
                break
            at = self.campaign.milestone(name).reached_at
            assert name not in self.reached, f"{name} was reached twice"
            assert opens[name] is not None and opens[name] <= at, f"{name} was reached before its moment"
            assert at == campaign.now
            self.reached[name] = at

    # --- by hand

    @rule(place=places, by=shifts)
    def move(self, place, by):
        row = self.at(place)
        self.act(by_hand.move, row.name, row.due + by, WHY)

    @rule(place=places, by=st.integers(-12, 12).map(lambda hours: timedelta(hours=hours)))
    def move_a_little(self, place, by):
        row = self.ahead(place)
        self.act(by_hand.move, row.name, row.due + by, WHY)

    @rule(place=places)
    def move_to_now(self, place):
        self.act(by_hand.move, self.at(place).name, self.campaign.moment, WHY)

    @rule(tier=st.sampled_from(["founder", "member"]), hours=st.integers(23, 49))
    def move_head_start(self, tier, hours):
        launch = self.campaign.milestone("launch").due
        self.act(by_hand.move, f"head_start_{tier}", launch - timedelta(hours=hours), WHY)

    @rule(place=places)
    def open_now(self, place):
        self.act(by_hand.open_now, self.at(place).name, WHY)

    @rule()
    def open_the_next(self):
        if coming := timetable.next_opening(self.campaign.milestones, self.campaign.now):
            self.act(by_hand.open_now, coming[0].name, WHY)

    @rule(place=places, waits=st.booleans())
    def wait_for_a_go(self, place, waits):
        self.act(by_hand.wait, self.ahead(place).name, waits, WHY)

    @precondition(lambda self: self.waiting)
    @rule()
    def go(self):
        waiting = [m for m in timetable.in_order(self.campaign.milestones) if m.waits and m.went_at is None]
        self.act(by_hand.go, (waiting or [self.at(7)])[0].name, WHY)

    @precondition(lambda self: self.rank >= CampaignPhase.RECAP.rank)
    @rule(recap=shifts, archive=shifts, letters=st.booleans())
    def reopen(self, recap, archive, letters):
        now, before = self.campaign.now, {m.name for m in self.campaign.milestones}
        if self.act(by_hand.reopen, now + recap, now + archive, letters, WHY):
            self.again |= {m.name for m in self.campaign.milestones} - before

    @precondition(lambda self: not self.held)
    @rule()
    def hold(self):
        self.act(by_hand.hold, "A moment, please", WHY)

    @precondition(lambda self: self.held)
    @rule(shift=st.booleans())
    def release(self, shift):
        if self.campaign.moment < self.campaign.held_at:  # the clock was set back meanwhile
            self.forget()
        self.act(by_hand.release, shift, WHY)

    @precondition(lambda self: not self.stopped)
    @rule()
    def stop_sales(self):
        self.act(by_hand.stop_sales, "Stopped", WHY)

    @precondition(lambda self: self.stopped)
    @rule()
    def resume_sales(self):
        self.act(by_hand.resume_sales, "", WHY)

    # --- the laws

    @invariant()
    def every_law_holds(self):
        campaign = self.campaign
        now, opens = campaign.now, {m.name: at for m, at in timetable.openings(campaign.milestones)}
        self.held, self.stopped = campaign.held_at is not None, campaign.sales_stopped_at is not None
        self.waiting = any(m.waits and m.went_at is None for m in campaign.milestones)
        self.what_was_reached_stays_once_and_in_order(campaign, now, opens)
        self.time_and_phase_never_go_back(campaign, now, opens)
        self.a_promised_head_start_is_kept(campaign, now, opens)
        self.every_gate_agrees_with_what_is_public(campaign, now)
        self.what_comes_next_lies_ahead(campaign, now)
        rows = select(func.count()).select_from(Audit).filter_by(campaign_id=self.id)
        assert db.session.scalar(rows) == self.acts

    def what_was_reached_stays_once_and_in_order(self, campaign, now, opens):
        assert {m.name: m.reached_at for m in campaign.milestones if m.reached_at} == self.reached
        told = select(func.count()).select_from(Event).filter_by(campaign_id=self.id, kind="milestone")
        assert db.session.scalar(told) == len(self.reached)
        chain = timetable.in_order(campaign.milestones)
        done = [m.reached_at for m in chain if m.reached_at]
        assert all(m.reached_at for m in chain[: len(done)]), "one was skipped"
        assert done == sorted(done)
        for name, at in self.reached.items():
            assert opens[name] is not None and opens[name] <= at <= now, name

    def time_and_phase_never_go_back(self, campaign, now, opens):
        """But for a phase when doors open another time, which only a turn that the team added can do."""
        assert self.floor is None or now >= self.floor
        doors = {m.name for m in campaign.milestones if m.phase == CampaignPhase.LAUNCH}
        opened = {name for name in doors if opens[name] is not None and opens[name] <= now}
        if opened - self.doors and opened & self.again:
            self.rank = CampaignPhase.LAUNCH.rank
        self.doors = opened
        rank = timetable.phase(campaign.milestones, now).rank
        assert rank >= self.rank, f"back to {CampaignPhase(campaign.phase)}"
        self.floor, self.rank = now, rank

    def a_promised_head_start_is_kept(self, campaign, now, opens):
        for milestone in filter(openings.is_head_start, campaign.milestones):
            at = opens[milestone.name]
            if at is not None and at <= now:
                begun, hours = self.promised.setdefault(milestone.name, (at, milestone.hours))
                assert (at, milestone.hours) == (begun, hours), "a head start that had begun was changed"
                launch = opens["launch"]
                assert launch is None or launch - begun >= timedelta(hours=hours), f"{milestone.name} was cut short"

    def every_gate_agrees_with_what_is_public(self, campaign, now):
        public = state.public(campaign, now)
        assert public["phase"] == timetable.phase(campaign.milestones, now)
        early = SimpleNamespace(submitted_at=NOON - timedelta(days=99), confirmed_at=NOON - timedelta(days=99))
        early.pass_from = early.pass_until = None
        assert (gate.refusal(campaign, None, None, now, 5) is None) == public["selling"]
        for tier in ("founder", "member", "friend"):
            person = SimpleNamespace(tier=tier)
            window = public["head_start"].get(tier, public["head_start"]["member"])
            assert (gate.refusal(campaign, person, early, now, 5) is None) == (public["selling"] or window), tier

    def what_comes_next_lies_ahead(self, campaign, now):
        coming = timetable.next_opening(campaign.milestones, now)
        left = state.until_opening(campaign, now)
        assert coming is None or coming[1] > now
        assert (left is None) == (coming is None or campaign.held_at is not None)
        assert left is None or left > timedelta(0)

    def teardown(self):
        if hasattr(self, "id"):
            assert checks._of(self.campaign) == [], "doctor found a fault"


def play(watch, examples, steps, random=False):
    """Play so many campaigns; how often each act was done."""
    kind = type("Played", (Machine,), {"watch": watch, "done": Counter()})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=not random,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink) if random else (Phase.generate,),
        ),
    )
    return kind.done


@pytest.mark.timeout(1500)
def test_whatever_is_done_by_hand_the_laws_of_time_hold(app, watch):
    done = play(watch, 200 if LONG else 8, 60 if LONG else 30, random=LONG)
    assert done.total() >= 20, "nearly all was refused: nothing was tried"
    assert not LONG or {verb.__name__ for verb in VERBS} == done.keys()


def _ignoring_the_moment(monkeypatch):
    monkeypatch.setattr(
        timetable, "open_and_unreached",
        lambda milestones, now: [m for m, _ in timetable.openings(milestones) if m.reached_at is None],
    )  # fmt: skip


def _forgetting_what_was_reached(monkeypatch):
    right = timetable.now
    monkeypatch.setattr(timetable, "now", lambda real, held=None, latest=None, mapping=None: right(real, held, None, mapping))


def _without_promises(monkeypatch):
    monkeypatch.setattr(laws, "_keep_promises", lambda *rest: None)


def _off_the_record(monkeypatch):
    monkeypatch.setattr(audit, "record", lambda *rest, **more: None)


def _a_worker_before_anything_opens(machine):
    machine.begin(timedelta(hours=1))
    machine.a_worker_comes(most=20)


def _a_clock_set_back_over_what_was_reached(machine):
    machine.begin(timedelta(hours=1))
    machine.wait_for_the_next(by=timedelta(0), worker=True)
    machine.the_clock_is_set_back(minutes=60)


def _doors_opened_in_a_head_start(machine):
    machine.begin(timedelta(days=-10, hours=-1))
    machine.every_law_holds()
    machine.open_the_next()


def _a_moved_moment(machine):
    machine.begin(timedelta(hours=1))
    machine.move(place=0, by=timedelta(hours=1))


WALKS = [
    (_ignoring_the_moment, _a_worker_before_anything_opens),
    (_forgetting_what_was_reached, _a_clock_set_back_over_what_was_reached),
    (_without_promises, _doors_opened_in_a_head_start),
    (_off_the_record, _a_moved_moment),
]


@pytest.mark.parametrize("guard, walk", WALKS)
def test_with_a_guard_switched_off_the_machine_sees_it(app, watch, monkeypatch, guard, walk):
    """The same steps with the guard and without: the laws hold, and do not."""

    def walked():
        machine = type("Walked", (Machine,), {"watch": watch, "done": Counter()})()
        walk(machine)
        machine.every_law_holds()

    walked()
    guard(monkeypatch)
    with pytest.raises(AssertionError):
        walked()


@pytest.mark.live
@pytest.mark.skipif(not LONG, reason="long: make test-live runs it")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("guard", [guard for guard, _ in WALKS])
def test_the_machine_finds_a_guard_that_is_off_by_itself(app, watch, monkeypatch, guard):
    guard(monkeypatch)
    with pytest.raises(AssertionError):
        play(watch, 100, 40)
