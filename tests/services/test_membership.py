"""Becoming a member: by form and by invite code."""

import pytest
from sqlalchemy import func, select, true

from launchpad.database import db, writing
from launchpad.models import Consent, Invite, Joining, Letter, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import consents, invites, membership, people
from tests.races import at_once


def asked(email="ada@example.com", **values) -> Joining | None:
    with writing():
        membership.ask(email, **values)
    return db.session.scalar(select(Joining).order_by(Joining.id.desc()).limit(1))


def confirmed(token: str) -> Person | None:
    with writing():
        row = membership.confirm(token)
        return row and db.session.get(Person, row.person_id)


def invite(code="LAMP", **values) -> int:
    with writing():
        return invites.make_invite(code, **values).id


def test_asking_makes_no_member_and_writes_one_letter(app, watch):
    row = asked(name="Ada")
    person = people.find("ada@example.com")
    assert not person.is_member and person.name == ""
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.kind, letter.trigger) == ("membership", f"membership:{row.id}")


def test_the_button_makes_a_member_once(app, watch):
    token = membership.token_of(asked(name="Ada", marketing=True))
    watch.step(minutes=1)
    person = confirmed(token)
    assert person.is_member and person.name == "Ada" and person.member_source == "form"
    assert person.member_at == person.confirmed_at == watch.now
    assert consents.given(person.id, "marketing")
    assert confirmed(token) is None
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 1


def test_without_the_box_there_is_no_consent(app, watch):
    person = confirmed(membership.token_of(asked()))
    assert not consents.given(person.id, "marketing")


def test_joined_through_a_campaign_counts_in_its_time(given, watch):
    campaign = given.campaign(rehearsal=True)
    moment, id = campaign.moment, campaign.id
    person = confirmed(membership.token_of(asked(campaign=campaign)))
    assert (person.joined_in, person.member_at) == (id, moment)
    assert person.played_in == id, "whom a rehearsal made goes with it"


def test_a_known_member_gets_the_same_letter_and_keeps_what_they_are(given, watch):
    before = given.person("ada@example.com", member=True, name="Ada").member_at
    person = confirmed(membership.token_of(asked(name="Mallory")))
    assert (person.name, person.member_at) == ("Ada", before)


@pytest.mark.parametrize("minutes, seconds, letters", [(9, 59, 1), (10, 0, 2)])
def test_one_letter_in_ten_minutes(app, watch, minutes, seconds, letters):
    asked()
    watch.step(minutes=minutes, seconds=seconds)
    asked()
    assert db.session.scalar(select(func.count()).select_from(Letter)) == letters


@pytest.mark.parametrize("seconds, works", [(-1, True), (0, False)])
def test_the_button_works_for_seven_days(app, watch, seconds, works):
    token = membership.token_of(asked())
    watch.step(days=7, seconds=seconds)
    assert (confirmed(token) is not None) is works


def test_by_invitation_a_code_is_needed(given, watch):
    campaign = given.campaign(membership="invite")
    with pytest.raises(Refusal) as refused:
        asked(campaign=campaign)
    assert refused.value.field == "code"
    with pytest.raises(Refusal):
        asked(), "nor is there a way in without naming the campaign"
    assert people.find("ada@example.com") is None


def test_an_archived_campaign_asks_for_no_code_any_more(given, watch):
    campaign = given.campaign(membership="invite")
    watch.set(campaign.milestone("archive").due)
    assert membership.way_in(None) == "open"
    watch.step(seconds=-1)
    assert membership.way_in(None) == "invite"


def test_a_code_gives_its_tier_and_its_source(given, watch):
    invite("LAMP", tier="founder")
    person = confirmed(membership.token_of(asked(code=" la mp ", campaign=given.campaign(membership="invite"))))
    assert (person.tier, person.member_source) == ("founder", "invite:LAMP")
    assert db.session.scalars(select(Invite)).one().used == 1


def test_a_code_counts_when_it_made_a_member_and_not_before(given, watch):
    invite("LAMP", most=1)
    given.person("ben@example.com", member=True)
    assert confirmed(membership.token_of(asked("ben@example.com", code="LAMP"))).is_member
    assert db.session.scalars(select(Invite)).one().used == 0, "a member already"
    first, second = asked("ada@example.com", code="LAMP"), asked("cleo@example.com", code="LAMP")
    first, second = membership.token_of(first), membership.token_of(second)
    assert confirmed(first).is_member
    with pytest.raises(Refusal):
        confirmed(second)
    assert not people.find("cleo@example.com").is_member
    assert membership.usable(second) is not None, "refused, nothing is spent"


@pytest.mark.parametrize("code", ["NOPE", "x" * 60, "\0", "😀"])
def test_an_unknown_code_is_refused(app, watch, code):
    with pytest.raises(Refusal):
        asked(code=code)


@pytest.mark.parametrize("seconds, works", [(-1, True), (0, False)])
def test_a_code_ends_at_its_moment(app, watch, seconds, works):
    end = watch.now.replace(hour=20)
    invite("LAMP", expires_at=end)
    watch.set(end)
    watch.step(seconds=seconds)
    if works:
        assert asked(code="LAMP") is not None
    else:
        with pytest.raises(Refusal):
            asked(code="LAMP")


@pytest.mark.parametrize("values", [{"code": "a b!"}, {"code": "x" * 41}, {"code": "OK", "most": 0}, {"code": "TAKEN"}])
def test_a_code_that_cannot_be_is_refused(app, watch, values):
    invite("TAKEN")
    with pytest.raises(Refusal):
        invite(**values)


def test_a_code_of_ours_is_random(app, watch):
    with writing():
        assert invites.make_invite().code != invites.make_invite().code


def race_for_the_last(app) -> int:
    """How many of several who confirm at once become members by a code that is good for one."""
    invite("LAMP", most=1)
    tokens = [membership.token_of(asked(f"p{n}@example.com", code="LAMP")) for n in range(5)]
    said = at_once(app, [lambda token=token: confirmed(token) for token in tokens])
    assert [one for one in said if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
    return sum(isinstance(one, Person) for one in said)


def test_the_last_use_of_a_code_goes_to_one(app, watch):
    assert race_for_the_last(app) == 1


def test_without_the_guard_it_would_go_to_more(app, watch, monkeypatch):
    monkeypatch.setattr(invites, "_left", true)
    assert race_for_the_last(app) > 1


def test_two_at_once_with_one_address_are_one_person(app, watch):
    def make() -> int:
        with writing():
            return people.find_or_make("ada@example.com").id

    said = at_once(app, [make] * 5)
    assert said == [people.find("ada@example.com").id] * 5
