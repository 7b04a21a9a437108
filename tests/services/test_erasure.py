"""A copy of everything, and nothing left of who somebody was."""

import pytest
from sqlalchemy import select, update

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Letter, Order, Person, Place, SignIn, Staff
from launchpad.outside.payments.events import Event
from launchpad.services import (
    consents,
    erasure,
    hooks,
    ideas,
    inquiries,
    letters,
    merging,
    people,
    polls,
    profile,
    sign_in,
    stories,
    testimonials,
    thread,
)

NAME, EMAIL = "Zerbinetta Quill", "zerbinetta.quill@example.com"


@pytest.fixture
def person(given, watch) -> int:
    """Somebody who did everything that one can do in a campaign."""
    row = given.person(EMAIL, member=True, name=NAME, role="moderator")
    id, campaign = row.id, given.campaign("lamp")
    poll, number = given.poll(campaign), campaign.id
    given.place(db.session.get(Campaign, number), db.session.get(Person, id), name=NAME)
    options = [option.id for option in poll.options]
    with writing() as session:
        lamp, me = session.get(Campaign, number), session.get(Person, id)
        polls.vote(lamp, me, 1, options[:1])
        ideas.post(lamp, me, f"An idea of {NAME}", "Words")
        consents.agree_to_marketing(me, "form")
        sign_in.ask(EMAIL)
    order = given.order(db.session.get(Campaign, number), db.session.get(Person, id))
    with writing() as session:
        lamp, me = session.get(Campaign, number), session.get(Person, id)
        stories.send(lamp, me, f"A story by {NAME}", consents=["site"])
        testimonials.send(lamp, me, f"I, {NAME}, like it", NAME, True)
        inquiries.ask(lamp, me, "other", f"I am {NAME}: does it dim?")
        session.add(Entry(campaign_id=number, person_id=id, kind="post", text=f"I am {NAME}", at=lamp.moment))
        thread.report(lamp, f"order:{session.get(Order, order.id).id}", f"{NAME} joined with Oak", kind="purchase")
        letters.write("order", me, "order:1", lamp)
        for letter in session.scalars(select(Letter)):
            letter.subject, letter.text, letter.html = f"For {NAME}", f"Dear {NAME}", "<p>"
    return id


def erase(id: int) -> None:
    with writing() as session:
        erasure.erase(session.get(Person, id))


def traces(*words: str) -> list[str]:
    """Where in the database a word stands: `table.column`."""
    found = []
    for table in db.metadata.sorted_tables:
        for column in table.c:
            values = [str(value) for value in db.session.scalars(select(column)) if value is not None]
            if any(word.lower() in value.lower() for value in values for word in words):
                found.append(f"{table.name}.{column.name}")
    return found


def test_nothing_that_says_who_they_were_stays(person, watch):
    assert len(traces("zerbinetta", "quill")) > 6, "the search finds what is there"
    erase(person)
    db.session.rollback()
    assert traces("zerbinetta", "quill") == []


def test_nothing_stays_of_another_address_of_theirs_either(person, given, watch):
    """What both had and one may have once stays with the row that went: a place, a letter, a story sent twice."""
    campaign_id, other = db.session.scalars(select(Campaign.id)).one(), given.person("other.quill@example.com", name=NAME).id
    given.place(db.session.get(Campaign, campaign_id), db.session.get(Person, other), name=NAME)
    paid = {"data": {"object": {"customer_details": {"email": "other.quill@example.com", "name": NAME}}}}
    with writing() as session:
        lamp, both = session.get(Campaign, campaign_id), [session.get(Person, id) for id in (person, other)]
        for one in both:
            letters.write("recap", one, "milestone:1", lamp)
        session.execute(update(Letter).values(text=f"Dear {NAME}"))
        hooks.keep("stripe", Event("evt_1", "charge.refunded", paid))
        merging.merge(*both, None, "the same person")
    assert {"letters.text", "places.name", "hooks.payload"} <= set(traces("quill"))
    assert db.session.scalars(select(Place).where(Place.person_id == other, Place.name == NAME)).one()
    db.session.rollback()
    erase(person)
    db.session.rollback()
    assert traces("zerbinetta", "quill") == []


def test_the_totals_stay(person, watch):
    erase(person)
    db.session.rollback()
    lamp = db.session.scalars(select(Campaign)).one()
    assert polls.card(lamp, None, 1).voters == 1
    assert db.session.scalars(select(Order.quantity)).one() == 1
    assert db.session.scalars(select(Place)).one().confirmed_at is not None


def test_an_open_waitlist_is_left(person, watch):
    watch.set(db.session.scalars(select(Campaign)).one().milestone("waitlist").due)
    erase(person)
    assert db.session.scalars(select(Place)).one().left_at == watch.now


def test_after_the_waitlist_a_place_stays_as_it_was(person, watch):
    watch.set(db.session.scalars(select(Campaign)).one().milestone("launch").due)
    erase(person)
    assert db.session.scalars(select(Place)).one().left_at is None


def test_no_session_no_link_and_no_letter_works_any_more(person, watch):
    before, token = (
        db.session.get(Person, person).session_key,
        sign_in.token_of(db.session.scalars(select(SignIn)).one()),
    )
    erase(person)
    assert db.session.get(Person, person).session_key != before
    assert sign_in.usable(token) is None
    assert db.session.scalars(select(Staff)).all() == []
    assert {letter.state for letter in db.session.scalars(select(Letter))} == {"suppressed"}
    assert db.session.scalar(select(Person.id).where(consents.wants_marketing())) is None


def test_a_second_time_changes_nothing_and_the_address_is_free(person, watch):
    erase(person)
    watch.step(hours=1)
    erase(person)
    assert db.session.get(Person, person).erased_at < watch.now
    with writing():
        assert people.find_or_make(EMAIL).id != person


def test_the_copy_holds_every_table_about_the_person(person, given, watch):
    other = given.person(member=True)
    copy = profile.everything(db.session.get(Person, person))
    assert copy["person"]["email"] == EMAIL
    for table in (
        "votes",
        "vote_choices",
        "ideas",
        "idea_votes",
        "places",
        "orders",
        "entries",
        "stories",
        "consents",
        "letters",
        "staff",
    ):
        assert copy[table], table
    assert copy["vote_choices"][0]["text"] == "Sand"
    assert all(
        row.get("person_id", person) == person for name, rows in copy.items() if isinstance(rows, list) for row in rows
    )
    assert other.email not in str(copy)


def test_the_copy_holds_nothing_that_opens_a_door(person, watch):
    with writing() as session:
        for letter in session.scalars(select(Letter).where(Letter.kind == "sign_in")):
            letter.text = "https://example.com/sign-in/opens-a-door"
    row = db.session.scalars(select(SignIn)).one()
    words = str(profile.everything(db.session.get(Person, person)))
    for secret in (row.token_hash, row.code_hash, db.session.get(Person, person).session_key, "opens-a-door"):
        assert secret not in words


def test_every_table_that_names_a_person_is_part_of_the_copy(app):
    """A new table with a person's rows in it must call the column `person_id`, or be named here with its reason."""
    known = {"places.referred_by", "stories.reviewed_by", "doubts.decided_by"}  # somebody else's row
    known |= {"people.merged_into"}  # in the copy as other_addresses
    known |= {"referrals.referrer_id", "referrals.friend_id"}  # in the copy as referrals
    known |= {"referrals.decided_by", "rewards.handed_by"}  # somebody of the team
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "people" and not profile.about_people(table):
                assert f"{table.name}.{key.parent.name}" in known
