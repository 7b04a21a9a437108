"""Around the head start's opening and the launch's: half of the clients have a confirmed place, all of them keep trying to buy.

Judged by the moment that each answer states: nobody early, nobody without a place in the head start, nobody with one refused.
"""

import re
import threading
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bench.client import Request, fire
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Order, Place
from launchpad.services import tokens
from tests.live import rush
from tests.live.test_rush import serve
from tests.live.test_time_opening import answers
from tests.make import PLAN

CLIENTS = 200
AROUND, WAVES = 2.0, 8  # seconds before and after; times that each tries


def try_around(address, opening, request_of):
    """Every client tries WAVES times, from before the opening until after it: (number, answer), in no order."""
    said = []

    def wave(at):
        begin = opening.timestamp() - AROUND + 2 * AROUND * at / (WAVES - 1)
        time.sleep(max(0.0, begin - time.time()))
        volley = fire(address, [request_of(n) for n in range(CLIENTS)], CLIENTS, keep=False)
        said.extend(enumerate(volley.answers))

    waves = [threading.Thread(target=wave, args=(at,), daemon=True) for at in range(WAVES)]
    for each in waves:
        each.start()
    for each in waves:
        each.join(120)
    assert len(said) == CLIENTS * WAVES
    return said


def opens_soon(campaign_id, name):
    """Move the timetable so that this milestone opens right after the first attempts; when that is."""
    with writing() as session:
        campaign = session.get(Campaign, campaign_id)
        away = clock.now() + timedelta(seconds=AROUND + 1) - campaign.milestone(name).due
        for milestone in campaign.milestones:
            milestone.due += away
        for place in session.scalars(select(Place).where(Place.campaign_id == campaign_id)):
            place.submitted_at = place.confirmed_at = campaign.milestone("waitlist").due
        return campaign.milestone(name).due


def judged(said, opening):
    """(client, `held` or the reason of the refusal, whether the answer is of after the opening)."""
    for number, answer in said:
        assert answer.status in (303, 422), (answer.status, answer.body[:200])
        if answer.status == 303:
            yield number, "held", None
            continue
        stated = re.search(r'data-now="([^"]+)"', answer.body.decode())[1]
        yield number, answer.headers["x-refusal"], datetime.fromisoformat(stated) >= opening


@pytest.mark.live
@pytest.mark.timeout(400)
def test_nobody_is_early_and_nobody_with_a_place_is_refused_at_either_opening(app, site, given, settings):
    serve(site)
    before = next(after for name, _, after in PLAN if name == "head_start_founder")
    campaign = given.campaign("lamp", preview=clock.now() + timedelta(hours=1) - before, stock=1000)
    campaign_id, half = campaign.id, CLIENTS // 2
    members = [given.person(member=True) for _ in range(half)]
    mine = [tokens.make("pass", given.place(campaign, member).id) for member in members]
    token = rush.token_of(answers(site.port, "/sign-in"))
    assert answers(site.port, "/lamp/buy")  # its templates are loaded

    def request(number):
        fields = {"csrf_token": token, "sku": "OAK", "quantity": "1", "key": f"key-{number}"}
        if number < half:
            return Request(f"/lamp/pass/{mine[number]}", fields, rush.from_net(number))
        fields |= {"email": f"guest{number}@example.com", "name": "Guest"}
        return Request("/lamp/buy", fields, rush.from_net(number))

    opening = opens_soon(campaign_id, "head_start_member")
    heard = list(judged(try_around(site.address, opening, request), opening))
    counts = Counter((number < half, what, after) for number, what, after in heard)
    print(f"head start: {counts}")
    assert counts[True, "not_open", False] and counts[True, "held", None], "it was not asked on both sides"
    assert {what for number, what, _ in heard if number >= half} <= {"not_open", "no_place"}, "somebody ineligible"
    assert not counts[True, "not_open", True] and not counts[False, "not_open", True], "shut after its opening"
    assert not [each for each in heard if each[0] < half and each[1] != "held" and each[2]], "a place was refused"
    db.session.rollback()
    moments = list(db.session.scalars(select(Order.at)))
    assert len(moments) == half and all(at >= opening for at in moments), "somebody was early"

    opening = opens_soon(campaign_id, "launch")
    heard = list(judged(try_around(site.address, opening, request), opening))
    counts = Counter((number < half, what, after) for number, what, after in heard)
    print(f"launch: {counts}")
    assert {what for number, what, _ in heard if number < half} == {"held"}, "the same order again"
    guests = [each for each in heard if each[0] >= half]
    assert {what for _, what, _ in guests} == {"no_place", "held"}, "it was not asked on both sides"
    assert not [each for each in guests if each[1] != "held" and each[2]], "refused after the launch"
    db.session.rollback()
    late = list(db.session.scalars(select(Order.at).where(Order.owner.startswith("guest:"))))
    assert len(late) == CLIENTS - half and all(at >= opening for at in late), "somebody was early"
    assert site.doctor("processes", "timetable", "orders") == {}
