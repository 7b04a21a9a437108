"""Stock is one number: what many at once may take of it, and that the tests would see it if a guard were missing."""

from collections import Counter

import pytest
from sqlalchemy import func, select, true
from sqlalchemy.exc import IntegrityError

from launchpad.database import db, writing
from launchpad.models import Allowance, Campaign, Entry, Hold, Order, Person, Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, holds, stock
from launchpad.services.checks import stock as checks
from tests import races

CROWD = 60


@pytest.fixture
def shop(given, watch):
    """The ids of a launched campaign with ten units, and of sixty members."""
    campaign = given.campaign("lamp", stock=10)
    watch.set(campaign.milestone("launch").due)
    ids = [given.person(member=True).id for _ in range(CROWD)]
    return campaign.id, ids


def at_once(app, calls):
    """What each of the calls gave when all were let go at one moment, or the name of what it raised."""
    return [_named(said) for said in races.at_once(app, calls)]


def _named(said):
    if isinstance(said, Refusal):
        return said.reason
    return type(said).__name__ if isinstance(said, Exception) else said


def buy(campaign_id, person_id, key="k", quantity=1):
    def call():
        with writing() as session:
            campaign, person = session.get(Campaign, campaign_id), session.get(Person, person_id)
            order = buying.buy(campaign, person, "OAK", quantity, key, buying.person_owner(person))
            return order.number

    return call


def taken():
    db.session.rollback()
    return db.session.scalar(select(Variant.taken))


def held():
    return db.session.scalar(select(func.coalesce(func.sum(Hold.quantity), 0)).where(Hold.state.in_(("live", "sold"))))


def test_sixty_for_ten_units_take_exactly_ten(app, shop):
    campaign_id, people = shop
    said = at_once(app, [buy(campaign_id, person) for person in people])
    counted = Counter(word if word == "sold_out" else "order" for word in said)
    assert counted == {"order": 10, "sold_out": 50}, Counter(said)
    assert (taken(), held()) == (10, 10)
    assert checks.faults() == []


def _look_then_leap(campaign, person, variant, quantity, tier, public):
    """What `take` must never be: read the number, decide, write it back."""
    seen = SEEN.setdefault(variant.id, variant.taken)  # as all sixty see it who look before the first has written
    if seen + quantity > variant.stock:
        raise Refusal("sold_out", "Sold out.")


SEEN: dict[int, int] = {}


def test_without_the_guard_the_same_race_oversells_and_the_check_of_the_rows_sees_it(app, shop, monkeypatch):
    campaign_id, people = shop
    monkeypatch.setattr(stock, "take", _look_then_leap)
    SEEN.clear()
    said = at_once(app, [buy(campaign_id, person) for person in people])
    assert sum(word != "sold_out" for word in said) > 10, "the race is real"
    assert held() > 10
    assert checks.faults() != []


def test_with_the_condition_off_the_check_of_the_database_stops_the_eleventh(app, shop, monkeypatch):
    campaign_id, people = shop
    monkeypatch.setattr(stock, "_below", lambda quantity, public: true())
    said = at_once(app, [buy(campaign_id, person) for person in people])
    counted = Counter(word if word == "IntegrityError" else "order" for word in said)
    assert counted == {"order": 10, "IntegrityError": 50}, Counter(said)
    assert taken() == 10


def test_one_person_on_ten_devices_takes_what_one_person_may(app, shop):
    campaign_id, people = shop
    said = at_once(app, [buy(campaign_id, people[0], key=f"k{n}") for n in range(10)])
    assert Counter(word if word == "limit" else "order" for word in said) == {"order": 2, "limit": 8}, said
    assert (taken(), db.session.scalar(select(Allowance.taken))) == (2, 2)
    assert checks.faults() == []


def test_one_key_sent_ten_times_at_once_is_one_order(app, shop):
    campaign_id, people = shop
    said = at_once(app, [buy(campaign_id, people[0], key="same") for _ in range(10)])
    assert len(set(said)) == 1 and "-" in said[0], said
    assert (taken(), db.session.scalar(select(func.count()).select_from(Order))) == (1, 1)


