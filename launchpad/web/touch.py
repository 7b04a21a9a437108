"""The first touch: what the address that somebody came by says about where from. No cookie: forms carry it on."""

from urllib.parse import urlsplit

from flask import current_app, request

from launchpad.web.forms import clean


def first_touch() -> dict[str, str]:
    """`ref`, the referral code, and `source`: utm_source, or else the host of the page that linked here."""
    arguments = request.values
    source = arguments.get("utm_source") or arguments.get("source") or _referrer()
    return {"ref": (clean(arguments.get("ref")) or "")[:40], "source": (clean(source) or "")[:100]}


def _referrer() -> str:
    try:
        host = urlsplit(request.referrer or "").hostname or ""
    except ValueError:
        return ""
    return "" if host in (current_app.extensions["settings"].host.split(":")[0], request.host.split(":")[0]) else host
