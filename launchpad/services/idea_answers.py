"""The team's word on an idea: what becomes of it, what it says to it, and whether it is shown."""

from sqlalchemy import true, update

from launchpad.database import db
from launchpad.models import Campaign, Idea, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, flag_rows, lines

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
    if idea.state == "hidden" and idea.held is None:
        return
    waited = _waited(campaign, idea)
    was = idea.hidden_from if idea.state == "hidden" else idea.state
    values = {"state": "hidden", "hidden_from": was, "held": None, "hidden_why": reason.strip()[:250]}
    _move(campaign, actor, "idea.hide", idea, idea.state, reason, waited=waited, **values)
    flag_rows.settle(campaign, "idea", idea.id, "upheld")
    lines.uncredit(campaign, idea.person, "idea", f"idea:{idea.id}")


def hold(campaign: Campaign, idea: Idea, held: str) -> None:
    """Put an idea out of sight until the team has looked."""
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id, Idea.state != "hidden")
        .values(state="hidden", hidden_from=Idea.state, held=held)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(idea)


def show(campaign: Campaign, actor: Person | None, idea: Idea, reason: str = "") -> None:
    """Put a hidden idea back as it was before, and settle what was reported."""
    if idea.state == "hidden":
        values = {"state": idea.hidden_from or "open", "hidden_from": None, "held": None, "hidden_why": None}
        _move(campaign, actor, "idea.show", idea, "hidden", reason, waited=_waited(campaign, idea), **values)
        flag_rows.settle(campaign, "idea", idea.id, "dismissed")
        lines.credit(campaign, idea.person, "idea", f"idea:{idea.id}")


def _waited(campaign: Campaign, idea: Idea) -> int | None:
    """How many seconds of campaign time an idea waited for the team; None when nobody had to look."""
    since = flag_rows.open_since(campaign, "idea", idea.id) or (idea.at if idea.held else None)
    return max(0, round((campaign.moment - since).total_seconds())) if since is not None else None


def _move(
    campaign: Campaign, actor: Person | None, act: str, idea: Idea, was: str, reason: str, had=None, waited=None, **values
) -> None:
    before = {"state": idea.state} | ({"held": idea.held} if idea.held else {})
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
    after |= {"waited": waited} if waited is not None else {}
    audit.record(actor, act, campaign, f"idea:{idea.id}", before, after, reason.strip())
