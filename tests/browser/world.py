"""A live site with a launch full of believable people, whose time is moved on chapter by chapter, to be photographed."""

import random
import threading
import tomllib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageEnhance
from sqlalchemy import select

from jobs import letters as letter_jobs
from jobs import milestones as milestone_jobs
from launchpad import clock, demo
from launchpad.app import create_app
from launchpad.config import Settings
from launchpad.database import db, writing
from launchpad.models import Campaign, Consent, Idea, Order, Person, Place, Poll, Variant, Visit
from launchpad.outside import photos, valkey
from launchpad.rules import campaign_file
from launchpad.services import (
    buying,
    health,
    idea_answers,
    ideas,
    joining,
    pictures,
    plans,
    polls,
    reviews,
    stories,
    team,
    thread,
    waitlist,
)

FOLDER = Path(demo.__file__).parent
GIVEN = (
    "Ana Beatriz Carlos Diana Eduardo Filipa Gonçalo Helena Inês Joana Kasper Leonor Miguel Nuno Olga Pedro Rita Sofia "
    "Tomás Vera Hanna Lukas Amélie Piet Saoirse Yusuf Mei Björn Zofia Tariq"
).split()
FAMILY = (
    "Reis Sousa Tavares Moura Lima Prates Vaz Antunes Brito Carvalho Dias Esteves Faria Gomes Henriques Jardim Keller "
    "Lopes Martins Nowak Okafor Pires Quintela Rocha Silva Teles Urbano Weiss Yilmaz Zimmermann"
).split()
IDEAS = (
    ("A wall version", "My desk is forty centimetres deep. On the wall it would not be in the way."),
    ("A longer cable", "Two metres end a hand before my socket."),
    ("Follow the sun where I was born", "I moved north. Let me set a place, not only where the lamp stands."),
    ("Sell the head alone", "If the arm outlives it, I would rather buy half a lamp."),
    ("A night mode that is only a glow", "For the walk back from the baby at three."),
)
POSTS = (
    ("post", "Mine is ordered. **Oak**, because of the desk it will stand on."),
    ("question", "Does the base fit a shelf of 16 cm?"),
    ("post", "I set an alarm for this. Worth it."),
    ("testimonial", "I tried the prototype for a week in November. I stopped noticing when it got dark."),
    ("question", "Can the head be turned up, to light the wall?"),
    ("post", "Greetings from Tromsø, where the sun comes back in January."),
    ("post", "The ash one is for my father. He will say it is too bright and then take it to bed."),
    ("testimonial", "The first lamp that does not want anything from me."),
)
STORIES = (
    ("Before, my desk was a monitor in the dark.\nNow it is a desk.", "A lit desk by a window in the evening"),
    ("It wakes with us at seven. The cat has moved in under it.", "A lamp over a windowsill, a cat's tail below"),
    ("Six o'clock, amber, and I finally close the laptop.", "A closed laptop in amber light"),
    ("My grandmother reads under it. She asked who I had hired to change the bulbs.", "A reading chair beside the lamp"),
    ("The workshop bench, same light as outside for the first time.", "A workbench with a lamp clamped to it"),
)


