"""The main pages in each phase, photographed: `make screenshots` writes shots/index.html and what it shows.

ARGS="--only thread,room --width 390 --scheme dark" takes a few; a window of 1440 px at 200 % zoom is --width 720.
ARGS="--readme" makes the pictures of the README.
"""

import argparse
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402
from sqlalchemy import select  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from launchpad.database import db, writing  # noqa: E402
from launchpad.models import Entry, Letter, Order, Story  # noqa: E402
from launchpad.services import by_hand, tokens, unsubscribing  # noqa: E402
from tests.browser import day_pictures, readme, sale_pictures, voices_pictures  # noqa: E402
from tests.browser.camera import SCHEMES, WIDTHS, Camera, fill_and_press, opened, press  # noqa: E402
from tests.browser.chromium import ARGS, path_of_chromium  # noqa: E402
from tests.browser.world import World  # noqa: E402

LAMP, ROOM = "/aurora-lamp", "/team/aurora-lamp"


def before(camera: Camera, world: World) -> None:
    camera.chapter = "1-draft"
    world.until("preview", hours=-47)
    shoot, owner, member = camera.shoot, world.owner, world.members[0]
    shoot("front", "/")
    shoot("campaign", f"{LAMP}/")
    shoot("membership", "/membership?campaign=aurora-lamp")
    shoot("membership-error", "/membership", None, fill_and_press("Become a member", email="nobody@nowhere"))
    shoot("membership-sent", "/membership/sent")
    shoot("membership-gone", "/membership/confirm/none")
    shoot("sign-in", "/sign-in")
    shoot("sign-in-error", "/sign-in", None, fill_and_press("Mail me a link", email="nobody"))
    shoot("sign-in-code", "/sign-in/code")
    shoot("sign-in-gone", "/sign-in/none")
    shoot("not-found", "/nothing-here")
    shoot("not-open", f"{LAMP}/waitlist")
    for name in ("support", "terms", "privacy", "imprint"):
        shoot(f"about-{name}", f"/about/{name}")
    shoot("community-empty", "/community")
    shoot("me-empty", "/me", member)
    for name in ("", "new", "new/file", "people", "site", "site/imprint", "permissions", "audit", "outbox"):
        shoot(f"team-{name.replace('/', '-') or 'home'}", f"/team/{name}", owner)
    for name in ("", "edit", "edit/file", "timetable", "timetable/launch", "rehearsal", "numbers", "orders", "waitlist"):
        shoot(f"room-{name.replace('/', '-') or 'now'}", f"{ROOM}/{name}", owner)
    shoot("room-timetable-refused", f"{ROOM}/timetable/launch", owner, press("See what moves"))


def preview(camera: Camera, world: World) -> None:
    camera.chapter = "2-preview"
    world.preview()
    shoot, voted, fresh = camera.shoot, world.members[0], world.members[50]
    shoot("campaign-stranger", f"{LAMP}/")
    shoot("campaign-member", f"{LAMP}/", fresh)
    shoot("campaign-voted", f"{LAMP}/", voted)
    shoot("poll", f"{LAMP}/polls/1", fresh)
    shoot("poll-mine", f"{LAMP}/polls/1", voted, opened)
    shoot("poll-stranger", f"{LAMP}/polls/1")
    shoot("poll-error", f"{LAMP}/polls/2", fresh, press("Vote"))
    shoot("ideas", f"{LAMP}/ideas", fresh, opened)
    shoot("ideas-error", f"{LAMP}/ideas", fresh, lambda page: (opened(page), press("Bring it")(page)))
    shoot("room", f"{ROOM}/", world.owner)
    shoot("room-polls", f"{ROOM}/polls", world.owner)
    voices_pictures.before(camera, world)


def line(camera: Camera, world: World) -> None:
    camera.chapter = "3-waitlist"
    world.waitlist()
    shoot, mine, owner = camera.shoot, world.newcomer, world.owner
    asked = world.asked_of(world.others[120])
    shoot("front", "/")
    shoot("campaign", f"{LAMP}/")
    shoot("campaign-mine", f"{LAMP}/", mine)
    shoot("join", f"{LAMP}/waitlist")
    shoot("join-error", f"{LAMP}/waitlist", None, fill_and_press("Join the waitlist", email="nobody"))
    shoot("sent", f"{LAMP}/waitlist/sent")
    shoot("confirm", f"{LAMP}/waitlist/confirm/{tokens.make('confirm', asked.id)}")
    shoot("place", f"{LAMP}/place", mine, opened)
    shoot("buy-shut", f"{LAMP}/buy", mine)
    shoot("thread-shut", f"{LAMP}/thread", mine)
    shoot("room", f"{ROOM}/", owner)
    shoot("room-waitlist", f"{ROOM}/waitlist", owner)


