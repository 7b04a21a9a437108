"""Bots: a wave of made-up sign-ups from a few network addresses, as fast as each of them can send."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from jobs.browser import Browser, Lost
from jobs.ground import Ground, pool
from jobs.tally import Tally
from launchpad.rules.mishaps import BOT_ADDRESSES, BOTS
from launchpad.services import crowd


def play(ground: Ground, _again: bool) -> dict:
    """Play them; how many there were, and what they were told. Played again, each asks for the same place again."""
    tally, connections, began = Tally(), pool(BOT_ADDRESSES), time.monotonic()
    browsers = [ground.browser(f"bots-{number}", connections, tally) for number in range(1, BOT_ADDRESSES + 1)]
    with ThreadPoolExecutor(BOT_ADDRESSES) as threads:
        counted = sum(threads.map(lambda at: _wave(ground, browsers[at], at), range(BOT_ADDRESSES)), Counter())
    connections.clear()
    return {
        **{name: counted[name] for name in ("sent", "trapped", "too_many", "refused")},
        "addresses": BOT_ADDRESSES, "errors": tally.errors, "took_s": round(time.monotonic() - began, 1),
    }  # fmt: skip


def _wave(ground: Ground, browser: Browser, at: int) -> Counter:
    counted = Counter()
    here = f"{ground.home}waitlist"
    try:
        token = browser.get(here).token or browser.get("/sign-in").token
        for number in range(at + 1, BOTS + 1, BOT_ADDRESSES):
            trap = number // BOT_ADDRESSES % 2 == 0  # every other one fills in all it finds
            pairs = [
                ("csrf_token", token), ("email", crowd.address_of(ground.campaign_id, f"bots-{number}")),
                ("name", "Best offer"), ("website", "https://example.com/offer" if trap else ""),
            ]  # fmt: skip
            answer = browser.send(here, pairs)
            counted["sent"] += 1
            if answer.status == 429:
                counted["too_many"] += 1
            elif answer.reason:
                counted["refused"] += 1
            elif trap:
                counted["trapped"] += 1
    except Lost:
        pass  # counted as an error where it happened
    return counted
