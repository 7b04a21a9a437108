"""Reaching milestones: once, in order, at their moment and not before it."""

import threading
from datetime import timedelta

from sqlalchemy import func, select

from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Event, Letter, Milestone
from launchpad.services import timetable
from tests.make import NOON
from tests.races import at_once

TICK = timedelta(microseconds=1)


def reached(campaign_id):
    db.session.rollback()
    rows = db.session.scalars(select(Milestone).filter_by(campaign_id=campaign_id).order_by(Milestone.id))
    return [m.name for m in rows if m.reached_at]


def letters(kind):
    db.session.rollback()
    return set(db.session.scalars(select(Letter.person_id).filter_by(kind=kind)))


def test_nothing_is_reached_before_its_moment_and_at_it_it_is(given, watch):
    campaign = given.campaign()
    watch.set(NOON - TICK)
    assert milestones.advance(campaign.id) == 0
    watch.set(NOON)
    assert milestones.advance(campaign.id) == 1
    row = db.session.get(Campaign, campaign.id).milestone("preview")
    assert row.reached_at == NOON and row.late == 0


def test_reaching_twice_changes_nothing(given, watch):
    campaign, person = given.campaign(), given.agreed()
    assert milestones.advance(campaign.id) == 1
    watch.step(hours=1)
    assert milestones.advance(campaign.id) == 0
    assert db.session.get(Campaign, campaign.id).milestone("preview").reached_at == NOON
    assert letters("preview") == {person.id}


def test_several_that_were_missed_are_reached_in_order(given, watch):
    campaign = given.campaign()
    watch.set(NOON + timedelta(days=11, seconds=3))
    assert milestones.advance(campaign.id) == 5
    assert reached(campaign.id) == ["preview", "waitlist", "head_start_founder", "head_start_member", "launch"]
    rows = db.session.get(Campaign, campaign.id).milestones
    assert {m.late for m in rows if m.name == "launch"} == {3.0}
    seqs = list(db.session.scalars(select(Event.seq).filter_by(campaign_id=campaign.id).order_by(Event.seq)))
    assert seqs == list(range(1, len(seqs) + 1))


def test_what_waits_for_a_go_keeps_the_rest_waiting(given, watch):
    campaign = given.campaign()
    with writing():
        db.session.get(Campaign, campaign.id).milestone("waitlist").waits = True
    watch.set(NOON + timedelta(days=11))
    assert milestones.advance(campaign.id) == 1


def test_a_clock_stepped_back_neither_closes_nor_repeats(given, watch):
    campaign = given.campaign()
    watch.set(NOON + timedelta(days=4))
    milestones.advance(campaign.id)
    watch.set(NOON - timedelta(hours=1))
    assert milestones.advance(campaign.id) == 0
    assert db.session.get(Campaign, campaign.id).phase == "waitlist"


def test_two_at_once_reach_it_once(app, given, watch):
    campaign_id, people = given.campaign().id, {given.agreed().id for _ in range(3)}
    count, faults = race(app, campaign_id, timetable.reach_next)
    assert (count, faults) == (1, [])
    assert letters("preview") == people
    told = select(func.count()).select_from(Event).filter_by(campaign_id=campaign_id, kind="milestone")
    assert db.session.scalar(told) == 1


def test_the_race_is_seen_without_the_lock(app, given, watch, monkeypatch):
    """The negative control: with the lock off, and time between the look and the act, both reach it."""
    campaign_id, both = given.campaign().id, threading.Barrier(2)

    def unlocked(campaign_id):
        campaign = db.session.get(Campaign, campaign_id)
        assert campaign.milestones  # looked at before the other acts
        try:
            both.wait(2)
        except threading.BrokenBarrierError:
            pass
        return campaign

    monkeypatch.setattr(timetable, "locked", unlocked)
    count, faults = race(app, campaign_id, timetable.reach_next)
    # SQLite has one writer, so there the second cannot even look before the first has committed
    assert count + len(faults) == (1 if db.engine.dialect.name == "sqlite" else 2)


def race(app, campaign_id, act, how_many=2):
    """Let threads reach the campaign's next milestone at once: how many did, and what went wrong."""

    def reach():
        with writing():
            return act(campaign_id)

    said = at_once(app, [reach] * how_many)
    faults = [one for one in said if isinstance(one, Exception)]
    return len([name for name in said if name]) - len(faults), faults


# --- who gets which letter


def test_preview_and_waitlist_write_to_members_who_agreed(given, watch):
    campaign, wants = given.campaign(), given.agreed()
    given.person(member=True)  # said nothing
    given.agreed(unsubscribed_at=NOON)
    given.agreed(erased_at=NOON)
    given.agreed(confirmed_at=None)
    watch.set(NOON + timedelta(days=4))
    milestones.advance(campaign.id)
    assert letters("preview") == letters("waitlist") == {wants.id}


def test_a_real_campaign_never_writes_to_played_people_and_a_rehearsal_only_to_its_own(given, watch):
    real, mine, other = given.campaign(), given.campaign(rehearsal=True), given.campaign(rehearsal=True)
    person, played = given.agreed(), given.agreed(played_in=mine.id)
    given.agreed(played_in=other.id)
    milestones.advance(real.id)
    assert letters("preview") == {person.id}
    with writing():
        clock_of(mine).campaign_0 = NOON
    milestones.advance(mine.id)
    assert letters("preview") == {person.id, played.id}


