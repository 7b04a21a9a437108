"""A request within a request: a page of the campaign, asked by somebody made up, at a moment of theirs."""

from io import BytesIO

from flask import Response, current_app, g, request

from launchpad.services import previewing
from launchpad.services.previewing import Preview

# The pages of a campaign that can be seen ahead, by blueprint. A stream would never end, and letters' links are personal.
SEEN = frozenset(
    (
        "campaign",
        "waitlist",
        "place",
        "buy",
        "thread",
        "polls",
        "ideas",
        "stories",
        "recap",
        "pictures",
        "live_events",
        "calendars",
    )
)
NOT = frozenset(
    ("thread.stream", "waitlist.confirm_page", "buy.pass_page", "live_events.confirm_page", "live_events.stop_page")
)
_KEPT = ("HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT")


def asked(preview: Preview, path: str) -> Response | None:
    """The answer to a GET of the path under that preview: its words, type and status; None when it is no page of it.

    The inner request has an application context, a session and rows of its own, and no cookie. What belongs to whole
    requests only (the log, cookies, caches) is left to the outer one.
    """
    app = current_app._get_current_object()
    environ = {key: value for key, value in request.environ.items() if _harmless(key)}
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": path, "CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
    with previewing.showing(preview), app.app_context(), app.request_context(environ):
        g._login_user = preview.person or app.login_manager.anonymous_user()
        # from here on `request` is the inner one
        if request.endpoint is not None and (request.blueprint not in SEEN or request.endpoint in NOT):
            return None
        try:
            answer = app.preprocess_request()
            answer = app.make_response(app.dispatch_request() if answer is None else answer)
        except Exception as fault:
            answer = app.make_response(app.handle_user_exception(fault))
        answer.direct_passthrough = False
        return _words(answer)


def _harmless(key: str) -> bool:
    """Nothing of the outer request that says who asks, or that belongs to its body."""
    if key.startswith("HTTP_"):
        return key in _KEPT
    return not key.startswith(("werkzeug.", "flask.")) and key not in (
        "wsgi.input",
        "CONTENT_TYPE",
        "RAW_URI",
        "REQUEST_URI",
    )


def _words(answer: Response) -> Response:
    found = Response(answer.get_data(), answer.status_code, mimetype=answer.mimetype)
    for name in ("Location", "Content-Disposition"):
        if name in answer.headers:
            found.headers[name] = answer.headers[name]
    return found
