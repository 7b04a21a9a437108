"""What becomes of an entry's words: changed by whom they belong to, looked at again, taken back for good."""

from datetime import timedelta

from sqlalchemy import and_, or_, true

from launchpad.models import Campaign, Entry, Person
from launchpad.rules import access
from launchpad.rules.refusals import Refusal
from launchpad.services import entry_changes, flag_rows, screening, standing
from launchpad.services.entry_changes import TAKEN_BACK, UNSEEN

EDITABLE = timedelta(minutes=10)  # campaign time in which an author may change their words


def may_edit(campaign: Campaign, actor: Person | None, entry: Entry) -> bool:
    """True for the author within a few minutes, and for the team on what the team or the campaign itself said.

    What waits for the team, was kept off or is held is its author's to change at any time.
    """
    if actor is None:
        return False
    if entry.state in UNSEEN or entry.held is not None:
        return entry.person_id == actor.id and entry.hidden_why != TAKEN_BACK
    if entry.state != "shown":
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
    roles = standing.roles(actor, campaign)
    screening.check(campaign, actor, roles, text)
    if text == entry.text:
        return
    kind, values = _rewritten(campaign, actor, roles, entry, text)
    same = Entry.version == seen if seen is not None else true()
    still = and_(Entry.state == entry.state, same)
    changed = entry_changes.change(campaign, kind, entry, still, text=text, edited_at=campaign.moment, **values)
    if not changed and seen is not None:
        raise Refusal("changed", f"Somebody changed these words meanwhile. They now say: {entry.text[:200]}", "text")
    if changed and team:
        entry_changes.record(actor, "edit", campaign, entry, reason)


def _rewritten(campaign: Campaign, actor: Person, roles: frozenset[str], entry: Entry, text: str) -> tuple[str, dict]:
    """What new words make of an entry: the kind of event, and the columns that change with them."""
    if entry.held == "reports":
        return "edit", {}  # the team decides, and sees that it was changed
    verdict = screening.look(campaign, actor, roles, text, first=entry.state in UNSEEN)
    if entry.state in UNSEEN:
        if verdict.state != "rejected" and entry.state == "rejected" and entry.hidden_why != screening.NOT_SHOWN:
            verdict = screening.Verdict("waiting", "again")  # somebody of the team said no: somebody looks again
        values = {"state": verdict.state, "held": verdict.held, "hidden_why": verdict.why}
        return "new", values | ({"at": campaign.moment, "edited_at": None} if verdict.state == "shown" else {})
    if verdict.state == "shown":
        return ("show" if entry.state == "hidden" else "edit"), {"state": "shown", "held": None, "hidden_why": ""}
    return "hide", {"state": "hidden", "held": "words", "hidden_why": verdict.why, "pinned_at": None}


def withdraw(campaign: Campaign, actor: Person, entry: Entry) -> None:
    """The author takes their own words back; the words are gone for good. Twice is once. Raises Refusal.

    What the team took down stays as it decided; but a testimonial is its author's consent as well, and goes in any state.
    """
    if entry.person_id != actor.id or entry.kind in ("milestone", "purchase"):
        raise Refusal("not_yours", "Only who wrote an entry can take it back.", status=403)
    gone = "rejected" if entry.state in UNSEEN else "hidden"
    in_reach = or_(Entry.state != "hidden", Entry.held.is_not(None), Entry.kind == "testimonial")
    mine = and_(Entry.state == entry.state, Entry.hidden_why != TAKEN_BACK, in_reach)
    values = {"state": gone, "hidden_why": TAKEN_BACK, "text": "", "pinned_at": None, "held": None}
    if entry_changes.change(campaign, "hide", entry, mine, **values):
        flag_rows.settle(campaign, "entry", entry.id, "dismissed")
