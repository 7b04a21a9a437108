"""Questions of the thread: the answer that counts stands inside, open pages follow, and one page finds it again."""

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Event, Person
from launchpad.services import erasure, thread


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def say(campaign, person_id: int, text: str, kind: str = "post", reply_to: int | None = None) -> int:
    with writing() as session:
        return thread.post(session.get(Campaign, campaign.id), session.get(Person, person_id), text, kind, reply_to).id


@pytest.fixture
def asked(campaign, given) -> tuple[int, int, int]:
    """A question and a member's reply to it; and who replied."""
    ana, ben = given.person(member=True, name="Ana").id, given.person(member=True, name="Ben").id
    question = say(campaign, ana, "How long is the *cable*?", "question")
    return question, say(campaign, ben, "Two metres, I measured.", reply_to=question), ben


def since(visitor, seq: int) -> str:
    return text_of(visitor().get(f"/lamp/thread/since/{seq}"))


def newest(campaign) -> int:
    db.session.rollback()
    return db.session.get(Campaign, campaign.id).seq


def test_a_marked_answer_stands_inside_its_question_and_open_pages_follow_what_becomes_of_it(
    campaign, asked, given, visitor
):
    question, reply, _ = asked
    host = visitor(given.person(role="host"))
    assert "Two metres" in text_of(host.get("/team/lamp/today"))
    seq = newest(campaign)
    assert host.post(f"/team/lamp/today/replies/{reply}/accept", seen="/team/lamp/today").status_code == 303
    told = since(visitor, seq)
    assert f"#entry-{question}" in told and "Answered" in told and "Two metres" in told
    assert f'href="/lamp/thread/{question}"' not in text_of(host.get("/team/lamp/today")).split('id="latest"')[0]
    ben = visitor(db.session.get(Person, asked[2]))
    for act, said in ((("edit", "Just over two metres."), True), (("hide", ""), False), (("show", ""), True)):
        seq = newest(campaign)
        with writing() as session:
            lamp, entry, actor = session.get(Campaign, campaign.id), session.get(Entry, reply), session.get(Person, asked[2])
            getattr(thread, act[0])(lamp, actor, entry, act[1])
        told = since(visitor, seq).split(f'id="entry-{question}"')[1].split("</article>")[0]
        assert ("over two metres" in told and "Answered" in told) is said, act
    seq = newest(campaign)
    assert host.post(f"/lamp/thread/{reply}/unaccept", seen="/lamp/thread").status_code == 303
    assert "Answered" not in since(visitor, seq)
    assert ben.post(f"/lamp/thread/{reply}/accept", seen="/lamp/thread").status_code == 403
    assert {"entry.answer", "entry.unanswer"} <= set(db.session.scalars(select(Audit.act)))


def test_the_host_answers_from_the_day_page_and_a_double_tap_is_one_answer(campaign, asked, given, visitor):
    question = asked[0]
    host, here = visitor(given.person(role="host", name="Marta")), "/team/lamp/today"
    path = f"{here}/questions/{question}/answer"
    assert host.post(path, {"text": "", "key": "k"}, seen=here).status_code == 422
    for _ in range(2):
        assert host.post(path, {"text": "Two metres and ten.", "key": "k"}, seen=here).status_code == 303
    db.session.rollback()
    row = db.session.get(Entry, question)
    replies = db.session.scalars(select(Entry).filter_by(reply_to=question, text="Two metres and ten.")).all()
    assert [reply.id for reply in replies] == [row.answer_id]
    page = text_of(visitor().get("/lamp/thread"))
    assert "Marta" in page.split(f'id="entry-{question}"')[1].split("</article>")[0]
    assert host.post(f"{here}/questions/{row.answer_id}/answer", {"text": "x"}, seen=here).status_code == 422
    assert host.post(f"{here}/replies/{question}/accept", seen=here).status_code == 422, "a question is no reply"


def test_asked_and_answered_is_found_by_its_words_and_linked_from_the_buy_panel(campaign, asked, given, visitor):
    question, reply, ben = asked
    link, host = "/lamp/thread/answered", visitor(given.person(role="host"))
    assert link not in text_of(visitor().get("/lamp/thread"))
    host.post(f"/lamp/thread/{reply}/accept", seen="/lamp/thread")
    for page in ("/lamp/thread", "/lamp/"):
        assert link in text_of(visitor().get(page)), page
    for words, found in (("", True), ("CABLE metres", True), ("cable yards", False), ("%", False), ("_" * 300, False)):
        page = visitor().get(link, query_string={"q": words})
        assert page.status_code == 200 and (f'href="/lamp/thread/{question}"' in text_of(page)) is found, words
    fragment = text_of(visitor().get(f"{link}?q=cable", headers={"HX-Request": "true"}))
    assert fragment.startswith('<div id="found"') and "<html" not in fragment
    with writing() as session:
        erasure.erase(session.get(Person, ben))
    db.session.rollback()
    page = text_of(visitor().get(link)) + text_of(visitor().get("/lamp/thread"))
    assert "Two metres" not in page and "Ben" not in page, "who is erased takes the answer along"
    assert db.session.scalar(select(Event.kind).filter_by(entry_id=question).order_by(Event.seq.desc())) == "answer"
