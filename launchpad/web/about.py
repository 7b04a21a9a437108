"""The pages of the site itself: support, terms, privacy, imprint."""

from flask import Blueprint, abort, current_app, render_template

from launchpad.services import site
from launchpad.web.answers import page
from launchpad.web.keeping import for_strangers
from launchpad.web.permit import permit

blueprint = Blueprint("about", __name__, url_prefix="/about")


@blueprint.get("/<name>")
@permit("public")
@for_strangers
def about(name: str):
    """One page: the team's own words, else what is true of every site that runs this."""
    if name not in site.NAMES:
        abort(404)
    own = site.own(name)
    words = own.text if own else render_template(f"about/{name}.md", host=current_app.extensions["settings"].host)
    return page("about/about.html", name=name, title=site.NAMES[name], names=site.NAMES, own=own, words=words)
