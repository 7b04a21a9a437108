"""Testimonials in the control room: looked at, put in order, given minutes after doors open."""

from flask import g, request, url_for

from launchpad.database import writing
from launchpad.models import Testimonial
from launchpad.rules import testimonials as rules
from launchpad.rules.refusals import Refusal
from launchpad.services import testimonial_acts, testimonials
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh, row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import room, said


@room.get("/testimonials", endpoint="testimonials")
@permit("testimonials.review")
def listed():
    """Those that wait, the queue in its order, those that were heard."""
    return page("team/testimonials.html", **_whole())


def _whole() -> dict:
    return {
        "here": "testimonials",
        "waiting": testimonials.waiting(g.campaign),
        "queue": testimonials.queue(g.campaign),
        "moments": testimonials.moments(g.campaign),
        "doors": testimonials.doors(g.campaign),
        "heard": testimonials.heard(g.campaign),
        "rules": rules,
    }


@room.post("/testimonials/<int:id>/<any(approve, reject, reset, up, down, time):act>", endpoint="testimonial_act")
@permit("testimonials.review")
def change(id: int, act: str):
    """One of the team's acts on one of them."""
    row_or_404(Testimonial, id)
    return _act(f"{act}-{id}", f"testimonial-{id}", lambda: ACTS[act](row_or_404(Testimonial, id)))


def _approve(row: Testimonial) -> None:
    testimonial_acts.approve(g.campaign, me(), row, _number("version"))


def _reject(row: Testimonial) -> None:
    testimonial_acts.reject(g.campaign, me(), row, said("reason"), _number("version"))


def _time(row: Testimonial) -> None:
    testimonial_acts.time(g.campaign, me(), row, _minutes("minutes") if said("minutes", 20) else None)


ACTS = {
    "approve": _approve,
    "reject": _reject,
    "reset": lambda row: testimonial_acts.take_back(g.campaign, me(), row),
    "up": lambda row: testimonial_acts.move(g.campaign, me(), row, up=True),
    "down": lambda row: testimonial_acts.move(g.campaign, me(), row, up=False),
    "time": _time,
}


@room.post("/testimonials/spread", endpoint="testimonials_spread")
@permit("testimonials.review")
def spread():
    """Minutes for the whole queue, evenly."""
    return _act("spread", "queue", lambda: testimonial_acts.spread(g.campaign, me(), _minutes("first"), _minutes("last")))


def _act(form: str, anchor: str, act):
    try:
        with writing():
            act()
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/testimonials.html", **_whole(), failed=form, sent=request.form)
    return done(url_for("room.testimonials", _anchor=anchor))


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _minutes(name: str) -> int:
    found = _number(name)
    if found is None or found > rules.LATEST:
        raise Refusal("minutes", f"Choose 0 to {rules.LATEST:,} minutes after doors open.", name)
    return found
