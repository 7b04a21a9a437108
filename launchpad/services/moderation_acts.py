"""Deciding what stands in the queue, one thing at a time, and undoing it. Each act is in the log, in its transaction."""

from collections.abc import Collection

from sqlalchemy import or_, select, update

from launchpad.database import db
from launchpad.models import Audit, Campaign, Entry, Idea, Person, Sanction, Story, Testimonial
from launchpad.rules.refusals import Refusal
from launchpad.services import (
    appeals,
    audit,
    entry_changes,
    flag_rows,
    flags,
    idea_answers,
    lines,
    reviews,
    sanctions,
    testimonial_acts,
)

MODELS = {"entry": Entry, "idea": Idea, "story": Story, "testimonial": Testimonial, "appeal": Sanction}
ALL = 500  # entries of somebody that go with them at once

DECIDED = ("hidden", "rejected", "withdrawn")  # when nothing holds it any more

# Acts of the log that are decisions of moderators.
DECISIONS = (
    "entry.approve", "entry.reject", "entry.hide", "entry.show", "flag.keep", "idea.hide", "idea.show", "story.approve",
    "story.reject", "story.take_down", "person.silence", "person.ban", "person.lift", "appeal.answer",
    "testimonial.approve", "testimonial.reject",
)  # fmt: skip
UNDOABLE = frozenset(DECISIONS) - {"person.lift", "appeal.answer", "testimonial.approve", "testimonial.reject"}
TOOK_DOWN = frozenset(
    {"entry.reject", "entry.hide", "idea.hide", "story.reject", "story.take_down", "testimonial.reject"}
)  # fmt: skip


def row_of(campaign: Campaign, kind: str, id: int):
    """The thing of the queue, read anew; None when there is none."""
    model = MODELS.get(kind)
    rows = select(model).filter_by(id=id, campaign_id=campaign.id) if model else None
    return db.session.scalar(rows.execution_options(populate_existing=True)) if model else None


def keep(campaign: Campaign, actor: Person | None, kind: str, id: int, reason: str = "", version: int | None = None) -> None:
    """It may be seen: what waits is shown, what was reported stays, an appeal is granted. Raises Refusal."""
    row = _row(campaign, kind, id, version)
    if kind == "appeal":
        appeals.answer(campaign, actor, row, True, reason)
    elif kind == "testimonial":
        testimonial_acts.approve(campaign, actor, row, version)
    elif kind == "story" and row.state == "waiting":
        reviews.approve(campaign, actor, row, reason)
    elif kind == "entry" and row.state in entry_changes.UNSEEN:
        entry_changes.approve(campaign, actor, row, reason)
    elif kind == "entry" and row.state == "hidden":
        entry_changes.show(campaign, actor, row, reason)
    elif kind == "idea" and row.state == "hidden":
        idea_answers.show(campaign, actor, row, reason)
    else:
        flags.keep(campaign, actor, kind, id, reason)


def take_down(
    campaign: Campaign, actor: Person | None, kind: str, id: int, reason: str, version: int | None = None
) -> None:
    """It may not be seen: its author reads why. An appeal is turned down. Raises Refusal."""
    row = _row(campaign, kind, id, version)
    if not reason.strip():
        raise Refusal("reason", "Say why: the author reads it.", "reason")
    if kind == "appeal":
        appeals.answer(campaign, actor, row, False, reason)
    elif kind == "testimonial":
        testimonial_acts.reject(campaign, actor, row, reason, version)
    elif kind == "story":
        (reviews.reject if row.state == "waiting" else reviews.take_down)(campaign, actor, row, reason)
    elif kind == "entry":
        (entry_changes.reject if row.state == "waiting" else entry_changes.hide)(campaign, actor, row, reason)
    else:
        idea_answers.hide(campaign, actor, row, reason)


def _row(campaign: Campaign, kind: str, id: int, version: int | None):
    row = row_of(campaign, kind, id)
    if row is None:
        raise Refusal("gone", "This is gone: its author took it back.")
    if version is not None and getattr(row, "version", version) != version:
        raise Refusal("changed", "Its author changed it, or somebody decided, since you opened the page. Look again.")
    if kind in ("entry", "idea", "story") and row.state in DECIDED and getattr(row, "held", None) is None:
        raise Refusal("changed", "Somebody of the team decided this meanwhile, or its author took it back.")
    return row


