"""Every state that an order can be in, seen by all who may come to its page: an answer in words, never a fault."""

from datetime import timedelta

import pytest

from launchpad.database import writing
from launchpad.models import Payment, Person
from launchpad.services import erasure, tokens

PAID = {"paid_at": True, "amount": 4900, "currency": "EUR"}
STATES = (  # of an order; what its provider has said; what its buyer reads
    ("held", None, "Set aside for you"),
    ("held", {"trouble": "away"}, "Set aside for you"),
    ("held", {"session": "s", "pending_at": True}, "Waiting for your bank"),
    ("held", {"session": "s", "ending": "cancelled"}, "One moment"),
    ("ended", {"session": "s", "failed_at": True}, "Your payment did not go through"),
    ("ended", None, "The time to pay has passed"),
    ("confirmed", None, "It is yours"),
    ("confirmed", {**PAID, "refunded": 100}, "It is yours"),
    ("confirmed", {**PAID, "dispute": "open"}, "It is yours"),
    ("refunded", None, "Refunded"),
    ("refunded", {**PAID, "refunded": 4900}, "Refunded"),
    ("cancelled", None, "Cancelled"),
    ("cancelled", PAID, "Cancelled"),
    ("parked", PAID, "Being looked at"),
    ("parked", {**PAID, "dispute": "lost"}, "Being looked at"),
)
FORM = "/sign-in"  # a page that everybody gets a token from


@pytest.fixture
def lamp(given, watch):
    campaign = given.campaign("lamp", stock=100)
    watch.set(campaign.milestone("launch").due + timedelta(minutes=5))
    return campaign


@pytest.fixture
def ordered(given, lamp, watch):
    """Makes an order of somebody: its number, the address with its token, and whose it is."""

    def make(state, said, provider, name=""):
        person = given.person(name=name)
        order = given.order(lamp, person, state=state, provider=provider, at=watch.now)
        if said is not None:
            said = {name: watch.now if value is True else value for name, value in said.items()}
            with writing() as session:
                session.add(Payment(order_id=order.id, **said))
        here = f"/lamp/orders/{order.number}"
        return here, f"{here}?token={tokens.make('order', order.id)}", person

    return make


def test_an_order_in_any_state_is_told_to_its_buyer(ordered, visitor):
    for state, said, words in STATES:
        here, with_token, person = ordered(state, said, "stripe" if said else "practice")
        answer = visitor(person).get(here)
        assert answer.status_code == 200 and f"<h1>{words}</h1>" in answer.get_data(as_text=True), (state, said)
        assert visitor().get(f"{with_token}&from=payment").status_code == 200, (state, said)


def test_paying_and_giving_back_are_answered_in_any_state_and_by_any_provider(ordered, visitor):
    guest, done = visitor(), (303, 422)
    guest.get(FORM)
    for provider, allowed in (("stripe", done), ("practice", done), ("shopify", (404,)), ("gone", (404,))):
        for state, said, _ in STATES[:: 2 if allowed is done else 6]:
            here, with_token, _ = ordered(state, said, provider)
            for act in ("pay", "cancel"):
                answer = guest.post(f"{here}/{act}", {"token": with_token.partition("=")[2]})
                assert answer.status_code in allowed, (provider, state, said, act)


def test_an_order_is_not_there_for_others_nor_by_a_wrong_address(given, ordered, visitor):
    other, guest = visitor(given.person(member=True)), visitor()
    here, with_token, _ = ordered("confirmed", None, "practice")
    for address in (here, f"{here}?token=x", f"{here}?token={'é' * 3000}", f"{with_token}x", here.lower(), f"{here}%00"):
        assert (other.get(address).status_code, guest.get(address).status_code) == (404, 404), address
    for act in ("pay", "cancel"):
        assert other.post(f"{here}/{act}", {"token": "\x00"}, seen=FORM).status_code == 404


def test_an_order_outlives_its_buyer_and_names_nobody(ordered, visitor):
    for state, said in (("confirmed", None), ("refunded", PAID), ("parked", PAID)):
        _, with_token, person = ordered(state, said, "practice", name="Ana Almeida")
        email, words = person.email, visitor().get(with_token).get_data(as_text=True)
        assert (email in words and "Thank you, Ana" in words) == (state == "confirmed")
        with writing() as session:
            erasure.erase(session.get_one(Person, person.id))
        answer = visitor().get(with_token)
        words = answer.get_data(as_text=True)
        assert answer.status_code == 200 and not any(of in words for of in (email, "Ana", "Almeida", "erased")), state