def head_start(camera: Camera, world: World) -> None:
    camera.chapter = "4-head-start"
    world.head_start()
    shoot, mine = camera.shoot, world.newcomer
    shoot("campaign", f"{LAMP}/")
    shoot("pass", f"{LAMP}/", mine)
    shoot("buy", f"{LAMP}/buy", mine)
    shoot("buy-stranger", f"{LAMP}/buy")
    shoot("buy-error", f"{LAMP}/buy", mine, fill_and_press("Set it aside and pay", quantity="9"))
    shoot("thread", f"{LAMP}/thread", mine)


def launch(camera: Camera, world: World) -> None:
    camera.chapter = "5-launch"
    world.launch()
    shoot, mine, owner, buyer = camera.shoot, world.newcomer, world.owner, world.others[0]
    orders = {order.person_id: order for order in db.session.scalars(select(Order).order_by(Order.id))}
    entry = db.session.scalars(select(Entry).where(Entry.reply_to.is_not(None))).first()
    voices_pictures.on_the_day(camera, world)
    shoot("front", "/")
    shoot("campaign", f"{LAMP}/")
    shoot("campaign-mine", f"{LAMP}/", buyer)
    shoot("thread", f"{LAMP}/thread")
    shoot("thread-member", f"{LAMP}/thread", mine)
    shoot("thread-team", f"{LAMP}/thread", owner)
    shoot("thread-error", f"{LAMP}/thread", mine, fill_and_press("Post", text="https://a.example.com https://b.example.com "
          "https://c.example.com https://d.example.com"))  # fmt: skip
    shoot("thread-one", f"{LAMP}/thread/{entry.reply_to}")
    shoot("thread-edit", f"{LAMP}/thread/{entry.id}/edit", owner)
    shoot("buy", f"{LAMP}/buy")
    shoot("order-held", f"{LAMP}/orders/{world.held}", mine)
    shoot("order", f"{LAMP}/orders/{orders[buyer].number}", buyer)
    shoot("order-cancelled", f"{LAMP}/orders/{orders[world.others[30]].number}", world.others[30])
    shoot("stories-empty", f"{LAMP}/stories")
    shoot("stories-send", f"{LAMP}/stories?prompt=1", buyer, opened)
    shoot("stories-error", f"{LAMP}/stories", buyer, fill_and_press("Send it to the team", text=""))
    shoot("recap-coming", f"{LAMP}/recap")
    for name in ("", "today", "moderation", "orders", f"orders/{orders[buyer].id}", "stock/1", "numbers", "waitlist",
                 "letters", "recap", "timetable", "audit", "edit"):  # fmt: skip
        shoot(f"room-{name.partition('/')[0] or 'now'}{'-one' if '/' in name else ''}", f"{ROOM}/{name}", owner)
    with writing():
        by_hand.stop_sales(world.campaign(), None, "We are counting boxes. Back at nine.", "counting")
        by_hand.hold(world.campaign(), None, "We will be a little late.", "late")
    shoot("stopped-campaign", f"{LAMP}/")
    shoot("stopped-buy", f"{LAMP}/buy")
    shoot("stopped-today", f"{ROOM}/today", owner)
    shoot("stopped-room", f"{ROOM}/", owner)
    with writing():
        by_hand.release(world.campaign(), None, False, "over")
        by_hand.resume_sales(world.campaign(), None)
    camera.chapter = "6-sold-out"
    world.sell_out()
    shoot("campaign", f"{LAMP}/")
    shoot("buy", f"{LAMP}/buy")
    shoot("thread", f"{LAMP}/thread", mine)
    world.restock()


