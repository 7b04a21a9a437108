"""The thread as an Atom feed."""

import re

from flask import Blueprint, Response, current_app, g, render_template
from markupsafe import Markup, escape

from launchpad.models import Entry
from launchpad.services import thread
from launchpad.web.answers import keep
from launchpad.web.filters import markdown
from launchpad.web.keeping import for_strangers
from launchpad.web.load import of_campaign
from launchpad.web.permit import permit

blueprint = of_campaign(Blueprint("thread_feed", __name__, url_prefix="/<slug>"))

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _plain(text: str) -> str:
    """Text that XML can carry."""
    return _NOT_XML.sub("", text)


def _item(entry: Entry) -> dict:
    html = escape(entry.text) if entry.kind == "purchase" else markdown(entry.text)  # with a buyer's name in it, no Markdown
    title = _plain(Markup(html).striptags())
    author = entry.named or g.campaign.brand or g.campaign.name
    return {
        "entry": entry,
        "html": _plain(str(html)),
        "title": title if len(title) <= 80 else title[:79] + "…",
        "author": _plain(author),
    }


@blueprint.get("/thread.atom")
@permit("thread.read")
@for_strangers
def atom():
    """The newest entries for feed readers, hidden ones left out."""
    entries = [entry for entry in thread.latest(g.campaign) if entry.state == "shown"]
    text = render_template(
        "thread/atom.xml",
        base=current_app.extensions["settings"].base_url,
        items=[_item(entry) for entry in entries],
        updated=max((entry.edited_at or entry.at for entry in entries), default=g.campaign.created_at),
    )
    return keep(Response(text, mimetype="application/atom+xml"), 10, "public, ")
