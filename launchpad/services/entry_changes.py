"""What happens to an entry that stands: edited, taken back, hidden, shown again, pinned. Each change is a new version.

Every change is one conditional statement, so that two people who press at once make one version and one event.
"""

from datetime import timedelta

from sqlalchemy import and_, or_, select, true, update

from launchpad.database import db
from launchpad.models import Campaign, Entry, Order, Person
from launchpad.rules import access, posts
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, events, standing

EDITABLE = timedelta(minutes=10)  # campaign time in which an author may change their words
TAKEN_BACK = "Taken back by the author."


def may_edit(campaign: Campaign, actor: Person | None, entry: Entry) -> bool:
    """True for the author within a few minutes, and for the team on what the team or the campaign itself said."""
    if actor is None or entry.state != "shown":
        return False
    if entry.person_id == actor.id and campaign.moment - entry.at <= EDITABLE:
        return True
    said_by_us = entry.person_id is None or bool(entry.marks.get("team"))
    return said_by_us and _of_team(actor, campaign)


def _of_team(person: Person, campaign: Campaign) -> bool:
    """True for whom the table lets change the team's own words, at any stage."""
    roles = standing.staff_roles(person, campaign)
    return access.may("thread.edit", roles, campaign.phase)


def edit(
    campaign: Campaign, actor: Person, entry: Entry, text: str, reason: str = "", seen: int | None = None
) -> None:
    """Change the words. The team never changes what a member said: it hides. Raises Refusal: not_yours, text, changed.

    `seen` is the version that the form showed: who comes second is told, and overwrites nothing. None does not ask.
    """
    if not may_edit(campaign, actor, entry):
        minutes = round(EDITABLE.total_seconds() / 60)
        raise Refusal("not_yours", f"Words can be changed by who wrote them, for {minutes} minutes.", status=403)
    team = _of_team(actor, campaign)
    if why := posts.fault(text, team):
        raise Refusal("text", why, "text")
    if text == entry.text:
        return
    same = Entry.version == seen if seen is not None else true()
    changed = _change(campaign, "edit", entry, and_(Entry.state == "shown", same), text=text, edited_at=campaign.moment)
    if not changed and seen is not None:
        raise Refusal("changed", f"Somebody changed these words meanwhile. They now say: {entry.text[:200]}", "text")
    if changed and team:
        _record(actor, "edit", campaign, entry, reason)


def withdraw(campaign: Campaign, actor: Person, entry: Entry) -> None:
    """The author takes their own words back, whenever they like; the words are gone for good. Raises Refusal."""
    if entry.person_id != actor.id or entry.kind in ("milestone", "purchase"):
        raise Refusal("not_yours", "Only who wrote an entry can take it back.", status=403)
    _change(
        campaign, "hide", entry, Entry.state == "shown", state="hidden", hidden_why=TAKEN_BACK, text="", pinned_at=None
    )


def hide(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Take an entry down: from now on only its place is shown. It loses its pin."""
    if _change(
        campaign, "hide", entry, Entry.state == "shown", state="hidden", hidden_why=reason[:250], pinned_at=None
    ):
        _record(actor, "hide", campaign, entry, reason)


def take_down(campaign: Campaign, entry: Entry, why: str) -> None:
    """The campaign takes back what it said itself, because it is true no more; its words are gone."""
    values = {"state": "hidden", "hidden_why": why[:250], "text": "", "pinned_at": None}
    _change(campaign, "hide", entry, Entry.state == "shown", **values)


def show(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Put a hidden entry back. What its author took back stays away. Raises Refusal."""
    if entry.hidden_why == TAKEN_BACK:
        raise Refusal("taken_back", "The author took this back; its words are gone.")
    if _change(campaign, "show", entry, Entry.state == "hidden", state="shown", hidden_why=""):
        _record(actor, "show", campaign, entry, reason)


def pin(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Keep an entry at the top of the thread."""
    free = (Entry.state == "shown") & Entry.pinned_at.is_(None)
    if _change(campaign, "pin", entry, free, pinned_at=campaign.moment):
        _record(actor, "pin", campaign, entry, reason)


def unpin(campaign: Campaign, actor: Person | None, entry: Entry, reason: str = "") -> None:
    """Let an entry go back to its place."""
    if _change(campaign, "unpin", entry, Entry.pinned_at.is_not(None), pinned_at=None):
        _record(actor, "unpin", campaign, entry, reason)


def forget(person: Person) -> None:
    """Erase what a person wrote, in every thread: the places remain, without words and without a name."""
    orders = [f"order:{id}" for id in db.session.scalars(select(Order.id).where(Order.person_id == person.id))]
    theirs = or_(Entry.person_id == person.id, Entry.fact.in_(orders))  # the line about a purchase says their name
    for entry in list(db.session.scalars(select(Entry).where(theirs))):
        campaign = db.session.get_one(Campaign, entry.campaign_id)
        _change(
            campaign, "hide", entry, theirs,
            state="hidden", hidden_why=TAKEN_BACK, text="", marks={}, person_id=None, key=None, pinned_at=None,
        )  # fmt: skip


def _change(campaign: Campaign, kind: str, entry: Entry, only_if, **values) -> bool:
    """One new version, if the entry still is as it must be; then everyone who follows is told."""
    statement = update(Entry).where(Entry.id == entry.id, only_if).values(version=Entry.version + 1, **values)
    changed = db.session.execute(statement.execution_options(synchronize_session=False)).rowcount == 1
    db.session.refresh(entry)
    if changed:
        events.announce(campaign, kind, entry)
    return changed


def _record(actor: Person | None, act: str, campaign: Campaign, entry: Entry, reason: str) -> None:
    """The audit row holds the entry's number and version, never its words."""
    versions = {"before": {"version": entry.version - 1}, "after": {"version": entry.version}}
    audit.record(actor, f"entry.{act}", campaign, f"entry:{entry.id}", **versions, reason=reason)