def after(camera: Camera, world: World) -> None:
    camera.chapter = "7-recap"
    world.recap()
    shoot, owner = camera.shoot, world.owner
    story = db.session.scalars(select(Story).order_by(Story.id)).first()
    shoot("front", "/")
    shoot("recap", f"{LAMP}/recap")
    shoot("campaign-mine", f"{LAMP}/", world.others[0])
    shoot("stories", f"{LAMP}/stories")
    shoot("story", f"{LAMP}/stories/{story.id}")
    shoot("story-mine", f"{LAMP}/stories/{story.id}", story.person_id, opened)
    shoot("community", "/community")
    shoot("me", "/me", story.person_id, opened)
    shoot("erase", "/me/erase", story.person_id)
    shoot("unsubscribe", f"/unsubscribe/{unsubscribing.token_of(story.person)}")
    for name in ("", "moderation", "numbers", "recap", "letters"):
        shoot(f"room-{name or 'now'}", f"{ROOM}/{name}", owner)
    camera.chapter = "8-letters"
    for kind in ("preview", "waitlist", "confirm", "place", "head_start", "doors_open", "order", "recap"):
        letter = db.session.scalars(select(Letter).where(Letter.kind == kind, Letter.state == "sent")).first()
        if letter is None:
            raise SystemExit(f"no letter {kind} was sent")
        shoot(kind, f"/team/outbox/{letter.id}/html", owner)
    shoot("one", f"/team/outbox/{letter.id}", owner)
    shoot("outbox", "/team/outbox", owner)
    camera.chapter = "9-archived"
    world.until("archive", hours=1)
    for name in ("", "buy", "thread", "recap"):
        shoot(name or "campaign", f"{LAMP}/{name}")
    shoot("place", f"{LAMP}/place", world.newcomer)


def extremes(camera: Camera, world: World) -> None:
    camera.chapter = "10-extremes"
    world.extremes()
    long, empty, owner = "/kayak", "/bare", world.owner
    for name in ("", "buy", "thread", "stories"):
        camera.shoot(f"long-{name or 'campaign'}", f"{long}/{name}", world.members[0])
        camera.shoot(f"empty-{name or 'campaign'}", f"{empty}/{name}")
    for name in ("", "today", "numbers", "orders", "moderation", "timetable", "recap"):
        camera.shoot(f"long-room-{name or 'now'}", f"/team{long}/{name}", owner)
        camera.shoot(f"empty-room-{name or 'now'}", f"/team{empty}/{name}", owner)
    camera.shoot("empty-recap", f"{empty}/recap", owner)


CHAPTERS = (before, preview, line, head_start, launch, after, extremes, sale_pictures.sale, day_pictures.day)
ALONE = {"sale": (sale_pictures.sale,), "day": (day_pictures.day,)}  # can be taken without those before it


def wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="parts of names, divided by commas")
    parser.add_argument("--width", type=int, action="append", help=f"of {WIDTHS}, or any other; may be repeated")
    parser.add_argument("--scheme", choices=SCHEMES, action="append")
    parser.add_argument("--folder", type=Path, default=ROOT / "shots")
    parser.add_argument("--chapter", choices=list(ALONE), help="this one alone")
    parser.add_argument("--readme", action="store_true", help="make docs/pictures instead")
    wanted = parser.parse_args()
    wanted.width, wanted.scheme = wanted.width or list(WIDTHS), wanted.scheme or list(SCHEMES)
    return wanted


def main() -> None:
    wanted = wishes()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = make_server("127.0.0.1", 0, lambda *request: world.app(*request), threaded=True)
        site = f"http://127.0.0.1:{server.server_port}"
        world = World(Path(folder), site)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=path_of_chromium(), args=ARGS)
        try:
            with world.app.app_context():
                if wanted.readme:
                    readme.take(Camera(browser, site, world, wanted, wanted.folder), world, ROOT / "docs" / "pictures")
                    return
                camera = Camera(browser, site, world, wanted, wanted.folder)
                for chapter in ALONE.get(wanted.chapter, CHAPTERS):
                    chapter(camera, world)
                    print(f"{chapter.__name__}: {len(camera.taken)} pictures")
                camera.sheet()
        finally:
            browser.close()
            server.shutdown()
            world.close()
    print(f"{len(camera.taken)} pictures: {wanted.folder / 'index.html'}")
    sys.exit(1 if camera.failed else 0)


if __name__ == "__main__":
    main()