def in_turn(things: Collection[tuple]) -> list[tuple]:
    """Things of the queue, each beginning with kind and id, in the order in which they are decided in one transaction,
    whoever ticked them in which: by kind and id, entries locked before all. Whoever takes several down at the same time
    waits, and testimonials come last because they lock the campaign.
    """
    entry_changes.lock([id for kind, id, *_ in things if kind == "entry"])
    return sorted(things)


def take_all_down(campaign: Campaign, actor: Person | None, person: Person, reason: str) -> int:
    """Everything of one person that others see, that waits, or that is to be heard; how many things that were."""
    mine = {"campaign_id": campaign.id, "person_id": person.id}
    said = or_(Entry.state.in_(("shown", "waiting")), Entry.held.is_not(None))
    entries = select(Entry.id).filter_by(**mine).where(said).order_by(Entry.id).limit(ALL)
    entry_changes.lock(list(db.session.scalars(entries)))
    found = [("entry", id) for id in db.session.scalars(entries)]  # anew: somebody may have hidden one meanwhile
    given = select(Testimonial).filter_by(**mine).where(Testimonial.state.in_(("waiting", "queued")))
    found += [("testimonial", row.id) for row in db.session.scalars(given)]
    out = or_(Idea.state != "hidden", Idea.held.is_not(None))
    found += [("idea", row.id) for row in db.session.scalars(select(Idea).filter_by(**mine).where(out))]
    out = Story.state.in_(("approved", "waiting"))
    found += [("story", row.id) for row in db.session.scalars(select(Story).filter_by(**mine).where(out))]
    for kind, id in in_turn(found):
        take_down(campaign, actor, kind, id, reason)
    return len(found)


def undo(campaign: Campaign, actor: Person | None, id: int) -> None:
    """Take a decision back: as it was before, reports and all. Raises Refusal when something happened since."""
    row = db.session.scalar(select(Audit).where(Audit.id == id, Audit.campaign_id == campaign.id))
    if row is None or row.act not in UNDOABLE:
        raise Refusal("undo", "This cannot be undone.", status=404)
    kind, _, about = row.subject.partition(":")
    if kind == "person":
        sanction = db.session.get(Sanction, (row.after or {}).get("sanction") or 0)
        if sanction is None:
            raise Refusal("undo", "This cannot be undone.")
        sanctions.lift(campaign, actor, sanction, "Undone")
        return
    thing = row_of(campaign, kind, int(about))
    if thing is None or not _put_back(campaign, row, kind, thing):
        raise Refusal("changed", "Something happened to it since: decide anew.")
    waited, held = (row.after or {}).get("waited"), (row.before or {}).get("held")
    if row.act == "flag.keep" or (waited is not None and held in (None, "reports")):
        flag_rows.unsettle(campaign, kind, thing.id)
    audit.record(actor, "moderation.undo", campaign, row.subject, None, {"of": row.id, "act": row.act})


def _put_back(campaign: Campaign, row: Audit, kind: str, thing) -> bool:
    before, after = row.before or {}, row.after or {}
    if row.act == "flag.keep":
        return flag_rows.open_since(campaign, kind, thing.id) is None
    if kind == "entry":
        return entry_changes.put_back(
            campaign, thing, after.get("version", 0), before.get("state", "shown"), before.get("held")
        )
    if kind == "idea":
        values = {"state": before["state"], "held": before.get("held")}
        values["hidden_why"] = None
        values["hidden_from"] = (thing.hidden_from or "open") if before["state"] == "hidden" else None
        credit = lines.uncredit if before["state"] == "hidden" else lines.credit
    else:
        values = {"state": before["state"], "reason": "", "reviewed_by": None, "reviewed_at": None}
        credit = lines.credit if before["state"] == "approved" else lines.uncredit
    model = MODELS[kind]
    moved = db.session.execute(
        update(model).where(model.id == thing.id, model.state == after.get("state")).values(**values)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if moved.rowcount:
        db.session.refresh(thing)
        credit(campaign, thing.person, kind, f"{kind}:{thing.id}")
    return moved.rowcount == 1


def lately(campaign: Campaign, most: int = 8) -> list[Audit]:
    """The newest decisions that can be undone and were not, the newest first."""
    undone = select(Audit).where(Audit.campaign_id == campaign.id, Audit.act == "moderation.undo")
    gone = {(row.after or {}).get("of") for row in db.session.scalars(undone.order_by(Audit.id.desc()).limit(200))}
    rows = select(Audit).where(Audit.campaign_id == campaign.id, Audit.act.in_(UNDOABLE)).order_by(Audit.id.desc())
    return [row for row in db.session.scalars(rows.limit(most + 40)) if row.id not in gone][:most]
