"""The community proof page: across campaigns, in real numbers."""

from flask import Blueprint

from launchpad.services import community
from launchpad.web.answers import page
from launchpad.web.keeping import for_strangers
from launchpad.web.permit import permit

blueprint = Blueprint("community", __name__)


@blueprint.get("/community", endpoint="page")
@permit("public")
@for_strangers
def show():
    """What the community did over all launches, and its newest stories."""
    return page("community/community.html", proof=community.proof())
