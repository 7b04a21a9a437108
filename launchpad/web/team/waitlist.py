"""The waitlist, in line: who stands where, since when, wishing for what, brought by what."""

from flask import g, request, url_for

from launchpad.services import numbers, registers
from launchpad.web.answers import page
from launchpad.web.forms import clean
from launchpad.web.permit import permit
from launchpad.web.team.frame import cursor, room

MOST = 50
STATES = [("", "All"), ("confirmed", "Confirmed"), ("waiting", "Not confirmed yet"), ("left", "Left")]


@room.get("/waitlist")
@permit("waitlist.see")
def waitlist():
    """A page of it: `state`, `q` and `after` in the address."""
    state = request.args.get("state", "")
    state = state if state in registers.PLACES else ""
    words = (clean(request.args.get("q", "")) or "")[: registers.LONGEST]
    rows = registers.places(g.campaign, state, words, cursor("after"), MOST + 1)
    more = None
    if len(rows) > MOST:
        rows = rows[:MOST]
        more = url_for("room.waitlist", after=rows[-1].place.id, state=state or None, q=words or None)
    first = url_for("room.waitlist", state=state or None, q=words or None)
    return page(
        "team/waitlist.html",
        here="waitlist",
        rows=rows,
        found=numbers.numbers(g.campaign),
        variants=registers.names_of_variants(g.campaign),
        state=state,
        states=STATES,
        words=words,
        more=more,
        first=first if cursor("after") is not None else None,
    )
