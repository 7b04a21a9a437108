"""The lists of a campaign file: variants, polls, events, prompts; and its small tables: target, links."""

from collections.abc import Collection
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from launchpad.rules import live_events
from launchpad.rules.file_reading import BIGGEST, Fault, Table, clean_text
from launchpad.rules.plan import EventPlan, MilestonePlan, PollPlan, PromptPlan, TargetPlan, VariantPlan
from launchpad.rules.polls import KINDS, RESULTS

MOST = 50
HIGHEST_PRICE = 2_000_000_000
MEASURES = ("waitlist_to_buyer", "community_revenue_share", "poll_participation", "stories")
LINKS = ("support", "terms", "privacy", "imprint")
_VARIANT = ("sku", "name", "price", "stock", "head_start_stock", "prices")
_EVENT = ("title", "at", "minutes", "link", "host", "text")
_POLL = ("question", "options", "kind", "results", "closes", "choices")


def read_variants(top: Table, tiers: Collection[str]) -> tuple[VariantPlan, ...]:
    variants = tuple(_variant(table, tiers) for table in top.tables("variants", _VARIANT, MOST))
    if not variants:
        raise Fault("variants", "must hold at least one")
    _no_doubles([v.sku for v in variants], "variants[{}].sku")
    return variants


def read_polls(top: Table, zone: ZoneInfo, milestones: Collection[MilestonePlan]) -> tuple[PollPlan, ...]:
    return tuple(_poll(table, zone, milestones) for table in top.tables("polls", _POLL, MOST))


def read_events(top: Table, zone: ZoneInfo, milestones: Collection[MilestonePlan]) -> tuple[EventPlan, ...]:
    return tuple(_event(table, zone, milestones) for table in top.tables("events", _EVENT, MOST))


def read_prompts(top: Table) -> tuple[PromptPlan, ...]:
    return tuple(
        PromptPlan(
            table.text("text", 300),
            table.text("template", 2000, default="", lines=True),
            table.choice("from", ("launch", "delivery"), default="launch"),
        )
        for table in top.tables("prompts", ("text", "template", "from"), MOST)
    )


def read_target(top: Table) -> TargetPlan:
    target = top.table("target", ("identity", "value", "behaviour", "outcome"))
    act, act_goal, measure, goal = "", None, None, None
    if target.has("behaviour"):
        behaviour = target.table("behaviour", ("do", "goal"))
        act, act_goal = behaviour.text("do", 200), behaviour.whole("goal", 1)
    if target.has("outcome"):
        outcome = target.table("outcome", ("measure", "goal"))
        measure = outcome.choice("measure", MEASURES)
        goal = outcome.whole("goal", 1) if measure == "stories" else outcome.number("goal", 0, 1)
    return TargetPlan(
        target.text("identity", 500, default=""), target.text("value", 500, default=""), act, act_goal, measure, goal
    )


def read_links(top: Table) -> dict[str, str]:
    """Addresses beside the checkout: https, or mailto."""
    links = top.table("links", LINKS)
    return {name: _link(links, name) for name in LINKS if links.has(name)}


def by_tier(table: Table, tiers: Collection[str], high: int) -> dict[str, int]:
    """Whole numbers by tier; a tier that the file does not know is refused."""
    for tier in table.value:
        if tier not in tiers:
            raise Fault(table.at(tier), "is no tier of this campaign: name it under [tiers]")
    return {tier: table.whole(tier, 0, high) for tier in table.value}


def _variant(table: Table, tiers: Collection[str]) -> VariantPlan:
    sku, name = table.text("sku", 64), table.text("name", 120)
    price, stock = table.whole("price", 0, HIGHEST_PRICE), table.whole("stock", 0, BIGGEST)
    parts = {}
    if isinstance(table.get("head_start_stock", None), dict):
        parts = by_tier(table.table("head_start_stock", None), tiers, BIGGEST)
        if (part := sum(parts.values())) > stock:
            raise Fault(table.at("head_start_stock"), "must come to at most the stock")
    else:
        part = table.whole("head_start_stock", 0, BIGGEST, default=stock)
        if part > stock:
            raise Fault(table.at("head_start_stock"), "must be at most the stock")
    prices = by_tier(table.table("prices", None), tiers, HIGHEST_PRICE)
    return VariantPlan(sku, name, price, stock, part, parts, prices)


def _poll(table: Table, zone: ZoneInfo, milestones: Collection[MilestonePlan]) -> PollPlan:
    question, kind = table.text("question", 250), table.choice("kind", KINDS, default="single")
    options = tuple(table.texts("options", 200, MOST))
    if kind != "rating" and len(options) < 2:
        raise Fault(table.at("options"), "must hold at least two")
    _no_doubles(options, table.at("options") + "[{}]")
    choices = table.table("choices", ("min", "max"))
    highest = len(options) if kind == "multiple" else 1
    most = choices.whole("max", 1, highest, default=highest)
    least = choices.whole("min", 1, most, default=1)
    closes = _inside(table, "closes", zone, milestones) if table.has("closes") else None
    return PollPlan(question, options, kind, table.choice("results", RESULTS, "after_vote"), closes, least, most)


def _event(table: Table, zone: ZoneInfo, milestones: Collection[MilestonePlan]) -> EventPlan:
    link = table.text("link", live_events.LINK, default="")
    if link and (fault := live_events.link_fault(link)):
        raise Fault(table.at("link"), fault)
    return EventPlan(
        table.text("title", live_events.TITLE),
        _inside(table, "at", zone, milestones),
        table.whole("minutes", 1, live_events.LONGEST, default=30),
        link,
        table.text("host", live_events.HOST, default=""),
        table.text("text", live_events.TEXT, default="", lines=True),
    )


def _inside(table: Table, key: str, zone: ZoneInfo, milestones: Collection[MilestonePlan]):
    moment = table.moment(key, zone)
    due = {m.name: m.due for m in milestones}
    if not due["preview"] < moment <= due["archive"]:
        raise Fault(table.at(key), "must lie between the preview and the archive")
    return moment


def _link(links: Table, name: str) -> str:
    text = clean_text(links.get(name), links.at(name), 500)
    try:
        url = urlsplit(text)
        web = url.scheme == "https" and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        url, web = None, False
    mail = url is not None and url.scheme == "mailto" and "@" in url.path.strip("@")
    if not (web or mail) or any(c.isspace() or c in "<>\"\\" for c in text):
        raise Fault(links.at(name), "must be an address that begins with https:// or mailto:")
    return text


def _no_doubles(values: Collection[str], key: str) -> None:
    seen = set()
    for number, value in enumerate(values):
        if value in seen:
            raise Fault(key.format(number), "is there twice")
        seen.add(value)
