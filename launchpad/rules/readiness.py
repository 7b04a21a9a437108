"""Is everything ready for the next phase? One item a question, from facts that the rows and the settings gave.

An item is `good`; `needs` somebody, with what mends it; `hint`, which may well be meant so; or `unknown`, where only
a person can know. The items of a phase are those that would spoil that phase.
"""

from datetime import datetime, timedelta

from launchpad.rules import readiness_campaign as campaign
from launchpad.rules import readiness_sale as sale
from launchpad.rules import readiness_site as site
from launchpad.rules.readiness_facts import Facts, Item, opening

PHASES = ("preview", "waitlist", "head_start", "launch", "recap")
SOON = timedelta(hours=48)  # before a phase, from when the room shows what is still open

_ASKED = {
    "preview": (
        site.letters,
        site.arrival,
        site.address,
        site.secret,
        site.time_kept,
        site.owner,
        site.links,
        campaign.timetable,
        campaign.story,
        campaign.picture,
        campaign.polls,
    ),
    "waitlist": (
        site.letters,
        site.arrival,
        site.address,
        site.time_kept,
        site.links,
        campaign.timetable,
        sale.stock,
        campaign.polls,
        campaign.picture,
    ),
    "head_start": (
        site.letters,
        site.arrival,
        site.time_kept,
        sale.stock,
        sale.head_start_stock,
        sale.money,
        sale.rehearsed,
        campaign.timetable,
        site.backups,
    ),
    "launch": (
        site.letters,
        site.arrival,
        site.address,
        site.time_kept,
        site.owner,
        sale.stock,
        sale.money,
        sale.duty,
        sale.rehearsed,
        campaign.timetable,
        site.backups,
    ),
    "recap": (site.letters, site.time_kept, campaign.prompts, campaign.recap_words),
}


def soon(facts: Facts) -> list[tuple[str, datetime]]:
    """The phases that begin within SOON from now, and have not begun."""
    found = [(phase, opening(facts, phase)) for phase in PHASES]
    return [
        (phase, moment) for phase, moment in found if moment is not None and timedelta(0) < moment - facts.moment <= SOON
    ]


def items(facts: Facts, phase: str) -> list[Item]:
    """The questions of a phase with their answers, in the order in which to go through them."""
    return [item for ask in _ASKED[phase] if (item := ask(facts)) is not None]
