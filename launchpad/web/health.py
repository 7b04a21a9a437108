"""Whether the site is alive, and whether everything it needs is in order."""

from flask import Blueprint, jsonify

from launchpad.services import health
from launchpad.web.permit import permit

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@permit("public")
def alive():
    """This process answers."""
    return jsonify(ok=True)


@blueprint.get("/readyz")
@permit("public")
def ready():
    """Database, Redis, worker and timekeeper are in order; 503 and which is not, otherwise."""
    parts = health.parts()
    response = jsonify(ok=all(part["ok"] for part in parts.values()), **parts)
    response.status_code = 200 if response.json["ok"] else 503
    response.cache_control.no_store = True
    return response
