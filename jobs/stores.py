"""Asking a store for its orders: with no transaction open and no connection held, and what it says taken in after.

Safe to run twice, and at once: what was taken in already changes nothing.
"""

import logging
import time

from flask import current_app

from launchpad import clock
from launchpad.database import db, writing
from launchpad.outside import stores as outside
from launchpad.rules.store_orders import PROVIDERS, Fault
from launchpad.services import pulls, store_pulls

SECONDS, SHORT = 60, 8  # for one look; what is left is read by the next, from where this one ended

log = logging.getLogger(__name__)


def any_due() -> bool:
    """True when a store is to be asked now."""
    return any(_is_due(provider) for provider in PROVIDERS)


def ask_stores() -> None:
    """Ask each store whose time it is."""
    due = [provider for provider in PROVIDERS if _is_due(provider)]
    for provider in due:
        pull(provider)


def pull(provider: str, seconds: float = SECONDS) -> int | None:
    """Read a store's own list on from where it was read to; how many orders said what no webhook had told.

    None when the store did not answer, or is not set up to be asked.
    """
    pages = outside.asker(provider, current_app.extensions["settings"])
    if pages is None:
        return None
    since, began, ends = pulls.since(provider, store_pulls.first(provider)), clock.now(), time.monotonic() + seconds
    db.session.remove()  # it may take its time: nothing is held meanwhile
    found, reached, whole = 0, since, True
    try:
        for page in pages(since):
            missed = sum(_take(provider, payload) for payload in page.orders)
            found, reached = found + missed, max(reached, page.until or reached)
            _read(provider, min(reached, began) + pulls.OVERLAP, missed)
            if time.monotonic() > ends:
                whole = False
                break
    except outside.Silent as fault:
        log.warning("a store could not be asked", extra={"store": provider, "why": str(fault)})
        with writing():
            store_pulls.silent(provider, str(fault), fault.refused)
        return None
    if whole:
        _read(provider, began, 0)
    return found


def _read(provider: str, until, missed: int) -> None:
    with writing():
        pulls.done(provider, min(until, clock.now()), missed)
        store_pulls.answered(provider)


def _take(provider: str, payload: dict) -> bool:
    """One listed order, in a transaction of its own and only if it says something new; whether no webhook had told it."""
    try:
        told = store_pulls.read(provider, payload)
        news = store_pulls.is_news(provider, told)
        db.session.rollback()
        if not news:
            return False
        with writing():
            return store_pulls.take_in(provider, told)
    except Fault as fault:
        with writing():
            store_pulls.unreadable(provider, payload, str(fault))
        return False


def _is_due(provider: str) -> bool:
    set_up = outside.asker(provider, current_app.extensions["settings"]) is not None
    return set_up and pulls.is_due(provider) and bool(store_pulls.asked_for(provider))
