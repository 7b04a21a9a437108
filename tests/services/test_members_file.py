"""Taking in the people of a file."""

from sqlalchemy import func, select

from launchpad.database import db, writing
from launchpad.models import Consent, Person
from launchpad.rules.members_csv import Entry
from launchpad.services import consents, members_file, people, unsubscribing

ADA = Entry(2, "ada@example.com", "Ada", "founder", True)
BEN = Entry(3, "ben@example.com", "Ben", None, False)


def take(*entries: Entry, source: str = "shopify") -> dict:
    with writing():
        return dict(members_file.take(list(entries), source))


def wants(email: str) -> bool:
    db.session.rollback()
    return db.session.scalar(select(Person.id).where(Person.email == email, consents.wants_marketing())) is not None


def test_who_agreed_is_a_member_and_who_did_not_is_known_only(app, watch):
    assert take(ADA, BEN) == {"new": 2, "members": 1, "without": 1}
    ada, ben = people.find(ADA.email), people.find(BEN.email)
    assert ada.is_member and ada.tier == "founder" and ada.member_source == "shopify" and ada.name == "Ada"
    assert not ben.is_member and ben.confirmed_at is None
    assert wants(ADA.email) and not wants(BEN.email)


def test_a_second_load_changes_nothing(app, watch):
    take(ADA, BEN)
    before = people.find(ADA.email).member_at
    watch.step(days=1)
    assert take(ADA, BEN) == {"known": 2, "members": 0, "without": 1}
    assert people.find(ADA.email).member_at == before
    assert db.session.scalar(select(func.count()).select_from(Consent)) == 1


def test_the_same_person_twice_in_a_file_is_one(app, watch):
    counts = take(ADA, Entry(4, ADA.email, "Other", None, True))
    assert (counts["new"], counts["known"]) == (1, 1)
    assert (people.find(ADA.email).name, people.find(ADA.email).tier) == ("Ada", "founder")


def test_a_file_never_overrules_an_unsubscribe(app, watch):
    take(ADA)
    with writing():
        unsubscribing.unsubscribe(people.find(ADA.email))
    take(ADA)
    assert not wants(ADA.email)


def test_who_withdrew_in_the_shop_gets_no_more_letters_but_not_against_their_word_here(app, watch):
    take(ADA)
    take(Entry(2, ADA.email, "Ada", None, False))
    assert not wants(ADA.email)
    with writing():
        consents.agree_to_marketing(people.find(ADA.email), "profile")
    take(Entry(2, ADA.email, "Ada", None, False))
    assert wants(ADA.email)


def test_somebody_known_becomes_a_member_and_keeps_their_name(given, watch):
    given.person(ADA.email, name="Ada L.")
    assert take(ADA)["members"] == 1
    assert people.find(ADA.email).is_member and people.find(ADA.email).name == "Ada L."


def test_tiers_are_those_of_the_campaigns(given, watch):
    given.campaign(tiers={"patron": "Patrons"})
    assert members_file.known_tiers() == {"member", "founder", "patron"}
