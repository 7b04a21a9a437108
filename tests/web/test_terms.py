"""What a buyer must be able to read before and after paying: tax, shipping, delivery, whom to ask."""

from datetime import date

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Letter, Order
from launchpad.rules import campaign_file
from launchpad.services import buying, plan_rows
from launchpad.services.letter_texts import compose


@pytest.fixture
def lamp(given, watch):
    row = given.campaign(
        "lamp", vat=23.0, shipping_note="To the EU, 4.90 €.", delivery=date(2027, 2, 1), delivery_note="In two parcels.",
        links={"support": "https://brand.example.com/help"},
    )  # fmt: skip
    watch.set(row.milestone("launch").due)
    return row


SAID = ("To the EU, 4.90 €.", "1 February 2027", "In two parcels.", "https://brand.example.com/help", "/about/imprint")


def test_it_is_on_the_checkout_the_order_and_in_its_letter(lamp, given, visitor):
    ana = given.person(member=True)
    with writing():
        order = buying.pay(buying.buy(lamp, ana, "OAK", 1, "k", buying.person_owner(ana)))
    browser = visitor(ana)
    pages = [browser.get(path).get_data(as_text=True) for path in ("/lamp/buy", f"/lamp/orders/{order.number}")]
    letter = compose(db.session.scalars(select(Letter).where(Letter.kind == "order")).one())
    for text in (*pages, letter.text, letter.html):
        for words in SAID:
            assert words in text, words
    assert "include 23 % VAT" in pages[0] and "€24.12" not in pages[0]
    assert all("€24.12" in text for text in (pages[1], letter.text, letter.html))


def test_it_survives_the_file_and_a_bad_rate_is_named(lamp):
    plan = plan_rows.plan_of(lamp)
    table = campaign_file.unparse(plan)
    assert (table["campaign"]["vat"], table["delivery"]["shipping"]) == (23, "To the EU, 4.90 €.")
    assert campaign_file.parse(table) == plan
    for bad in (-1, 101, "23 %", True):
        table["campaign"]["vat"] = bad
        with pytest.raises(campaign_file.Fault, match="campaign.vat"):
            campaign_file.parse(table)


def test_a_stop_is_said_at_every_step_of_the_checkout_and_what_is_set_aside_may_be_paid(lamp, given, visitor):
    ana = given.person(member=True)
    browser = visitor(ana)
    browser.post("/lamp/buy", {"sku": "OAK", "quantity": 1, "key": "k"}, seen="/lamp/buy")
    order = db.session.scalars(select(Order)).one()
    with writing() as session:
        row = session.get(Campaign, lamp.id)
        row.sales_stopped_at, row.sales_message = row.now, "The page is being mended."
    for path in ("/lamp/", "/lamp/buy"):
        text = browser.get(path).get_data(as_text=True)
        assert "The page is being mended." in text and 'action="/lamp/buy"' not in text.replace('method="get" ', ""), path
    again = browser.post("/lamp/buy", {"sku": "OAK", "quantity": 1, "key": "k2"}, seen="/me")
    assert again.status_code == 422 and "The page is being mended." in again.get_data(as_text=True)
    held = f"/lamp/orders/{order.number}"
    text = browser.get(held).get_data(as_text=True)
    assert "The page is being mended." in text and "may still be paid" in text
    assert browser.post(f"{held}/pay", {}, seen=held).status_code == 303
    db.session.expire_all()
    assert db.session.get(Order, order.id).state == "confirmed"
