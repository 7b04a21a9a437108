"""Entries are rendered once for all who see them alike; what is one's own is in nobody else's page."""

import re

from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person
from launchpad.services import reactions, thread
from launchpad.web import entry_html


def _entry(answer, id: int) -> str:
    return re.search(rf'<article[^>]*id="entry-{id}".*?</article>', answer.get_data(as_text=True), re.S)[0]


def test_each_reader_sees_their_own_marks_and_nobody_elses(given, visitor, watch):
    lamp = given.campaign("lamp")
    watch.set(lamp.milestone("launch").due)
    ana, ben, host = given.person(member=True, name="Ana"), given.person(member=True), given.person(role="moderator")
    with writing():
        id = thread.post(db.session.get(Campaign, lamp.id), db.session.get(Person, host.id), "Hello **all**").id
        mine = thread.post(db.session.get(Campaign, lamp.id), db.session.get(Person, ana.id), "Mine", reply_to=id)
        mine.state, own = "shown", mine.id
        kind = next(iter(reactions.rules.KINDS))
        reactions.toggle(db.session.get(Campaign, lamp.id), db.session.get(Person, ben.id), db.session.get(Entry, id), kind)
    readers = {name: visitor(who) for name, who in (("ana", ana), ("ben", ben), ("host", host), ("stranger", None))}
    seen = {name: who.get("/lamp/thread") for name, who in readers.items()}
    kept = len(entry_html._kept)
    again = {name: readers[name].get("/lamp/thread") for name in reversed(readers)}
    assert len(entry_html._kept) == kept, "the second look renders nothing"
    for name in readers:
        assert [_entry(seen[name], each) for each in (id, own)] == [_entry(again[name], each) for each in (id, own)]
        assert ('aria-pressed="true"' in _entry(seen[name], id)) == (name == "ben")
        assert ("Take back" in _entry(seen[name], own)) == (name == "ana")
        assert ("/hide" in _entry(seen[name], own)) == (name == "host")
    with writing():
        db.session.get(Person, ana.id).name = "Anna-Maria"
        reactions.toggle(db.session.get(Campaign, lamp.id), db.session.get(Person, ana.id), db.session.get(Entry, id), kind)
    assert "Anna-Maria" in _entry(readers["ben"].get("/lamp/thread"), own)
    assert _entry(readers["ben"].page, id) != _entry(seen["ben"], id), "what is counted beside it is as it is now"
