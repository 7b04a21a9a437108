"""What each kind of person of the crowd wants to do, and when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from launchpad.rules.crowd_hours import after, before, burst
from launchpad.rules.crowd_stage import Act, Ballot, Stage
from launchpad.rules.crowd_words import IDEAS, OPINIONS, QUESTIONS, STORIES, TESTIMONIALS, UPDATES

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Life:
    """The acts of one actor while they are being thought up."""

    def __init__(self, random: Random, number: int, tier: str, stage: Stage):
        self.random, self.number, self.tier, self.stage = random, number, tier, stage
        self.acts: list[Act] = []
        opens = stage.opens
        self.preview, self.waitlist, self.launch = opens["preview"], opens["waitlist"], opens["launch"]
        self.recap, self.archive = opens["recap"], opens["archive"]
        own = f"head_start_{tier}"
        self.mine = opens.get(own) or opens.get("head_start_member") or self.launch
        self.first = min([at for name, at in opens.items() if name.startswith("head_start_")] or [self.launch])

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def burst(self, start: datetime, end: datetime, mean: float = 0.2) -> datetime:
        return burst(self.random, start, end, mean, self.stage.zone)

    def add(self, at: datetime, kind: str, /, **what) -> datetime:
        count = sum(act.kind == kind for act in self.acts)
        self.acts.append(Act(at, self.number, kind, f"crowd-{self.number}-{kind}-{count}", what))
        return at

    def soon(self, at: datetime, mean: timedelta = 8 * MINUTE) -> datetime:
        return after(self.random, at, mean)

    def wish(self) -> dict:
        quantity = 2 if self.stage.per_person > 1 and self.chance(0.3) else 1
        first, other = self.random.choice(self.stage.skus), self.random.choice(self.stage.skus)
        return {"sku": first, "quantity": quantity, "else": other}


def _member(life: Life) -> None:
    at = life.burst(life.preview, life.waitlist)
    life.add(at, "visit")
    _in_preview(life, at)
    if life.chance(0.08):
        life.add(before(life.mine, HOUR), "buy", **life.wish(), why="too early")
    if life.chance(0.75):
        at = life.burst(life.waitlist, life.first)
        life.add(at, "join", marketing=False)
        if life.chance(0.1):
            life.add(life.soon(at), "join", marketing=False)
        if life.chance(0.6):
            life.add(life.soon(at), "wish", **life.wish())
        if life.chance(0.05):
            life.add(life.burst(at, life.launch), "leave")
        elif life.chance(0.65):
            _buys(life, life.burst(life.mine, life.launch, 0.1), "pass" if life.chance(0.3) else "buy")
    elif life.chance(0.5):
        _buys(life, life.burst(life.launch, life.recap, 0.06), "buy")
    if life.chance(0.06):
        life.add(life.burst(life.waitlist, life.archive), "unsubscribe")
    _in_thread(life, 0.4)
    _afterwards(life, 0.35)
    _gives_words(life)


def _host(life: Life) -> None:
    """Speaks for the brand, and looks at what people send."""
    for at, words in (
        (life.first, "first"), (life.launch, "launch"), (life.launch + 3 * HOUR, "later"),
        (life.launch + 5 * HOUR, "night"),
        (life.recap - HOUR, "recap"),
    ):  # fmt: skip
        life.add(at + 2 * MINUTE, "update", text=UPDATES[words])
    life.add(before(life.launch, HOUR), "choose_testimonials", first=10, last=600)
    for later in (20 * MINUTE, 90 * MINUTE, 4 * HOUR, 8 * HOUR, 20 * HOUR):
        life.add(life.launch + later, "answer")
    step = (life.archive - life.launch) / 12
    for number in range(1, 12):
        life.add(life.launch + step * number, "review")


def _newcomer(life: Life) -> None:
    """Becomes a member before the preview or in its first days."""
    at = life.burst(before(life.preview, 50 * MINUTE), life.waitlist, 0.08)
    life.add(at, "membership", marketing=life.chance(0.8))
    at = life.add(life.soon(at, 15 * MINUTE), "confirm_membership")
    _in_preview(life, life.burst(max(at, life.preview), life.waitlist))
    if life.chance(0.7):
        life.add(life.burst(life.waitlist, life.first), "join", marketing=True)
        if life.chance(0.5):
            _buys(life, life.burst(life.mine, life.launch, 0.1), "buy")
    _in_thread(life, 0.3)
    _afterwards(life, 0.3)
    _gives_words(life)


def _waiter(life: Life) -> None:
    """Comes for the waitlist; some never confirm, some come when the head start has begun."""
    at = life.burst(life.waitlist, life.launch, 0.25)
    wish = life.wish() if life.chance(0.5) else {}
    life.add(at, "join", marketing=life.chance(0.5), referred=life.chance(0.35), **wish)
    if life.chance(0.12):
        life.add(life.soon(at, MINUTE), "join", marketing=False)
    if life.chance(0.82):
        life.add(life.soon(at, 40 * MINUTE), "confirm")
        if life.chance(0.06):
            life.add(life.burst(at, life.launch), "leave")
        elif life.chance(0.65):
            _buys(life, life.burst(life.mine, life.launch, 0.1), "pass" if life.chance(0.4) else "buy")
        elif life.chance(0.5):
            _buys(life, life.burst(life.launch, life.recap, 0.05), "buy")
        _in_thread(life, 0.25)
        _afterwards(life, 0.2)
    elif life.chance(0.3):
        _buys(life, life.burst(life.launch, life.recap, 0.05), "guest")


def _cold(life: Life) -> None:
    """Hears of it on launch day, and has no account."""
    if life.chance(0.25):
        life.add(before(life.launch, 2 * HOUR), "guest", **life.wish(), why="too early")
    at = life.burst(life.launch, life.recap, 0.08)
    life.add(at, "visit")
    life.add(at, "read")
    if life.chance(0.75):
        _buys(life, life.soon(at), "guest")


def _reader(life: Life) -> None:
    """Follows, and does nothing else."""
    life.add(life.burst(life.preview, life.waitlist), "visit")
    for start, end in ((life.waitlist, life.first), (life.first, life.launch), (life.launch, life.recap)):
        life.add(life.burst(start, end), "read")
    for _ in range(3):
        life.add(life.burst(life.launch, life.recap), "follow")
    life.add(life.burst(life.recap, life.archive), "recap")


LIVES: dict[str, Callable[[Life], None]] = {
    "member": _member, "newcomer": _newcomer, "waiter": _waiter, "cold": _cold, "reader": _reader,
    "host": _host,
}  # fmt: skip


def _in_preview(life: Life, at: datetime) -> None:
    for ballot in life.stage.polls:
        if life.chance(0.85):
            life.add(at, "vote", poll=ballot.id, choices=_choices(life, ballot))
    if life.chance(0.2):
        title, text = life.random.choice(IDEAS)
        life.add(life.soon(at), "idea", title=title, text=text)
    if life.chance(0.6):
        life.add(life.soon(at, 30 * MINUTE), "back_idea", pick=life.random.random())


def _choices(life: Life, ballot: Ballot) -> list[int]:
    """Positions from 0, the first ones more often: a vote has a winner."""
    many = life.random.randint(ballot.least, max(ballot.least, ballot.most)) if ballot.kind == "multiple" else 1
    liked = sorted(range(ballot.options), key=lambda place: life.random.random() * (1 + place * 0.6))
    return sorted(liked[:many])


def _buys(life: Life, at: datetime, how: str) -> None:
    wish = {**life.wish(), "announce": life.chance(0.5)}
    if life.chance(0.1):
        life.add(at, how, **wish, pays=False)
        return
    if at < life.launch:  # who got nothing in the head start tries again when doors open
        life.add(life.burst(life.launch, life.recap, 0.04), "buy", **wish, again=True)
    life.add(at, how, **wish, twice=life.chance(0.12))
    if life.chance(0.1):
        life.add(life.soon(at, 2 * HOUR), how, **{**wish, "quantity": life.stage.per_person}, why="more than may be")


def _gives_words(life: Life) -> None:
    """What some say in the preview for launch day."""
    if life.chance(0.35):
        life.add(life.burst(life.preview + HOUR, life.waitlist), "testimonial", text=life.random.choice(TESTIMONIALS))


def _in_thread(life: Life, share: float) -> None:
    life.add(life.burst(life.launch, life.recap), "read")
    if life.chance(share):
        for _ in range(life.random.randint(1, 3)):
            at = life.burst(life.first if life.chance(0.3) else life.launch, life.recap, 0.3)
            asks = life.chance(0.3)
            text = life.random.choice(QUESTIONS if asks else OPINIONS)
            life.add(at, "post", text=text, kind="question" if asks else "post", answers=life.chance(0.3))


def _afterwards(life: Life, share: float) -> None:
    if life.chance(share):
        text = life.random.choice(STORIES)
        prompt = life.random.choice(life.stage.prompts) if life.stage.prompts and life.chance(0.8) else None
        at = life.burst(life.launch + HOUR, life.archive, 0.25)
        what = {"text": text, "photos": life.random.choice((0, 1, 1, 2)), "prompt": prompt}
        life.add(at, "story", **what, agrees=not life.chance(0.12))
    if life.chance(0.5):
        life.add(life.burst(life.recap, life.archive), "recap")
