"""A change of the thread as HTML: what a stream sends and what polling gets, the same bytes.

Each is a few `<hx-partial>`: a new entry goes on top of #feed, a changed one takes the place of #entry-<id>, its copy
among the #pins follows; how one may write here goes into #thread-rule. They are made of the rows as they are now, never
as they were when the event was recorded.
"""

import threading
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Event
from launchpad.rules import moderation, posts
from launchpad.services import events, slow_mode
from launchpad.services.beside import Beside, beside

RULE = "rule"  # the kind of an event: who may write in the thread, or how often, has changed
BACKLOG = 1000  # events that a viewer may be behind; more, and the page is loaded anew


@dataclass
class Change:
    """One event. `html` is empty when there is nothing to show: an event of the team's, or news about the campaign."""

    seq: int
    kind: str
    entry_id: int | None
    html: str
    quiet: bool = False  # not for this audience: only its number is sent
    message: bytes = b""  # the event as one server-sent message with its number

    def __post_init__(self) -> None:
        self.say(self.html)

    @property
    def is_state(self) -> bool:
        """True for news about the campaign, which brings no HTML: open pages look at it anew."""
        return not self.quiet and self.entry_id is None and not self.html

    def say(self, html: str) -> None:
        """Make the message of this HTML."""
        self.html = html
        if self.quiet:
            self.message = b"id: %d\n\n" % self.seq
        elif self.is_state:
            self.message = sse("state", self.kind, self.seq)
        else:
            self.message = sse("", html, self.seq)


def sse(event: str, text: str, seq: int | None = None) -> bytes:
    """A server-sent message."""
    lines = [f"id: {seq}"] if seq is not None else []
    lines += [f"event: {event}"] if event else []
    lines += [f"data: {line}" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return ("\n".join(lines) + "\n\n").encode()


class Rendered:
    """The newest rendering of each entry, for one campaign and audience."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[int, str, str]] = {}  # entry id -> version, article, its copy among the pins
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._of)

    def version(self, id: int) -> int:
        return self._of[id][0] if id in self._of else 0

    def put(self, id: int, version: int, article: str, pin: str) -> None:
        """Keep a rendering unless a newer one is there: a viewer's thread may be late with an old version."""
        with self._lock:
            if version > self.version(id):
                self._of[id] = version, article, pin

    def get(self, id: int) -> tuple[str, str]:
        return self._of[id][1:]

    def drop_all_but(self, ids: set[int | None]) -> None:
        with self._lock:
            self._of = {id: of for id, of in self._of.items() if id in ids}


def read(
    campaign_id: int, seq: int, team: bool = False, kept: Rendered | None = None, most: int = BACKLOG
) -> list[Change]:
    """The changes after `seq`, oldest first, at most so many; what was rendered before is taken from `kept`."""
    kept = Rendered() if kept is None else kept
    rows = events.since(campaign_id, seq, most, team)
    entries = [entry for _, entry in rows if entry is not None]
    campaign = db.session.get(Campaign, campaign_id)
    ruled = RULE in {event.kind for event, _ in rows}
    if ruled:
        db.session.refresh(campaign)  # at least as new as the newest event read
    missing = {e.id: e for e in entries if kept.version(e.id) < e.version}
    answered = parents(list(missing.values()))
    around = beside(campaign, list(missing.values()))
    for entry in missing.values():
        kept.put(entry.id, entry.version, *_render(campaign, entry, answered, team, around))
    rule = _rule(campaign) if ruled else ""
    return [_change(event, entry, kept, rule) for event, entry in rows]


def _change(event: Event, entry: Entry | None, kept: Rendered, rule: str) -> Change:
    quiet = entry is None and event.audience != "all"
    text = html(event.kind, entry.id, kept) if entry else rule if event.kind == RULE else ""
    return Change(event.seq, event.kind, entry and entry.id, text, quiet)


def _rule(campaign: Campaign) -> str:
    """What puts the words about writing here in their place: whether the thread is closed, how slow it goes."""
    words = current_app.jinja_env.get_template("thread/_rule.html").render(**writing_rule(campaign)).strip()
    return f'<hx-partial hx-target="#thread-rule" hx-swap="innerHTML swapEmpty:true">{words}</hx-partial>'


def writing_rule(campaign: Campaign) -> dict:
    """The values of `thread/_rule.html`, the same for everyone."""
    pace = slow_mode.seconds(campaign)
    return {
        "closed": posts.closed_words(campaign.thread_closed_at, campaign.thread_message),
        "slow": f"Slow mode: one post in {moderation.span(pace)} for each person. The team is exempt." if pace else "",
    }


def html(kind: str, entry_id: int, kept: Rendered) -> str:
    """What puts the newest rendering of an entry in its place."""
    article, pin = kept.get(entry_id)
    if kind in ("new", "milestone"):
        return f'<hx-partial hx-target="#feed" hx-swap="afterbegin">{article}</hx-partial>'
    return (
        f'<hx-partial hx-target="#entry-{entry_id}" hx-swap="outerHTML">{article}</hx-partial>'
        f'<hx-partial hx-target="#pin-{entry_id}" hx-swap="delete"></hx-partial>'
        + (f'<hx-partial hx-target="#pins" hx-swap="afterbegin">{pin}</hx-partial>' if pin else "")
    )


def _render(campaign: Campaign, entry: Entry, answered: dict[int, Entry], team: bool, around: Beside) -> tuple[str, str]:
    """An entry as everyone of an audience sees it: the article, and its copy among the pins if it is pinned."""
    values = {
        "campaign": campaign, "entry": entry, "parents": answered, "moderate": team, "mine": False, "beside": around,
    }  # fmt: skip
    find = current_app.jinja_env.get_template
    pinned = entry.pinned_at is not None and entry.state == "shown"
    article = find("thread/_entry.html").render(values).strip()
    return article, find("thread/_pin.html").render(values).strip() if pinned else ""


def parents(entries: list[Entry]) -> dict[int, Entry]:
    """The entries that these answer to, and the answers that count to these, by id."""
    ids = {id for entry in entries for id in (entry.reply_to, entry.answer_id) if id}
    return {row.id: row for row in db.session.scalars(select(Entry).where(Entry.id.in_(ids)))} if ids else {}
