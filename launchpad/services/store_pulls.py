"""What a store keeps of its orders, beside what its webhooks told: taken in where they say something else.

The store's own list is read every few minutes while a campaign sells there, and for as long as people give things back.
"""

from datetime import timedelta

from sqlalchemy import update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, StoreOrder, Task
from launchpad.rules import store_orders as rules
from launchpad.rules import timetable
from launchpad.services import parking, pulls, store_setup, stores

KINDS = {"shopify": "orders/updated", "woocommerce": "order.updated"}  # as which webhook a listed order is read
MOST_BACK = timedelta(days=59)  # Shopify tells of the last 60 days
AFTER = timedelta(days=30)  # after a campaign's end people still give things back
PATIENCE = timedelta(minutes=30)  # without an answer, before the team is told; a key that is refused is told at once
AGAIN = "The store answers again."


def asked_for(provider: str) -> list[Campaign]:
    """The campaigns for which this store is asked now: their doors have opened, and they ended not long ago."""
    return [campaign for campaign in store_setup.selling_through(provider) if _sells(campaign)]


def first(provider: str) -> timedelta:
    """How far back the first look at a store's list goes: to the first doors of a campaign that it sells now."""
    doors = [at for campaign in asked_for(provider) if (at := store_setup.doors(campaign)) is not None]
    return min(MOST_BACK, max([clock.now() - at for at in doors], default=pulls.FIRST) + timedelta(hours=1))


def is_news(provider: str, told: rules.Told) -> bool:
    """True when taking it in would change a record of ours, or begin one."""
    row = stores.known(provider, told)
    return stores.concerns(provider, told) if row is None else rules.merge(row.record, told) != row.record


def take_in(provider: str, told: rules.Told) -> bool:
    """Take a listed order in. True when no webhook had told what it says. Needs writing()."""
    row = stores.known(provider, told)
    before = _meaning(row)
    row = stores.take_in(provider, told)
    return row is not None and before != _meaning(row)


def read(provider: str, payload: dict) -> rules.Told:
    """A listed order, as its webhook would be read. Raises rules.Fault."""
    currencies = {campaign.currency for campaign in store_setup.selling_through(provider)}
    return stores.READERS[provider](KINDS[provider], payload, currencies)


def unreadable(provider: str, payload: dict, why: str) -> None:
    """A listed order that cannot be read is put before the team."""
    ref = str(payload.get("id"))[:100]
    parking.park("hook_failed", f"listed:{provider}:{ref}", provider=provider, event=ref, why=why[:250])


def answered(provider: str) -> None:
    """The store answers: a task that said otherwise is done."""
    mine = Task.kind == "store_silent", Task.subject.startswith(f"pull:{provider}:"), Task.state == "open"
    done = update(Task).where(*mine).values(state="done", done_at=clock.now(), note=AGAIN)
    db.session.execute(done.execution_options(synchronize_session=False))


def silent(provider: str, why: str, refused: bool) -> None:
    """The store does not answer: kept for the page, and after a while, or when it refuses our key, a task for the team."""
    row = pulls.failed(provider, why, first(provider))
    campaigns = asked_for(provider)
    if campaigns and (refused or clock.now() - row.until > PATIENCE):
        parking.park(
            "store_silent", f"pull:{provider}:{row.until:%Y%m%d%H%M%S}", campaigns[0].id, store=provider, why=row.trouble
        )


def _sells(campaign: Campaign) -> bool:
    doors, end = store_setup.doors(campaign), timetable.opening(campaign.milestones, "archive")
    return doors is not None and doors <= campaign.now and (end is None or campaign.now < end + AFTER)


def _meaning(row: StoreOrder | None) -> tuple | None:
    """What a record means for stock and sales."""
    if row is None:
        return None
    wants = [(want.line.ref, want.state, want.sold, want.back, want.kept) for want in rules.wants(row.record)]
    return wants, rules.money_back(row.record), rules.version_of(row.record) is None
