"""10,000 made-up sign-ups from 50 addresses while people join: they get their places, and the flood none that counts."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bench.client import Request, fire
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Campaign, Doubt, Person, Place, Referral
from launchpad.services import admitting, joining, referrals, waitlist
from tests.live import rush
from tests.live.test_rush import serve
from tests.live.test_time_opening import answers
from tests.make import PLAN

FLOOD, ADDRESSES, PEOPLE, FRIENDS = 10_000, 50, 60, 300
OPENED = next(after for name, _, after in PLAN if name == "waitlist")


def person_of(number):
    """Each from a network of theirs, but every fifth behind the one address of a carrier."""
    return {"X-Forwarded-For": "100.64.0.1" if number % 5 == 0 else f"91.{number}.7.7"}


@pytest.mark.live
@pytest.mark.timeout(900)
def test_people_join_through_a_flood_of_made_up_sign_ups(app, site, given, settings):
    serve(site)
    earns = {"rewards": [{"at": 2, "gives": "A sticker set"}]}
    campaign = given.campaign("lamp", preview=clock.now() - timedelta(hours=1) - OPENED, rule="points", referrals=earns)
    campaign_id, ana = campaign.id, given.person("ana@post.lamp", member=True)
    bea = referrals.code_of(given.person("bea@post.lamp", member=True))
    code, token = referrals.code_of(ana), rush.token_of(answers(site.port, "/lamp/waitlist"))
    fakes = [
        Request(
            "/lamp/waitlist",
            {"csrf_token": token, "email": f"offer{n}@farm{n % 7}.lamp", "name": f"Offer {n}", "ref": code if n < FRIENDS else ""},
            {"X-Forwarded-For": f"81.2.{n % ADDRESSES}.9"},
        )
        for n in range(FLOOD)
    ]
    heard, flood = [], threading.Event()

    def people():
        for number in range(PEOPLE):
            fields = {"csrf_token": token, "email": f"person{number}@example.com", "name": f"Person {number}"}
            page, joined = (
                fire(site.address, [Request("/lamp/waitlist", form, person_of(number))], 1, keep=False).answers[0]
                for form in (None, fields)
            )
            heard.append((page.status, joined.status, joined.seconds, flood.is_set()))
            time.sleep(0.05)

    meanwhile = threading.Thread(target=people, daemon=True)
    meanwhile.start()
    volley = fire(site.address, fakes, 64)
    flood.set()
    meanwhile.join(300)
    assert set(volley.statuses()) <= {303, 429}, volley.statuses()
    assert {one[:2] for one in heard} == {(200, 303)} and len(heard) == PEOPLE
    slowest = max(one[2] for one in heard)
    print(f"{volley.rate:.0f} made-up sign-ups a second, {volley.statuses()}; slowest of the people {slowest:.2f} s")
    assert sum(not one[3] for one in heard) > PEOPLE / 4, "nobody joined while the flood was on"

    db.session.rollback()
    doubted = set(db.session.scalars(select(Doubt.place_id)))
    rows = db.session.execute(select(Person.email, Place.id).join(Place, Place.person_id == Person.id)).all()
    kinds = Counter((email.startswith("offer"), id in doubted) for email, id in rows)
    assert kinds[True, False] == 0 and kinds[True, True] == volley.statuses()[303], kinds
    assert kinds[False, False] == PEOPLE, f"people are doubted: {kinds}"
    mine = [id for email, id in rows if email.startswith("person")]
    friends = [id for email, id in rows if email.startswith("offer") and int(email[5 : email.index("@")]) < FRIENDS]
    for id in mine + friends:  # the farm reads its letters, too
        with writing() as session:
            waitlist.confirm(session.get(Place, id))
    db.session.rollback()
    counted = select(func.count()).select_from(Place).where(Place.confirmed_at.is_not(None))
    assert db.session.scalar(counted) == PEOPLE, "made-up places count before anybody looked at them"
    with writing() as session:  # the team lets them in: as friends they are still none
        admitting.admit(session.get(Campaign, campaign_id), friends, None)
    with writing() as session:
        for number in range(3):
            lamp, net = session.get(Campaign, campaign_id), f"92.{number}.1.1"
            waitlist.confirm(joining.join(lamp, f"friend-{'abc'[number]}@post.lamp", ref=bea, client=net))
    states = Counter(
        (person.startswith("friend-"), state)
        for person, state in db.session.execute(
            select(Person.email, Referral.state).join(Referral, Referral.friend_id == Person.id)
        )
    )
    print(f"friends: {dict(states)}")
    assert states[False, "counted"] == 0 and states[True, "counted"] == 3, "a farm earns something, or an honest friend nothing"
    assert site.doctor("processes", "timetable") == {}
