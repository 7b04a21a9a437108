"""Stock as the team changes it, and orders that it ends: units come back once, nothing taken is ever cut off."""

import threading

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Allowance, Audit, Campaign, Hold, Order, Person, Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import buying, refunds, shelves
from launchpad.services.checks import stock as check


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """Ten units, doors open."""
    row = given.campaign("lamp", stock=10, per_person=5)
    watch.set(row.milestone("launch").due)
    return row


@pytest.fixture
def owner(given) -> Person:
    return given.person(role="owner")


def variant() -> Variant:
    db.session.rollback()
    return db.session.scalars(select(Variant)).one()


def buy(campaign, person, quantity=1, paid=True) -> Order:
    with writing() as session:
        campaign, person = session.get(Campaign, campaign.id), session.get(Person, person.id)
        order = buying.buy(campaign, person, "OAK", quantity, f"k{quantity}{paid}", buying.person_owner(person))
        return buying.pay(order) if paid else order


def end(act, campaign, owner, order, reason="Wrong colour") -> None:
    with writing() as session:
        act(session.get(Campaign, campaign.id), session.get(Person, owner.id), session.get(Order, order.id), reason)


def restock(campaign, owner, stock, part=None, reason="More came") -> None:
    with writing() as session:
        mine = session.scalars(select(Variant)).one()
        shelves.restock(session.get(Campaign, campaign.id), session.get(Person, owner.id), mine, stock, part, reason)


def acts() -> list[tuple]:
    db.session.rollback()
    return [
        (row.act, row.before, row.after, row.reason) for row in db.session.scalars(select(Audit).order_by(Audit.id))
    ]


def test_a_refund_gives_the_units_back_once(campaign, owner, given):
    person = given.person(member=True)
    order = buy(campaign, person, 3)
    assert variant().taken == 3
    end(refunds.refund, campaign, owner, order)
    assert (variant().taken, db.session.get(Order, order.id).state) == (0, "refunded")
    assert db.session.scalar(select(Hold.state)) == "ended" and db.session.scalar(select(Allowance.taken)) == 0
    with pytest.raises(Refusal) as no:
        end(refunds.refund, campaign, owner, order)
    assert no.value.reason == "state" and "refunded" in no.value.message
    assert variant().taken == 0 and check.faults() == []
    assert acts() == [("order.refund", {"state": "confirmed"}, {"state": "refunded"}, "Wrong colour")]


def test_a_checkout_is_cancelled_once_and_a_paid_order_is_not(campaign, owner, given):
    held, paid = buy(campaign, given.person(), 2, paid=False), buy(campaign, given.person(), 1)
    end(refunds.cancel, campaign, owner, held)
    assert variant().taken == 1
    for order in (held, paid):
        with pytest.raises(Refusal) as no:
            end(refunds.cancel, campaign, owner, order)
        assert no.value.reason == "state"
    assert variant().taken == 1 and check.faults() == []
    assert [row[0] for row in acts()] == ["order.cancel"]


@pytest.mark.parametrize("state", ["held", "ended", "cancelled", "refunded"])
def test_only_what_was_paid_is_refunded(campaign, owner, given, state):
    order = given.order(campaign, given.person(), state=state)
    taken = variant().taken
    with pytest.raises(Refusal):
        end(refunds.refund, campaign, owner, order)
    assert variant().taken == taken and acts() == []


def test_money_that_a_provider_took_goes_back_there(campaign, owner, given):
    order = given.order(campaign, given.person(), provider="stripe")
    with pytest.raises(Refusal) as no:
        end(refunds.refund, campaign, owner, order)
    assert no.value.reason == "provider" and "Stripe" in no.value.message
    assert db.session.get(Order, order.id).state == "confirmed"


def test_a_parked_order_without_units_frees_none(campaign, owner, given):
    order = given.order(campaign, given.person(), state="parked")  # its hold had ended
    end(refunds.refund, campaign, owner, order)
    assert (variant().taken, db.session.get(Order, order.id).state) == (0, "refunded")


@pytest.mark.parametrize("act", [refunds.cancel, refunds.refund])
def test_ending_an_order_needs_a_reason(campaign, owner, given, act):
    order = given.order(campaign, given.person(), state="held" if act is refunds.cancel else "confirmed")
    with pytest.raises(Refusal) as no:
        end(act, campaign, owner, order, "  ")
    assert no.value.field == "reason" and variant().taken == 1


