"""What all letters are written from: the row that a letter is about, and whole addresses of ours."""

from typing import Any

from flask import current_app
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Letter, Place


class Pointless(Exception):
    """What the letter was about is gone: a place that was left, an order that was cancelled. It is not sent."""


def address(path: str) -> str:
    """A whole address of ours: BASE_URL is the only source of host names in links."""
    return current_app.extensions["settings"].base_url + path


def row_of(kind: type, letter: Letter) -> Any:
    """The row that a trigger names: `order:90` is order 90. Raises Pointless when it is gone."""
    number = letter.trigger.split(":")[1]
    found = db.session.get(kind, int(number)) if number.isdigit() else None
    if found is None:
        raise Pointless(f"there is no {letter.trigger.split(':')[0]} any more")
    return found


def place_of(letter: Letter) -> Place:
    query = select(Place).where(Place.campaign_id == letter.campaign_id, Place.person_id == letter.person_id)
    place = db.session.scalar(query.where(Place.left_at.is_(None)))
    if place is None:
        raise Pointless("the place was left")
    return place
