"""Friends: credited when they confirm and when they buy, withheld in silence when they are none, decided by the team."""

import os
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Person, Place, Referral, Reward
from launchpad.rules import referrals as rules
from launchpad.services import (
    erasure,
    joining,
    lines,
    network_marks,
    referral_review,
    referrals,
    referring,
    refunds,
    rewards,
    sharing,
    waitlist,
)
from launchpad.services.joining import Wish
from tests.races import together

LIVE = bool(os.environ.get("LIVE"))


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", rule="points", referrals={"rewards": [
        {"at": 2, "gives": "A sticker set"}, {"at": 3, "gives": "Early doors", "points": 7, "tier": "founder"},
    ], "leaderboard": True})  # fmt: skip
    watch.set(campaign.milestone("waitlist").due)
    return campaign


@pytest.fixture
def ana(given, lamp):
    person = given.person("ana@post.lamp", member=True, name="Ana")
    given.place(lamp, person)
    return person


def bring(lamp, by, emails, clients=("81.2.3.4",), confirm=True, wait=timedelta(), watch=None, agent="Phone"):
    """Friends come by a link, and use the links of their letters; the ids of their rows."""
    ids = []
    for n, email in enumerate(emails):
        if watch is not None and wait:
            watch.set(clock.now() + wait)
        with writing():
            wish = Wish(email, ref=referrals.code_of(by), client=clients[n % len(clients)], seconds=20, agent=agent)
            joined = joining.join_all(db.session.get(Campaign, lamp.id), [wish])[0]
        if confirm:
            with writing():
                waitlist.confirm(db.session.get(Place, joined.place_id))
        ids.append(joined.person_id)
    return ids


def states(lamp, by) -> dict[str, int]:
    rows = select(Referral.state, func.count()).where(Referral.campaign_id == lamp.id, Referral.referrer_id == by.id)
    return dict(iter(db.session.execute(rows.group_by(Referral.state))))


def points(lamp, by):
    return db.session.scalar(select(Place.points).where(Place.campaign_id == lamp.id, Place.person_id == by.id))


def test_a_friend_counts_when_they_confirm_and_more_when_they_buy_and_less_when_it_is_undone(lamp, ana, given):
    with writing():
        joined = joining.join(lamp, "ben@example.com", ref=referrals.code_of(ana))
    assert (states(lamp, ana), points(lamp, ana)) == ({"waiting": 1}, 0), "asking earns nothing"
    with writing():
        waitlist.confirm(db.session.get(Place, joined.id))
    assert (states(lamp, ana), points(lamp, ana)) == ({"counted": 1}, 5)
    ben = db.session.get(Person, joined.person_id)
    order = given.order(lamp, ben)
    with writing():
        assert (referring.settle_orders(), referring.settle_orders()) == (1, 0), "once"
    assert points(lamp, ana) == 15 and sharing.of(lamp, ana).bought == 1
    with writing():
        refunds.take_back(db.session.merge(order))
        referring.settle_orders()
    assert points(lamp, ana) == 5, "net of refunds"
    with writing():
        waitlist.leave(lamp, ben)
    assert (states(lamp, ana), points(lamp, ana)) == ({"reversed": 1}, 0)
    bring(lamp, ana, ["ben@example.com"])
    assert (states(lamp, ana), points(lamp, ana)) == ({"counted": 1}, 5), "who comes back counts again, once"


def test_rewards_are_reached_once_written_about_and_lost_with_the_friends_until_they_are_handed_out(lamp, ana, given):
    boss = given.person(role="owner")
    friends = bring(lamp, ana, ["ben@example.com", "cleo@example.com", "dan@example.com"])
    reached = rewards.of(lamp, ana.id)
    assert [(r.at, r.gives) for r in reached] == [(2, "A sticker set"), (3, "Early doors")]
    assert points(lamp, ana) == 3 * 5 + 7 and db.session.get(Person, ana.id).tier == "founder"
    assert db.session.scalar(select(func.count()).where(Letter.kind == "reward", Letter.person_id == ana.id)) == 2
    with writing():
        rewards.hand(lamp, reached[0].id, boss)
    for id in friends[1:]:
        with writing():
            waitlist.leave(lamp, db.session.get(Person, id))
    rows = {r.at: r for r in rewards.of(lamp, ana.id)}
    assert rows[2].handed_at and rows[2].lost_at is None and rows[3].lost_at is not None, "what is handed out stays"
    assert points(lamp, ana) == 5 and db.session.get(Person, ana.id).tier == "member"
    bring(lamp, ana, ["cleo@example.com", "dan@example.com"])
    assert db.session.scalar(select(func.count()).where(Letter.kind == "reward", Letter.person_id == ana.id)) == 2
    assert [r.lost_at for r in rewards.of(lamp, ana.id)] == [None, None] and points(lamp, ana) == 22
    assert db.session.scalar(select(func.count()).select_from(Reward)) == 2


