"""Overlapping campaigns, real and rehearsed, never touch each other.

A real campaign and two rehearsals of the same days, with the same words, the same sku, the same member. One of them is
lived through; whatever row of whatever table does not belong to it is afterwards what it was, to the last bit.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import letters as letter_jobs
from jobs import milestones
from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Mishap, Order, Person, Poll
from launchpad.outside import mail
from launchpad.services import (
    buying,
    crowd,
    events,
    ideas,
    joining,
    ledger,
    letters,
    mishaps,
    people,
    polls,
    rehearsals,
    stories,
    thread,
)
from launchpad.services.glance import glance
from launchpad.web import limits
from tests.make import NOON

SPEED = 1000


def belongings(campaign_id: int) -> dict[str, set]:
    """Primary keys of all rows that hang on a campaign, by table: its own, those of its people, and what hangs on them."""
    mine: dict[str, set] = {}
    for table in db.metadata.sorted_tables:
        keys = list(table.primary_key)
        columns = [*keys, *table.c]
        found = set()
        for row in db.session.execute(select(*columns)):
            key, values = tuple(row[: len(keys)]), dict(zip([c.name for c in table.c], row[len(keys) :], strict=True))
            whose = (values[fk.parent.name] in mine.get(fk.column.table.name, ()) for fk in table.foreign_keys)
            if (table.name == "campaigns" and key == (campaign_id,)) or any(whose):
                found.add(key)
        mine[table.name] = {key[0] if len(key) == 1 else key for key in found}
    return mine


def the_rest(campaign_id: int) -> dict[str, list]:
    """Every row that is not a campaign's, by table."""
    db.session.remove()
    mine, rest = belongings(campaign_id), {}
    for table in db.metadata.sorted_tables:
        keys = list(table.primary_key)
        rows = db.session.execute(select(*keys, *table.c).order_by(*keys)).all()
        rest[table.name] = [
            tuple(row) for row in rows if (row[0] if len(keys) == 1 else tuple(row[: len(keys)])) not in mine[table.name]
        ]
    db.session.rollback()
    return rest


@pytest.fixture
def three(given, watch):
    """Ids of a real campaign and of two rehearsals, all at their waitlist, each with a place, an order and an entry."""
    watch.set(NOON + timedelta(days=11, hours=1))
    real = given.campaign(stock=4)
    played = [given.campaign(stock=4) for _ in range(2)]
    given.person("ada@example.com", member=True)
    for campaign in (real, *played):
        given.poll(campaign)
    for campaign in played:
        with writing():
            rehearsals.prepare(db.session.get(Campaign, campaign.id), SPEED, 12)
        with writing():
            rehearsals.play(db.session.get(Campaign, campaign.id))
    for campaign in (real, *played):
        someone = given.person(member=True, played_in=campaign.id if campaign is not real else None)
        given.place(campaign, someone)
        given.order(campaign, someone)
        with writing():
            thread.report(db.session.get(Campaign, campaign.id), "fact", "Something happened.")
    return real.id, played[0].id, played[1].id


def bring_people(id: int) -> None:
    """Those of a real campaign are nobody's but their own, so they have to be there before the rows are compared."""
    for email in (f"someone-{id}@example.com", *(f"buyer-{id}-{key}@example.com" for key in range(6))):
        with writing():
            person = people.find_or_make(email)
            person.confirmed_at = person.member_at = NOON - timedelta(days=50)


def live_through(id: int, watch) -> None:
    """All that people do in a campaign, from its preview to its last unit."""
    rehearsed = db.session.get(Campaign, id).rehearsal is not None

    def act(verb, *words, **more):
        with writing():
            return verb(db.session.get(Campaign, id), *words, **more)

    step = timedelta(days=1) / SPEED if rehearsed else timedelta(0)
    with writing():
        person_id = people.find_or_make(f"someone-{id}@example.com", played_in=id if rehearsed else None).id
    with writing():
        someone = db.session.get(Person, person_id)
        someone.confirmed_at, someone.member_at = NOON - timedelta(days=50), NOON - timedelta(days=50)

    def who() -> Person:
        return db.session.get(Person, person_id)

    if rehearsed:
        watch.now += step + timedelta(hours=2) / SPEED
        milestones.advance(id)
        option = db.session.scalar(select(Poll).filter_by(campaign_id=id)).options[0].id
        act(lambda c: polls.vote(c, who(), 1, [option]))
        act(lambda c: ideas.post(c, who(), "A case", "", "idea"))
        watch.now += 4 * step
        milestones.advance(id)
        act(lambda c: joining.join(c, f"someone-{id}@example.com", by=who()))
        act(lambda c: joining.join(c, f"unknown-{id}@example.com"))
        watch.now += 7 * step
    milestones.advance(id)
    for key in range(6):  # more than there are
        with writing():
            campaign = db.session.get(Campaign, id)
            buyer = people.find_or_make(f"buyer-{id}-{key}@example.com", played_in=id if rehearsed else None)
            try:
                buying.pay(buying.buy(campaign, buyer, "OAK", 1, f"key-{key}", buying.guest(buyer.email)))
            except buying.Refusal:
                break
    act(lambda c: thread.post(c, who(), "Hello", key="entry"))
    act(lambda c: stories.send(c, who(), "Mine", consents=["site"]))
    act(lambda c: events.announce(c, "state"))
    letter_jobs.send_due()


