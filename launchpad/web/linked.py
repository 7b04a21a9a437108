"""What a public page says to search engines: its objects, each true at the moment of the answer."""

from collections.abc import Callable

from flask import g, request
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Entry, Variant
from launchpad.rules import linked_data, timetable
from launchpad.rules.phases import Phase
from launchpad.rules.store_money import digits
from launchpad.services import live_events, questions, state, thread
from launchpad.services.live_events import Show
from launchpad.web.filters import markdown

NEWEST = 20  # entries of the thread
ASKED = 50  # questions


def of_page() -> list[dict]:
    """The objects of this request's page; none where there is nothing to say."""
    build = _BUILDERS.get(request.endpoint or "")
    return build() if build is not None and g.get("campaign") is not None and g.phase.is_from(Phase.WAITLIST) else []


def plain(text: str) -> str:
    """Somebody's Markdown as words alone."""
    return markdown(text).striptags()


def _home() -> list[dict]:
    return [_product(), *(_event(show) for show in live_events.public(g.campaign, g.now) if show.begins)]


def _product() -> dict:
    campaign = g.campaign
    here, rows = g.card.home, campaign.milestones
    opens, ends = timetable.expected(rows, "launch", g.now), timetable.last_opening(rows, Phase.ARCHIVED)
    variants = db.session.scalars(select(Variant).filter_by(campaign_id=campaign.id).order_by(Variant.position, Variant.id))
    return linked_data.product(
        campaign.name, campaign.tagline or campaign.name, _brand(), here, g.card.picture,
        [linked_data.offer(_sold(each), campaign.currency, here, opens, ends, _selling()) for each in variants],
    )  # fmt: skip


def _sold(variant: Variant) -> linked_data.Sold:
    places = digits(g.campaign.currency)
    return linked_data.Sold(variant.sku, variant.name, f"{variant.price / 10**places:.{places}f}", max(variant.left, 0))


def _selling() -> str:
    if g.phase == Phase.ARCHIVED:
        return "over"
    if g.campaign.sales_stopped_at is not None:
        return "stopped"
    return "open" if state.selling(g.campaign, g.phase) else "not_yet"


def _event(show: Show) -> dict:
    address = f"{g.card.home}events/{show.event.id}"
    return linked_data.event(
        show.event.title, plain(show.event.text or ""), address, show.begins, show.ends, _brand(), g.card.picture
    )


def _one_event() -> list[dict]:
    id = (request.view_args or {}).get("id")
    return [_event(show) for show in live_events.public(g.campaign, g.now) if show.event.id == id and show.begins]


def _thread() -> list[dict]:
    rows = g.campaign.milestones
    first = timetable.expected(rows, "launch", g.now)
    starts = [at for tier in timetable.head_start_tiers(rows) if (at := timetable.tier_opening(rows, tier)) is not None]
    entries = [entry for entry in thread.latest(g.campaign, limit=NEWEST) if entry.state == "shown" and entry.text]
    changed = max((entry.edited_at or entry.at for entry in entries), default=None)
    covers = min([*starts, *([first] if first else [])], default=None), timetable.last_opening(rows, Phase.RECAP)
    words = f"{g.campaign.name}: the live thread"
    return [linked_data.live_blog(words, g.card.address, _brand(), covers, changed, map(_update, entries))]


def _update(entry: Entry) -> dict:
    address = f"{g.card.home}thread/{entry.id}"
    return linked_data.update(plain(entry.text), entry.named, _brand(), address, entry.at, entry.edited_at)


def _answered() -> list[dict]:
    found = questions.answered(g.campaign, most=ASKED)
    asked = [linked_data.question(plain(one.asked), plain(one.told), f"{g.card.address}#{one.anchor}") for one in found]
    return [linked_data.questions(f"Asked and answered: {g.campaign.name}", g.card.address, asked)] if asked else []


def _brand() -> str:
    return g.campaign.brand or g.campaign.name


_BUILDERS: dict[str, Callable[[], list[dict]]] = {
    "campaign.home": _home,
    "live_events.one": _one_event,
    "thread.page": _thread,
    "questions.answered": _answered,
}
