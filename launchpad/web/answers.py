"""How a view answers: a page or a fragment of it, a redirect after a write, a refusal as the form with its error."""

from collections.abc import Callable

from flask import g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from launchpad.rules.refusals import Refusal
from launchpad.services import state


def wants_fragment() -> bool:
    """True when htmx asks for a part of a page (and not when it restores or boosts a whole one)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def page(template: str, status: int = 200, **values) -> Response:
    """The page `noun.html`, or to htmx its fragment `_noun.html` when `fragment=` names one."""
    fragment = values.pop("fragment", None)
    response = make_response(render_template(fragment if fragment and wants_fragment() else template, **values), status)
    response.vary.update(("Cookie", "HX-Request"))
    return response


def done(address: str, fragment: str | None = None, values: Callable[[], dict] = dict) -> Response:
    """After a write: 303 to the address; to htmx the fragment, or a redirect that htmx follows by itself.

    The fragment's `values` are read only for htmx: whoever is led on reads them by the next request.
    """
    if wants_fragment():
        if fragment is not None:
            return page(fragment, **values())
        response = make_response("", 200)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, 303)


def private(response: Response) -> Response:
    """Let nobody keep this answer: it is one person's, or its address holds a token. Where its links and forms lead is
    not told that address either, unless it is ours (security)."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def keep(response: Response, longest: int, whose: str = "") -> Response:
    """Let anyone keep this answer of a campaign for so many seconds, but not across an opening."""
    seconds = state.lifetime(g.campaign, g.now, longest)
    response.headers["Cache-Control"] = f"{whose}max-age={seconds}" if seconds else "no-cache"
    return response


def refused(refusal: Refusal, template: str, **values) -> Response:
    """The form again, with what was wrong: 422 unless the refusal says otherwise."""
    response = page(template, refusal.status, refusal=refusal, **values)
    response.headers["X-Refusal"] = refusal.reason
    return response
