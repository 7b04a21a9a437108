"""The line and the checkout in every state that a person or the team can meet, for the contact sheet."""

from datetime import timedelta

from launchpad.database import db, writing
from launchpad.models import Order
from launchpad.services import tokens
from tests.browser.camera import Camera, fill_and_press, opened, press
from tests.browser.sale import Sales
from tests.browser.world import World


def sale(camera: Camera, world: World) -> None:
    camera.chapter = "11-sale"
    sales = Sales(world)
    in_line(camera, sales)
    with_passes(camera, sales)
    at_the_checkout(camera, sales)
    in_the_room(camera, sales)
    when_the_hold_ends(camera, sales)


def in_line(camera: Camera, sales: Sales) -> None:
    shoot, mine, world = camera.shoot, sales.mine, sales.world
    for slug in ("line", "points", "draw"):
        shoot(f"join-{slug}", f"/{slug}/waitlist")
        shoot(f"place-{slug}", f"/{slug}/place", mine, opened)
    shoot("invite", "/line/invite", mine)
    shoot("invite-points", "/points/invite", mine)
    shoot("invite-nobody", "/draw/invite", mine)
    shoot("link-of-a-friend", "/line/waitlist?ref=friend")
    shoot("sent", "/line/waitlist", None, fill_and_press("Join the waitlist", email="ana.sousa@example.com"))
    shoot("sent-corrected", "/line/waitlist", None, lambda page: (
        fill_and_press("Join the waitlist", email="ana.sosa@example.com")(page),
        fill_and_press("Use this address", email="ana.sousa2@example.com")(page)))  # fmt: skip
    shoot("checked", "/line/waitlist/checked", world.others[60])
    shoot("confirm", _confirm(sales, world.others[63]))
    shoot("frame", "/line/embed/waitlist")
    shoot("frame-error", "/line/embed/waitlist", None, fill_and_press("Join the waitlist", email="nobody"))
    shoot("frame-sent", "/line/embed/waitlist", None, fill_and_press("Join the waitlist", email="ana.lima@example.com"))
    shoot("draw", "/draw/draw")


def with_passes(camera: Camera, sales: Sales) -> None:
    shoot = camera.shoot
    bought, declined, live, lives = sales.holders[:4]
    link = f"/passes/pass/{tokens.make('pass', sales.place_of('passes', live).id)}"
    shoot("campaign-with-pass", "/passes/", live)
    shoot("place-with-pass", "/passes/place", live)
    shoot("pass-by-letter", link)
    shoot("pass-decline", f"{link}/decline")
    shoot("pass-declined", f"/passes/pass/{tokens.make('pass', sales.place_of('passes', declined).id)}/decline")
    shoot("place-declined", "/passes/place", declined)
    shoot("place-bought", "/passes/place", bought)
    shoot("place-no-pass-yet", "/passes/place", sales.world.others[25])
    shoot("buy-no-pass-yet", "/passes/buy", sales.world.others[25])
    shoot("pass-paying", "/passes/buy", lives, press("Set it aside and pay"))
    shoot("place-paying", "/passes/place", lives)


def at_the_checkout(camera: Camera, sales: Sales) -> None:
    shoot, mine, world = camera.shoot, sales.mine, sales.world
    shoot("buy-not-yet", "/line/buy")
    shoot("buy-not-yet-mine", "/line/buy", mine)
    shoot("campaign-early", "/early/", mine)
    shoot("campaign-early-stranger", "/early/")
    shoot("buy-early", "/early/buy", mine)
    shoot("buy-early-stranger", "/early/buy")
    shoot("place-early", "/early/place", mine)
    shoot("place-early-bought", "/early/place", world.others[0])
    shoot("buy-guest", "/shop/buy")
    shoot("store", "/shop/buy", mine, press("On to the shop"))
    shoot("buy-sold", "/sold/buy")
    shoot("campaign-sold", "/sold/")
    shoot("place-sold", "/sold/place", mine)
    shoot("restock", "/sold/restock")
    shoot("restock-mine", "/sold/restock", mine)
    shoot("buy-stopped", "/stopped/buy")
    shoot("queue", "/queue/queue")
    shoot("queue-in-the-draw", "/queue/queue", world.others[31])
    shoot("queue-open", "/queued/queue")
    shoot("queue-waiting", "/queued/queue", world.others[66])
    shoot("order-held", "/early/buy", mine, press("Set it aside and pay"))
    shoot("order", "/early/place", world.others[1], lambda page: _order(page, sales, "early", world.others[1]))
    shoot("claim", "/me/another-address", mine)
    shoot("claim-error", "/me/another-address", mine, press("Write to that address"))
    shoot("claim-sent", "/me/another-address/sent", mine)


def in_the_room(camera: Camera, sales: Sales) -> None:
    shoot, owner = camera.shoot, sales.world.owner
    for slug, names in {
        "line": ("", "numbers", "waitlist", "joins", "doubts", "referrals", "passes"),
        "passes": ("", "passes", "numbers", "waitlist"),
        "queue": ("queue", "timetable"),
        "shop": ("store", "numbers", "orders"),
        "early": ("numbers", "orders"),
    }.items():
        for name in names:
            shoot(f"room-{slug}-{name.replace('/', '-') or 'now'}", f"/team/{slug}/{name}", owner, opened)
    shoot("room-pass", f"/team/passes/passes/{sales.pass_ids[2]}", owner)
    shoot("room-merge", "/team/people/merge", owner)
    shoot("room-merge-shown", f"/team/people/merge/{sales.mine}/{sales.world.others[0]}", owner)


def when_the_hold_ends(camera: Camera, sales: Sales) -> None:
    """Ten minutes later nothing is set aside any more, and the pages say so."""
    with writing() as session:
        mine = session.query(Order).filter_by(campaign_id=sales.ids["early"], person_id=sales.mine)
        held = mine.order_by(Order.id.desc()).first()
        number, until = held.number, held.hold.until
    sales.until(max(sales.world.now, until) + timedelta(minutes=1))
    camera.shoot("order-ended", f"/early/orders/{number}", sales.mine)
    sales.until(sales.moment + timedelta(hours=7))
    camera.shoot("place-expired", "/passes/place", sales.holders[2])
    camera.shoot("pass-expired", f"/passes/pass/{tokens.make('pass', sales.place_of('passes', sales.holders[2]).id)}")


def _order(page, sales: Sales, slug: str, person: int) -> None:
    order = db.session.query(Order).filter_by(campaign_id=sales.ids[slug], person_id=person).first()
    page.goto(page.url.replace("/place", f"/orders/{order.number}"))


def _confirm(sales: Sales, person: int) -> str:
    """The address in somebody's letter that asks them to confirm."""
    return f"/line/waitlist/confirm/{tokens.make('confirm', sales.place_of('line', person).id)}"
