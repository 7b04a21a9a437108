"""The headers of every answer: a strict content policy, and nothing that lets another site use ours."""

from flask import Flask, g, request, session
from werkzeug.wrappers import Response

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'{pay}",
        "frame-ancestors {frames}",
    )
)


def harden(app: Flask, response: Response, frames: str = "'none'", pay: str = "") -> None:
    """Set what every answer says to a browser, whoever asked. `pay`: where a form of the page may lead on to."""
    response.headers.setdefault("Content-Security-Policy", POLICY.format(frames=frames, pay=pay))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if app.extensions["settings"].secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def install(app: Flask) -> None:
    """Set the headers on every answer of the app."""

    @app.after_request
    def headers(response: Response) -> Response:
        harden(app, response, g.get("framed_by", "'none'"), g.get("pays_at", ""))  # pays_at: set by that page's view
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            mine = bool(session) or request.method != "GET"
            response.headers["Cache-Control"] = "private, no-store" if mine else "no-cache"
        return response
