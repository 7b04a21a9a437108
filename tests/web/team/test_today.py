"""The host's page on the day: tools for one thumb, each with its undo, and what readers see of them at once."""

from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Entry, Person, Poll
from launchpad.services import thread

HERE = "/team/lamp/today"


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_thread_is_closed_with_words_that_readers_see_and_opened_again(campaign, given, visitor):
    host, member = visitor(given.person(role="host")), visitor(given.person(member=True))
    member.get("/lamp/thread")
    seq = db.session.get(Campaign, campaign.id).seq
    assert host.post(f"{HERE}/thread/close", {"message": "x" * 251}, seen=HERE).status_code == 422
    assert host.post(f"{HERE}/thread/close", {"message": "We eat. Back at nine."}, seen=HERE).status_code == 303
    db.session.rollback()
    assert db.session.get(Campaign, campaign.id).seq == seq + 1, "open pages are told"
    assert "We eat. Back at nine." in text_of(visitor().get("/lamp/thread")) + text_of(member.get("/lamp/thread"))
    refused = member.post("/lamp/thread", {"text": "Hello?", "kind": "post"}, seen="/me")
    assert refused.status_code == 403 and "Back at nine" in text_of(refused) and "Hello?" not in [e.text for e in rows()]
    assert host.post(f"{HERE}/post", {"text": "We are still here", "kind": "update"}, seen=HERE).status_code == 303
    assert host.post(f"{HERE}/thread/close", {"message": ""}, seen=HERE).status_code == 303
    assert "Reading goes on." in text_of(member.get("/lamp/thread"))
    for _ in range(2):
        assert host.post(f"{HERE}/thread/open", seen=HERE).status_code == 303
    assert member.post("/lamp/thread", {"text": "Hello again", "kind": "post"}, seen="/lamp/thread").status_code == 303
    acts = list(db.session.scalars(select(Audit.act).order_by(Audit.id)))
    assert acts == ["thread.close", "thread.message", "thread.open"]


def rows() -> list[Entry]:
    db.session.rollback()
    return list(db.session.scalars(select(Entry)))


def test_pin_slow_mode_and_a_poll_are_a_tap_each(campaign, given, visitor):
    host, person = visitor(given.person(role="host")), given.person(member=True).id
    with writing() as session:
        id = thread.post(session.get(Campaign, campaign.id), session.get(Person, person), "Worth keeping").id
    for act, pinned in (("pin", True), ("unpin", False)):
        assert host.post(f"{HERE}/entries/{id}/{act}", seen=HERE).status_code == 303
        db.session.rollback()
        assert (db.session.get(Entry, id).pinned_at is not None) is pinned
    assert host.post("/team/lamp/moderation/slow", {"slow": "30", "from": "today"}, seen=HERE).location.startswith(HERE)
    assert "30" in text_of(visitor(db.session.get(Person, person)).get("/lamp/thread"))
    ask = {"question": "Which comes first?", "answers": "Oak\nAsh", "minutes": "10", "key": "p1"}
    for wrong in ({"answers": "Oak"}, {"minutes": "²"}, {"question": "x" * 1001}):
        answer = host.post(f"{HERE}/poll", ask | wrong)
        assert answer.status_code == 422 and "Ash" in text_of(answer) or "answers" in wrong, wrong
    for _ in range(2):
        assert host.post(f"{HERE}/poll", ask, seen=HERE).status_code == 303
    db.session.rollback()
    poll = db.session.scalars(select(Poll)).one()
    entry = db.session.scalar(select(Entry.id).filter_by(poll_id=poll.id))
    assert "Close it now" in text_of(host.get(HERE)) and "Which comes first?" in text_of(visitor().get("/lamp/thread"))
    assert host.post(f"{HERE}/polls/{entry}/close", seen=HERE).status_code == 303
    assert "Close it now" not in text_of(host.get(HERE))


def test_the_tools_are_the_hosts_on_the_day_alone(campaign, given, visitor, watch):
    host, analyst = visitor(given.person(role="host")), visitor(given.person(role="analyst"))
    paths = ("thread/close", "cue/1", "questions/1/answer")
    for path in paths:
        assert analyst.post(f"{HERE}/{path}", seen="/me").status_code == 403
    watch.set(campaign.milestone("recap").due)
    for path in paths:
        assert host.post(f"{HERE}/{path}", seen="/me").status_code == 403