def clock_of(campaign):
    return db.session.get(Campaign, campaign.id).rehearsal


def test_a_head_start_writes_to_its_tier_as_far_as_submitted_before_it(given, watch):
    campaign = given.campaign()
    opens = campaign.milestone("head_start_founder").due
    founder, late, member, gold = (given.person(tier=t) for t in ("founder", "founder", "member", "gold"))
    unconfirmed, left = given.person(tier="founder"), given.person(tier="founder")
    given.place(campaign, founder, at=opens - TICK)
    given.place(campaign, late, at=opens)
    given.place(campaign, member)
    given.place(campaign, gold)
    given.place(campaign, unconfirmed, confirmed=False)
    given.place(campaign, left, left_at=opens)
    watch.set(opens)
    milestones.advance(campaign.id)
    assert letters("head_start") == {founder.id}
    watch.set(campaign.milestone("head_start_member").due)
    milestones.advance(campaign.id)
    assert letters("head_start") == {founder.id, member.id, gold.id}, "a tier without its own goes with member"


def test_doors_write_to_places_and_members_who_have_not_bought(given, watch):
    campaign, member = given.campaign(), given.agreed()
    place, buyer, gone = (given.person(confirmed_at=NOON) for _ in range(3))

    for person in (place, buyer):
        given.place(campaign, person)
    given.place(campaign, gone, left_at=NOON)
    given.order(campaign, buyer)
    given.person(member=True)
    watch.set(campaign.milestone("launch").due)
    milestones.advance(campaign.id)
    assert letters("doors_open") == {member.id, place.id}


def test_the_recap_letter_waits_for_the_team_or_for_24_hours(given, watch):
    campaign, buyer = given.campaign(), given.person(confirmed_at=NOON)
    given.order(campaign, buyer)
    opens = campaign.milestone("recap").due
    watch.set(opens)
    milestones.advance(campaign.id)
    assert milestones.write_recaps() == 0
    watch.set(opens + timedelta(hours=24) - TICK)
    assert milestones.write_recaps() == 0
    watch.set(opens + timedelta(hours=24))
    assert milestones.write_recaps() == 1
    assert letters("recap") == {buyer.id}
    given.order(campaign, given.person(confirmed_at=NOON))
    assert milestones.write_recaps() == 0, "written once: who bought later is not written to"


def test_a_guest_whose_address_nobody_confirmed_gets_no_recap(given, watch):
    campaign = given.campaign()
    given.order(campaign, given.person())
    watch.set(campaign.milestone("recap").due + timedelta(hours=24))
    milestones.advance(campaign.id)
    milestones.write_recaps()
    assert letters("recap") == set()


def test_publishing_has_the_recap_letter_written_at_once(given, watch):
    campaign, buyer = given.campaign(), given.person(confirmed_at=NOON)
    given.order(campaign, buyer)
    watch.set(campaign.milestone("recap").due)
    milestones.advance(campaign.id)
    with writing():
        db.session.get(Campaign, campaign.id).recap_published_at = watch.now
    assert milestones.write_recaps() == 1


def test_silent_milestones_are_reached_without_letters_or_lines(given, watch):
    campaign = given.campaign()
    given.agreed()
    with writing():
        for m in db.session.get(Campaign, campaign.id).milestones:
            m.silent = True
    watch.set(campaign.milestone("launch").due)
    assert milestones.advance(campaign.id) == 5
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_a_turn_without_the_tick_says_it_in_the_thread_but_writes_no_letters(given, watch):
    campaign = given.campaign()
    given.agreed()
    with writing():
        db.session.get(Campaign, campaign.id).milestone("preview").letters = False
        db.session.get(Campaign, campaign.id).milestone("waitlist").letters = False
    watch.set(campaign.milestone("waitlist").due)
    milestones.advance(campaign.id)
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def test_doors_open_is_said_once_in_the_thread_and_a_closed_poll_too(given, watch):
    campaign = given.campaign()
    given.poll(campaign)
    with writing():
        db.session.add(Milestone(campaign_id=campaign.id, name="poll_1_closes", due=NOON + timedelta(days=1)))
    watch.set(campaign.milestone("launch").due)
    milestones.advance(campaign.id)
    milestones.advance(campaign.id)
    said = list(db.session.scalars(select(Entry.text).filter_by(campaign_id=campaign.id)))
    assert said.count("Doors open.") == 1
    assert "The poll has closed: Which colour should the cable be?" in said


def test_the_archive_ends_a_rehearsal(given, watch):
    campaign = given.campaign(rehearsal=True)
    with writing():
        clock_of(campaign).campaign_0 = campaign.milestone("archive").due
    milestones.advance(campaign.id)
    assert clock_of(campaign).ended_at == watch.now
    assert len(reached(campaign.id)) == 7


def test_overdue_counts_real_seconds_of_a_rehearsal_too(given, watch):
    campaign = given.campaign(rehearsal=True)
    with writing():
        mapping = clock_of(campaign)
        mapping.real_0, mapping.campaign_0, mapping.speed = NOON, NOON, 3000
    watch.set(NOON + timedelta(seconds=1))
    assert timetable.overdue(1) == []
    watch.set(NOON + timedelta(seconds=1) + TICK)
    assert timetable.overdue(1) == [campaign.id]
    milestones.advance(campaign.id)
    assert timetable.overdue(1) == []
