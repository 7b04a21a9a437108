"""What crawlers ask first: which pages there are for them, and which are nobody's business."""

from flask import Blueprint, Response, current_app, render_template

from launchpad.services import sitemap
from launchpad.web.keeping import for_strangers
from launchpad.web.permit import permit

blueprint = Blueprint("crawlers", __name__)

PRIVATE = ("/team/", "/me", "/hooks/", "/sign-in", "/unsubscribe/", "/*/place", "/*/orders/", "/*/buy", "/*/pass/", "/*/queue")


@blueprint.get("/robots.txt")
@permit("public")
@for_strangers
def robots():
    """Everything but what is somebody's own."""
    base = current_app.extensions["settings"].base_url
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {base}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@permit("public")
@for_strangers
def pages():
    """The public pages of every campaign that everybody may read."""
    base = current_app.extensions["settings"].base_url
    return Response(render_template("crawlers/sitemap.xml", base=base, pages=sitemap.pages()), mimetype="application/xml")
