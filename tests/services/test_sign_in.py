"""Signing in: what a link and a code are good for, and for how long."""

import threading

import pytest
from sqlalchemy import func, select, true

from launchpad.database import db, writing
from launchpad.models import Letter, Person, SignIn
from launchpad.services import people, sign_in


def asked(email: str) -> SignIn | None:
    with writing():
        sign_in.ask(email)
    return db.session.scalar(select(SignIn).order_by(SignIn.id.desc()).limit(1))


def by_link(token: str) -> bool:
    with writing():
        return sign_in.by_link(token) is not None


def by_code(email: str, code: str) -> bool:
    with writing():
        return sign_in.by_code(email, code) is not None


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_asking_writes_one_letter_to_a_known_address_and_none_to_an_unknown_one(given, watch):
    person = given.person("ada@example.com")
    row = asked("ADA@example.com ")
    letters = db.session.scalars(select(Letter)).all()
    assert [(one.person_id, one.kind, one.trigger) for one in letters] == [(person.id, "sign_in", f"sign_in:{row.id}")]
    asked("nobody@example.com")
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 1
    assert people.find("nobody@example.com") is None


def test_neither_token_nor_code_is_kept_in_the_row(given, watch):
    given.person("ada@example.com")
    row = asked("ada@example.com")
    kept = f"{row.token_hash} {row.code_hash}"
    assert sign_in.token_of(row) not in kept and sign_in.code_of(row) not in kept


@pytest.mark.parametrize("minutes, seconds, works", [(14, 59, True), (15, 0, False)])
def test_link_and_code_live_for_fifteen_minutes(given, watch, minutes, seconds, works):
    given.person("ada@example.com", member=True)
    first, second = asked("ada@example.com"), asked("ada@example.com")
    token, code = sign_in.token_of(first), sign_in.code_of(second)
    watch.step(minutes=minutes, seconds=seconds)
    assert (sign_in.usable(token) is not None) is works
    assert by_link(token) is works
    assert by_code("ada@example.com", code) is works


def test_one_success_spends_both_link_and_code(given, watch):
    given.person("ada@example.com")
    row = asked("ada@example.com")
    token, code = sign_in.token_of(row), sign_in.code_of(row)
    assert by_code("ada@example.com", code)
    assert not by_code("ada@example.com", code)
    assert not by_link(token)


def test_signing_in_confirms_the_address(given, watch):
    id = given.person("ada@example.com").id
    assert by_link(sign_in.token_of(asked("ada@example.com")))
    assert db.session.get(Person, id).confirmed_at == watch.now


@pytest.mark.parametrize("wrong, works", [(4, True), (5, False)])
def test_a_code_survives_four_wrong_guesses_and_the_link_survives_more(given, watch, wrong, works):
    given.person("ada@example.com")
    row = asked("ada@example.com")
    token, code = sign_in.token_of(row), sign_in.code_of(row)
    for _ in range(wrong):
        assert not by_code("ada@example.com", other_than(code))
    assert by_code("ada@example.com", code) is works
    assert by_link(token) is not works


def test_a_code_serves_its_own_address_only(given, watch):
    given.person("ada@example.com")
    given.person("ben@example.com")
    code = sign_in.code_of(asked("ada@example.com"))
    assert not by_code("ben@example.com", code)
    assert not by_code("nobody@example.com", code)
    assert by_code("ada@example.com", f" {code[:3]} {code[3:]} ")


def test_an_unconfirmed_address_gets_one_letter_in_ten_minutes(given, watch):
    given.person("ada@example.com")

    def letters():
        return db.session.scalar(select(func.count()).select_from(Letter))

    asked("ada@example.com")
    watch.step(minutes=9, seconds=59)
    asked("ada@example.com")
    assert letters() == 1
    watch.step(seconds=1)
    asked("ada@example.com")
    assert letters() == 2


def test_a_confirmed_address_gets_at_most_five_letters_in_the_life_of_a_link(given, watch):
    given.person("ada@example.com", member=True)
    for _ in range(7):
        asked("ada@example.com")
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 5
    watch.step(minutes=15)
    asked("ada@example.com")
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 6


def test_an_erased_person_cannot_sign_in(given, watch):
    id = given.person("ada@example.com").id
    token = sign_in.token_of(asked("ada@example.com"))
    with writing() as session:
        session.get(Person, id).erased_at = watch.now
    assert not by_link(token)


def test_a_link_does_not_open_a_later_row_that_got_its_id(given, watch):
    """A database may give the id of a deleted row to the next one."""
    given.person("ada@example.com")
    ben = given.person("ben@example.com").id
    row = asked("ada@example.com")
    id, token = row.id, sign_in.token_of(row)
    with writing() as session:
        session.delete(session.get(SignIn, id))
    watch.step(seconds=1)
    with writing() as session:
        later = SignIn(id=id, person_id=ben, made_at=watch.now, expires_at=watch.now + sign_in.LIFE)
        session.add(later)
        session.flush()
        later.token_hash = sign_in._token_hash(sign_in.token_of(later))
    assert not by_link(token)


@pytest.mark.parametrize("token", ["", "x", "é\U0001f600", "a" * 5000, "1.1"])
def test_a_made_up_token_opens_nothing(app, watch, token):
    assert sign_in.usable(token) is None
    assert not by_link(token)


def race(app, token: str, runners: int = 6) -> int:
    """How many of several that press the button at once are let in."""
    start, let_in = threading.Barrier(runners), []

    def press():
        with app.app_context():
            start.wait(30)
            if by_link(token):
                let_in.append(1)
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return len(let_in)


def test_of_many_at_once_one_is_let_in(app, given, watch):
    given.person("ada@example.com")
    token = sign_in.token_of(asked("ada@example.com"))
    db.session.remove()
    assert race(app, token) == 1


def test_without_the_guard_the_race_would_let_in_more(app, given, watch, monkeypatch):
    given.person("ada@example.com")
    token = sign_in.token_of(asked("ada@example.com"))
    db.session.remove()
    monkeypatch.setattr(sign_in, "_unspent", true)
    assert race(app, token) > 1


def test_signing_out_everywhere_ends_links_that_are_under_way(given, watch):
    person = given.person("ada@example.com")
    token, before = sign_in.token_of(asked("ada@example.com")), person.session_key
    with writing() as session:
        people.sign_out_everywhere(session.get(Person, person.id))
    assert db.session.get(Person, person.id).session_key != before
    assert not by_link(token)
