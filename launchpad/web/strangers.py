"""Who is nobody in particular, told from a request as it came over the wire, and what such requests are alike by."""

from launchpad.services.actors import HEADER as ACTOR

LONGEST = 300  # characters of a query and a referrer that are looked up

_SOMEBODY = "HTTP_AUTHORIZATION", "HTTP_" + ACTOR.upper().replace("-", "_")


def is_somebody(environ: dict, session_cookie: str) -> bool:
    """True for whoever shows a session (the cookie of that name), a key, or whom they are played as."""
    return f"{session_cookie}=" in environ.get("HTTP_COOKIE", "") or any(name in environ for name in _SOMEBODY)


def key(environ: dict, session_cookie: str) -> tuple | None:
    """What a page depends on when nobody in particular asks; None for somebody, and for what is no page to be looked at."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or is_somebody(environ, session_cookie):
        return None
    query, host = environ.get("QUERY_STRING", ""), environ.get("HTTP_HOST", "")
    came = environ.get("HTTP_REFERER", "")
    if len(query) + len(came) > LONGEST:
        return None
    if came:  # forms carry on who linked here: the host of that page, or that it was ours
        parts = came.split("/", 3)
        came = parts[2] if len(parts) > 2 else came
        came = "=" if came == host else came
    asked = environ.get("HTTP_HX_REQUEST", ""), environ.get("HTTP_HX_BOOSTED", "")
    return host, environ.get("PATH_INFO", ""), query, came, asked
