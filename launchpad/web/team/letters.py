"""The outbox: letters of all campaigns or of one, what each says, and what became of it."""

from flask import Response, abort, g, request, url_for

from launchpad.models import Campaign, Letter
from launchpad.services import campaigns, mailbox, sign_in
from launchpad.services.letters import KINDS
from launchpad.web.answers import page
from launchpad.web.forms import clean
from launchpad.web.permit import may, permit
from launchpad.web.team.frame import cursor, room, site

MOST = 50
# A letter's own page in a frame: its inline styles, its pictures from here, no script; its links open beside it.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@site.get("/outbox")
@permit("keys.see")
def outbox():
    """Every letter."""
    return _list(None)


@room.get("/letters")
@permit("letters.see")
def letters():
    """The letters of a campaign."""
    return _list(g.campaign)


@site.get("/outbox/<int:id>")
@permit("keys.see")
def letter(id: int):
    """One letter, as its reader gets it."""
    return _letter(_one(id), url_for("team.outbox"), url_for("team.letter_html", id=id))


@room.get("/letters/<int:id>")
@permit("letters.see")
def campaign_letter(id: int):
    """One letter of a campaign."""
    return _letter(_one(id, g.campaign), url_for("room.letters"), url_for("room.campaign_letter_html", id=id))


@site.get("/outbox/<int:id>/html")
@permit("keys.see")
def letter_html(id: int):
    """What stands in the frame."""
    return _html(_one(id))


@room.get("/letters/<int:id>/html")
@permit("letters.see")
def campaign_letter_html(id: int):
    """What stands in the frame."""
    return _html(_one(id, g.campaign))


def _one(id: int, campaign: Campaign | None = None) -> Letter:
    found = mailbox.one(id, campaign)
    if found is None:
        abort(404)
    if found.kind in sign_in.CONFIRMING and not may("keys.see"):
        abort(403, "This letter holds a link that signs its reader in. Owners can read it.")
    return found


def _list(campaign: Campaign | None):
    kind, state = (clean(request.args.get(name, ""))[:60] for name in ("kind", "state"))
    rows = mailbox.listed(campaign, kind, state, cursor(), MOST + 1)
    address = url_for(request.endpoint)
    older = None
    if len(rows) > MOST:
        rows = rows[:MOST]
        older = url_for(request.endpoint, before=rows[-1].id, kind=kind or None, state=state or None)
    return page(
        "team/letters.html",
        here="letters" if campaign else "outbox",
        letters=rows,
        tallies=mailbox.tallies(campaign),
        slugs={c.id: c for c in campaigns.every()},
        kind=kind,
        state=state,
        kinds=[("", "Every kind")] + [(k, k.replace("_", " ")) for k in KINDS],
        states=[("", "Every state")] + [(s, s) for s in mailbox.STATES],
        every_state=mailbox.STATES,
        address=address,
        older=older,
        newer=address if cursor() else None,
    )


def _letter(letter: Letter, back: str, frame: str):
    return page(
        "team/letter.html", here="letters" if g.get("campaign") else "outbox", letter=letter, back=back, frame=frame
    )


def _html(letter: Letter) -> Response:
    if letter.html is None:
        abort(404)
    response = Response(letter.html.replace("<head>", '<head><base target="_blank">', 1), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response
