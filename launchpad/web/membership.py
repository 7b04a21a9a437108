"""Becoming a member: what it means, the form, the button of its letter, and where a request stands."""

from zoneinfo import ZoneInfo

from flask import Blueprint, g, request
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from launchpad.database import db, writing
from launchpad.models import Campaign, Person
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, membership, membership_requests
from launchpad.web import played
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import address, limiter
from launchpad.web.load import use
from launchpad.web.pace import even
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit
from launchpad.web.sign_in import let_in

UTC = ZoneInfo("UTC")
blueprint = Blueprint("membership", __name__, url_prefix="/membership")


class MembershipForm(Form):
    email = StringField(validators=[InputRequired("Please enter your e-mail address."), Length(max=254)])
    name = StringField(validators=[Length(max=60, message="A name has at most 60 characters here.")])
    code = StringField(validators=[Length(max=60, message="An invite code is shorter than that.")])
    about = StringField(
        filters=[lambda text: " ".join((text or "").split())],  # a browser sends two signs for each new line
        validators=[Length(max=membership.ABOUT, message=f"At most {membership.ABOUT} characters fit here.")],
    )
    marketing = BooleanField()
    next = StringField(validators=[Length(max=250)])
    website = StringField()  # only machines fill it


@blueprint.get("", endpoint="page")
@permit("membership.join")
def explain():
    """What a member is, and the form; for a member, that they are one; for who asked to be, where that stands."""
    campaign = _campaign()
    asked = request.args
    values = {"code": asked.get("code", "")[:60], "next": ours(asked.get("next"), ""), "invited": "invited" in asked}
    return page("membership/membership.html", **_shown(campaign), given=values, wrong={})


@blueprint.post("")
@limiter.limit("30/minute;500/hour")
@permit("membership.join")
@even
def ask():
    """Write the letter with the button; the same answer for every address."""
    campaign, form = _campaign(), MembershipForm()
    next = ours(form.next.data, "")
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, _at_fault(form))
        if not form.website.data:
            slug = campaign.slug if campaign else None
            with writing():
                membership.ask(
                    form.email.data, form.name.data or "", form.code.data or "", form.marketing.data,
                    campaigns.by_slug(slug) if slug else None, next, played.campaign_id(), form.about.data,
                )  # fmt: skip
    except Refusal as refusal:
        given = {name: field.data for name, field in form._fields.items()} | {"next": next}
        wrong = {refusal.field: refusal.message}
        return refused(refusal, "membership/membership.html", **_shown(_campaign()), given=given, wrong=wrong)
    return done("/membership/sent" + (f"?campaign={campaign.slug}" if campaign else ""))


@blueprint.get("/sent")
@permit("membership.join")
def sent():
    """What to do now."""
    return page("membership/sent.html", way=membership.way_in(_campaign()))


@blueprint.get("/confirm/<token>")
@permit("membership.join")
def confirm(token: str):
    """The button that the letter leads to. A GET changes nothing: mail scanners open links."""
    row = membership.usable(token)
    if row is not None and row.campaign_id:
        use(db.session.get(Campaign, row.campaign_id).slug)
    leads_to = membership.leads_to(row) if row else ""
    response = page("membership/confirm.html", 200 if row else 410, row=row, token=token, leads_to=leads_to)
    return private(response)


@blueprint.post("/confirm/<token>")
@limiter.limit("10/minute", key_func=address)
@permit("membership.join")
def settle(token: str):
    """A member from now on, or one whose request the team looks at; signed in with this browser either way."""
    try:
        with writing():
            row = membership.confirm(token)
    except Refusal as refusal:
        return refused(refusal, "membership/confirm.html", row=membership.usable(token), token=token, leads_to="member")
    if row is None:
        return page("membership/confirm.html", 410, row=None, token=token)
    campaign = db.session.get(Campaign, row.campaign_id) if row.campaign_id else None
    next = ours(row.next, f"/{campaign.slug}/" if campaign else "/me")
    person = db.session.get(Person, row.person_id)
    let_in(person)
    if not person.is_member:
        next = "/membership" + (f"?campaign={campaign.slug}" if campaign else "")
    return done(next)


@blueprint.app_template_global("request_stands")
def request_stands() -> str:
    """What whoever is signed in reads of their request to become a member: waiting, declined; empty without one."""
    who = me()
    asked = membership_requests.of(who) if who is not None and not who.is_member else None
    return membership_requests.told(asked) if asked else ""


def _at_fault(form: Form) -> str | None:
    """The first field at fault."""
    return next(iter(form.errors), None)


def _campaign() -> Campaign | None:
    """The campaign on whose page this began: a draft too, whose poster is what asks strangers to become members."""
    slug = request.values.get("campaign", "")
    if not slug or campaigns.by_slug(slug[:100]) is None:
        return None
    use(slug)
    return g.campaign


def _shown(campaign: Campaign | None) -> dict:
    who = me()
    already = who is not None and who.is_member
    asked = membership_requests.of(who) if who is not None and not already else None
    return {
        "way": membership.way_in(campaign),
        "already": already,
        "asked": asked,
        "stands": membership_requests.told(asked) if asked else "",
        "longest": membership.ABOUT,
        "slug": campaign.slug if campaign else "",
        "utc": UTC,
    }
