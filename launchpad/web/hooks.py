"""Where providers and stores report: the raw body is proven, kept as a row, and answered; a job works it."""

from flask import Blueprint, abort, current_app, jsonify, request

from launchpad.database import writing
from launchpad.outside.payments import signed
from launchpad.services import hooks
from launchpad.web.forms import from_anywhere
from launchpad.web.permit import permit

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")

LARGEST = 1024 * 1024  # bytes; an order of a hundred lines has a tenth of it


@blueprint.post("/<provider>", endpoint="receive")
@permit("public")
@from_anywhere
def receive(provider: str):
    """Keep one signed delivery: 200 for it and for each repetition of it, 401 unsigned, 400 unreadable, 413 too large.

    404 when this provider is not set up here: a secret that is missing is not an error of who knocks.
    """
    verify = signed.sender(provider, current_app.extensions["settings"])
    if verify is None:
        abort(404, "This provider is not set up here: its webhook secret is missing.")
    request.max_content_length = LARGEST
    raw = request.get_data(cache=False)
    try:
        event = verify(request.headers, raw)
    except signed.Forged:
        return jsonify(error="The signature is not right"), 401
    except signed.Unreadable as fault:
        return jsonify(error=f"This cannot be read: {fault}"), 400
    if event.nothing:
        return jsonify(kept=False)
    with writing():
        kept = hooks.keep(provider, event)
    return jsonify(kept=kept)