@pytest.mark.parametrize("which", [0, 1], ids=["real", "rehearsed"])
def test_whatever_happens_in_one_leaves_every_row_of_the_others_as_it_was(three, watch, which):
    lived = three[which]
    letter_jobs.send_due()
    if not which:
        bring_people(lived)
    others = [id for id in three if id != lived]
    before, numbers = the_rest(lived), [glance(db.session.get(Campaign, id)) for id in others]
    count = {name: len(rows) for name, rows in belongings(lived).items()}
    live_through(lived, watch)
    grown = {name for name, rows in belongings(lived).items() if len(rows) > count[name]}
    assert {"orders", "holds", "entries", "events", "stories", "letters"} <= grown, "it was lived through"
    if which:
        assert {"votes", "ideas", "places", "people"} <= grown
    assert the_rest(lived) == before
    assert [glance(db.session.get(Campaign, id)) for id in others] == numbers


def test_the_dump_sees_a_row_of_another_change(three):
    """The negative control: without it the test above could not fail."""
    _, first, second = three
    before = the_rest(first)
    with writing():
        db.session.get(Campaign, second).seq += 1
    assert the_rest(first) != before


def test_wiping_one_leaves_every_row_of_the_others(three, watch):
    _, first, second = three
    live_through(first, watch)
    with writing():
        db.session.add(Mishap(campaign_id=second, name="mail"))
    before = the_rest(first)
    with writing():
        rehearsals.wipe(db.session.get(Campaign, first))
    after = the_rest(first)
    wiped = [row for row in after.pop("audit") if row not in before["audit"]]
    before.pop("audit")
    assert [row[1:][[c.name for c in db.metadata.tables["audit"].c].index("act")] for row in wiped] == ["rehearsal.wipe"]
    assert after == before and not belongings(first)["campaigns"]


def test_a_job_of_one_reaches_no_milestone_of_another(three, watch):
    real, first, second = three
    watch.step(hours=1)
    milestones.advance(first)
    reached = {id: [m.name for m in db.session.get(Campaign, id).milestones if m.reached_at] for id in three}
    assert reached[first] and not reached[real] and not reached[second]


def test_no_letter_of_a_rehearsal_leaves_and_no_real_campaign_writes_to_simulated_people(three, watch, app, monkeypatch):
    real, first, second = three
    left = []

    class Post:
        def send(self, message):
            left.append(message.to)

    class Posts:
        def __init__(self, *_):
            pass

        def __enter__(self):
            return Post()

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(mail, "post", Posts)
    monkeypatch.setattr(type(app.extensions["settings"]), "keeps_letters", property(lambda self: False))
    for id in (first, real):
        live_through(id, watch)
    with writing():  # and what no campaign writes
        played = db.session.scalars(select(Person).filter_by(played_in=first).limit(1)).one()
        letters.write("sign_in", played, "sign_in:1")
    while letter_jobs.send_due():
        pass
    simulated = set(db.session.scalars(select(Person.email).where(Person.played_in.is_not(None))))
    assert left and not simulated & set(left)
    written = select(Letter.campaign_id).join(Person, Person.id == Letter.person_id).where(Person.played_in.is_not(None))
    assert real not in set(db.session.scalars(written))
    sent = db.session.scalars(select(Letter).where(Letter.state == "sent", Letter.campaign_id.in_((first, second))))
    assert all(letter.text is not None for letter in sent), "kept in the outbox, each of them"


def test_a_mail_server_that_is_away_in_one_is_there_in_the_others(three, watch):
    real, first, second = three
    with writing():
        db.session.add(Mishap(campaign_id=first, name="mail"))
    while letter_jobs.send_due():
        pass
    with writing():
        mishaps.begin(db.session.get(Campaign, first), "mail")
    assert mishaps.without_mail() == {first}
    for id in three:
        with writing():
            to = db.session.scalars(select(Order).filter_by(campaign_id=id)).first().person
            number = db.session.scalars(select(Order.id).filter_by(campaign_id=id)).first()
            letters.write("order", to, f"order:{number}", db.session.get(Campaign, id))
    letter_jobs.send_due()

    def row(id):
        db.session.expire_all()
        return db.session.scalars(select(Letter).filter_by(campaign_id=id, kind="order").order_by(Letter.id.desc())).first()

    assert {id: row(id).state for id in three} == {real: "sent", first: "due", second: "sent"}
    assert "cannot be reached" in row(first).reason and row(first).attempts == 1 and row(first).text is None
    watch.step(seconds=30)
    assert mishaps.without_mail() == set() and ledger.next_due(9, kept=True)
    letter_jobs.send_due()
    letter_jobs.send_due()
    assert (row(first).state, row(first).attempts, row(first).reason) == ("sent", 2, "")


def test_each_actor_of_each_crowd_is_counted_as_a_person_of_their_own(three, app):
    _, first, second = three

    def counted(value: str) -> str:
        with app.test_request_context(headers={limits.ACTOR: value}):
            return limits.client()

    key = app.config["SECRET_KEY"]
    names = [counted(limits.actor_signature(key, f"{id}:{n}")) for id in (first, second) for n in (1, 2)]
    assert len({*names, counted(f"{first}:1")}) == 5, "and nobody but us names an actor"
    assert crowd.address_of(first, 1) != crowd.address_of(second, 1)
