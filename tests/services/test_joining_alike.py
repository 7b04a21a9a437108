"""How much work a join is: with an address that is known and one that is not, by the statements that each executes."""

import pytest
from sqlalchemy import event

from launchpad.database import db, writing
from launchpad.models import Campaign, Place, Sanction
from launchpad.services import joining, referrals, waitlist


def statements(lamp, *emails, ref="") -> list[str]:
    """The first words of each statement of one join, or of some at once by the same link, in their order."""
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(" ".join(statement.split()[:3]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with writing() as session:
            wishes = [joining.Wish(email, ref=ref, client="81.2.3.4", seconds=20) for email in emails]
            joining.join_all(session.get(Campaign, lamp.id), wishes)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return asked


@pytest.fixture
def joins(lamp, given, watch):
    """The statements of a join by what is known of its address."""
    given.person("member@post.lamp", member=True)
    out = given.person("banned@post.lamp")
    with writing() as session:
        session.add(Sanction(campaign_id=lamp.id, person_id=out.id, kind="ban", reason="", at=watch.now))
        place = joining.join(session.get(Campaign, lamp.id), "confirmed@post.lamp")
        joining.join(session.get(Campaign, lamp.id), "unconfirmed@post.lamp")
    with writing():
        waitlist.confirm(db.session.get(Place, place.id))
    watch.step(hours=1)
    kinds = ("new", "member", "unconfirmed", "confirmed", "banned")
    return {kind: statements(lamp, f"{kind}@post.lamp") for kind in kinds}


def test_an_address_that_is_known_and_one_that_is_not_are_asked_the_same_statements(joins):
    assert joins["member"] == joins["new"]
    assert "INSERT INTO places" in joins["new"] and "INSERT INTO letters" in joins["new"]


def test_who_stands_in_line_already_or_is_banned_costs_a_statement_or_two_more_or_less(joins):
    """The rest is made even by the pace of the answer (web.pace): these few are a small part of it."""
    usual = len(joins["new"])
    assert {kind: len(asked) - usual for kind, asked in joins.items()} == {
        "new": 0, "member": 0, "unconfirmed": 2, "confirmed": 1, "banned": -3
    }  # fmt: skip
    assert joins["banned"] == joins["new"][: usual - 3], "a banned address is found by what everybody is asked"


def test_whose_link_many_came_by_is_asked_for_once(lamp, given):
    sharer = given.person("sharer@post.lamp", member=True)
    ref = referrals.code_of(sharer)
    db.session.expunge(sharer)  # as in a request, where nobody has loaded them
    asked = statements(lamp, *(f"friend{n}@post.lamp" for n in range(3)), ref=ref)
    assert "INSERT INTO referrals" in asked
    assert sum(words.startswith("SELECT people.id") for words in asked) == 1
