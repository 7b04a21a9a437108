"""The live thread: what people post, what the campaign itself reports, and how both are read.

What happens to an entry that stands (hide, pin …) is in services.entry_changes, to its words in services.entry_words, and
how the thread is read in services.thread_reading; all of it can be called from here too.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Entry, Person
from launchpad.rules import access, posts
from launchpad.rules.refusals import Refusal
from launchpad.services import entry_photos, events, screening, standing
from launchpad.services.entry_changes import forget, hide, pin, show, unpin
from launchpad.services.entry_words import EDITABLE, edit, may_edit, withdraw
from launchpad.services.pictures import Picture
from launchpad.services.thread_reading import (
    SEEN,
    answers,
    best,
    entries_of,
    key_moments,
    latest,
    newest,
    of_kind,
    pinned,
    unseen,
)

__all__ = [
    "EDITABLE", "KINDS", "SEEN", "TEAM_KINDS", "answers", "best", "edit", "entries_of", "forget", "hide", "key_moments",
    "latest", "marks_of", "may_edit", "newest", "of_kind", "pin", "pinned", "post", "report", "show", "unpin",
    "unseen", "why_not", "withdraw",
]  # fmt: skip

KINDS = ("post", "question")  # what anyone who may write may send
TEAM_KINDS = ("update", "post", "question", "event", "testimonial")


def report(
    campaign: Campaign, fact: str, text: str, kind: str = "milestone", person: Person | None = None
) -> Entry | None:
    """Add an entry of the campaign's own, once for each fact (doors_open:7, first_sale, stock_25 …).

    With a person the entry is in their name, with what they are now as marks. None when the fact was reported before.
    """
    marks = marks_of(person, campaign) if person else {}
    entry = _insert(campaign, ("campaign_id", "fact"), fact=fact, text=text, kind=kind, person=person, marks=marks)
    if entry is not None:
        events.announce(campaign, "new", entry)
    return entry


def post(
    campaign: Campaign,
    person: Person,
    text: str,
    kind: str = "post",
    reply_to: int | None = None,
    key: str | None = None,
    photos: Sequence[Picture] = (),
    alts: Sequence[str] = (),
    machine: bool = False,
) -> Entry:
    """Add what a person says. The same key again is the same entry; with other words it is refused.

    `photos` are pictures that were taken in, `alts` what each shows; with a photo there need be no words.

    Members, confirmed places and buyers write from the first head start to the recap; the team somewhat longer.
    What the team looks at first is kept, and announced once it is shown (services.screening, entry_changes.approve).
    `machine` says that what nobody sees was filled in. Raises Refusal: not_open, closed, sanction, slow, text, kind, reply_to, key.
    """
    roles = standing.roles(person, campaign)
    team = bool(access.VOICES & roles)
    if known := _same_key(campaign, person, key):
        return _repeated(known, text, kind, reply_to)
    _refuse_closed(campaign, roles, team)
    screening.check(campaign, person, roles, text, wordless=bool(photos))
    if kind not in (TEAM_KINDS if team else KINDS):
        raise Refusal("kind", "Choose a post or a question.", "kind")
    if reply_to is not None and not _shown(campaign, reply_to):
        raise Refusal("reply_to", "What you answer to is no longer there.", "reply_to")
    screening.slow(campaign, person, roles)
    verdict = screening.look(campaign, person, roles, "\n".join((text, *alts)), machine=machine)
    marks = marks_of(person, campaign, roles)
    entry = _insert(
        campaign, ("campaign_id", "person_id", "key"),
        key=key or None, text=text, kind=kind, person=person, marks=marks, reply_to=reply_to,
        state=verdict.state, held=verdict.held, hidden_why=verdict.why,
    )  # fmt: skip
    if entry is None:  # the same form, sent twice at once: the other one was first
        return _repeated(_same_key(campaign, person, key), text, kind, reply_to)
    if photos:
        entry_photos.attach(entry, photos, alts)
    if entry.state == "shown":
        events.announce(campaign, "new", entry)
    return entry


def _refuse_closed(campaign: Campaign, roles: frozenset[str], team: bool) -> None:
    """Raise Refusal `not_open` where these roles may not write now, `closed` where the team has closed the thread."""
    if why := why_not(campaign, roles):
        raise Refusal("not_open", why, status=403)
    if not team and (why := posts.closed_words(campaign.thread_closed_at, campaign.thread_message)):
        raise Refusal("closed", why, status=403)


def why_not(campaign: Campaign, roles: frozenset[str]) -> str | None:
    """One sentence why somebody with these roles may not write now, or None."""
    return access.why_not("thread.post", roles, *standing.stage(campaign, campaign.now))


def marks_of(person: Person, campaign: Campaign, roles: frozenset[str] | None = None) -> dict:
    """What a person is to the campaign at this moment, as an entry freezes it."""
    roles = standing.roles(person, campaign) if roles is None else roles
    marks: dict = {}
    if voice := access.VOICES & roles:
        marks["host" if voice == {"host"} else "team"] = True
    if "member" in roles:
        marks["tier"] = person.tier
    if "buyer" in roles:
        marks["buyer"] = True
    return marks


def _insert(campaign: Campaign, unique: tuple[str, ...], person: Person | None, **values) -> Entry | None:
    """The new row, or None when the unique columns were taken."""
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {
        "campaign_id": campaign.id, "person_id": person.id if person else None, "at": campaign.moment,
        "version": 1, "state": "shown", "hidden_why": "", **values,
    }  # fmt: skip
    statement = dialect.insert(Entry).values(**row).on_conflict_do_nothing(index_elements=list(unique))
    id = db.session.scalar(statement.returning(Entry.id))
    return db.session.get_one(Entry, id) if id is not None else None


def _same_key(campaign: Campaign, person: Person, key: str | None) -> Entry | None:
    if not key:
        return None
    return db.session.scalar(select(Entry).filter_by(campaign_id=campaign.id, person_id=person.id, key=key))


def _repeated(entry: Entry, text: str, kind: str, reply_to: int | None) -> Entry:
    untouched = entry.version == 1
    if untouched and (entry.text, entry.kind, entry.reply_to) != (text, kind, reply_to):
        raise Refusal("key", "This form was sent before with other words. Load the page again to post once more.")
    return entry


def _shown(campaign: Campaign, id: int) -> bool:
    return db.session.scalar(select(Entry.id).filter_by(id=id, campaign_id=campaign.id, state="shown")) is not None
