"""What happens to an entry that stands: hidden, held, shown again, pinned, forgotten. Each change is a new version.

Every change is one conditional statement, so that two people who press at once make one version and one event. Changes of
its words are in services.entry_words.
"""

from collections.abc import Collection

from sqlalchemy import and_, or_, select, update

from launchpad.database import db
from launchpad.models import Campaign, Entry, Order, Person
from launchpad.rules import posts
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, entry_photos, events, flag_rows

TAKEN_BACK = posts.TAKEN_BACK
UNSEEN = ("waiting", "rejected")  # states of what was never announced: what happens to it is no event


def hide(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Take an entry down: from now on only its place is shown. It loses its pin, and what was reported is settled."""
    standing_or_held = or_(Entry.state == "shown", and_(Entry.state == "hidden", Entry.held.is_not(None)))
    values = {"state": "hidden", "hidden_why": reason[:250], "pinned_at": None, "held": None}
    was = _was(campaign, entry)
    if change(campaign, "hide", entry, standing_or_held, **values):
        flag_rows.settle(campaign, "entry", entry.id, "upheld")
        record(actor, "hide", campaign, entry, reason, was)


def hold(campaign: Campaign, entry: Entry, held: str) -> bool:
    """Put an entry that stands out of sight until the team has looked; True when it was."""
    return change(campaign, "hide", entry, Entry.state == "shown", state="hidden", held=held, hidden_why="", pinned_at=None)


def take_down(campaign: Campaign, entry: Entry, why: str) -> None:
    """The campaign takes back what it said itself, because it is true no more; its words are gone."""
    values = {"state": "hidden", "hidden_why": why[:250], "text": "", "pinned_at": None}
    change(campaign, "hide", entry, Entry.state == "shown", **values)


def reword(campaign: Campaign, entry: Entry, text: str, marks: dict) -> None:
    """The campaign says anew what it said itself, as it is now; nobody edited it."""
    change(campaign, "edit", entry, Entry.state == "shown", text=text, marks=marks)


def show(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Put a hidden entry back. What its author took back stays away. Raises Refusal."""
    if entry.hidden_why == TAKEN_BACK:
        raise Refusal("taken_back", "The author took this back; its words are gone.")
    was = _was(campaign, entry)
    if change(campaign, "show", entry, Entry.state == "hidden", state="shown", hidden_why="", held=None):
        flag_rows.settle(campaign, "entry", entry.id, "dismissed")
        record(actor, "show", campaign, entry, reason, was)


def approve(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Let in what waited or was kept off: it is new to everyone from now on. Raises Refusal: changed."""
    was = _was(campaign, entry)
    kept = and_(Entry.state.in_(UNSEEN), Entry.hidden_why != TAKEN_BACK)
    if not change(campaign, "new", entry, kept, state="shown", held=None, hidden_why="", at=campaign.moment, edited_at=None):
        raise Refusal("changed", "Somebody decided this meanwhile, or its author took it back.")
    record(actor, "approve", campaign, entry, reason, was)


def reject(campaign: Campaign, actor: Person | None, entry: Entry, reason: str) -> None:
    """Keep off what waits. Its author reads the reason, may change the words and send them again. Raises Refusal."""
    if not reason.strip():
        raise Refusal("reason", "Say why: the author reads it.", "reason")
    was = _was(campaign, entry)
    if not change(campaign, "hide", entry, Entry.state == "waiting", state="rejected", held=None, hidden_why=reason[:250]):
        raise Refusal("changed", "Somebody decided this meanwhile, or its author took it back.")
    record(actor, "reject", campaign, entry, reason, was)


def pin(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Keep an entry at the top of the thread."""
    free = (Entry.state == "shown") & Entry.pinned_at.is_(None)
    if change(campaign, "pin", entry, free, pinned_at=campaign.moment):
        record(actor, "pin", campaign, entry, reason)


def unpin(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Let an entry go back to its place."""
    if change(campaign, "unpin", entry, Entry.pinned_at.is_not(None), pinned_at=None):
        record(actor, "unpin", campaign, entry, reason)


def set_answer(campaign: Campaign, question: Entry, answer_id: int | None, only_if) -> bool:
    """Let a reply be the answer that counts, or none, if the question still is as it must be; whether it was changed."""
    return change(campaign, "answer", question, only_if, answer_id=answer_id)


def forget(person: Person) -> None:
    """Erase what a person wrote, in every thread: the places remain, without words and without a name."""
    orders = [f"order:{id}" for id in db.session.scalars(select(Order.id).where(Order.person_id == person.id))]
    theirs = or_(Entry.person_id == person.id, Entry.fact.in_(orders))  # the line about a purchase says their name
    rows = select(Entry).where(theirs).order_by(Entry.id)
    lock([entry.id for entry in db.session.scalars(rows)], key_share=False)  # its author is part of a key
    for entry in list(db.session.scalars(rows.execution_options(populate_existing=True))):
        campaign = db.session.get_one(Campaign, entry.campaign_id)
        change(
            campaign, "hide", entry, theirs,
            state="rejected" if entry.state in UNSEEN else "hidden", held=None,
            hidden_why=TAKEN_BACK, text="", marks={}, person_id=None, key=None, pinned_at=None,
        )  # fmt: skip


def lock(ids: Collection[int], key_share: bool = True) -> None:
    """Lock entries and what they answer to, in the order of their ids, before any of them is changed: two who change
    several at once wait for each other here, and not crosswise half way. It comes before the lock of the campaign's row,
    which `announce` takes last. With `key_share` others may still answer to them.
    """
    asked = select(Entry.reply_to).where(Entry.id.in_(ids), Entry.reply_to.is_not(None))
    rows = select(Entry.id).where(or_(Entry.id.in_(ids), Entry.id.in_(asked))).order_by(Entry.id)
    if ids:
        db.session.execute(rows.with_for_update(key_share=key_share))


def change(campaign: Campaign, kind: str, entry: Entry, only_if, **values) -> bool:
    """One new version, if the entry still is as it must be; then everyone who follows is told.

    What was never announced is not told of, until it is shown: then it is new to everyone.
    """
    if entry.reply_to is not None:
        lock([entry.id])
    statement = update(Entry).where(Entry.id == entry.id, only_if).values(version=Entry.version + 1, **values)
    changed = db.session.execute(statement.execution_options(synchronize_session=False)).rowcount == 1
    unseen = entry.state in UNSEEN
    db.session.refresh(entry)
    if changed and values.get("text") == "":
        entry_photos.drop(entry)
    if changed and not (unseen and entry.state in UNSEEN):
        events.announce(campaign, "new" if unseen else kind, entry)
        if kind not in ("pin", "unpin"):
            _tell_question(campaign, entry)
    return changed


def _tell_question(campaign: Campaign, entry: Entry) -> None:
    """A question shows its answer inside it: what becomes of the answer is a new version of the question as well."""
    if entry.reply_to is None:
        return
    shows_it = update(Entry).where(Entry.id == entry.reply_to, Entry.answer_id == entry.id)
    statement = shows_it.values(version=Entry.version + 1).execution_options(synchronize_session=False)
    if db.session.execute(statement).rowcount == 1:
        question = db.session.get_one(Entry, entry.reply_to, populate_existing=True)
        events.announce(campaign, "answer", question)


def put_back(campaign: Campaign, entry: Entry, version: int, state: str, held: str | None) -> bool:
    """Undo a decision about an entry: as it was before, unless something happened to it since. True when it is."""
    kind = {"shown": "show", "hidden": "hide"}.get(state, "edit")
    state = "hidden" if state == "waiting" and entry.state == "shown" else state  # once announced, its place is kept
    return change(campaign, kind, entry, Entry.version == version, state=state, held=held, hidden_why="", pinned_at=None)


def _was(campaign: Campaign, entry: Entry) -> tuple[dict, dict]:
    """What an entry was before the team's word, for the log; and how many seconds of campaign time it waited for it."""
    since = (entry.edited_at or entry.at) if entry.held is not None else flag_rows.open_since(campaign, "entry", entry.id)
    waited = {"waited": max(0, round((campaign.moment - since).total_seconds()))} if since is not None else {}
    return {"state": entry.state} | ({"held": entry.held} if entry.held else {}), waited


def record(
    actor: Person | None, act: str, campaign: Campaign, entry: Entry, reason: str, was: tuple[dict, dict] = ({}, {})
) -> None:
    """The audit row holds the entry's number, version and state, never its words; and how long it had waited."""
    before, after = {"version": entry.version - 1} | was[0], {"version": entry.version} | was[1]
    audit.record(actor, f"entry.{act}", campaign, f"entry:{entry.id}", before, after, reason)
