"""Bringing friends: my link and how to share it, what it brought and earned, the terms, the leaderboard."""

from urllib.parse import quote

import segno
from flask import Blueprint, current_app, g, request, url_for
from markupsafe import Markup
from wtforms import StringField
from wtforms.validators import Length

from launchpad.database import writing
from launchpad.rules.refusals import Refusal
from launchpad.services import lines, network_marks, referrals, rewards, sharing
from launchpad.web import limits
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import Form, clean
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("referrals", __name__, url_prefix="/<slug>/invite"))


class ShownForm(Form):
    shown_as = StringField(validators=[Length(max=250)])


@blueprint.get("", endpoint="page")
@permit("invite.see")
def invite():
    """My link, my numbers, what I may earn, and the leaderboard."""
    network_marks.looked(g.campaign, me().id, limits.client(), (request.user_agent.string or "")[:250])
    return page("referrals/invite.html", **_values())


@blueprint.post("/leaderboard", endpoint="show")
@limiter.limit("30/minute", key_func=limits.person)
@permit("invite.see")
def show():
    """Stand on the leaderboard under a name of my choice, or not any more."""
    form = ShownForm()
    try:
        if not form.validate():
            raise Refusal("name", form.first_error, "shown_as")
        name = "" if request.form.get("verb") == "hide" else form.shown_as.data or ""
        if not name.strip() and request.form.get("verb") != "hide":
            raise Refusal("name", "Write the name that everyone shall read.", "shown_as")
        with writing():
            sharing.show_me(g.campaign, me(), name)
    except Refusal as refusal:
        return refused(refusal, "referrals/invite.html", typed=(clean(form.shown_as.data) or "")[:250], **_values())
    return done(url_for("referrals.page") + "#leaderboard")


@blueprint.post("/not-now", endpoint="not_now")
@limiter.limit("30/minute", key_func=limits.person)
@permit("invite.see")
def not_now():
    """Do not ask me for this again."""
    try:
        with writing():
            sharing.not_now(g.campaign, me(), request.form.get("moment", ""))
    except Refusal as refusal:
        return refused(refusal, "referrals/invite.html", **_values())
    return done(f"/{g.slug}/place" if request.form.get("back") == "place" else url_for("referrals.page"))


@blueprint.app_template_global("share_links")
def share_links(link: str) -> list[tuple[str, str, str]]:
    """Ways to send a link on that need no script and tell nobody before they are used: name, address, icon."""
    words = f"{g.campaign.name}: I am in line, and this link is from me. I may get something for it."
    both = quote(f"{words} {link}")
    return [
        ("Mail", f"mailto:?subject={quote(g.campaign.name)}&body={both}", "mail"),
        ("WhatsApp", f"https://wa.me/?text={both}", "message-circle"),
        ("Text message", f"sms:?&body={both}", "message-circle"),
        ("Telegram", f"https://t.me/share/url?url={quote(link)}&text={quote(words)}", "send"),
    ]


@blueprint.app_template_global("share_moment")
def share_moment() -> str | None:
    """The happy moment for which whoever reads this page is asked to share, or None."""
    if g.get("campaign") is None or me() is None or not may("invite.see"):
        return None
    return sharing.moment(g.campaign, me())


def _values() -> dict:
    campaign = g.campaign
    link = f"{current_app.extensions['settings'].base_url}/{campaign.slug}/?ref={referrals.code_of(me())}"
    drawn = segno.make(link, error="m", micro=False).svg_inline(omitsize=True, border=1, svgclass="qr-code", lineclass=None)
    return {
        "link": link,
        "qr": Markup(drawn),
        "mine": sharing.of(campaign, me()),
        "promises": rewards.promised(campaign),
        "points": lines.values(campaign) if campaign.rule == "points" else {},
        "terms": sharing.terms(campaign),
        "leaders": sharing.leaderboard(campaign),
    }
