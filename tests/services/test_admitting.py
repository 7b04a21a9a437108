"""Sign-ups that look made up: they wait, are told so, are let in by the team or by themselves; people meanwhile join."""

import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from jobs import upkeep
from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Doubt, Letter, Person, Place
from launchpad.outside import disposable
from launchpad.rules.refusals import Refusal
from launchpad.services import admitting, joining, tokens, waitlist
from launchpad.services.joining import Wish

FARM, ADDRESSES = (10_000, 50) if os.environ.get("LIVE") else (500, 5)


def place_of(email):
    query = select(Place).join(Place.person).where(Person.email == email)
    return db.session.scalar(query.execution_options(populate_existing=True))


def doubt_of(email):
    place = place_of(email)
    return db.session.scalar(select(Doubt).where(Doubt.place_id == place.id).execution_options(populate_existing=True))


def join(campaign, *wishes):
    with writing():
        return joining.join_all(db.session.get(Campaign, campaign.id), list(wishes))


def doubted(given, lamp, email="ana@example.com", **more):
    """A place in doubt."""
    place = given.place(lamp, given.person(email), confirmed=False)
    now = lamp.moment
    row = Doubt(campaign_id=lamp.id, place_id=place.id, reasons="address", raised_at=now, due=now + timedelta(hours=12))
    db.session.add(row)
    db.session.commit()
    return place