def test_eight_who_refund_at_once_free_the_units_once(app, campaign, owner, given):
    person = given.person(member=True)
    order = buy(campaign, person, 2)
    ids, start, told = (campaign.id, owner.id, order.id), threading.Barrier(8), []

    def refund() -> None:
        with app.app_context():
            start.wait(30)
            try:
                with writing() as session:
                    models = (Campaign, Person, Order)
                    refunds.refund(*(session.get(m, id) for m, id in zip(models, ids, strict=True)), "All at once")
                told.append("done")
            except Refusal as refusal:
                told.append(refusal.reason)
            finally:
                db.session.remove()

    buy(campaign, person, 3)  # their other order, so that no CHECK would catch units that came back twice
    threads = [threading.Thread(target=refund) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert sorted(told) == ["done"] + ["state"] * 7
    assert variant().taken == 3 and check.faults() == [] and len(acts()) == 1


def test_the_control_without_the_condition_the_units_would_come_back_twice(campaign, owner, given):
    person = given.person(member=True)
    order = buy(campaign, person, 2)
    buy(campaign, person, 3)
    with writing():
        refunds.stock.release([order.id])
        refunds.stock.release([order.id])
    assert variant().taken == 1 and check.faults(), "the check sees units that came back twice"


@pytest.mark.parametrize("stock, taken", [(4, True), (3, False), (1000, True), (0, False)])
def test_stock_moves_up_and_down_but_never_below_what_is_taken(campaign, owner, given, stock, taken):
    buy(campaign, given.person(), 3)
    buy(campaign, given.person(), 1, paid=False)
    if taken:
        restock(campaign, owner, stock)
        assert (variant().stock, variant().head_start_stock) == (stock, min(5, stock))
        assert acts() == [
            (
                "stock.change",
                {"stock": 10, "head_start_stock": 5},
                {"stock": stock, "head_start_stock": min(5, stock)},
                "More came",
            )
        ]
        assert db.session.get(Campaign, campaign.id).version == 2
    else:
        with pytest.raises(Refusal) as no:
            restock(campaign, owner, stock)
        assert no.value.field == "stock" and "4 are sold or on hold" in no.value.message
        assert variant().stock == 10 and acts() == []
    assert check.faults() == []


@pytest.mark.parametrize(
    "stock, part, field",
    [
        (-1, None, "stock"),
        (2**31, None, "stock"),
        (10, 11, "head_start_stock"),
        (10, -1, "head_start_stock"),
        (10, 2, "head_start_stock"),
    ],
)
def test_what_no_stock_can_be_is_refused(campaign, owner, given, stock, part, field):
    given.order(campaign, given.person(), quantity=3, head_start=True)
    with pytest.raises(Refusal) as no:
        restock(campaign, owner, stock, part)
    assert no.value.field == field and (variant().stock, variant().head_start_stock) == (10, 5)


def test_the_head_starts_part_may_be_exactly_what_went_there(campaign, owner, given):
    given.order(campaign, given.person(), quantity=3, head_start=True)
    restock(campaign, owner, 10, 3)
    assert variant().head_start_stock == 3


def test_the_shelf_counts_sold_held_and_early(campaign, owner, given, watch):
    buy(campaign, given.person(), 2)
    held = buy(campaign, given.person(), 1, paid=False)
    given.order(campaign, given.person(), quantity=3, head_start=True)
    given.order(campaign, given.person(), quantity=4, state="refunded", head_start=True)
    (shelf,) = shelves.shelves(campaign)
    assert (shelf.sold, shelf.held, shelf.early, shelf.left, shelf.late) == (5, 1, 3, 4, 0)
    assert [order.id for order in shelves.live_holds(campaign)] == [held.id]
    watch.set(held.hold.until)
    assert shelves.shelves(campaign)[0].late == 1, "at its very end a hold is over"


def test_a_stock_lowered_while_eight_buy_oversells_nobody(app, campaign, owner, given):
    people = [given.person().id for _ in range(8)]
    ids, start, told = (campaign.id, owner.id), threading.Barrier(9), []

    def buyer(person_id: int) -> None:
        with writing() as session:
            person = session.get(Person, person_id)
            buying.buy(session.get(Campaign, ids[0]), person, "OAK", 1, "k", buying.person_owner(person))

    def lower() -> None:
        with writing() as session:
            shelves.lock(session.scalar(select(Variant.id)))
            mine = session.scalars(select(Variant)).one()
            shelves.restock(session.get(Campaign, ids[0]), session.get(Person, ids[1]), mine, 4, None, "Some broke")

    def run(act, *words) -> None:
        with app.app_context():
            start.wait(30)
            try:
                act(*words)
                told.append("done")
            except Exception as fault:
                told.append(getattr(fault, "reason", repr(fault)))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(buyer, id)) for id in people] + [
        threading.Thread(target=run, args=(lower,))
    ]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert len(told) == 9 and set(told) <= {"done", "sold_out", "stock"}
    assert variant().taken <= variant().stock and check.faults() == []
    assert (variant().stock, variant().taken) == ((4, 4) if "stock" not in told else (10, 8))
