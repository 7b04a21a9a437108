"""The rush: hundreds of buyers, each with a browser of their own, in the second in which the doors open."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from jobs.answers import Answer
from jobs.browser import Browser, Lost
from jobs.ground import Ground, pool
from jobs.tally import Tally
from launchpad.database import db, writing
from launchpad.models import Campaign, Variant
from launchpad.rules.crowd_words import named
from launchpad.rules.mishaps import RUSH
from launchpad.services import crowd

AT_ONCE = 48  # connections


def play(ground: Ground, again: bool) -> dict:
    """Play it; what the buyers were told, and how long the last one waited. Played again, each has the same key."""
    skus = list(db.session.scalars(select(Variant.sku).filter_by(campaign_id=ground.campaign_id).order_by(Variant.id)))
    db.session.rollback()
    tally, connections = Tally(), pool(AT_ONCE)
    here = f"{ground.home}buy"
    first = ground.browser("rush-1", connections, tally)
    token = first.get(here).token or first.get("/sign-in").token  # a stranger's form is everybody's
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as threads:

        def order(number: int) -> tuple[Answer | None, float]:
            browser = ground.browser(f"rush-{number}", connections, tally)
            browser.act = "rush"
            pairs = [
                ("csrf_token", token), ("sku", skus[number % len(skus)]), ("quantity", "1"), ("key", f"rush-{number}"),
                ("email", crowd.address_of(ground.campaign_id, f"rush-{number}")), ("name", named(ground.campaign_id, -number)),
            ]  # fmt: skip
            try:
                answer, after = browser.send(here, pairs), time.monotonic() - began
                _pay(browser, answer)
                return answer, after
            except Lost:  # counted as an error where it happened
                return None, time.monotonic() - began

        answers = list(threads.map(order, range(1, RUSH + 1)))
    connections.clear()
    with writing():
        crowd.note_refusals(db.session.get(Campaign, ground.campaign_id), tally.refused())
    told = [answer for answer, _ in answers if answer is not None]
    refusals = Counter(answer.reason for answer in told if answer.reason and answer.status < 500)
    return {
        "sent": len(answers), "orders": sum(bool(answer.where) for answer in told), "refusals": dict(refusals),
        "errors": tally.errors, "took_s": round(max(after for _, after in answers), 2), "again": again,
    }  # fmt: skip


def _pay(browser: Browser, answer: Answer) -> None:
    """Pay what was held, as the order's page offers it."""
    if not answer.where:
        return
    order, _, token = answer.where.partition("?")
    page = browser.get(answer.where)
    if f"{order}/pay" in page.text:
        browser.send(f"{order}/pay", [("csrf_token", page.token), ("token", token.removeprefix("token="))])
