"""The pages for what went wrong: what it was, and what to do now."""

import logging
from collections.abc import Callable, Iterable

from flask import Flask, current_app, g, jsonify, make_response, request
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from werkzeug.exceptions import HTTPException

from launchpad.database import db, let_go
from launchpad.rules.refusals import Refusal
from launchpad.web import limits

log = logging.getLogger(__name__)

WORDS = {
    400: ("That request cannot be read", "Load the page again and try once more."),
    403: ("This page is not open to you", "It may be for members, or not open yet."),
    404: ("There is nothing at this address", "The link may be old or mistyped."),
    405: ("That does not work at this address", "Go back and use the form on the page."),
    413: ("That is too large", "Send smaller photos, or fewer of them."),
    422: ("That could not be accepted", "Go back, correct it and send it again."),
    429: ("That was a lot at once", "Wait a minute, then try again."),
    500: ("Something failed on our side", "Nothing you sent was lost on purpose. Try again in a moment."),
    503: ("We are catching our breath", "Try again in a few seconds."),
}


def install(app: Flask) -> None:
    """Answer every error of the app with a page, or with JSON where JSON was asked for. Call it when all doors stand in front."""
    app.wsgi_app = _in_words(app, app.wsgi_app)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException):
        if error.code is None or error.code < 400:
            return error
        said = error.description if error.code in (400, 403, 404, 422, 503) and _ours(error) else None
        response = show(error.code, said)
        if error.code == 429:
            response.headers["Retry-After"] = str(getattr(error, "retry_after", None) or limits.retry_after())
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value
        return response

    @app.errorhandler(Refusal)
    def refusal(error: Refusal):
        response = show(error.status, error.message)
        response.headers["X-Refusal"] = error.reason  # for programs: the page says it in words
        return response

    @app.errorhandler(DataError)
    def unfit(_error: DataError):
        db.session.rollback()
        return show(422)

    app.register_error_handler(NoneFree, _database_away)  # of the pool's connections, for as long as anybody may wait
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _failed)


def _database_away(_error: Exception):
    log.error("the database did not answer", exc_info=True)
    let_go()
    response = show(503)
    response.headers["Retry-After"] = "2"
    return response


def _failed(error: Exception):
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _database_away(error)
    log.error("a request failed", exc_info=True, extra={"endpoint": request.endpoint})
    let_go()
    return show(500)


def _in_words(app: Flask, inner: Callable) -> Callable:
    """What fails in front of the application, as the checkout's door may with the database, is answered in the same words."""

    def answered(environ: dict, start_response: Callable) -> Iterable[bytes]:
        try:
            return inner(environ, start_response)
        except Exception as fault:
            with app.request_context(environ):
                response = app.process_response(app.make_response(app.handle_user_exception(fault)))
                return response(environ, start_response)

    return answered


def _ours(error: HTTPException) -> bool:
    return error.description != type(error).description


def show(status: int, said: str | None = None):
    """The page of one error. Nothing asks for a row, not even for whose page it is, so it works when the database does not."""
    title, advice = WORDS.get(status, WORDS[422 if status < 500 else 500])
    if request.path.endswith(".json") or request.path.startswith("/hooks/"):
        response = jsonify(error=title, message=said or advice)
    else:
        from_htmx = request.headers.get("HX-Request") == "true"
        name = "errors/_error.html" if from_htmx else "errors/error.html"
        out = g.get("way_out")  # set by a guard that knows the reader
        template = current_app.jinja_env.get_template(name)
        response = make_response(template.render(status=status, title=title, said=said, advice=advice, out=out))
    response.status_code = status
    return response

