"""The letter once more, and a mistyped address put right: by whoever joined with it, until it is confirmed."""


import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Person, Place
from launchpad.rules.refusals import Refusal
from launchpad.services import correcting, joining, tokens, waitlist
from launchpad.services.joining import Wish
from tests.races import together

HERE = "/lamp/waitlist"


def join(browser, email):
    return browser.post(HERE, {"email": email, "name": "Ana", "sku": "OAK"}, seen=HERE).location


def place_of(email):
    return db.session.scalar(select(Place).join(Place.person).where(Person.email == email))


def letters():
    rows = select(Person.email, Letter.kind, Letter.state).join(Person, Person.id == Letter.person_id).order_by(Letter.id)
    return [tuple(row) for row in db.session.execute(rows)]


def key_in(address):
    return address.partition("key=")[2].partition("&")[0]


def test_the_letter_comes_again_on_demand_at_most_once_in_ten_minutes(lamp, visitor, watch):
    browser = visitor()
    sent = join(browser, "ana@example.com")
    watch.step(minutes=9, seconds=59)
    answer = browser.post(f"{HERE}/again", {"key": key_in(sent)}, seen=sent)
    assert answer.status_code == 303 and len(letters()) == 1
    assert "another one is on its way" in browser.get(answer.location).get_data(as_text=True)
    watch.step(seconds=1)
    browser.post(f"{HERE}/again", {"key": key_in(sent)}, seen=sent)
    browser.post(f"{HERE}/again", {"key": key_in(sent)}, seen=sent)
    assert letters() == [("ana@example.com", "confirm", "due")] * 2


def test_a_mistyped_address_is_changed_and_the_old_one_gets_nothing_more(lamp, visitor, watch):
    browser = visitor()
    sent = join(browser, "anna@example.com")
    asked, link = place_of("anna@example.com").submitted_at, tokens.make("confirm", place_of("anna@example.com").id)
    watch.step(minutes=20)
    answer = browser.post(f"{HERE}/correct", {"key": key_in(sent), "email": "ana@example.com"}, seen=sent)
    assert answer.status_code == 303 and "&said=corrected" in answer.location
    assert place_of("anna@example.com") is None and visitor().get(f"{HERE}/confirm/{link}").status_code == 404
    place = place_of("ana@example.com")
    assert (place.submitted_at, place.name, place.sku) == (asked, "Ana", "OAK"), "held since the first submit"
    assert letters() == [("anna@example.com", "confirm", "suppressed"), ("ana@example.com", "confirm", "due")]
    again = browser.post(f"{HERE}/correct", {"key": key_in(answer.location), "email": "ana.b@example.com"}, seen=sent)
    assert again.status_code == 303 and place_of("ana.b@example.com").submitted_at == asked
    spent = browser.post(f"{HERE}/correct", {"key": key_in(sent), "email": "eve@example.com"}, seen=sent)
    assert spent.status_code == 303 and place_of("ana.b@example.com") is not None, "a key moves what it made, once"


def test_a_key_of_a_known_address_moves_nobody_and_looks_the_same(lamp, given, visitor, watch):
    stranger = visitor()
    join(stranger, "ana@example.com")
    counted = given.place(lamp, given.person("ben@example.com", member=True))
    for known in ("ana@example.com", "ben@example.com"):
        sent = join(visitor(), known)
        answer = stranger.post(f"{HERE}/correct", {"key": key_in(sent), "email": f"eve-{known}"}, seen=sent)
        assert answer.status_code == 303 and len(key_in(answer.location)) == len(key_in(sent))
        assert place_of(known) is not None and place_of(f"eve-{known}") is not None
    assert db.session.get(Place, counted.id).counted


@pytest.mark.parametrize("key", ["", "x", "é", "A" * 70, "=" * 40, "%00", "A" * 4000])
def test_a_key_that_is_not_ours_is_refused_in_words(lamp, visitor, key):
    for path in ("again", "correct"):
        answer = visitor().post(f"{HERE}/{path}", {"key": key, "email": "ana@example.com"}, seen=HERE)
        assert answer.status_code == 422 and "Join again" in answer.get_data(as_text=True)


def test_correcting_and_confirming_at_once_one_of_them_wins(app, lamp, watch):
    """Either the old address has its place and keeps it, or the new one has: never both by one moment, never neither."""
    for turn in range(6):
        old, new = f"old{turn}@example.com", f"new{turn}@example.com"
        with writing():
            campaign = db.session.get(Campaign, lamp.id)
            joined = joining.join_all(campaign, [Wish(old)])[0]
            key = correcting.key_of(campaign.id, joined)
        asked = watch.now
        watch.step(seconds=1)  # who joins by themselves joins later

        def confirm(session, id=joined.place_id):
            if (place := session.get(Place, id)) is not None:
                waitlist.confirm(place)

        def correct(session, key=key, new=new, id=lamp.id):
            correcting.correct(session.get(Campaign, id), key, Wish(new))

        faults = together(app, [confirm, correct])
        assert all(isinstance(fault, Refusal) for fault in faults), faults
        kept, moved = place_of(old), place_of(new)
        assert moved is not None, "the new address has a place either way"
        if kept is None:
            assert moved.submitted_at == asked
        else:
            assert kept.counted and kept.submitted_at == asked < moved.submitted_at
