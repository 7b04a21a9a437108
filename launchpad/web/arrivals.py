"""The link in a test letter: looking shows a button, pressing it says that the letter is there."""

from flask import Blueprint, abort, g

from launchpad.database import writing
from launchpad.models import TestLetter
from launchpad.services import test_letters
from launchpad.web import limits
from launchpad.web.answers import page, private
from launchpad.web.limits import limiter
from launchpad.web.load import of_campaign
from launchpad.web.permit import permit

blueprint = of_campaign(Blueprint("arrivals", __name__, url_prefix="/<slug>/letter-arrived"))


@blueprint.get("/<token>", endpoint="page")
@permit("public")
def letter(token: str):
    """The button. It is pressed where the letter is read, so nobody has to be signed in there."""
    return private(page("arrivals/arrived.html", row=_row(token), token=token))


@blueprint.post("/<token>", endpoint="arrive")
@limiter.limit("30/minute", key_func=limits.address)
@permit("public")
def arrive(token: str):
    """It is there."""
    _row(token)
    with writing():
        test_letters.arrive(_row(token))
    return private(page("arrivals/arrived.html", row=_row(token), token=token))


def _row(token: str) -> TestLetter:
    row = test_letters.by_token(g.campaign, token)
    if row is None:
        abort(404, "This link is not, or no longer, one of ours. Send another test letter.")
    return row
