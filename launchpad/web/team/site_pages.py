"""The pages of the site itself: support, terms, privacy, imprint, in the team's own words."""

from flask import abort, render_template, request, url_for

from launchpad.database import writing
from launchpad.rules.refusals import Refusal
from launchpad.services import site as pages
from launchpad.web.answers import done, page, refused
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import said, site


@site.get("/site")
@permit("site.edit")
def site_pages():
    """Which pages there are, and whose words they hold."""
    return page("team/site.html", here="site", names=pages.NAMES, own={name: pages.own(name) for name in pages.NAMES})


@site.get("/site/<name>")
@permit("site.edit")
def site_page(name: str):
    """The words of one page."""
    own = _own(name)
    return page("team/site_page.html", **_values(name, own.text if own else ""))


@site.post("/site/<name>")
@permit("site.edit")
def write_site_page(name: str):
    """Keep them; empty brings the built-in text back."""
    _own(name)
    text = ""
    try:
        text = said("text", 200_000)
        with writing():
            pages.write(name, text, me(), request.form.get("seen", ""))
    except Refusal as refusal:
        return refused(refusal, "team/site_page.html", **_values(name, text))
    return done(url_for("team.site_pages"))


def _own(name: str):
    if name not in pages.NAMES:
        abort(404)
    return pages.own(name)


def _values(name: str, text: str) -> dict:
    built_in = render_template(f"about/{name}.md", host="")
    return {"here": "site", "name": name, "title": pages.NAMES[name], "text": text, "built_in": built_in, **_now(name)}


def _now(name: str) -> dict:
    own = pages.own(name)
    return {"stamp": pages.stamp(own), "stands": own.text if own else ""}
