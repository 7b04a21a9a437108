"""The one form of the waitlist, wherever it stands: what it holds, and joining with it."""

import time

from flask import g, request
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from launchpad.database import db, writing
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, correcting, gate, joining, standing, state
from launchpad.together import Together
from launchpad.web import limits, pace, touch
from launchpad.web.forms import Form, form_moment


class AddressForm(Form):
    email = StringField(validators=[InputRequired("Please enter your e-mail address."), Length(max=254)])
    website = StringField(validators=[Length(max=250)])  # shown to nobody: who fills it in is a machine


class JoinForm(AddressForm):
    name = StringField(validators=[Length(max=120, message="A name has at most 120 characters here.")])
    sku = StringField(validators=[Length(max=64)])
    quantity = IntegerField(validators=[Optional(), NumberRange(1, 1000, "Choose how many, as a number.")])
    ref = StringField(validators=[Length(max=40)])
    source = StringField(validators=[Length(max=100)])
    marketing = BooleanField()


def checked(form: Form) -> Form:
    """The form, if it is filled in rightly. Raises Refusal with the first thing that is not."""
    if not form.validate():
        raise Refusal("form", form.first_error, next(iter(form.errors), None))
    return form


def wish_of(form: JoinForm, by: int | None) -> joining.Wish:
    """What the form asks for; `by` is the id of who is signed in."""
    return joining.Wish(
        form.email.data, form.name.data or "", form.sku.data or None, form.quantity.data or 1, form.ref.data or "",
        form.marketing.data, form.source.data or "", played_in(), by,
        touch=touch.remembered() or touch.kept(), client=limits.client(), seconds=seconds_since(form_moment()),
        agent=(request.user_agent.string or "")[:250],
    )  # fmt: skip


def join(form: JoinForm, by: int | None) -> tuple[joining.Joined | None, str]:
    """The place that came of it, and the key of its page "Look in your inbox". Raises Refusal.

    A machine, which fills in what nobody sees, gets a key as well, and no place. `by`: see `wish_of`.
    """
    id = g.campaign.id
    if checked(form).website.data:
        return None, correcting.key_of(id, None)
    wish = wish_of(form, by)
    db.session.rollback()  # whoever waits for the common transaction holds no connection: there are fewer than people
    answer = together((g.slug, "restock.join" if request.blueprint == "restock" else "waitlist.join", wish))
    if isinstance(answer, Refusal):
        raise answer
    return answer


def correct(key: str, form: AddressForm) -> str:
    """Hold the place for another address; the key that serves from now on. Raises Refusal."""
    if checked(form).website.data:
        return key
    wish = joining.Wish(form.email.data, played_in=played_in(), client=limits.client())
    with writing():
        joined = correcting.correct(campaigns.by_id(g.campaign.id), key, wish)
    return correcting.key_of(g.campaign.id, joined)


def ask_again(key: str) -> None:
    """The confirming letter once more. Raises Refusal."""
    with writing():
        correcting.ask_again(campaigns.by_id(g.campaign.id), key)


def values(typed: dict | None = None) -> dict:
    """What the form and the page around it show."""
    typed = typed or {}
    return {
        "typed": typed,
        "confirmed": state.confirmed(g.campaign),
        "opens_at": gate.moment_of(g.campaign, None, None),
        "touch": touch.first_touch(),
    }


def played_in() -> int | None:
    """The rehearsal that this request's sender is simulated in, if its crowd sent it."""
    return g.campaign.id if limits.actor() and g.campaign.rehearsal else None


def seconds_since(rendered: float | None) -> float | None:
    """How long the form took. Its moment is in whole seconds, and a cached page's is older: never less than it was."""
    return max(0.0, time.time() - rendered) if rendered is not None else None


def _join_all(asked: list[tuple[str, str, joining.Wish]]) -> list[tuple[joining.Joined, str] | Refusal]:
    """One transaction for everybody who joins at this moment, campaign by campaign: the place and its key, or why not.

    Each is asked for by slug and by the action that it is, which the application's guard need not have been asked about.
    """
    answers: dict[int, tuple[joining.Joined, str] | Refusal] = {}
    with writing():
        for slug, action in dict.fromkeys((slug, action) for slug, action, _ in asked):
            mine = [at for at, its in enumerate(asked) if its[:2] == (slug, action)]
            campaign = campaigns.by_slug(slug)
            if campaign is None or not standing.may(action, None, campaign):
                answers |= dict.fromkeys(mine, Refusal("closed", "The waitlist is not open."))
                continue
            for at, joined in zip(mine, joining.join_all(campaign, [asked[at][2] for at in mine]), strict=True):
                refused = isinstance(joined, Refusal)
                answers[at] = joined if refused else (joined, correcting.key_of(campaign.id, joined))
    return [answers[at] for at in range(len(asked))]


# A transaction costs about as much as twenty places in it, and no answer leaves before pace.BRIEF: half of that time is free.
together = Together(_join_all, gather=pace.BRIEF / 2)
