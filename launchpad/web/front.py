"""The brand's front page: the campaign now running, those coming and past."""

from flask import Blueprint

from launchpad.services import campaigns
from launchpad.web.answers import page
from launchpad.web.keeping import for_strangers
from launchpad.web.permit import permit

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
@permit("public")
@for_strangers
def front():
    """What runs now first, then what comes, then what was."""
    return page("front/front.html", shelf=campaigns.shelf())
