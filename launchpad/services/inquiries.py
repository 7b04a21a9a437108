"""Private questions: asked by whoever has a place, a checkout, an order or an account; read by them and the team alone.

The front door for those who ask. What the team does with them is in `inquiry_answers`.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from launchpad.database import db
from launchpad.models import Campaign, Inquiry, InquiryLine, Order, Person
from launchpad.rules import inquiries as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import events


def ask(
    campaign: Campaign,
    person: Person,
    about: str,
    text: str,
    order: Order | None = None,
    name_agreed: bool = False,
    key: str = "",
) -> Inquiry:
    """Put a question to the team. The same form twice is one. Raises Refusal: text, about, many, key."""
    text = text.strip()
    if about not in rules.ABOUT:
        raise Refusal("about", "Choose what it is about.", "about")
    if why := rules.fault(text):
        raise Refusal("text", why, "text")
    if key and (before := _by_key(campaign, person, key)):
        return _same(before, text)
    if _open_of(campaign, person) >= rules.MOST_OPEN:
        raise Refusal("many", f"{rules.MOST_OPEN} questions of yours wait for an answer already. Add to one of them.", status=429)
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Inquiry).values(
        campaign_id=campaign.id, person_id=person.id, order_id=order.id if order else None, about=about, version=1,
        name_agreed=name_agreed, key=key or None, at=campaign.moment, waits_since=campaign.moment,
        public_question="", public_answer="",
    )  # fmt: skip
    same = statement.on_conflict_do_nothing(index_elements=["campaign_id", "person_id", "key"])
    id = db.session.scalar(same.returning(Inquiry.id))
    if id is None:  # the same form twice at once: the other one was first
        return _same(_by_key(campaign, person, key), text)
    row = db.session.get_one(Inquiry, id)
    _say(campaign, row, person, text, key, team=False)
    return row


def add(campaign: Campaign, row: Inquiry, text: str, key: str = "") -> None:
    """The asker says more; from then on it waits for the team, since then if it did not wait before. Raises Refusal."""
    text = text.strip()
    if why := rules.fault(text):
        raise Refusal("text", why, "text")
    lock(row)
    if said(row, key):
        return
    row.waits_since = row.waits_since or campaign.moment
    row.version += 1
    _say(campaign, row, row.person, text, key, team=False)


def lock(row: Inquiry) -> None:
    """The row alone and fresh until the commit, with what was said."""
    db.session.refresh(row, with_for_update={"of": Inquiry})
    db.session.expire(row, ["lines"])


def said(row: Inquiry, key: str) -> bool:
    """Whether a form with this key was taken in before."""
    return bool(key) and any(line.key == key for line in row.lines)


def say(campaign: Campaign, row: Inquiry, person: Person, text: str, key: str) -> InquiryLine:
    """Add a line of the team's."""
    return _say(campaign, row, person, text, key, team=True)


def of(campaign: Campaign, person: Person) -> list[Inquiry]:
    """Somebody's own, the newest first."""
    rows = select(Inquiry).filter_by(campaign_id=campaign.id, person_id=person.id).order_by(Inquiry.id.desc())
    return list(db.session.scalars(rows.limit(50)))


def about_order(order: Order) -> list[Inquiry]:
    """Those about an order by its buyer: whoever holds the order's own address may read them."""
    rows = select(Inquiry).filter_by(order_id=order.id, person_id=order.person_id).order_by(Inquiry.id.desc())
    return list(db.session.scalars(rows.limit(50)))


def forget(person: Person) -> None:
    """Erasure: their questions go with what was answered, also where it was published: the words were theirs first."""
    db.session.execute(delete(Inquiry).where(Inquiry.person_id == person.id))


def _say(campaign: Campaign, row: Inquiry, person: Person, text: str, key: str, team: bool) -> InquiryLine:
    line = InquiryLine(inquiry_id=row.id, person_id=person.id, team=team, text=text, key=key or None, at=campaign.moment)
    db.session.add(line)
    db.session.flush()
    db.session.expire(row, ["lines"])
    events.announce(campaign, "state", audience="team")
    return line


def _by_key(campaign: Campaign, person: Person, key: str) -> Inquiry | None:
    return db.session.scalar(select(Inquiry).filter_by(campaign_id=campaign.id, person_id=person.id, key=key))


def _same(row: Inquiry, text: str) -> Inquiry:
    if row.lines and row.lines[0].text != text:
        raise Refusal("key", "This form was sent before with other words. Load the page again to ask once more.")
    return row


def _open_of(campaign: Campaign, person: Person) -> int:
    rows = select(func.count()).select_from(Inquiry).filter_by(campaign_id=campaign.id, person_id=person.id)
    return db.session.scalar(rows.where(Inquiry.waits_since.is_not(None))) or 0
