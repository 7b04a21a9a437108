"""A stranger's form as it came over the wire, read without the application. What is not plainly whole is not read."""

import io
import re
from urllib.parse import parse_qsl

from flask import Flask

from launchpad.web import forms, strangers

NOT_TICKED = "", "false"  # what a box that is not ticked may send
LONGEST = 8 * 1024  # bytes of a form that is looked at
_NOT_PLAIN = "HTTP_HX_REQUEST", "HTTP_TRANSFER_ENCODING"


def sent(app: Flask, environ: dict, path: re.Pattern) -> tuple[str, dict[str, str]] | None:
    """The slug (the path's only group) and the fields of a stranger's whole form of ours; None for anything else.

    The request can be read again afterwards as it came.
    """
    found = path.fullmatch(environ.get("PATH_INFO", ""))
    if found is None or environ["REQUEST_METHOD"] != "POST" or environ.get("QUERY_STRING"):
        return None
    if strangers.is_somebody(environ, app.config["SESSION_COOKIE_NAME"]) or any(name in environ for name in _NOT_PLAIN):
        return None
    fields = _fields(environ)
    return (found[1], fields) if fields is not None and forms.is_ours(app, environ, fields.get("csrf_token", "")) else None


def typed_in(fields: dict[str, str], longest: dict[str, int]) -> dict[str, str] | None:
    """These fields as a form of the application cleans them, "" where one was not sent; None when one is too long."""
    typed = {name: forms.clean(fields.get(name, "")) for name in longest}
    return None if any(len(typed[name]) > most for name, most in longest.items()) else typed


def _fields(environ: dict) -> dict[str, str] | None:
    """The fields, of each name the first; None where the body is long, odd or cut off."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return None
    if not (length.isascii() and length.isdigit()) or not 0 < int(length) <= LONGEST:
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=40, errors="strict")
    except ValueError:
        return None
    return dict(reversed(pairs)) if len(body) == int(length) else None
