"""Sales at one moment, each in another state: lines of three rules, passes, queues, a shop, everything sold.

They are lived up to that moment from the day on which their waitlists opened, by the same acts as on a real day.
"""

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from jobs import milestones as milestone_jobs
from jobs import passes as pass_jobs
from launchpad.database import db, writing
from launchpad.models import Campaign, Order, Pass, Person, Place, Variant
from launchpad.outside import photos
from launchpad.rules import campaign_file
from launchpad.services import (
    buying,
    doubts,
    joining,
    pass_acts,
    pictures,
    plans,
    prequeue,
    referrals,
    referring,
    waitlist,
)
from tests.browser.world import FOLDER, World

HOURS = timedelta(hours=1)
LISBON = ZoneInfo("Europe/Lisbon")
REWARDS = {
    "rewards": [
        {"at": 3, "gives": "A spare cable in the colour that was voted for"},
        {"at": 10, "gives": "A lamp head in brass", "points": 50},
    ],
    "leaderboard": True,
}
SHOP = {
    "provider": "shopify", "address": "https://shop.example.com", "products": {"AUR-OAK": 4401, "AUR-ASH": 4402},
}  # fmt: skip
# slug -> hours from the moment of the pictures to its launch, and what differs from the campaign of the demo
SALES: dict[str, tuple[float, dict]] = {
    "line": (72, {"referrals": REWARDS}),
    "points": (
        72,
        {"waitlist": {"access": "passes", "rule": "points", "wave": 40, "pass_hours": 24}, "referrals": REWARDS},
    ),
    "draw": (72, {"waitlist": {"access": "passes", "rule": "draw", "wave": 40}}),
    "early": (12, {}),
    "passes": (12, {"waitlist": {"access": "passes", "rule": "first_come", "wave": 4, "pass_hours": 24}}),
    "queue": (0.1, {"launch": {"prequeue": True, "prequeue_minutes": 30, "prequeue_rate": 2}}),
    "queued": (-0.05, {"launch": {"prequeue": True, "prequeue_minutes": 30, "prequeue_rate": 2}}),
    "shop": (-1, {"store": SHOP}),
    "sold": (-5, {}),
    "stopped": (-5, {}),
}


