"""After joining: "Look in your inbox", with the letter once more or to another address, wherever the form stood."""

from flask import Blueprint, g, request, url_for

from launchpad.rules.refusals import Refusal
from launchpad.services import tokens
from launchpad.web import join_form
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import clean
from launchpad.web.join_form import AddressForm
from launchpad.web.limits import limiter
from launchpad.web.pace import briefly
from launchpad.web.permit import permit

_PAGES = {"waitlist": "waitlist/sent.html", "embed": "waitlist/frame_sent.html"}  # by blueprint


def stands_in(blueprint: Blueprint) -> None:
    """Give a blueprint this page and its two forms; _PAGES says how it looks there."""
    blueprint.add_url_rule("/sent", "sent", sent)
    blueprint.add_url_rule("/again", "again", again, methods=["POST"])
    blueprint.add_url_rule("/correct", "correct", correct, methods=["POST"])


def address(blueprint: str, key: str, said: str = "") -> str:
    """Where a blueprint's page is, for the browser that joined."""
    return url_for(f"{blueprint}.sent", slug=g.slug, key=key, said=said or None)


@permit("campaign.see")
def sent():
    """What to do now. It names no address and says nothing about one."""
    return page(_PAGES[request.blueprint], **_values())


# Confirmed is what was asked for before the launch, also after it: so is the way there.
@limiter.limit("600/minute")
@permit("place.confirm")
@briefly
def again():
    """The letter once more: the same answer whether there is anybody to write to."""
    values = _values()
    try:
        join_form.ask_again(values["key"])
    except Refusal as refusal:
        return refused(refusal, _PAGES[request.blueprint], **values)
    return done(address(request.blueprint, values["key"], "again"))


@limiter.limit("600/minute")
@permit("place.confirm")
@briefly
def correct():
    """Another address for the place that this browser just asked for."""
    form, values = AddressForm(), _values()
    try:
        key = join_form.correct(values["key"], form)
    except Refusal as refusal:
        return refused(refusal, _PAGES[request.blueprint], typed=form.data, **values)
    return done(address(request.blueprint, key, "corrected"))


def _values() -> dict:
    """The key of whoever joined, and what they did last on this page."""
    key = (clean(request.values.get("key")) or "")[: tokens.LONGEST]
    said = request.args.get("said", "")
    return {"key": key if tokens.unseal("joined", key) else "", "said": said if said in ("again", "corrected") else ""}
