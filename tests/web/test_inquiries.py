"""Private questions: asked by who has a place, an order or an account; answered by the team; published in other words."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Inquiry, InquiryLine, Letter, Person
from launchpad.services import erasure, profile, tokens
from launchpad.services.letter_rows import Pointless
from launchpad.services.letter_texts import compose

ASK = {"about": "order", "text": "Can Ana Almeida's order go to Braga?", "key": "k1"}


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def one() -> Inquiry:
    db.session.rollback()
    return db.session.scalars(select(Inquiry)).one()


def test_a_buyer_asks_the_team_answers_by_letter_and_publishes_it_in_other_words(campaign, given, visitor, watch):
    ana = visitor(given.person("ana@example.com", member=True, name="Ana Almeida"))
    for _ in range(2):  # a double click
        assert ana.post("/lamp/help", ASK, seen="/lamp/help").status_code == 303
    row, mod = one(), given.person(role="moderator", name="Marta")
    team, here = visitor(mod), f"/team/lamp/help/{row.id}"
    watch.step(minutes=20)
    assert "waits 20" in text_of(team.get("/team/lamp/help")) and "private question" in text_of(team.get("/team/lamp/"))
    assert team.post(f"{here}/publish", {"question": "May it go elsewhere?", "answer": "Yes."}, seen=here).status_code == 422
    answer = {"text": "It can: it goes to Braga.", "key": "a1", "seen": "1"}
    assert team.post(f"{here}/answer", answer, seen=here).status_code == 303
    assert one().waits_since is None and "goes to Braga" in text_of(ana.get(f"/lamp/help/{row.id}"))
    letter = compose(db.session.scalar(select(Letter).filter_by(kind="help_answer")))
    assert "goes to Braga" in letter.text and "goes to Braga" in letter.html
    path = re.search(r"/lamp/help/\d+\?token=\S+", letter.text)[0]
    assert "goes to Braga" in text_of(visitor().get(path)), "by the letter, without signing in"
    for private in (ASK["text"], "Write to ANA@example.com", "almeida's box"):
        refused = team.post(f"{here}/publish", {"question": private, "answer": "Yes."}, seen=here)
        assert refused.status_code == 422 and "private part" in text_of(refused), private
    public = {"question": "Can an order go to another town?", "answer": "Yes, until we pack it."}
    assert team.post(f"{here}/publish", public, seen=here).status_code == 303
    page = text_of(visitor().get("/lamp/thread/answered?q=town"))
    assert "until we pack it" in page and "Ana" not in page and "Braga" not in page
    assert team.post(f"{here}/unpublish", seen=here).status_code == 303
    assert "until we pack it" not in text_of(visitor().get("/lamp/thread/answered"))
    acts = set(db.session.scalars(select(Audit.act)))
    assert {"inquiry.answer", "inquiry.publish", "inquiry.unpublish"} <= acts
    assert "Braga" not in str([(a.before, a.after, a.reason) for a in db.session.scalars(select(Audit))])


def test_a_guest_asks_by_the_address_of_the_order_and_no_letter_goes_to_an_address_nobody_confirmed(
    campaign, given, visitor
):
    guest = given.person("guest@example.com", name="Guest")
    order = given.order(campaign, guest)
    stranger, link = visitor(), f"/lamp/help?order={order.number}&token={tokens.make('order', order.id)}"
    assert stranger.post("/lamp/help", ASK, seen="/lamp/help").status_code == 403 and "Sign in" in text_of(stranger.page)
    assert link.replace("&", "&amp;").split("?")[1].split("&amp;")[0] in text_of(
        stranger.get(f"/lamp/orders/{order.number}?token={tokens.make('order', order.id)}")
    )
    sent = ASK | {"order": order.number, "token": tokens.make("order", order.id)}
    answer = stranger.post("/lamp/help", sent, seen=link)
    assert answer.status_code == 303 and one().person_id == guest.id and one().order_id == order.id
    assert "Braga" in text_of(stranger.get(answer.location)) and "Braga" in text_of(stranger.get(link))
    bare = answer.location.split("?")[0]
    assert visitor().get(bare).status_code == 404 and visitor(given.person(member=True)).get(bare).status_code == 404
    wrong = visitor().get(f"/lamp/help?order={order.number}&token={tokens.make('pass', order.id)}")
    assert "Braga" not in text_of(wrong) and "Sign in" in text_of(wrong)
    team, here = visitor(given.person(role="moderator")), f"/team/lamp/help/{one().id}"
    team.post(f"{here}/answer", {"text": "Yes.", "seen": "1"}, seen=here)
    db.session.rollback()
    with pytest.raises(Pointless):
        compose(db.session.scalar(select(Letter).filter_by(kind="help_answer")))
    assert "Yes." in text_of(stranger.get(answer.location))


def test_who_waits_longest_comes_first_and_what_was_added_meanwhile_is_read_first(campaign, given, visitor, watch):
    first, second = visitor(given.person(member=True)), visitor(given.person(member=True))
    first.post("/lamp/help", ASK | {"text": "The early one"}, seen="/lamp/help")
    id = one().id
    watch.step(minutes=5)
    second.post("/lamp/help", ASK | {"text": "The late one"}, seen="/lamp/help")
    team = visitor(given.person(role="moderator"))
    page = text_of(team.get("/team/lamp/help"))
    assert page.index("The early one") < page.index("The late one")
    here = f"/team/lamp/help/{id}"
    team.get(here)
    assert first.post(f"/lamp/help/{id}", {"text": "And one thing more", "key": "k2"}, seen=f"/lamp/help/{id}").status_code == 303
    late = team.post(f"{here}/answer", {"text": "An answer to half of it", "seen": "1"}, seen=here)
    assert late.status_code == 422 and late.headers["X-Refusal"] == "changed" and "An answer to half of it" in text_of(late)
    assert team.post(f"{here}/aside", {"seen": "2"}, seen=here).status_code == 303
    assert "The early one" in text_of(team.get("/team/lamp/help")).split("Answered")[1]
    for role in ("host", "analyst"):
        assert visitor(given.person(role=role)).get(here).status_code == 403


def test_wrong_forms_come_back_and_nobody_asks_without_end(campaign, given, visitor):
    ana = visitor(given.person(member=True))
    texts = [{"text": words} for words in ("", "x" * 2001, "x" * 100_001)]
    for wrong in (*texts, {"about": "nonsense"}, {"about": "x" * 21}, {"key": "x" * 101}):
        answer = ana.post("/lamp/help", ASK | wrong)
        assert answer.status_code == 422 and ("Braga" in text_of(answer) or "text" in wrong), wrong
    for number in range(6):
        answer = ana.post("/lamp/help", ASK | {"key": f"key-{number}", "text": f"Question {number} of Braga"})
    assert answer.status_code == 429 and "wait for an answer" in text_of(answer)
    assert ana.get("/lamp/help/999").status_code == 404 and ana.get(f"/lamp/help?order={'x' * 61}&about=²").status_code == 200


def test_the_copy_holds_both_sides_and_erasing_takes_them_away(campaign, given, visitor, watch):
    person = given.person(member=True, name="Ana")
    mine, team = visitor(person), visitor(given.person(role="moderator"))
    mine.post("/lamp/help", ASK, seen="/lamp/help")
    here = f"/team/lamp/help/{one().id}"
    watch.step(seconds=30)
    team.post(f"{here}/answer", {"text": "Yes, it can."}, seen=here)
    db.session.rollback()
    copy = profile.everything(db.session.get(Person, person.id))
    assert [line["text"] for line in copy["inquiry_lines"]] == [ASK["text"], "Yes, it can."]
    assert "Asked the team" in text_of(mine.get("/me"))
    with writing() as session:
        erasure.erase(session.get(Person, person.id))
    db.session.rollback()
    assert db.session.scalar(select(Inquiry.id)) is None and db.session.scalar(select(InquiryLine.id)) is None
    assert timedelta(0) < watch.now - db.session.scalars(select(Campaign)).one().milestone("launch").due
