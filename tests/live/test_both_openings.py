"""Around the head start's opening and the launch's: half of the clients have a place that counts, all keep trying to buy.

Judged by the moment that each answer states: nobody early, nobody without a place in the head start, nobody with one refused.
"""

import re
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import accumulate

import pytest
from sqlalchemy import select

from bench.client import Request, fire
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Order, Place, Sanction
from launchpad.rules.refusals import Refusal
from launchpad.services import tokens, waitlist
from tests.live import rush
from tests.live.test_rush import serve
from tests.live.test_time_opening import answers
from tests.make import PLAN

CLIENTS = 200
KINDS = {"confirmed": 80, "late_confirmed": 20, "unconfirmed": 10, "banned": 10, "too_late": 10}  # the others are strangers
BY_ADDRESS = ("unconfirmed", "banned")
LAST = dict(zip(KINDS, accumulate(KINDS.values()), strict=True))
AROUND, WAVES = 2.0, 8  # seconds before and after; times that each tries
AHEAD = 12  # seconds from moving an opening until it comes: room for whoever is asked for certain before it


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
    assert sum(answer.status == 0 for _, answer in said) < len(said) / 10, "too many had no answer to judge by"
    return said


def opens_soon(campaign_id, name):
    """Move the timetable so that this milestone opens soon; when that is."""
    with writing() as session:
        campaign = session.get(Campaign, campaign_id)
        away = clock.now() + timedelta(seconds=AHEAD) - campaign.milestone(name).due
        for milestone in campaign.milestones:
            milestone.due += away
        return campaign.milestone(name).due


def before(address, opening, numbers, request_of):
    """What a few of the clients are told who ask before all others, and so before it opens."""
    asked = list(numbers)
    said = fire(address, [request_of(n) for n in asked], len(asked), keep=False)
    return {(what, after) for _, what, after in judged(zip(asked, said.answers, strict=True), opening)}


def stand(campaign_id, opening, places):
    """When each place was submitted and confirmed, as seen from the opening of its tier."""
    with writing() as session:
        for kind, ids in places.items():
            before = opening - timedelta(days=1)
            for place in session.scalars(select(Place).where(Place.id.in_(ids))):
                place.submitted_at = opening + timedelta(milliseconds=1) if kind == "too_late" else before
                place.confirmed_at = before if kind == "confirmed" else place.submitted_at if kind == "too_late" else None
        for place in session.scalars(select(Place).where(Place.id.in_(places["banned"]))):
            session.add(Sanction(campaign_id=campaign_id, person_id=place.person_id, kind="ban", reason="Bots", at=before))


def confirm_meanwhile(app, opening, places, refused):
    """Those who confirm only once the doors are open; and those who may not, and try."""
    time.sleep(max(0.0, opening.timestamp() + 0.3 - time.time()))
    with app.app_context():
        for id in places["late_confirmed"] + places["banned"]:
            try:
                with writing() as session:
                    waitlist.confirm(session.get(Place, id))
            except Refusal as no:
                refused.append((id, no.reason))


def judged(said, opening):
    """(client, `held` or the reason of the refusal, whether the answer is of after the opening)."""
    for number, answer in said:
        if answer.status == 0:  # on a busy machine the client gave up; what became of it, the rows tell
            yield number, "unheard", None
            continue
        if answer.status == 404:  # the link of a place that does not count yet leads nowhere
            yield number, "nowhere", None
            continue
        assert answer.status in (303, 422), (answer.status, answer.body[:200])
        if answer.status == 303:
            yield number, "held", None
            continue
        stated = re.search(r'data-now="([^"]+)"', answer.body.decode())[1]
        yield number, answer.headers["x-refusal"], datetime.fromisoformat(stated) >= opening