def test_a_farm_earns_nothing_and_thirty_friends_behind_one_carrier_all_count(lamp, ana, given, monkeypatch):
    farm_of = 300
    if not LIVE:
        monkeypatch.setattr(rules, "MOST_IN_HOUR", 30)
        farm_of = 33
    zoe = given.person("zoe@post.lamp", member=True)
    given.place(lamp, zoe)
    farm = [Wish(f"{'abcdefghij'[n % 10]}{chr(97 + n // 26)}{chr(97 + n % 26)}@farm.lamp", ref=referrals.code_of(zoe),
                 client=f"81.{n % 200}.{n // 200}.9", seconds=20) for n in range(farm_of)]  # fmt: skip
    crowd = [Wish(f"friend-{chr(97 + n % 26)}{n // 26}@post.lamp", ref=referrals.code_of(ana), client="100.64.0.1", seconds=20)
             for n in range(30)]  # fmt: skip
    with writing():
        joined = joining.join_all(db.session.get(Campaign, lamp.id), [*farm, *crowd])
    for at in range(0, farm_of + 30, 30):
        with writing():
            for one in joined[at : at + 30]:
                waitlist.confirm(db.session.get(Place, one.place_id))
    assert (states(lamp, zoe), points(lamp, zoe)) == ({"withheld": farm_of}, 0), "also those that came before it was noticed"
    assert (states(lamp, ana), points(lamp, ana)) == ({"counted": 30}, 30 * 5 + 7)
    assert sharing.of(lamp, zoe).joined == 0 and not [r for r in rewards.of(lamp, zoe.id) if r.lost_at is None]


def test_oneself_under_another_address_and_a_ring_are_nobodys_friends(lamp, ana, given):
    bring(lamp, ana, ["a.na+2@post.lamp"])
    assert states(lamp, ana) == {"withheld": 1}, "one mailbox"
    network_marks.looked(lamp, ana.id, "81.2.3.4", "Phone")
    bring(lamp, ana, ["other@example.com"])
    bring(lamp, ana, ["friend@example.com"], agent="Another phone")
    assert states(lamp, ana) == {"withheld": 2, "counted": 1}, "one browser, minutes after"
    friend = db.session.scalar(select(Person).where(Person.email == "friend@example.com"))
    bring(lamp, friend, ["cleo@example.com"])
    cleo = db.session.scalar(select(Person).where(Person.email == "cleo@example.com"))
    with writing():
        waitlist.leave(lamp, ana)
        place = joining.join(lamp, ana.email, ref=referrals.code_of(cleo))
        waitlist.confirm(place)
    assert states(lamp, cleo) == {"withheld": 1} and points(lamp, cleo) == 0, "ana brought friend, who brought cleo"


def test_the_mark_of_a_network_is_forgotten_within_a_day_and_a_name_with_its_person(lamp, ana, watch):
    bring(lamp, ana, ["ben@example.com"])
    row = db.session.scalar(select(Referral))
    assert row.network and "81" not in row.network.split(".")
    with writing():
        sharing.show_me(lamp, ana, "Ana of Porto")
    assert sharing.leaderboard(lamp) == [("Ana of Porto", 1)]
    with writing():
        referring.forget_networks(clock.now() + timedelta(days=1))
        erasure.erase(db.session.get(Person, ana.id))
    assert db.session.scalar(select(Referral.network)) is None and sharing.leaderboard(lamp) == []


@pytest.mark.parametrize("credited_first", [False, True], ids=["as it is", "the other way round"])
def test_a_friend_who_confirms_while_the_team_decides_waits_for_it(app, lamp, ana, given, database, monkeypatch, credited_first):
    """Locks in one order: who shares, then what they get. The other way round the two of them end in a deadlock."""
    if database.startswith("sqlite"):
        pytest.skip("there one writes at a time")
    owner = given.person("owner@example.com", role="owner").id
    known, new = bring(lamp, ana, ["ben@post.lamp"])[0], bring(lamp, ana, ["cleo@post.lamp"], confirm=False)[0]
    lamp_id, begun, asked, locked = lamp.id, threading.Event(), threading.Event(), referring.locked

    def lock(campaign, id):
        asked.set() if begun.is_set() else None
        return locked(campaign, id)

    def team(session):
        campaign = session.get(Campaign, lamp_id)
        locked(campaign, ana_id)
        begun.set()
        assert asked.wait(20)
        referral_review.decide(campaign, ids, False, session.get(Person, owner), "A farm")

    def friend(session):
        assert begun.wait(20)
        if credited_first:
            lines.award(session.scalar(place_of(ana_id)), 1, "story", "story:1")
            asked.set()
        waitlist.confirm(session.scalar(place_of(new)))

    def place_of(id):
        return select(Place).where(Place.campaign_id == lamp_id, Place.person_id == id)

    ana_id, ids = ana.id, list(db.session.scalars(select(Referral.id).where(Referral.friend_id == known)))
    monkeypatch.setattr(referring, "locked", lock)
    faults = together(app, [team, friend])
    assert ["deadlock" in str(fault) for fault in faults] == ([True] if credited_first else [])
    if not credited_first:
        assert states(lamp, ana) == {"withheld": 1, "counted": 1} and points(lamp, ana) == 5
