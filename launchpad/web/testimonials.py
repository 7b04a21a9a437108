"""What a member thinks of it, said in the preview for launch day: given, changed, taken back."""

from flask import Blueprint, g
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from launchpad.database import writing
from launchpad.models import Person, Testimonial
from launchpad.rules import testimonials as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import consents, testimonials
from launchpad.web.answers import done, page, private, refused
from launchpad.web.forms import Form
from launchpad.web.limits import limiter, person
from launchpad.web.load import of_campaign, refresh
from launchpad.web.paths import ours
from launchpad.web.permit import me, permit

blueprint = of_campaign(Blueprint("testimonials", __name__, url_prefix="/<slug>/testimonial"))


class TestimonialForm(Form):
    """The words, the name beside them, and the box that lets them be shown."""

    text = TextAreaField(validators=[Length(max=20_000, message=f"{rules.LONGEST} characters is the most.")])
    name = StringField(validators=[Length(max=rules.NAME, message=f"A name has at most {rules.NAME} characters here.")])
    agreed = BooleanField()


class WithdrawForm(Form):
    """The page to go back to."""

    next = StringField(validators=[Length(max=250, message="This form cannot be read. Load the page again.")])


@blueprint.get("", endpoint="page")
@permit("testimonial.send")
def own():
    """The form, with what was given before."""
    return private(page("testimonials/testimonial.html"))


@blueprint.post("", endpoint="send")
@limiter.limit("30/minute", key_func=person)
@permit("testimonial.send")
def send():
    """Give it, or change it."""
    form = TestimonialForm()
    typed = {"text": (form.text.data or "")[:5000], "name": (form.name.data or "")[:250], "agreed": form.agreed.data}
    try:
        if not form.validate():
            raise Refusal("form", form.first_error, next(iter(form.errors)))
        with writing() as session:
            author = session.get(Person, me().id)
            testimonials.send(g.campaign, author, typed["text"], typed["name"], bool(form.agreed.data))
    except Refusal as refusal:
        refresh(refused=True)
        return private(refused(refusal, "testimonials/testimonial.html", typed=typed))
    return done(f"/{g.slug}/testimonial")


@blueprint.post("/withdraw", endpoint="withdraw")
@limiter.limit("30/minute", key_func=person)
@permit("testimonial.withdraw")
def withdraw():
    """Take it back."""
    if me() is None:
        raise Refusal("not_yours", "Sign in first: only who gave it can take it back.", status=403)
    form = WithdrawForm()
    if not form.validate():
        raise Refusal("form", form.first_error)
    with writing() as session:
        testimonials.withdraw(g.campaign, session.get(Person, me().id))
    return done(ours(form.next.data, f"/{g.slug}/"))


@blueprint.app_template_global("my_testimonial")
def mine() -> Testimonial | None:
    """What whoever looks at this campaign's page gave; nothing when it was taken back."""
    row = testimonials.of(g.campaign, me())
    return row if row is not None and row.state != "withdrawn" else None


@blueprint.app_template_global("testimonial_terms")
def terms() -> dict:
    """How long one may be, and what is agreed to, in the words that are kept."""
    return {"longest": rules.LONGEST, "name": rules.NAME, "wording": consents.WORDING[testimonials.WORDING]}
