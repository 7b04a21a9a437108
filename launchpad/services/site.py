"""The pages of the site itself: the team's words where they wrote some, else the built-in ones."""

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Page, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import audit

NAMES = {"support": "Support", "terms": "Terms", "privacy": "Privacy", "imprint": "Imprint"}
LONGEST = 50_000  # characters


def own(name: str) -> Page | None:
    """The team's own words for a page; None while the built-in text stands."""
    return db.session.scalar(select(Page).where(Page.name == name))


def stamp(page: Page | None) -> str:
    """Which words a form was made from: "" for the built-in ones."""
    return page.changed_at.isoformat() if page else ""


def write(name: str, text: str, actor: Person | None, seen: str | None = None) -> None:
    """Put the team's own words (Markdown) on a page; nothing brings the built-in text back. Raises Refusal.

    `seen` is the stamp of the words that the form showed: who comes second is told. None does not ask.
    """
    if name not in NAMES:
        raise Refusal("unknown", "There is no such page.", status=404)
    if len(text) > LONGEST:
        raise Refusal("text", f"A page has at most {LONGEST:,} characters.", "text")
    page = db.session.scalar(select(Page).where(Page.name == name).with_for_update())
    if seen is not None and seen != stamp(page):
        raise Refusal("changed", "Somebody changed this page meanwhile. Look at it again, then repeat.", "version")
    before = len(page.text) if page else None
    if not text.strip():
        if page:
            db.session.delete(page)
    elif page:
        page.text, page.changed_at = text.strip(), clock.now()
    else:
        db.session.add(Page(name=name, text=text.strip()))
    audit.record(
        actor, "page.write", subject=f"page:{name}", before={"length": before}, after={"length": len(text.strip())}
    )
    db.session.flush()
