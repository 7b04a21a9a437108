"""Into the brand's own store and back: by the buy link, the webhook, and the team's page of it."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import hooks as jobs
from launchpad.database import db
from launchpad.models import Audit, Hook, Order, StoreCode
from tests.make import NOON
from tests.outside.store_stub import TOKEN, StoreStub
from tests.services.test_stores import LAUNCH, SHOP
from tests.store_payloads import SECRET, shopify, signed, woocommerce


@pytest.fixture
def campaign(given, watch, app, settings, monkeypatch):
    watch.set(LAUNCH - timedelta(hours=2))
    known = replace(settings, shopify_webhook_secret=SECRET, woocommerce_webhook_secret=SECRET)
    monkeypatch.setitem(app.extensions, "settings", known)
    return given.campaign("lamp", store=SHOP)


def text(answer) -> str:
    return answer.get_data(as_text=True)


def send(visitor, provider: str, topic: str, payload, secret: str = SECRET, **more):
    raw, headers = signed(provider, topic, payload, secret)
    answer = visitor().client.post(f"/hooks/{provider}", data=raw, headers=headers | more)
    db.session.rollback()
    return answer


def test_the_way_of_a_buyer_into_the_store_and_back(campaign, given, visitor, watch):
    ada = given.person("ada@example.com", member=True)
    given.place(campaign, ada)
    someone = visitor(ada)
    assert "shop.example.com" in text(someone.get("/lamp/buy"))
    answer = someone.post("/lamp/store", {"sku": "OAK", "quantity": "2"})
    assert answer.status_code == 303
    code = db.session.scalar(select(StoreCode))
    shown = text(someone.get(answer.location))
    assert code.code in shown and "https://shop.example.com/cart/4401:2?attributes%5Blaunchpad%5D=" in shown
    again = someone.post("/lamp/store", {"sku": "OAK", "quantity": "1"}, seen="/lamp/buy")
    assert (again.location, len(db.session.scalars(select(StoreCode)).all())) == (answer.location, 1)
    token = answer.location.rpartition("/")[2]
    order = shopify(1001, watch.now, note_attributes=[{"name": "launchpad", "value": token}])
    assert send(visitor, "shopify", "orders/paid", order).json == {"kept": True}
    jobs.work_due()
    kept = db.session.scalar(select(Order))
    assert (kept.person_id, kept.state, kept.head_start, kept.number) == (ada.id, "confirmed", True, "SH-1001")
    assert "SH-1001" in text(someone.get("/lamp/orders/SH-1001"))


@pytest.mark.parametrize("fields", [{}, {"sku": "NO"}, {"quantity": "3"}, {"quantity": "x"}, {"quantity": "0"}, {"sku": "x" * 99}])
def test_bad_input_is_422_with_the_form(campaign, given, visitor, watch, fields):
    watch.set(LAUNCH)
    stranger = visitor()
    answer = stranger.post("/lamp/store", {"sku": "OAK", "quantity": "1"} | fields if fields else {}, seen="/lamp/buy")
    assert answer.status_code == 422 and 'name="quantity"' in text(answer)
    assert stranger.post("/lamp/buy", {"sku": "OAK", "quantity": "1", "key": "k", "email": "a@example.com"}).status_code == 422
    assert db.session.scalar(select(StoreCode.id)) is None


def test_strangers_come_in_with_the_doors_and_not_before(campaign, visitor, watch):
    stranger = visitor()
    assert stranger.post("/lamp/store", {"sku": "OAK", "quantity": "1"}).status_code == 422
    assert "/cart/" not in text(stranger.get("/lamp/store?sku=OAK&quantity=1"))
    watch.set(LAUNCH)
    answer = stranger.post("/lamp/store", {"sku": "OAK", "quantity": "1", "ref": "abc"}, seen="/lamp/buy")
    assert answer.status_code == 303 and "/cart/4401:1?" in text(stranger.get(answer.location))
    for beside in ("/lamp/", "/lamp/thread"):  # the panel promises no hold that a store does not give
        panel = text(stranger.get(beside))
        assert "You pay at shop.example.com" in panel and "Set aside" not in panel, beside
    for nonsense in ("?quantity=9", "?sku=NO", "?sku=OAK&quantity=-1", "?sku=OAK&quantity=99999999999", "/not-ours"):
        assert stranger.get(f"/lamp/store{nonsense}").status_code in (200, 404)


def test_only_what_the_store_signed_is_kept_and_a_ping_is_answered(campaign, visitor):
    order = woocommerce(727, LAUNCH)
    assert send(visitor, "woocommerce", "order.created", order, "another secret").status_code == 401
    assert send(visitor, "shopify", "orders/paid", order, **{"X-Shopify-Hmac-Sha256": "é"}).status_code == 401
    assert send(visitor, "shopify", "products/update", {"id": 1}).json == {"kept": False}
    assert send(visitor, "woocommerce", "order.created", b"[1]").status_code == 400
    ping = visitor().client.post("/hooks/woocommerce", data={"webhook_id": "12"})
    assert ping.status_code == 200 and db.session.scalar(select(Hook.id)) is None
    assert [send(visitor, "woocommerce", "order.created", order).json["kept"] for _ in range(2)] == [True, False]


def test_the_team_sets_the_store_up_makes_codes_and_takes_a_file_in(given, visitor, watch):
    watch.set(LAUNCH + timedelta(hours=1))
    given.campaign("lamp", preview=NOON)
    owner = visitor(given.person("owner@example.com", role="owner"))
    page = text(owner.get("/team/lamp/store"))
    version = page.split('name="version" value="')[1].split('"')[0]
    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = {"version": version, "seen": seen, "provider": "shopify", "address": "https://shop.example.com", "product:OAK": "4401"}
    bad = {"address": "http://shop.example.com", "product:OAK": "no number", "prefix": "ö", "provider": "x", "version": "0"}
    for wrong in ({name: value} for name, value in bad.items()):
        assert owner.post("/team/lamp/store", form | wrong, seen="/team/lamp/store").status_code == 422
    assert owner.post("/team/lamp/store", form, seen="/team/lamp/store").status_code == 303
    assert "/hooks/shopify" in text(owner.get("/team/lamp/store"))
    assert owner.post("/team/lamp/store/codes", {"many": "0"}).status_code == 422
    assert owner.post("/team/lamp/store/codes", {"many": "5"}, seen="/team/lamp/store").status_code == 303
    assert len(text(owner.get("/team/lamp/store/codes.csv")).splitlines()) == 6
    head = "number,email,sku,quantity,amount,currency,at,refunded\n"
    lines = head + f"#7,ada@example.com,OAK,1,129.00,EUR,{LAUNCH.isoformat()},no\n#8,b@example.com,OAK,many,1,EUR,x,no\n"
    for bad in (b"", b"a,b\n1,2\n", b"\x89PNG\0"):
        answer = owner.post("/team/lamp/store/file", {"file": (io.BytesIO(bad), "x.csv")}, seen="/team/lamp/store")
        assert answer.status_code == 422
    shown = owner.post("/team/lamp/store/file", {"file": (io.BytesIO(lines.encode()), "x.csv")}, seen="/team/lamp/store")
    assert "1 new" in text(shown) and db.session.scalar(select(Order.id)) is None
    answer = owner.post("/team/lamp/store/file/take", {"text": lines, "name": "x.csv"})
    assert answer.status_code == 303 and db.session.scalar(select(Order.number)) == "SH-7"
    id, listed = db.session.scalar(select(Order.id)), text(owner.get(answer.location))
    assert "taken in: 1 order." in listed and "#7" in listed
    again = owner.post("/team/lamp/store/file/take", {"text": lines, "name": "x.csv"})  # pressed twice
    assert "known here already" in text(owner.get(again.location)) and len(db.session.scalars(select(Order)).all()) == 1
    assert f'href="/team/lamp/orders/{id}">1 × ' in listed and "129" in listed and ">confirmed<" in listed
    assert [owner.get(f"/team/lamp/{page}").status_code for page in (f"orders/{id}", "orders", "numbers", "ready", "")] == [200] * 5
    acts = set(db.session.scalars(select(Audit.act)))
    assert {"campaign.load", "store.codes", "store.import"} <= acts
    analyst = visitor(given.person("analyst@example.com", role="analyst"))
    assert analyst.get("/team/lamp/store").status_code == 403


def test_the_team_asks_the_store_now_and_sees_what_came_of_it(campaign, given, visitor, watch, app, settings, monkeypatch):
    watch.set(LAUNCH + timedelta(hours=1))
    owner = visitor(given.person(role="owner"))
    assert "SHOPIFY_API_TOKEN" in text(owner.get("/team/lamp/store"))
    assert owner.post("/team/lamp/store/ask", seen="/team/lamp/store").status_code == 422
    with StoreStub() as stub:
        keys = {"shopify_webhook_secret": SECRET, "shopify_api_base": stub.base, "shopify_api_token": TOKEN}
        monkeypatch.setitem(app.extensions, "settings", replace(settings, **keys))
        stub.orders = [shopify(1001, LAUNCH)]
        answer = owner.post("/team/lamp/store/ask", seen="/team/lamp/store")
        assert answer.status_code == 303 and "1 just now" in text(owner.get(answer.location))
        assert db.session.scalar(select(Order.number)) == "SH-1001"
        stub.status = 403
        owner.post("/team/lamp/store/ask", seen="/team/lamp/store")
    shown = text(owner.get("/team/lamp/store"))
    assert "does not accept the key" in shown and TOKEN not in shown
    assert len(db.session.scalars(select(Audit).where(Audit.act == "store.ask")).all()) == 2