def test_a_farm_is_flagged_whole_while_people_get_in(lamp):
    answers, at = [], 0
    while at < FARM:  # a few people come between: each from a network of theirs, some behind the one of a carrier
        wave = [
            Wish(f"offer{n}@farm{n % 7}.lamp", client=f"81.2.{n % ADDRESSES}.9", seconds=0.1) for n in range(at, at + 100)
        ]
        people = [Wish(f"person-{at}-{k}@example.com", client=f"91.{at // 100}.{k}.7", seconds=30) for k in "12345"]
        carrier = [Wish(f"phone-{at}-{k}@example.com", client="100.64.0.1", seconds=20) for k in "12"]
        answers += join(lamp, *wave, *people, *carrier)
        at += 100
    assert not [a for a in answers if isinstance(a, Refusal)], "nobody is refused"
    flagged = select(Person.email).join(Place, Place.person_id == Person.id).join(Doubt, Doubt.place_id == Place.id)
    emails = db.session.scalars(flagged).all()
    assert sum(email.startswith("offer") for email in emails) == FARM, "also those that came before it was noticed"
    assert not [email for email in emails if email.startswith("person")]
    late = [email for email in emails if email.startswith("phone")]
    assert len(late) in (0, 2 * FARM // 100), "a carrier's people wait at most, all or none of them"


def test_who_is_doubted_reads_the_same_until_they_confirm_and_then_until_when(lamp, given, visitor, watch):
    place = doubted(given, lamp)
    link = f"/lamp/waitlist/confirm/{tokens.make('confirm', place.id)}"
    browser = visitor()
    assert b"Confirm my place" in browser.get(link).data
    assert browser.post(link, seen=link).location == "/lamp/waitlist/checked"
    page = browser.get("/lamp/waitlist/checked").get_data(as_text=True)
    assert "Your place is being checked" in page and not place_of("ana@example.com").counted
    assert [kind for kind in db.session.scalars(select(Letter.kind))] == ["being_checked"]
    watch.step(hours=12, seconds=-1)
    upkeep.sweep()
    assert not place_of("ana@example.com").counted
    watch.step(seconds=1)
    upkeep.sweep()
    assert place_of("ana@example.com").counted and doubt_of("ana@example.com").state == "admitted"
    assert browser.get("/lamp/waitlist/checked").location == "/lamp/place"
    assert list(db.session.scalars(select(Letter.kind).order_by(Letter.id))) == ["being_checked", "place"]


def test_nobody_waits_past_the_opening_of_their_tier_also_when_no_worker_lives(lamp, given, watch):
    opening = next(m for m in lamp.milestones if m.name.startswith("head_start_member")).due
    watch.set(opening - timedelta(hours=1))
    place = doubted(given, lamp)
    watch.set(opening - timedelta(minutes=1, seconds=1))
    with writing():
        waitlist.confirm(db.session.get(Place, place.id))
    assert not place_of("ana@example.com").counted
    watch.set(opening + timedelta(seconds=1))
    with writing():
        waitlist.confirm(db.session.get(Place, place.id))
    assert place_of("ana@example.com").counted


def test_the_team_decides_in_bulk_and_can_turn_it_round(lamp, given, visitor):
    owner = given.person("owner@example.com", role="owner")
    for n in range(3):
        place = doubted(given, lamp, f"p{n}@example.com")
        with writing():
            waitlist.confirm(db.session.get(Place, place.id))
    browser, desk = visitor(owner), "/team/lamp/doubts"
    assert browser.post(desk, {"verb": "refuse", "all": "1"}, seen=desk).status_code == 422, "a reason is asked for"
    assert browser.post(desk, {"verb": "admit"}, seen=desk).status_code == 422, "nobody ticked"
    assert browser.post(desk, {"verb": "x", "all": "1"}, seen=desk).status_code == 422
    first = doubt_of("p0@example.com").id
    assert browser.post(desk, {"verb": "admit", "doubt": str(first)}, seen=desk).status_code == 303
    assert place_of("p0@example.com").counted and not place_of("p1@example.com").counted
    assert browser.post(desk, {"verb": "refuse", "all": "1", "reason": "A farm"}, seen=desk).status_code == 303
    with writing():
        waitlist.confirm(place_of("p1@example.com"))
    assert not place_of("p1@example.com").counted, "their link lets nobody in who was kept out"
    kept = "/team/lamp/doubts?state=refused"
    assert "A farm" in browser.get(kept).get_data(as_text=True)
    browser.post(desk, {"verb": "admit", "all": "1", "state": "refused"}, seen=kept)
    browser.post(desk, {"verb": "refuse", "doubt": str(first), "state": "admitted", "reason": "After all"}, seen=kept)
    assert [place_of(f"p{n}@example.com").counted for n in range(3)] == [False, True, True]
    acts = list(db.session.scalars(select(Audit.act).where(Audit.act.startswith("place.")).order_by(Audit.id)))
    assert acts == ["place.admitted", "place.refused", "place.admitted", "place.refused"]
    assert waitlist.confirmed_count(lamp) == 2


def test_disposable_addresses_are_flagged_by_a_list_that_the_data_folder_changes(app, lamp):
    own = Path(app.extensions["settings"].data_dir) / disposable.OWN
    own.parent.mkdir(parents=True, exist_ok=True)
    try:
        join(lamp, Wish("a@mailinator.com"), Wish("a@kiosk.lamp"))
        own.write_text("kiosk.lamp  # seen in spring\n-mailinator.com\n")
        join(lamp, Wish("b@mailinator.com"), Wish("b@x.kiosk.lamp"))
    finally:
        own.unlink(missing_ok=True)
    assert doubt_of("a@mailinator.com").reasons == "disposable" and doubt_of("a@kiosk.lamp") is None
    assert doubt_of("b@mailinator.com") is None and doubt_of("b@x.kiosk.lamp").reasons == "disposable"


def test_the_list_is_the_one_that_was_vendored():
    here = Path(disposable.__file__).parent
    said = json.loads((here / "vendored.json").read_text())
    assert hashlib.sha256((here / "domains.txt").read_bytes()).hexdigest() == said["sha256"]


def test_while_redis_is_away_people_join_and_nobody_is_doubted_for_pace(app, lamp, monkeypatch):
    class Away:
        def pipeline(self, **_):
            from redis import ConnectionError

            raise ConnectionError

    monkeypatch.setitem(app.extensions, "redis", Away())
    join(lamp, *(Wish(f"x{n}@kiosk.lamp", client="81.2.3.4", seconds=0) for n in range(60)))
    assert db.session.scalar(select(func.count()).select_from(Place)) == 60
    assert db.session.scalar(select(func.count()).select_from(Doubt)) == 0
    assert admitting.counts(lamp) == {}
