"""The team's word on an idea: what becomes of it, what it says to it, and whether it is shown."""

from sqlalchemy import true, update

from launchpad.database import db
from launchpad.models import Campaign, Idea, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, lines

STATES = ("open", "planned", "started", "completed", "declined")
LONGEST = 2000  # characters of an answer


def answer(
    campaign: Campaign,
    actor: Person | None,
    idea: Idea,
    was: str,
    state: str,
    words: str,
    reason: str = "",
    had: str | None = None,
) -> None:
    """Set an idea's state and the answer under it. `was` is the state that the form showed, `had` the answer (None
    does not ask): who comes second is told.

    Raises Refusal: state, answer, changed.
    """
    words = words.strip()
    if state not in STATES:
        raise Refusal("state", "Choose one of the states shown.", "state")
    if len(words) > LONGEST:
        raise Refusal("answer", f"An answer has at most {LONGEST:,} characters. Yours has {len(words):,}.", "answer")
    if (idea.state, idea.answer) == (state, words):
        return
    _move(campaign, actor, "idea.answer", idea, was, reason, had, state=state, answer=words)


def hide(campaign: Campaign, actor: Person | None, idea: Idea, reason: str) -> None:
    """Take an idea off the board. Raises Refusal without a reason."""
    if not reason.strip():
        raise Refusal("reason", "Say why, in a few words. It is kept in the log.", "reason")
    if idea.state != "hidden":
        _move(campaign, actor, "idea.hide", idea, idea.state, reason, state="hidden")
        lines.uncredit(campaign, idea.person, "idea", f"idea:{idea.id}")


def show(campaign: Campaign, actor: Person | None, idea: Idea, reason: str = "") -> None:
    """Put a hidden idea back, open."""
    if idea.state == "hidden":
        _move(campaign, actor, "idea.show", idea, "hidden", reason, state="open")
        lines.credit(campaign, idea.person, "idea", f"idea:{idea.id}")


def _move(campaign: Campaign, actor: Person | None, act: str, idea: Idea, was: str, reason: str, had=None, **values) -> None:
    before = {"state": idea.state}
    if "answer" in values:
        before["answered"] = bool(idea.answer)
    moved = db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id, Idea.state == was, true() if had is None else Idea.answer == had)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise Refusal("changed", "Somebody of the team decided this meanwhile. Look at it again, then repeat.")
    db.session.refresh(idea)
    after = {"state": idea.state, **({"answered": bool(idea.answer)} if "answer" in values else {})}
    audit.record(actor, act, campaign, f"idea:{idea.id}", before, after, reason.strip())
