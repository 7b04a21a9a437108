"""Several entries changed in one transaction: whoever else changes some of them waits before the first, whatever the order."""

import threading
import time

import pytest

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person
from launchpad.services import entry_changes, erasure, moderation_acts, questions, thread
from tests.races import together


@pytest.fixture
def said(given, watch) -> dict[str, int]:
    """The ids of a campaign, of its team, of two people and of what they said: a question with its answer, and two posts."""
    lamp, mod = given.campaign("lamp").id, given.person(role="moderator").id
    ana, ben = (given.person(member=True).id for _ in range(2))
    watch.set(db.session.get_one(Campaign, lamp).milestone("launch").due)
    with writing() as session:
        here, one, other = session.get_one(Campaign, lamp), session.get_one(Person, ana), session.get_one(Person, ben)
        question = thread.post(here, other, "Does it glow?", kind="question").id
        first = thread.post(here, one, "First").id
        answer = thread.post(here, one, "It does", reply_to=question)
        questions.accept(here, session.get_one(Person, mod), answer)
        answer, last = answer.id, thread.post(here, other, "Last").id
    return {"lamp": lamp, "mod": mod, "ana": ana, "first": first, "question": question, "answer": answer, "last": last}


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(("first", "last"), ("last", "first")), (("question", "answer"), ("answer",)), (None, ("question", "first"))],
    ids=["ticked the other way round", "a question and its answer", "somebody erases themselves"],
)
def test_two_who_change_the_same_entries_wait_and_do_not_block_each_other(app, database, said, monkeypatch, mine, theirs, guarded):
    """The negative control: without the lock of all of them each waits for the other, and the database ends one."""
    if database.startswith("sqlite"):
        pytest.skip("there one writes at a time")
    if not guarded:
        monkeypatch.setattr(entry_changes, "lock", lambda ids, **_: None)
        monkeypatch.setattr(moderation_acts, "in_turn", list)
    begun, coming, truly = threading.Event(), threading.Event(), entry_changes.change

    def change(*words, **values) -> bool:
        changed = truly(*words, **values)
        if not begun.is_set():  # the first of all: whoever goes on second comes now
            begun.set()
            assert coming.wait(20)
            time.sleep(0.3)  # the other one is at their first lock by now
        return changed

    monkeypatch.setattr(entry_changes, "change", change)

    def hide(session, names, after_first) -> None:
        here, mod = session.get_one(Campaign, said["lamp"]), session.get_one(Person, said["mod"])
        for _, id in moderation_acts.in_turn([("entry", said[name]) for name in names]):
            thread.hide(here, mod, session.get_one(Entry, id), "Not now")
            after_first()

    def one(session) -> None:
        if mine:
            hide(session, mine, lambda: None)
        else:
            erasure.erase(session.get_one(Person, said["ana"]))

    def other(session) -> None:
        assert begun.wait(20)
        coming.set()
        hide(session, theirs, lambda: time.sleep(0.6))

    faults = together(app, [one, other])
    assert ["deadlock" in str(fault) for fault in faults] == [True] * (not guarded), faults
    if guarded:
        db.session.rollback()
        assert {db.session.get_one(Entry, said[name]).state for name in mine or ("first", "answer")} == {"hidden"}