@pytest.mark.live
@pytest.mark.timeout(600)
def test_nobody_is_early_and_nobody_with_a_place_is_refused_at_either_opening(app, site, given, settings):
    serve(site)
    founders = next(after for name, _, after in PLAN if name == "head_start_founder")
    campaign = given.campaign("lamp", preview=clock.now() + timedelta(hours=1) - founders, stock=1000)
    campaign_id, kind_of, places, mine, emails = campaign.id, {}, {kind: [] for kind in KINDS}, {}, {}
    for number in range(sum(KINDS.values())):
        kind_of[number] = kind = next(kind for kind, last in LAST.items() if number < last)
        person = given.person(member=kind != "banned")
        places[kind].append(given.place(campaign, person, confirmed=False).id)
        if kind in BY_ADDRESS:  # no letter with a link was ever sent to them: they type their address
            emails[number] = person.email
        else:
            mine[number] = tokens.make("pass", places[kind][-1])
    token = rush.token_of(answers(site.port, "/sign-in"))
    assert answers(site.port, "/lamp/buy")  # its templates are loaded

    def request(number):
        fields = {"csrf_token": token, "sku": "OAK", "quantity": "1", "key": f"key-{number}"}
        if number in mine:
            return Request(f"/lamp/pass/{mine[number]}", fields, rush.from_net(number))
        fields |= {"email": emails.get(number, f"guest{number}@example.com"), "name": "Guest"}
        return Request("/lamp/buy", fields, rush.from_net(number))

    opening = opens_soon(campaign_id, "head_start_member")
    stand(campaign_id, opening, places)
    assert before(site.address, opening, range(5), request) == {("not_open", False)}
    refused: list[tuple[int, str]] = []
    confirming = threading.Thread(target=confirm_meanwhile, args=(app, opening, places, refused), daemon=True)
    confirming.start()
    heard = list(judged(try_around(site.address, opening, request), opening))
    confirming.join(120)
    counts = Counter((kind_of.get(number, "stranger"), what, after) for number, what, after in heard)
    print(f"head start: {dict(counts)}")
    assert sorted(refused) == [(id, "sanction") for id in sorted(places["banned"])], "the banned confirmed"
    told = {kind: {what for of, what, _ in counts if of == kind and what != "unheard"} for kind in (*KINDS, "stranger")}
    assert "held" in told["confirmed"] and told["confirmed"] <= {"not_open", "held"}
    assert told["stranger"] <= {"not_open", "no_place"}
    assert told["unconfirmed"] | told["banned"] <= {"not_open", "no_place"} and told["too_late"] <= {"not_open", "too_late"}
    assert "held" in told["late_confirmed"] and told["late_confirmed"] <= {"nowhere", "unconfirmed", "held"}
    assert not [one for one in counts if one[1] == "not_open" and one[2]], "shut after its opening"
    eligible = places["confirmed"] + places["late_confirmed"]
    db.session.rollback()
    rows = db.session.execute(select(Order.at, Place.id).join(Place, Place.person_id == Order.person_id)).all()
    assert sorted(id for _, id in rows) == sorted(eligible), "whoever was eligible has one order, and nobody else has"
    confirmed = dict(db.session.execute(select(Place.id, Place.confirmed_at)).all())
    assert all(at >= opening and confirmed[id] <= at for at, id in rows), "somebody was early"

    opening = opens_soon(campaign_id, "launch")
    stand_still = len(rows)
    assert before(site.address, opening, range(CLIENTS - 5, CLIENTS), request) == {("no_place", False)}
    heard = list(judged(try_around(site.address, opening, request), opening))
    counts = Counter((kind_of.get(number, "stranger"), what, after) for number, what, after in heard)
    print(f"launch: {dict(counts)}")
    told = {kind: {what for of, what, _ in counts if of == kind and what != "unheard"} for kind in (*KINDS, "stranger")}
    assert not [one for one in counts if one[1] not in ("held", "unheard") and one[2]], "refused after the launch"
    assert told["confirmed"] == {"held"}, "the same order again"
    assert "held" in told["stranger"] and told["stranger"] <= {"no_place", "held"}
    db.session.rollback()
    late = list(db.session.scalars(select(Order.at).order_by(Order.at)))[stand_still:]
    assert len(late) == CLIENTS - stand_still and all(at >= opening for at in late), "somebody was early"
    assert site.doctor("processes", "timetable", "orders", "line") == {}  # the timetable and the places were set by hand
