"""What somebody wrote, before others see it: may they write now, and does the team look at it first.

The team's own words pass. Rules of the campaign are its [thread] section (rules.moderation).
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Person
from launchpad.rules import access, posts
from launchpad.rules import moderation as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import records, sanctions

NOT_SHOWN = "It holds a word that is not shown here."


@dataclass(frozen=True)
class Verdict:
    """Where new words go: `state` of an entry (shown, waiting, rejected), why it is held, what its author reads."""

    state: str = "shown"
    held: str | None = None
    why: str = ""


SHOWN = Verdict()


class TooSoon(Refusal):
    """Slow mode says no; `seconds` until the next post, in campaign time."""

    def __init__(self, seconds: int, slow: int):
        super().__init__(
            "slow", f"Slow mode: one post in {rules.span(slow)} here. Your words are kept; send them in {seconds} seconds.",
            "text", 429,
        )  # fmt: skip
        self.seconds = seconds


def exempt(roles: frozenset[str]) -> bool:
    """True for whom the table lets speak for the brand: no rule of the thread binds them."""
    return bool(access.VOICES & roles)


def check(
    campaign: Campaign, person: Person, roles: frozenset[str], text: str, longest: int = posts.LONGEST, wordless: bool = False
) -> None:
    """Raise Refusal when these words may not be sent at all: sanction, text (empty, long, links).

    `wordless`: something else is sent, so there need be no words.
    """
    if exempt(roles):
        most = posts.MOST_LINKS
    else:
        sanctions.refuse(campaign, person)
        most = links_of(campaign, person, text)
    if wordless and not posts.visible(text):
        return
    if why := posts.fault(text, exempt(roles), most, longest):
        raise Refusal("text", why, "text")


def links_of(campaign: Campaign, person: Person, text: str) -> int:
    """How many links this person's text may hold. Their record is read only when it decides."""
    kept = rules.read(campaign.thread_rules)
    if posts.links(text) <= rules.links(kept, "new"):
        return rules.links(kept, "new")
    return rules.links(kept, rules.trust(records.of(campaign, person), campaign.moment))


def slow(campaign: Campaign, person: Person, roles: frozenset[str]) -> None:
    """Raise TooSoon when slow mode lets this person not post yet. Holds their row, so that two at once are one."""
    seconds = rules.read(campaign.thread_rules).slow
    if not seconds or exempt(roles):
        return
    _queue_up(person)
    if left := wait(campaign, person):
        raise TooSoon(left, seconds)


def _queue_up(person: Person) -> None:
    """Two posts of one person at once: the second one waits, and then sees the first."""
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def wait(campaign: Campaign, person: Person | None) -> int:
    """Seconds of campaign time until this person may post again; 0 when they may now. The team is not asked about."""
    seconds = rules.read(campaign.thread_rules).slow
    if person is None or not seconds:
        return 0
    last = db.session.scalar(
        select(func.max(Entry.at)).where(
            Entry.campaign_id == campaign.id, Entry.person_id == person.id, Entry.kind.in_(("post", "question"))
        )
    )
    return rules.wait(last, seconds, campaign.moment)


def look(
    campaign: Campaign, person: Person, roles: frozenset[str], text: str, first: bool = True, machine: bool = False
) -> Verdict:
    """Where these words go. `first` asks whether its author is a newcomer as well, not for words that stood already."""
    if exempt(roles):
        return SHOWN
    kept = rules.read(campaign.thread_rules)
    if rules.watched(text, kept.hide):
        return Verdict("rejected", None, NOT_SHOWN)
    if rules.watched(text, kept.hold):
        return Verdict("waiting", "words")
    if machine:  # a machine fills in what nobody sees: it is told nothing, and a person may still let it in
        return Verdict("waiting", "machine")
    newcomer = first and kept.first_posts and not roles & {"place", "buyer"}
    if newcomer and records.of(campaign, person).shown < kept.first_posts:
        return Verdict("waiting", "first")
    return SHOWN