class Sales:
    """The campaigns of SALES around one moment. `newcomer` is the world's one reader of all of them."""

    def __init__(self, world: World):
        self.world, self.mine = world, world.newcomer
        self.moment = world.now + timedelta(days=14)
        self.ids: dict[str, int] = {}
        hero = (FOLDER / "aurora-lamp.webp").read_bytes()
        with writing():
            for slug, (hours, more) in SALES.items():
                campaign = plans.load(campaign_file.parse(self._table(slug, self.moment + hours * HOURS, more)))
                plans.set_hero(campaign, pictures.take_in(hero, photos.HERO).key)
                self.ids[slug] = campaign.id
        self._live()

    def _table(self, slug: str, launch: datetime, more: dict) -> dict:
        table = tomllib.loads((FOLDER / "aurora-lamp.toml").read_text())
        for key in ("rehearsal", "polls", "events"):
            del table[key]
        table["campaign"]["slug"] = slug
        days = {"preview": -12, "waitlist": -11, "launch": 0, "recap": 2, "archive": 5}
        at = launch.astimezone(LISBON).replace(tzinfo=None)
        table["schedule"] = {name: at + timedelta(days=day) for name, day in days.items()} | {
            "head_start": {"member": 24, "founder": 30}
        }
        return table | more

    # --- time and people

    def until(self, moment: datetime) -> None:
        """Move the clock on, and do the work that comes due on the way in every campaign."""
        dues = {m.due for id in self.ids.values() for m in db.session.get(Campaign, id).milestones}
        db.session.rollback()
        for at in [*sorted(due for due in dues if self.world.now < due <= moment), moment]:
            self.world.now = at
            for id in self.ids.values():
                milestone_jobs.advance(id)
            pass_jobs.pass_on()

    def act(self, slug: str, people: list[int], act: Callable[[Campaign, Person], object], minutes: float = 1) -> None:
        """Let each of some people do something there, minutes apart."""
        for id in people:
            self.world.now += timedelta(minutes=minutes)
            with writing() as session:
                act(session.get_one(Campaign, self.ids[slug]), session.get_one(Person, id))

    def place_of(self, slug: str, person: int) -> Place:
        mine = select(Place).where(Place.campaign_id == self.ids[slug], Place.person_id == person)
        return db.session.scalars(mine.execution_options(populate_existing=True)).one()

    # --- what happened until then

    def _live(self) -> None:
        others, members = self.world.others, self.world.members
        self.until(self.moment - timedelta(days=7))
        for slug in SALES:
            self.act(slug, [*members[:5], *others[:16], self.mine, *others[16:26]], self._joins)
        for slug in ("line", "points"):
            self._brings(slug)
        self.until(self.moment - 11 * HOURS)
        self.act("early", others[:6], self._buys)
        self._uses_passes()
        self.until(self.moment - timedelta(minutes=12))
        self.act("line", others[60:64], self._is_doubted)
        self.act("line", [others[60]], self._confirms_doubted)
        self.act("queue", others[30:50], self._takes_a_turn, 0.01)
        self.act("queued", others[30:70], self._takes_a_turn, 0.01)
        with writing() as session:
            for slug in ("sold", "stopped"):
                here = session.get_one(Campaign, self.ids[slug])
                if slug == "stopped":
                    here.sales_stopped_at, here.sales_message = here.now, "We are counting boxes. Back at nine."
                for variant in session.query(Variant).filter_by(campaign_id=here.id) if slug == "sold" else ():
                    variant.stock = variant.taken
                    variant.head_start_stock = min(variant.head_start_stock, variant.taken)
        self.until(self.moment)

    def _asks(self, here: Campaign, who: Person, **more) -> Place:
        return joining.join(here, who.email, who.name, "AUR-OAK", 1, **more)

    def _joins(self, here: Campaign, who: Person) -> None:
        waitlist.confirm(self._asks(here, who))

    def _is_doubted(self, here: Campaign, who: Person) -> None:
        doubts.raise_all(here, {self._asks(here, who).id: ["pace", "network"]})

    def _confirms_doubted(self, here: Campaign, who: Person) -> None:
        waitlist.confirm(self.place_of(here.slug, who.id))

    def _brings(self, slug: str) -> None:
        """Friends of ours come by our link; so many that a reward is reached."""
        code = referrals.code_of(db.session.get_one(Person, self.mine))
        friends = self.world.others[70:75]
        self.act(slug, friends, lambda here, who: waitlist.confirm(self._asks(here, who, ref=code)))
        with writing() as session:
            here = session.get_one(Campaign, self.ids[slug])
            for row in referring.of_referrer(here, self.mine, "waiting"):
                referring.put(here, row, "counted")

    def _buys(self, here: Campaign, who: Person) -> Order:
        owner = buying.person_owner(who)
        order = buying.buy(here, who, "AUR-OAK", 1, f"key-{who.id}-{here.id}", owner, False)
        buying.pay(order)
        return order

    def _uses_passes(self) -> None:
        """In the line with passes: one buys, one gives it on, one pays now, the others have theirs."""
        rows = db.session.scalars(select(Pass).where(Pass.campaign_id == self.ids["passes"]).order_by(Pass.id)).all()
        self.holders, self.pass_ids = [row.person_id for row in rows], [row.id for row in rows]
        self.act("passes", self.holders[:1], self._buys)
        self.act(
            "passes", self.holders[1:2], lambda here, who: pass_acts.decline(here, self.place_of("passes", who.id))
        )

    def _takes_a_turn(self, here: Campaign, who: Person) -> None:
        prequeue.come(here, who, None)
