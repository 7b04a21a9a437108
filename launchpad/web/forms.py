"""Forms: the token that proves a form is ours, the origin check, and the base class that reads fields safely.

A page without a session is cached and shared, so its token is bound to nobody; it still carries its moment. A page
with a session carries a token bound to that session.
"""

import hashlib
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request, session
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import StringField

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
SALT = "form"
OUR_SITE = ("same-origin", "none")  # what a browser says of a form that was not sent from another site


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=SALT)


def _owner() -> str:
    """What the token of this request is bound to: the person's session, or nobody. A digest, as pages show it."""
    key = str(session.get("_user_id") or "")
    return hashlib.sha256(key.encode()).hexdigest()[:32] if key else ""


def token() -> str:
    """The token for the forms of this page."""
    if "form_token" not in g:
        g.form_token = _serializer().dumps(_owner())
    return g.form_token


def csrf() -> Markup:
    """The hidden field that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(token())


def form_moment() -> float | None:
    """When the form that was sent had been rendered, as a Unix time; None without a valid token."""
    try:
        return _serializer().loads(_sent(), return_timestamp=True)[1].timestamp()
    except BadSignature:
        return None


def _sent() -> str:
    return request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")


def _ours(origin: str, own: str, asked: str) -> bool:
    """Whether a page there is of this site: `own` is the host of its settings, `asked` that of the request."""
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:  # no address at all
        return False
    if netloc == own:
        return True
    name = netloc.rsplit(":", 1)[0]
    return name in LOOPBACK and own.rsplit(":", 1)[0] in LOOPBACK and netloc == asked


def is_ours(app: Flask, environ: dict, sent: str) -> bool:
    """Whether a stranger's POST comes from a form of ours, as `check_form` asks it, before the application is asked."""
    site, origin = environ.get("HTTP_SEC_FETCH_SITE"), environ.get("HTTP_ORIGIN") or environ.get("HTTP_REFERER")
    try:
        if site is not None:
            if site not in OUR_SITE:
                return False
        elif origin is not None:
            if not _ours(origin, app.extensions["settings"].host, environ.get("HTTP_HOST", "")):
                return False
        return moment_of(app, environ, sent) is not None
    except ValueError:
        return False


def moment_of(app: Flask, environ: dict, sent: str) -> float | None:
    """`form_moment` of a stranger's form, before the application is asked."""
    return _unbound(app.config["SECRET_KEY"], environ.get("HTTP_X_CSRF_TOKEN") or sent)


@lru_cache(maxsize=200)
def _unbound(secret: str, sent: str) -> float | None:
    """The moment of a token of ours that is bound to nobody, else None. Thousands send that of the page they all were shown."""
    try:
        owner, at = URLSafeTimedSerializer(secret, salt=SALT).loads(sent, return_timestamp=True)
    except BadSignature:
        return None
    return at.timestamp() if owner == "" else None


def _host() -> str:
    return current_app.extensions["settings"].host


def check_form() -> None:
    """Refuse a POST that does not come from a form of ours. Runs before every request."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "from_anywhere", False):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if site is not None:
        if site not in OUR_SITE:
            abort(400, "This form was sent from another site.")
    elif origin is not None and not _ours(origin, _host(), request.host):
        abort(400, "This form was sent from another site.")
    try:
        owner = _serializer().loads(_sent())
    except BadSignature:
        abort(400, "This form is no longer valid. Load the page again and send it once more.")
    if owner != _owner():
        abort(400, "You signed in or out since this page was loaded. Load it again and send the form once more.")


def from_anywhere(view):
    """Mark a view whose POST needs no form of ours: one-click unsubscribe, signed webhooks."""
    view.from_anywhere = True
    return view


def clean(value: str | None) -> str | None:
    """Text as we keep it: NFC, no NUL or other control characters but line breaks and tabs, no lone surrogates."""
    if value is None:
        return None
    if value.isascii() and value.isprintable():  # most that people send: there is nothing to do
        return value.strip()
    value = unicodedata.normalize("NFC", value.encode("utf-8", "replace").decode("utf-8")).replace("\r\n", "\n")
    return "".join(c for c in value if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


class Form(FlaskForm):
    """A form whose text fields are cleaned before they are checked. The token is checked once, for every POST."""

    class Meta:
        csrf = False

        def bind_field(self, form, unbound_field, options):
            filters = list(unbound_field.kwargs.get("filters", ()))
            if issubclass(unbound_field.field_class, StringField):
                filters.insert(0, clean)
            return unbound_field.bind(form=form, filters=filters, **options)

    @property
    def first_error(self) -> str:
        """The first message to show, or nothing."""
        return next((str(messages[0]) for messages in self.errors.values() if messages), "")