class World:
    """The site under a clock of its own. `served` says where it answers once `serve` was called."""

    def __init__(self, folder: Path, base_url: str):
        self.redis = valkey.start(folder)
        self.app = create_app(
            Settings(
                data_dir=folder, database_url=f"sqlite:///{folder / 'launchpad.sqlite'}", redis_url=valkey.url(folder),
                base_url=base_url, secret_key="a key for pictures", testing=True,
            )
        )  # fmt: skip
        self.now = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
        clock.source = lambda: self.now
        self.dice = random.Random(58)  # the same people every time
        with self.app.app_context():
            db.create_all()
            self._found()
        self._over = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()

    def _beat(self) -> None:
        """Worker and timekeeper are here, as far as anyone asks: this process does their work."""
        while not self._over.wait(3):
            with self.app.app_context():
                for part in health.BEATING:
                    health.beat(part)

    def close(self) -> None:
        self._over.set()
        self.redis.terminate()
        self.redis.wait(30)

    # --- people and campaigns

    def _found(self) -> None:
        """The campaign, its team, and members who were there before it."""
        with writing():
            table = tomllib.loads((FOLDER / "aurora-lamp.toml").read_text())
            del table["rehearsal"]
            picture = (FOLDER / "aurora-lamp.webp").read_bytes()
            campaign = plans.load(campaign_file.parse(table))
            plans.set_hero(campaign, pictures.take_in(picture, photos.HERO).key)
            self.lamp, self.dues = campaign.id, {m.name: m.due for m in campaign.milestones}
        with writing() as session:
            self.owner = self._person(session, "Marta Aurora", member=True).id
            team.add(session.get_one(Person, self.owner).email, "owner")
            self.members = [self._person(session, member=True, founder=n < 12).id for n in range(60)]
            self.newcomer = self._person(session, "Joana Reis").id
            self.others = [self._person(session).id for _ in range(160)]

    def _person(self, session, name: str = "", member: bool = False, founder: bool = False) -> Person:
        name = name or f"{self.dice.choice(GIVEN)} {self.dice.choice(FAMILY)}"
        number = session.query(Person).count() + 1
        person = Person(email=f"person{number}@example.com", name=name, tier="founder" if founder else "member")
        if member:
            person.confirmed_at = person.member_at = self.now - timedelta(days=200)
        session.add(person)
        session.flush()
        if member:
            session.add(Consent(person_id=person.id, purpose="marketing", given=True, wording="marketing-1"))
        return person

    def campaign(self) -> Campaign:
        return db.session.get_one(Campaign, self.lamp)

    def each(self, people: Iterable[int], act: Callable[[Campaign, Person], object], minutes: float = 0) -> None:
        """Let each person do something, some minutes of campaign time apart, in one transaction."""
        with writing() as session:
            for id in people:
                self.now += timedelta(minutes=minutes)
                act(self.campaign(), session.get_one(Person, id))

    def until(self, name: str, **more: float) -> None:
        """Move the clock to a moment of the timetable and beyond, and do the work that it brings."""
        end = max(self.now, self.dues[name] + timedelta(**more))
        for moment in [*sorted(due for due in self.dues.values() if self.now < due <= end), end]:
            self.now = moment
            milestone_jobs.advance(self.lamp)
            self.mailed()

    def mailed(self) -> None:
        """Send every letter that is due, into the outbox."""
        while letter_jobs.send_due():
            pass

    def visits(self, phase: str, days: dict[int, int]) -> None:
        """Visitors of a phase, by days after its beginning."""
        with writing() as session:
            for after, visitors in days.items():
                day = (self.dues[phase] + timedelta(days=after)).date()
                session.add(Visit(campaign_id=self.lamp, day=day, phase=phase, visitors=visitors, views=visitors * 3))

    # --- chapters

    def preview(self) -> None:
        self.until("preview", hours=2)
        for author, (title, words) in zip(self.members[20:], IDEAS, strict=False):
            self.each([author], lambda here, who, t=title, w=words: ideas.post(here, who, t, w), 7)
        self.each(self.members[:41], self._votes, 5)
        with writing() as session:
            first = session.scalars(select(Idea).order_by(Idea.id)).first()
            idea_answers.answer(self.campaign(), None, first, "open", "planned", "Yes. A wall arm ships in spring.")
        self.visits("preview", {0: 212, 1: 148})

    def _votes(self, here: Campaign, who: Person) -> None:
        for poll in db.session.scalars(select(Poll).where(Poll.campaign_id == here.id).order_by(Poll.number)):
            most = min(poll.most, 2)
            weighed = sorted(poll.options, key=lambda o: self.dice.random() / (4 - o.position % 4))
            polls.vote(here, who, poll.number, [option.id for option in weighed[:most]])
        for idea in db.session.scalars(select(Idea)):
            if self.dice.random() < 0.2 + 0.1 * (idea.id % 4):
                ideas.set_vote(here, who, idea.id, True)

    def waitlist(self) -> None:
        self.until("waitlist", minutes=2)
        early = [*self.members[:34], *self.others[:118]]
        self.each(early, self._joins, 11)
        self.each([self.newcomer], self._joins, 3)
        self.each(self.others[118:150], self._asks, 2)
        self.visits("waitlist", {0: 830, 1: 412, 2: 260, 3: 190})
        self.mailed()

    def _asks(self, here: Campaign, who: Person) -> Place:
        sku = self.dice.choice(["AUR-OAK", "AUR-OAK", "AUR-ASH"])
        return joining.join(here, who.email, who.name, sku, 1, source=self.dice.choice(["", "", "newsletter", "story"]))

    def _joins(self, here: Campaign, who: Person) -> None:
        waitlist.confirm(self._asks(here, who))

    def head_start(self) -> None:
        self.until("head_start_founder", minutes=1)
        self.each(self.members[:6], self._buys, 9)
        self.until("head_start_member", minutes=1)
        self.each([*self.members[14:22], *self.others[:9]], self._buys, 4)
        self.mailed()

    def _buys(self, here: Campaign, who: Person) -> None:
        sku = self.dice.choice(["AUR-OAK", "AUR-OAK", "AUR-ASH"])
        owner, loud = buying.person_owner(who), self.dice.random() < 0.4
        order = buying.buy(here, who, sku, 1 + (self.dice.random() < 0.15), f"key-{who.id}-{here.seq}", owner, loud)
        buying.pay(order)

    def launch(self) -> None:
        self.until("launch", minutes=1)
        self.each([*self.others[12:24], *self.others[150:156]], self._buys, 1)
        writers = [*self.members[:6], *self.members[14:22]]
        for at, (kind, words) in enumerate(POSTS):
            self.each([writers[at]], lambda here, who, k=kind, w=words: self._says(here, who, k, w), 2)
        self.each([self.owner], self._host, 1)
        self.each(self.others[24:27], self._buys, 2)
        self.visits("launch", {0: 1240})
        with writing() as session:
            who = session.get_one(Person, self.newcomer)
            self.held = buying.buy(self.campaign(), who, "AUR-OAK", 1, "held", buying.person_owner(who)).number
            who = session.get_one(Person, self.others[30])
            gone = buying.buy(self.campaign(), who, "AUR-ASH", 1, "gone", buying.person_owner(who))
            buying.cancel(gone)
        self.mailed()

    def _says(self, here: Campaign, who: Person, kind: str, words: str) -> None:
        entry = thread.post(here, who, words, kind if kind == "question" else "post")
        entry.kind = kind

    def _host(self, here: Campaign, who: Person) -> None:
        entries = {entry.text: entry for entry in thread.latest(here)}
        question = entries["Does the base fit a shelf of 16 cm?"]
        thread.post(here, who, "It does. The base is 14 cm, and it may hang over by two.", "update", question.id)
        pinned = thread.post(here, who, "Doors are open. Oak ships first, on **20 January**.", "update")
        thread.pin(here, who, pinned)
        thread.hide(here, who, entries["I set an alarm for this. Worth it."], "sent twice")

    def recap(self) -> None:
        buyers = list(db.session.scalars(select(Order.person_id).where(Order.state == "confirmed").order_by(Order.id)))
        hero = Image.open(FOLDER / "aurora-lamp.webp").convert("RGB")
        for at, (words, shows) in enumerate(STORIES):
            taken = [pictures.take_in(self._photo(hero, at * 2 + n)) for n in range(2 if at == 0 else 1)]
            alts = [shows, "The same in the morning"][: len(taken)]
            self.each([buyers[at]], lambda here, who, w=words, t=taken, a=alts: self._tells(here, who, w, t, a), 20)
        with writing():
            for story in reviews.queue(self.campaign())[:-1]:
                reviews.approve(self.campaign(), None, story)
        self.until("recap", minutes=3)
        with writing():
            self.campaign().recap_words = (
                "You chose the **sand** cable, and we had not even ordered it. Five of you asked for a wall arm: it is "
                "drawn, and ships in spring.\n\nThank you for two weeks in which nobody asked for an app."
            )
            self.campaign().recap_published_at = self.campaign().moment
        milestone_jobs.write_recaps()
        self.visits("recap", {0: 300})
        self.mailed()

    def _tells(self, here: Campaign, who: Person, words: str, taken: list, alts: list[str]) -> None:
        stories.send(here, who, words, None, taken, alts, ["site", "email"])

    def _photo(self, hero: Image.Image, at: int) -> bytes:
        """Another look at the one picture that there is: a part of it, in another light."""
        wide, high = hero.size
        size = int(high * (0.55 + 0.05 * (at % 4)))
        left, top = int((wide - size) * (at % 5) / 4), int((high - size) * (at % 3) / 2)
        part = hero.crop((left, top, left + size, top + int(size * (0.8 if at % 2 else 1))))
        part = ImageEnhance.Color(ImageEnhance.Brightness(part).enhance(0.8 + 0.12 * (at % 4))).enhance(0.5 + 0.2 * (at % 5))
        file = BytesIO()
        part.resize((1000, round(1000 * part.height / part.width))).save(file, "JPEG", quality=88)
        return file.getvalue()

    def extremes(self) -> None:
        """What a page must bear: the longest name, a price of seven digits, nothing at all, and a long day."""
        days = {"preview": (2026, 12, 1), "waitlist": (2026, 12, 2), "launch": (2026, 12, 5), "recap": (2027, 12, 14)}
        plan = {name: datetime(*day, 18, 0) for name, day in days.items()}  # noqa: DTZ001  local to the campaign
        plan["head_start"] = {"member": 24}
        base = {"timezone": "Europe/Lisbon", "currency": "EUR"}
        long = "Featherstonehaugh Extraordinarily Collapsible Two-Man Kayaks"
        dear = {"sku": "K", "name": "In walnut with a brass switch", "price": 123456789, "stock": 300, "head_start_stock": 100}
        bare = {"sku": "B", "name": "One", "price": 100, "stock": 0, "head_start_stock": 0}
        loaded = []
        with writing() as session:
            for slug, name, variant, more in (("kayak", long, dear, {"tagline": "For two who agree on where to go"}),
                                              ("bare", "Bare", bare, {})):  # fmt: skip
                table = {"campaign": {"slug": slug, "name": name, **base, **more}, "schedule": plan, "variants": [variant]}
                loaded.append(plans.load(campaign_file.parse(table)).id)
            kayak = session.query(Campaign).filter_by(slug="kayak").one()
            writers = [session.get_one(Person, id) for id in self.members[:20]]
            for at in range(300):
                writer = writers[at % 20]
                thread.post(kayak, writer, f"{POSTS[at % len(POSTS)][1]} ({at + 1})", "post")
        for campaign in loaded:
            milestone_jobs.advance(campaign)

    def sell_out(self) -> None:
        with writing() as session:
            for variant in session.query(Variant).filter_by(campaign_id=self.lamp):
                variant.stock = variant.taken
                variant.head_start_stock = min(variant.head_start_stock, variant.taken)

    def restock(self) -> None:
        with writing() as session:
            for variant in session.query(Variant).filter_by(campaign_id=self.lamp):
                variant.stock = {"AUR-OAK": 60, "AUR-ASH": 30}[variant.sku]

    def session_of(self, person: int) -> str:
        """The cookie of a signed-in person."""
        signer = self.app.session_interface.get_signing_serializer(self.app)
        return signer.dumps({"_user_id": db.session.get_one(Person, person).get_id(), "_fresh": True})

    def asked_of(self, person: int) -> Place:
        return db.session.scalars(select(Place).where(Place.person_id == person)).one()


