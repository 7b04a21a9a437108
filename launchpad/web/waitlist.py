"""Joining the waitlist: the form, the neutral answer, and the confirming link, which only a POST uses."""

from flask import Blueprint, abort, g
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from launchpad.database import db, writing
from launchpad.models import Person, Place
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, gate, joining, state, tokens, waitlist
from launchpad.together import Together
from launchpad.web import limits, sign_in, touch
from launchpad.web.answers import done, page, refused
from launchpad.web.forms import Form
from launchpad.web.limits import actor, limiter
from launchpad.web.load import of_campaign
from launchpad.web.pace import briefly
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("waitlist", __name__, url_prefix="/<slug>/waitlist"))


class JoinForm(Form):
    email = StringField(validators=[InputRequired("Please enter your e-mail address."), Length(max=254)])
    name = StringField(validators=[Length(max=120, message="A name has at most 120 characters here.")])
    sku = StringField(validators=[Length(max=64)])
    quantity = IntegerField(validators=[Optional(), NumberRange(1, 1000, "Choose how many, as a number.")])
    ref = StringField(validators=[Length(max=40)])
    source = StringField(validators=[Length(max=100)])
    marketing = BooleanField()
    website = StringField(validators=[Length(max=250)])  # shown to nobody: who fills it in is a machine


blueprint.app_template_global("first_touch")(touch.first_touch)


@blueprint.get("", endpoint="page")
@permit("waitlist.join")
def form():
    """The form on a page of its own."""
    return page("waitlist/waitlist.html", **_values())


@blueprint.post("", endpoint="join")
@limiter.limit("1200/minute")  # a phone network's many people share few addresses
@permit("waitlist.join")
@briefly
def join():
    """Hold a place. The answer is the same for known and unknown addresses; my own, proven one goes straight in."""
    form = JoinForm()
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors), None))
        if form.website.data:
            return done(_sent())
        wish = joining.Wish(
            form.email.data, form.name.data or "", form.sku.data or None, form.quantity.data or 1, form.ref.data or "",
            form.marketing.data, form.source.data or "", _played_in(), me().id if me() else None,
            touch.remembered() or touch.kept(),
        )  # fmt: skip
        joined = _join((g.campaign.id, wish))
        if isinstance(joined, Refusal):
            raise joined
        mine = me() is not None and joined.person_id == me().id and joined.counted
    except Refusal as refusal:
        return refused(refusal, "waitlist/waitlist.html", fragment="waitlist/_join.html", **_values(form.data))
    return done(f"/{g.slug}/place" if mine else _sent())


def _join_all(asked: list[tuple[int, joining.Wish]]) -> list[joining.Joined | Refusal]:
    """One transaction for everybody who joins at this moment, campaign by campaign."""
    answers: dict[int, joining.Joined | Refusal] = {}
    with writing():
        for id in dict.fromkeys(id for id, _ in asked):
            mine = [at for at, (campaign_id, _) in enumerate(asked) if campaign_id == id]
            campaign = campaigns.by_id(id)
            answers |= zip(mine, joining.join_all(campaign, [asked[at][1] for at in mine]), strict=True)
    return [answers[at] for at in range(len(asked))]


_join = Together(_join_all)


@blueprint.get("/sent")
@permit("campaign.see")
def sent():
    """What to do now. It names no address and says nothing about one."""
    return page("waitlist/sent.html")


@blueprint.get("/confirm/<token>", endpoint="confirm_page")
@permit("place.confirm")
def confirming(token: str):
    """The button that the letter's link leads to; looking spends nothing."""
    return _private(page("waitlist/confirm.html", place=_place_by(token), token=token))


@blueprint.post("/confirm/<token>", endpoint="confirm")
@limiter.limit("30/minute", key_func=limits.address)
@permit("place.confirm")
def confirm(token: str):
    """Count the place, sign this browser in, and show the place."""
    place = _place_by(token)
    try:
        with writing():
            person_id = waitlist.confirm(place).id
    except Refusal as refusal:
        return _private(refused(refusal, "waitlist/confirm.html", place=_place_by(token), token=token))
    sign_in.let_in(db.session.get(Person, person_id))
    return done(f"/{g.slug}/place")


def _place_by(token: str) -> Place:
    id = tokens.read("confirm", token)
    place = db.session.scalar(select(Place).where(Place.id == id, Place.campaign_id == g.campaign.id)) if id else None
    if place is None or place.person.erased_at is not None:
        abort(404, "This link is not, or no longer, one of ours. Join again to get a new one.")
    return place


def _values(typed: dict | None = None) -> dict:
    typed = typed or {}
    return {
        "typed": typed,
        "confirmed": state.confirmed(g.campaign),
        "opens_at": gate.moment_of(g.campaign, None, None),
        "touch": touch.first_touch(),
    }


def _played_in() -> int | None:
    """The rehearsal that this request's sender is simulated in, if its crowd sent it."""
    return g.campaign.id if actor() and g.campaign.rehearsal else None


def _sent() -> str:
    return f"/{g.slug}/waitlist/sent"


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response
