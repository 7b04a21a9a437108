"""One launch in its first hour, with everything in its thread that there can be, and one full of words made to break it."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from jobs import milestones as milestone_jobs
from launchpad.database import db, writing
from launchpad.models import Campaign, Entry, Person
from launchpad.outside import photos
from launchpad.rules import campaign_file
from launchpad.services import (
    appeals,
    buying,
    events,
    flags,
    joining,
    pictures,
    plans,
    questions,
    reactions,
    sanctions,
    testimonial_acts,
    testimonials,
    thread,
    thread_polls,
    waitlist,
)
from launchpad.web.forms import clean
from tests import nasty
from tests.browser.world import FOLDER, World

LISBON = ZoneInfo("Europe/Lisbon")
LONG = "Featherstonehaugh Extraordinarily Collapsible Two-Man Kayaks"  # 60 characters
VARIANTS = [
    {"sku": "OAK", "name": "Oak", "price": 12900, "stock": 300, "head_start_stock": 100},
    {"sku": "WAL", "name": "Walnut with a brass switch", "price": 123456789, "stock": 12, "head_start_stock": 4},
]
TRIED = (
    "I tried the prototype for a week. I stopped noticing when it got dark.",
    "It wakes me more kindly than my children do.",
)
ASKED = "Which finish should come next?", ["Brass", "Ivory", "None: these two are right"], "single", "after_vote", 600, "k"
KINDS = ("post", "question", "testimonial", "event", "purchase", "update", "milestone")
DAYS = {"preview": -2, "waitlist": -1.5, "launch": 0, "recap": 1, "archive": 3}


class Day:
    """The campaigns `evening` and `nasty`, whose doors opened fifty minutes before the world's moment."""

    def __init__(self, world: World):
        self.world = world
        opening = world.now + timedelta(days=3)
        self.ids = {slug: self._load(slug, name, opening) for slug, name in (("evening", "Aurora Lamp"), ("nasty", LONG))}
        self._until(opening - timedelta(days=2))
        self._before()
        self._until(opening + timedelta(minutes=4))
        self._talk()
        self._trouble()
        self._nasty()

    def _load(self, slug: str, name: str, opening) -> int:
        plan = {phase: (opening + timedelta(days=n)).astimezone(LISBON).replace(tzinfo=None) for phase, n in DAYS.items()}
        about = {"slug": slug, "name": name, "brand": "Aurora", "tagline": "A lamp that follows the sun"}
        event = {"title": "Unboxing with the founder", "at": plan["launch"] + timedelta(minutes=5), "minutes": 180}
        table = {
            "campaign": {**about, "timezone": "Europe/Lisbon", "currency": "EUR"},
            "schedule": {**plan, "head_start": {"member": 24}}, "variants": VARIANTS, "events": [event],
        }  # fmt: skip
        with writing():
            campaign = plans.load(campaign_file.parse(table))
            plans.set_hero(campaign, pictures.take_in((FOLDER / "aurora-lamp.webp").read_bytes(), photos.HERO).key)
            return campaign.id

    def _until(self, moment) -> None:
        dues = {m.due for id in self.ids.values() for m in db.session.get_one(Campaign, id).milestones}
        db.session.rollback()
        for at in [*sorted(due for due in dues if self.world.now < due <= moment), moment]:
            self.world.now = at
            for id in self.ids.values():
                milestone_jobs.advance(id)

    def act(self, who: int, verb: Callable, slug: str = "evening", minutes: float = 1):
        """Let somebody do something there, some minutes later; the id of what it makes."""
        self.world.now += timedelta(minutes=minutes)
        with writing() as session:
            return getattr(verb(session.get_one(Campaign, self.ids[slug]), session.get_one(Person, who)), "id", None)

    def say(self, who: int, words: str, kind: str = "post", **more) -> int:
        return self.act(who, lambda here, person: thread.post(here, person, words, kind, **more))

    def _entry(self, id: int) -> Entry:
        return db.session.get_one(Entry, id)

    def _before(self) -> None:
        members, owner = self.world.members, self.world.owner
        for at, words in enumerate(TRIED):
            self.act(members[20 + at], lambda here, who, said=words: testimonials.send(here, who, said, who.name, True))
        with writing() as session:
            here, who = session.get_one(Campaign, self.ids["evening"]), session.get_one(Person, owner)
            for row in testimonials.waiting(here):
                testimonial_acts.approve(here, who, row)
        self._until(self.world.now + timedelta(hours=13))
        for who in [*members[2:8], *self.world.others[:12]]:
            self.act(who, lambda here, p: waitlist.confirm(joining.join(here, p.email, p.name, "OAK", 1)))

    def _buys(self, here: Campaign, who: Person) -> None:
        buying.pay(buying.buy(here, who, "OAK", 1, f"key-{who.id}-{here.id}", buying.person_owner(who), True))

    def _talk(self) -> None:
        members, others, owner = self.world.members, self.world.others, self.world.owner
        for who in others[:7]:
            self.act(who, self._buys, minutes=0.1)
        opened = self.say(owner, "Doors are open. **Oak ships first**, on 20 January. We read along here all evening.", "update")
        self.act(owner, lambda here, who: thread.pin(here, who, self._entry(opened)))
        self.say(members[2], "Mine is ordered. **Oak**, because of the desk it will stand on.")
        self.asked = self.say(members[3], "Does the base fit a shelf of 16 cm?", "question")
        told = "It does. The base is 14 cm, and it may hang over by two."
        self.act(owner, lambda here, who: questions.answer(here, who, self._entry(self.asked), told))
        self.said = self.say(members[4], "Greetings from Tromsø, where the sun comes back in January.")
        photo = pictures.take_in((FOLDER / "aurora-lamp.webp").read_bytes())
        self.say(others[1], "It arrived in my head already.", photos=[photo], alts=["The lamp on a bare desk, evening behind it"])
        gone = self.say(members[5], "Something that was not kind.")
        self.act(owner, lambda here, who: thread.hide(here, who, self._entry(gone), "unkind"))
        with writing() as session:
            here = session.get_one(Campaign, self.ids["evening"])
            testimonial_acts.cue(here, session.get_one(Person, owner), testimonials.following(here))
        self.poll = self.act(owner, lambda here, who: thread_polls.start(here, who, *ASKED))
        for at, who in enumerate(others[:9]):
            self.act(who, lambda here, p, n=at: self._votes(here, p, n % 2), minutes=0)
            self.act(who, lambda here, p: reactions.toggle(here, p, self._entry(self.said), "love"), minutes=0)
        self.say(members[6], "And the cable: how long is it, and does it come off?", "question")
        self.say(members[7], "Watching with my whole family. The cat is not impressed.")

    def _votes(self, here: Campaign, who: Person, at: int) -> None:
        entry = self._entry(self.poll)
        thread_polls.vote(here, who, entry, [entry.poll.options[at].id])

    def _trouble(self) -> None:
        """What the queue holds: reported, hidden by reports, from newcomers, with a watched word; and a silence with its appeal."""
        members, others = self.world.members, self.world.others
        with writing() as session:
            session.get_one(Campaign, self.ids["evening"]).thread_rules = {"first_posts": 2, "hold": ["replica"]}
        self.waits = members[30]
        self.say(self.waits, "Hello everyone, first time here. Does it come in ash?", "question")
        self.say(members[7], "I know where to get a replica for half.")
        rude = self.say(members[5], "You are all paid to like this.")
        for who in others[7:10]:
            self.act(who, lambda here, p: flags.send(here, p, "entry", rude, "rude"))
        self.act(others[10], lambda here, p: flags.send(here, p, "entry", self.said, "untrue", "Nobody is in Tromsø"))
        self.silenced = members[5]
        with writing() as session:
            here, who = session.get_one(Campaign, self.ids["evening"]), session.get_one(Person, self.silenced)
            given = sanctions.give(here, session.get_one(Person, self.world.owner), who, "silence", 24, "Insults, twice.")
            appeals.send(here, who, given, "It was a joke between friends.")

    def _nasty(self) -> None:
        """Every string as every kind of entry that a person writes, by people whose names are no better."""
        with writing() as session:
            here = session.get_one(Campaign, self.ids["nasty"])
            people = list(session.scalars(select(Person).where(Person.id.in_(self.world.members[40:50]))))
            for person, name in zip(people, nasty.NAMES, strict=False):
                person.name = name
            for at, words in enumerate(nasty.WORDS):
                words = clean(words)  # as every form does
                of = {"campaign_id": here.id, "at": here.moment, "person": people[at % len(nasty.NAMES)]}
                said = [Entry(**of, kind=kind, text=words, marks={"tier": "founder", "buyer": True}) for kind in KINDS]
                session.add_all(said)
                session.flush()
                said.append(Entry(**of, kind="post", text=words[:500], reply_to=said[1].id, marks={}))
                session.add(said[-1])
                session.flush()
                for entry in said:
                    events.announce(here, "new", entry)
