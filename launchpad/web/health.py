"""Whether the site is alive, and whether everything it needs is in order."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from launchpad.services import health, metrics
from launchpad.web import live
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


@blueprint.get("/metrics")
@permit("public")
def scrape():
    """The numbers of this site, as Prometheus reads them: counts of rows, and the streams of this process."""
    registry = CollectorRegistry()
    registry.register(metrics.Rows())
    streams = Gauge("launchpad_streams", "Live streams that this process serves", registry=registry)
    streams.set(live.hub().streams)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
