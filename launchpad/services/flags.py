"""Reports of readers: one a person and thing. Three with a confirmed place hide a thing until the team has looked.

What the team, the campaign itself or a verified buyer said is never hidden that way, and what the team decided to keep
is not again, until its author changes it: it waits in the queue.
"""

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Entry, Flag, Idea, Order, Person, Place, Story
from launchpad.rules import moderation as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, entry_changes, flag_rows, idea_answers, reviews, sanctions
from launchpad.services import stories as all_stories

MODELS = {"entry": Entry, "idea": Idea, "story": Story}


def subject(campaign: Campaign, kind: str, id: int) -> Entry | Idea | Story | None:
    """The thing that may be reported: one that is shown to its readers now."""
    model = MODELS.get(kind)
    row = db.session.scalar(select(model).filter_by(id=id, campaign_id=campaign.id)) if model else None
    if row is None:
        return None
    shown = row.state == "shown" if kind == "entry" else row.state != "hidden" if kind == "idea" else all_stories.is_shown(row)
    return row if shown else None


def send(campaign: Campaign, person: Person, kind: str, id: int, reason: str, words: str = "") -> Flag:
    """Report a thing. A second time by the same person is the first. Raises Refusal: gone, yours, reason, words, ban.

    Where the team has looked and kept it, whoever reports it says what is new.
    """
    words = " ".join(words.split())
    model = MODELS.get(kind)
    if model is not None:
        _queue_up(model, id)
    row = subject(campaign, kind, id)
    if row is None:
        mine = db.session.scalar(select(Flag).filter_by(kind=kind, subject_id=id, person_id=person.id))
        if mine is not None:
            return mine
        raise Refusal("gone", "This is not shown any more, so there is nothing to report.", status=404)
    if row.person_id == person.id:
        raise Refusal("yours", "These are your own words. You can take them back.")
    if person.id in sanctions.banned(campaign, [person.id]):
        raise Refusal("sanction", "You cannot report anything here at the moment.", status=403)
    if reason not in rules.REASONS:
        raise Refusal("reason", "Choose what is wrong with it.", "reason")
    stays = kept(kind, row)
    if not words and (stays or reason == "other"):
        raise Refusal("words", "The team has looked at this and kept it. Say what is new." if stays else "Say what it is.", "words")
    flag = _insert(campaign, person, kind, id, reason, words[:250])
    if not stays and _may_hide(campaign, kind, row) and _reporters(campaign, kind, id) >= rules.HIDES_AT:
        _out_of_sight(campaign, kind, row)
    return flag


def keep(campaign: Campaign, actor: Person | None, kind: str, id: int, reason: str = "") -> None:
    """The team has looked, and it stays: what was reported is settled. Raises Refusal: changed."""
    since = flag_rows.open_since(campaign, kind, id)
    if since is None or not flag_rows.settle(campaign, kind, id, "dismissed"):
        raise Refusal("changed", "Somebody of the team decided this meanwhile.")
    waited = max(0, round((campaign.moment - since).total_seconds()))
    audit.record(actor, "flag.keep", campaign, f"{kind}:{id}", None, {"waited": waited}, reason)


def forget(person: Person) -> None:
    """Erasure: that somebody reported something stays, their words do not."""
    mine = update(Flag).where(Flag.person_id == person.id)
    db.session.execute(mine.values(words="").execution_options(synchronize_session=False))


def kept(kind: str, row) -> bool:
    """True when the team decided that it stays, and its author has not changed it since."""
    at = flag_rows.kept_at(kind, row.id)
    return at is not None and not (kind == "entry" and row.edited_at is not None and row.edited_at > at)


def _queue_up(model, id: int) -> None:
    """Whoever reports a thing at the same time waits, so that the third one sees three."""
    if model is Entry:
        entry_changes.lock([id])  # what it answers to first, which is told when it is hidden
    else:
        db.session.execute(select(model.id).where(model.id == id).with_for_update())


def _insert(campaign: Campaign, person: Person, kind: str, id: int, reason: str, words: str) -> Flag:
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    row = {
        "campaign_id": campaign.id, "person_id": person.id, "kind": kind, "subject_id": id, "reason": reason, "words": words,
        "state": "open", "at": campaign.moment,
    }  # fmt: skip
    unique = ["kind", "subject_id", "person_id"]
    db.session.execute(dialect.insert(Flag).values(**row).on_conflict_do_nothing(index_elements=unique))
    mine = select(Flag).filter_by(kind=kind, subject_id=id, person_id=person.id)
    flag = db.session.scalars(mine.execution_options(populate_existing=True)).one()
    if flag.state == "dismissed" and words and words != flag.words:  # what is new about something that was kept
        flag.state, flag.reason, flag.words, flag.at, flag.decided_at = "open", reason, words, campaign.moment, None
        db.session.flush()
    return flag


def _may_hide(campaign: Campaign, kind: str, row) -> bool:
    if row.person_id is None or (kind == "entry" and {"team", "host", "buyer"} & set(row.marks or {})):
        return False
    return not db.session.scalar(
        select(func.count()).where(
            Order.campaign_id == campaign.id, Order.person_id == row.person_id, Order.state == "confirmed"
        )
    )


def _reporters(campaign: Campaign, kind: str, id: int) -> int:
    """How many reported it who hold a confirmed place."""
    return db.session.scalar(
        select(func.count(Flag.person_id.distinct()))
        .join(Place, Place.person_id == Flag.person_id)
        .where(
            Flag.kind == kind, Flag.subject_id == id, Flag.state == "open", Place.campaign_id == campaign.id,
            Place.confirmed_at.is_not(None), Place.left_at.is_(None),
        )
    )  # fmt: skip


def _out_of_sight(campaign: Campaign, kind: str, row) -> None:
    if kind == "entry":
        entry_changes.hold(campaign, row, "reports")
    elif kind == "idea":
        idea_answers.hold(campaign, row, "reports")
    else:
        reviews.hold(campaign, row)