def test_a_hold_is_paid_or_swept_never_both(app, shop, watch):
    campaign_id, people = shop
    numbers = at_once(app, [buy(campaign_id, person) for person in people[:8]])
    until = db.session.scalar(select(func.max(Hold.until)))
    ids = list(db.session.scalars(select(Order.id).where(Order.number.in_(numbers))))
    watch.set(until)  # every hold is over at its moment
    db.session.rollback()

    def pay(id):
        def call():
            with writing() as session:
                return buying.pay(session.get(Order, id)).state

        return call

    def sweep():
        with writing():
            return holds.sweep()

    said = at_once(app, [call for id in ids for call in (pay(id), sweep)])
    assert [word for word in said if isinstance(word, str)] == ["expired"] * 8
    assert sum(word for word in said if isinstance(word, int)) == 8, "each hold was swept once"
    assert (taken(), held()) == (0, 0)
    assert checks.faults() == []


def test_paying_at_once_with_giving_back_leaves_one_of_the_two(app, shop):
    campaign_id, people = shop
    at_once(app, [buy(campaign_id, person) for person in people[:6]])
    ids = list(db.session.scalars(select(Order.id)))
    db.session.rollback()

    def act(verb, id):
        def call():
            with writing() as session:
                verb(session.get(Order, id))

        return call

    said = at_once(app, [act(verb, id) for id in ids for verb in (buying.pay, buying.cancel)])
    assert set(said) <= {None, "confirmed", "expired"}, said
    states = Counter(db.session.scalars(select(Order.state)))
    assert set(states) <= {"confirmed", "cancelled"} and states.total() == 6
    assert taken() == states["confirmed"]
    assert checks.faults() == []


def test_the_marks_of_a_sale_are_said_once_however_many_pay_at_once(app, shop):
    campaign_id, people = shop
    at_once(app, [buy(campaign_id, person) for person in people[:10]])
    ids = list(db.session.scalars(select(Order.id)))
    db.session.rollback()

    def pay(id):
        def call():
            with writing() as session:
                buying.pay(session.get(Order, id))

        return call

    assert at_once(app, [pay(id) for id in ids]) == [None] * 10
    facts = sorted(db.session.scalars(select(Entry.fact)))
    assert facts == ["first_sale", "sold_out", "stock_25", "stock_50", "stock_75"]


def test_the_head_start_ceiling_is_the_smaller_number(app, given, watch):
    campaign = given.campaign("lamp", stock=10)
    variant = db.session.scalar(select(Variant))
    people = [given.person() for _ in range(6)]
    with writing():
        for person in people[:5]:
            stock.take(campaign, person, variant, 1, "member", public=False)
    with pytest.raises(Refusal) as no, writing():
        stock.take(campaign, people[5], variant, 1, "member", public=False)
    assert no.value.reason == "head_start_sold_out" and taken() == 5
    with writing():
        stock.take(campaign, people[5], variant, 2, "", public=True)
    assert taken() == 7


def test_a_refusal_leaves_nothing_counted(app, given, watch):
    campaign = given.campaign("lamp", stock=1)
    ana, ben = given.person(), given.person()
    variant = db.session.scalar(select(Variant))
    with writing():
        stock.take(campaign, ana, variant, 1, "", public=True)
    with pytest.raises(Refusal), writing():
        stock.take(campaign, ben, variant, 1, "", public=True)
    assert db.session.scalar(select(func.count()).select_from(Allowance)) == 1


@pytest.mark.parametrize("wrong", ["taken", "hold", "allowance", "state", "tier"])
def test_a_fault_in_the_rows_is_seen(app, given, watch, wrong):
    campaign = given.campaign("lamp")
    order = given.order(campaign, given.person(), quantity=2)
    with writing() as session:
        session.add(Allowance(campaign_id=campaign.id, person_id=order.person_id, taken=2))
    assert checks.faults() == []
    with writing() as session:
        if wrong == "taken":
            session.scalars(select(Variant)).one().taken = 1
        elif wrong == "hold":
            session.scalars(select(Hold)).one().state = "ended"
        elif wrong == "allowance":
            session.scalars(select(Allowance)).one().taken = 1
        elif wrong == "state":
            session.scalars(select(Order)).one().state = "ended"
        elif wrong == "tier":
            order = session.scalars(select(Order)).one()
            order.head_start, order.tier = True, "member"
            session.scalars(select(Variant)).one().head_start_caps = {"member": 5}
    assert checks.faults() != []


def test_taken_can_never_pass_the_stock(app, given):
    given.campaign("lamp", stock=1)
    with pytest.raises(IntegrityError), writing() as session:
        session.scalars(select(Variant)).one().taken = 2
