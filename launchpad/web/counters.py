"""The numbers that move, as everyone who follows is told them: at most once a second, all together, without a `seq`.

What is sent are words, rounded by rules.counts, so that the script writes them down and knows no rule.
"""

import json

from launchpad.models import Campaign
from launchpad.rules import counts, timetable
from launchpad.rules.head_start import is_public
from launchpad.services import poll_entries, reactions
from launchpad.services.counters import Counters
from launchpad.services.counters import counters as counted
from launchpad.services.poll_entries import Totals
from launchpad.web.changes import sse


def sample(campaign: Campaign) -> bytes:
    """One server-sent message `counters` without an id; the same bytes as long as nothing moved. Two statements, and some
    more while a poll runs.

    `n`: the numbers by name; `s`: what is left by variant, once anyone may buy; `r`: reactions by entry and kind, of
    entries whose counts changed in the last seconds; `v`: the running polls by entry (see `poll`); `w`: over how many
    milliseconds the pages that follow spread their questions.
    """
    return sse("counters", json.dumps(told(campaign, reactions.lately(campaign.id)), separators=(",", ":"), sort_keys=True))


def told(campaign: Campaign, reacted: dict[int, dict[str, int]]) -> dict:
    """What a message and the answer to who asks without a stream hold alike."""
    found = counted(campaign.id)
    message = {
        "n": said(found),
        "r": {id: {kind: counts.short(number) for kind, number in kinds.items()} for id, kinds in reacted.items()},
        "w": counts.spread(found.here),
    }
    if running := poll_entries.running(campaign):
        message["v"] = {id: poll(totals, everyone=totals.rule == "always") for id, totals in running.items()}
    if is_public(campaign.now, timetable.opening(campaign.milestones, "launch")):
        message["s"] = {sku: f"{left:,}" for sku, left in found.left.items()}  # before, what is left differs by person
    return message


def poll(totals: Totals, everyone: bool) -> dict:
    """How a poll stands: `n` who voted, in words, `m` a trace of the votes, and for `everyone` who reads this `o`: each
    answer's share in percent and its votes in words.

    Where only those who voted may know, what all are sent holds the trace alone: their pages then ask by themselves.
    """
    told: dict = {"n": counts.voters(totals.voters), "m": totals.trace}
    if everyone:
        told["o"] = [(counts.share(votes, totals.voters), counts.votes(votes)) for votes in totals.votes]
    return told


def said(numbers: Counters) -> dict[str, str]:
    """Each number in words, as the page shows it."""
    return {
        "left": f"{numbers.units:,}",
        "here": counts.words(numbers.here),
        "waitlisted": counts.words(numbers.waitlisted),
        "buyers": counts.words(numbers.buyers),
    }
