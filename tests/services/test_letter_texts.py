"""What letters say: every kind, in both forms, with links that work."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Claim, Consent, Doubt, Joining, Letter, Pass, Place, Reward, Sanction
from launchpad.rules.plan import EventPlan
from launchpad.services import (
    claims,
    event_acts,
    inquiries,
    inquiry_answers,
    letter_texts,
    letters,
    membership,
    membership_requests,
    reminders,
    sign_in,
    team,
    test_letters,
)
from tests.make import NOON

OURS = "http://127.0.0.1:8000/"


def due(given, kind):
    """A letter of that kind that is due, with the rows it speaks of."""
    campaign = given.campaign(slug="lamp", tagline="A lamp that follows the sun")
    person = given.person(member=True, email="ada@example.com")
    trigger = f"milestone:{campaign.milestones[0].id}"
    if kind in ("confirm", "place", "head_start"):
        place = given.place(campaign, person, confirmed=kind != "confirm")
        trigger = f"place:{place.id}:1"
    if kind.startswith("pass_"):
        trigger = f"pass:{given_pass(campaign, given.place(campaign, person)).id}"
    if kind == "being_checked":
        place = given.place(campaign, person, confirmed=False)
        at = NOON + timedelta(days=14)  # when the links are followed
        db.session.add(
            Doubt(
                campaign_id=campaign.id, place_id=place.id, reasons="pattern", raised_at=at, due=at + timedelta(days=1)
            )
        )
        db.session.commit()
    if kind == "reward":
        row = Reward(campaign_id=campaign.id, person_id=person.id, at=3, gives="A sticker set", reached_at=NOON)
        db.session.add(row)
        db.session.commit()
        trigger = f"reward:{row.id}"
    if kind in ("sanction", "sanction_over", "appeal"):
        row = Sanction(campaign_id=campaign.id, person_id=person.id, kind="ban", reason="Spam", at=NOON)
        if kind == "appeal":
            row.appeal, row.appealed_at, row.answer, row.answered_at = "A joke", NOON, "It was not", NOON
        db.session.add(row)
        db.session.commit()
        trigger = f"sanction:{row.id}"
    if kind == "order":
        trigger = f"order:{given.order(campaign, person, 2).id}"
    if kind == "refund":
        trigger = f"refund:{given.order(campaign, person, 2, state='refunded', refunded=25800).id}"
    claimed = given.order(campaign, person) if kind == "claim" else None
    claimer, asking = given.person("eva@example.com", member=True), given.person("new@example.com", confirmed_at=NOON)
    with writing():
        db.session.add(Consent(person_id=person.id, purpose="marketing", given=True, wording="marketing-1"))
        if kind == "sign_in":
            sign_in.ask(person.email)
        elif kind == "staff_invite":
            team.invite(team.add(person.email, "host", campaign))
        elif kind == "membership":
            membership.ask("new@example.com")
        elif kind in ("request_admitted", "request_declined"):
            asked = Joining(person_id=asking.id, campaign_id=campaign.id, state="waiting", used_at=NOON, expires_at=NOON)
            db.session.add(asked)
            db.session.flush()
            membership_requests.decide(kind.removeprefix("request_"), [asked.id], claimer, "Glad you asked.")
        elif kind == "claim":
            claims.ask(claimer, claimed.number, person.email)
            db.session.scalars(select(Claim)).one().expires_at += timedelta(days=14)  # when the links are followed
        elif kind == "help_answer":
            asked = inquiries.ask(campaign, person, "other", "Does it dim?")
            inquiry_answers.answer(campaign, claimer, asked, "It does, to one per cent.")
        elif kind == "test":
            test_letters.send(campaign, person)
        elif kind in ("reminder", "reminder_confirm", "event_cancelled"):
            at = NOON + timedelta(days=14)  # when the links are followed, so that the reminder still says something
            event = event_acts.make(campaign, None, EventPlan("Unboxing with Marta", at, 30, host="Marta"))
            reminders.ask(campaign, event, person)
            if kind == "reminder":
                letters.write(kind, person, f"milestone:{campaign.milestone(f'event_{event.id}_begins').id}", campaign)
                db.session.delete(campaign.milestone(f"event_{event.id}_reminder"))
            elif kind == "reminder_confirm":
                reminders.ask_by_address(campaign, event, "new@example.com")
            else:
                event_acts.cancel(campaign, None, event, event.version)
        else:
            letters.write(kind, person, trigger, campaign)
    return db.session.scalar(select(Letter).filter_by(kind=kind))


def given_pass(campaign, place) -> Pass:
    at = campaign.milestone("head_start_member").due
    given = Pass(
        campaign_id=campaign.id, place_id=place.id, person_id=place.person_id, tier="member", units=2, given_at=at,
        until=at + timedelta(days=1),
    )  # fmt: skip
    with writing():
        db.session.add(given)
    return given


@pytest.mark.parametrize("kind", letters.KINDS)
def test_every_kind_is_whole_in_both_forms(given, watch, kind):
    letter = due(given, kind)
    text = letter_texts.compose(letter)
    assert text.subject and "\n" not in text.subject and not text.subject.startswith("Subject")
    for form in (text.text, text.html):
        assert not re.search(r"{[{%]|\bNone\b|&amp;amp;|&lt;", form)
        assert OURS in form
        assert (f"{OURS}unsubscribe/" in form) is letter.marketing
    assert bool(text.unsubscribe) is letter.marketing
    assert "\n\n\n" not in text.text and "\n\n-- \n" in text.text and "<" not in text.text
    assert set(re.findall(r"https?://[^/\s\"<]+/", text.text)) == {OURS}, "BASE_URL is the only host"


@pytest.mark.parametrize("kind", letters.KINDS)
def test_every_link_of_a_letter_leads_somewhere_and_reading_it_changes_nothing(given, watch, visitor, kind):
    letter = due(given, kind)
    if letter.campaign_id:
        watch.set(NOON + timedelta(days=14))  # all doors are open: what is shown there is another test's
    text = letter_texts.compose(letter).text
    before = rows()
    for link in re.findall(rf"{OURS}\S*", text):
        answer = visitor().get("/" + link.removeprefix(OURS))
        assert answer.status_code < 400, (link, answer.status_code)
    assert rows() == before


def rows():
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(Place.confirmed_at, Place.left_at))]


def test_a_name_of_html_stays_words(given, watch):
    campaign, person = given.campaign(name="<b>Lamp</b>"), given.person(member=True)
    with writing():
        letters.write("preview", person, f"milestone:{campaign.milestones[0].id}", campaign)
    text = letter_texts.compose(db.session.scalar(select(Letter)))
    assert "<b>Lamp</b>" in text.subject and "<b>" not in text.html and "&lt;b&gt;" in text.html


def test_who_joined_after_the_head_start_began_reads_so(given, watch):
    campaign, person = given.campaign(), given.person(member=True)
    opens = campaign.milestone("head_start_member").due
    early, late = (
        given.place(campaign, p, at=opens - timedelta(seconds=s)) for p, s in ((person, 1), (given.person(), 0))
    )
    with writing():
        for place in (early, late):
            letters.write("place", place.person, f"place:{place.id}:1", campaign)
    said = [letter_texts.compose(letter).text for letter in db.session.scalars(select(Letter).order_by(Letter.id))]
    assert "You may buy from" in said[0] and "The head start has begun; we will write when doors open." in said[1]


def test_the_first_passes_are_told_of_with_two_links_that_lead_somewhere(given, watch, visitor):
    campaign, person = given.campaign(slug="lamp", access="passes"), given.person(member=True)
    place = given.place(campaign, person)
    given_pass(campaign, place)
    with writing() as session:
        at = campaign.milestone("head_start_member").due
        place = session.get(Place, place.id)
        place.pass_from, place.pass_until = at, at + timedelta(days=1)
    watch.set(campaign.milestone("head_start_member").due)
    with writing():
        letters.write("head_start", person, f"milestone:{campaign.milestone('head_start_member').id}", campaign)
    text = letter_texts.compose(db.session.scalar(select(Letter))).text
    links = re.findall(r"\S+/pass/\S*", text)
    assert [link.endswith("/decline") for link in links] == [False, True] and "\n\n-- \n" in text
    assert [visitor().get("/" + link.removeprefix(OURS)).status_code for link in links] == [200, 200]


def test_what_is_gone_is_not_written_about(given, watch):
    letter = due(given, "place")
    with writing():
        db.session.scalar(select(Place)).left_at = NOON
    with pytest.raises(letter_texts.Pointless):
        letter_texts.compose(db.session.get(Letter, letter.id))
