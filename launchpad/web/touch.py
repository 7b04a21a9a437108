"""Where somebody comes from, first party and without a cookie for strangers: forms and links carry what the address said.

Whoever is signed in has a session; it keeps their first touch of a campaign, because they return by links that say nothing.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import current_app, g, request, session

from launchpad.rules import attribution
from launchpad.web.forms import clean
from launchpad.web.permit import me

_KEPT = 5  # campaigns whose first touch a session remembers


def first_touch() -> dict[str, str]:
    """What this request says, every part of rules.attribution.TOUCH, "" where it says nothing.

    `source` is utm_source, or else the host of the page that linked here; `landing` the page that somebody came to.
    """
    said = _said(request.values)
    if not request.form and not said["landing"]:
        host, ours = _referrer()
        said["referrer"] = said["referrer"] or host
        said["landing"] = "" if ours else request.path
    return _cut(said)


def of_form(fields: Mapping[str, str]) -> dict[str, str]:
    """What the fields of a form say, as a row keeps it."""
    return attribution.touch(_cut(_said(fields)))


def _said(fields: Mapping[str, str]) -> dict[str, str]:
    said = {name: clean(fields.get(name)) or "" for name in attribution.TOUCH}
    said["source"] = clean(fields.get("utm_source")) or said["source"]
    return said


def _cut(said: dict[str, str]) -> dict[str, str]:
    said["source"] = said["source"] or said["referrer"]
    return {name: said[name][:most] for name, most in attribution.TOUCH.items()}


def kept() -> dict[str, str]:
    """This request's touch as a row keeps it: without what says nothing."""
    return attribution.touch(first_touch())


def remember() -> None:
    """Keep the first touch of whoever is signed in, in their session; a stranger gets no cookie."""
    if me() is None or g.slug in (known := session.get("touch") or {}):
        return
    if said := kept():
        session["touch"] = dict([*known.items(), (g.slug, said)][-_KEPT:])


def remembered() -> dict[str, str] | None:
    """That first touch; None when it is not known."""
    known = (session.get("touch") or {}) if me() is not None else {}
    return known.get(g.slug)


def _referrer() -> tuple[str, bool]:
    """The host of the page that linked here, and whether that was one of ours."""
    try:
        host = urlsplit(request.referrer or "").hostname or ""
    except ValueError:
        return "", False
    ours = host in (current_app.extensions["settings"].host.split(":")[0], request.host.split(":")[0])
    return ("", True) if ours else (host, False)
