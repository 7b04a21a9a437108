"""The web application with the guard of its stock off, for the negative control: `gunicorn tests.live.unguarded:app`.

A process decides by the number that it saw up to a second ago, and writes back what it worked out from it.
"""

import time

from sqlalchemy import text

from launchpad.database import db
from launchpad.models import Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import stock

SEEN: dict[int, tuple[float, int]] = {}


def look_then_leap(campaign, person, variant, quantity, tier, public, limited=True):
    if not leapt(variant, quantity):
        raise Refusal("sold_out", "Sold out.")


def look_then_leap_all(quantities):
    for id, quantity in quantities.items():
        if not leapt(variant := db.session.get(Variant, id), quantity):
            return id, variant.left
    return None


def leapt(variant, quantity):
    at, taken = SEEN.get(variant.id, (float("-inf"), 0))
    if time.monotonic() - at > 1:
        SEEN[variant.id] = time.monotonic(), (taken := variant.taken)
    if taken + quantity > variant.stock:
        return False
    db.session.execute(text("UPDATE variants SET taken = :n WHERE id = :id"), {"n": taken + quantity, "id": variant.id})
    return True


stock.take, stock.take_all = look_then_leap, look_then_leap_all

from wsgi import app  # noqa: E402, F401
