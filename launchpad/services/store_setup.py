"""Where a campaign sells: by the site's own checkout, or in a store of the brand that reports its orders to us.

`campaign.store` is the section [store] of its file: `provider`, `address`, `products` (sku -> the store's id), `prefix`.
"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Text, cast, or_, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Audit, Campaign, Hook, Variant
from launchpad.outside import payments
from launchpad.rules import timetable
from launchpad.rules.store_orders import PROVIDERS, Line
from launchpad.services import gate

SILENCE = timedelta(hours=6)  # without a word of a store that sells: WooCommerce ends a webhook after five failures


def store_of(campaign: Campaign) -> str | None:
    """The store that a campaign's buyers are led to; None when they buy here. A rehearsal always sells here."""
    provider = (campaign.store or {}).get("provider")
    return provider if provider in PROVIDERS and campaign.rehearsal is None else None


def provider_of(campaign: Campaign) -> str:
    """Who takes the money for what is bought next."""
    if (store := store_of(campaign)) is not None:
        return store
    if (campaign.store or {}).get("provider") == "practice":
        return "practice"
    return payments.name_for(campaign.rehearsal is not None, current_app.extensions["settings"])


def selling_through(provider: str) -> list[Campaign]:
    """The real campaigns that sell in this store, the newest first."""
    rows = select(Campaign).order_by(Campaign.id.desc())
    return [campaign for campaign in db.session.scalars(rows) if store_of(campaign) == provider]


def find(line: Line, campaigns: list[Campaign]) -> tuple[Campaign, Variant] | None:
    """Which campaign's variant a line of an order is: by the store's id of it, else by its sku; None for other wares."""
    for campaign in campaigns:
        products = (campaign.store or {}).get("products", {})
        skus = {str(product): sku for sku, product in products.items()}
        sku = skus.get(line.product) if line.product else None
        for variant in gate.variants_of(campaign):
            if variant.sku == (sku or line.sku):
                return campaign, variant
    return None


def last_word(provider: str) -> datetime | None:
    """When a verified delivery of a provider came last, in real time; None while none did."""
    rows = select(Hook.received_at).where(Hook.provider == provider).order_by(Hook.id.desc()).limit(1)
    return db.session.scalar(rows)


def doors(campaign: Campaign) -> datetime | None:
    """When somebody may buy first; None while that waits for a go."""
    openings = timetable.openings(campaign.milestones)
    return min(
        (at for m, at in openings if at is not None and (m.name.startswith("head_start_") or m.name == "launch")),
        default=None,
    )


def set_up_at(campaign: Campaign) -> datetime:
    """Since when a campaign sells where it sells, in real time: what the log says of its file, else since there is one."""
    where = [cast(Audit.after, Text).contains(key) for key in ("store.provider", "store.address")]
    rows = select(Audit.at).where(Audit.campaign_id == campaign.id, Audit.subject == f"campaign:{campaign.id}", or_(*where))
    return db.session.scalar(rows.order_by(Audit.id.desc()).limit(1)) or campaign.created_at


def silent(campaign: Campaign) -> bool:
    """True when a campaign is selling through a store that has said nothing for hours, though doors were open.

    The hours count from the last of: its doors, the day it was set up to sell there, the store's last word.
    """
    if (provider := store_of(campaign)) is None:
        return False
    opened, end, now = doors(campaign), timetable.opening(campaign.milestones, "archive"), campaign.now
    if opened is None or now < opened + SILENCE or (end is not None and now >= end):
        return False
    last = last_word(provider)
    since = clock.now() - SILENCE
    return (last is None or last < since) and set_up_at(campaign) <= since


def by_moment(campaigns: list[Campaign], moment: datetime | None) -> list[Campaign]:
    """Campaigns in the order in which an order of that moment may be theirs: those that were selling then first."""
    if moment is None:
        return campaigns

    def away(campaign: Campaign) -> bool:
        begins, ends = doors(campaign), timetable.opening(campaign.milestones, "archive")
        return begins is None or moment < begins or (ends is not None and moment >= ends)

    return sorted(campaigns, key=away)
