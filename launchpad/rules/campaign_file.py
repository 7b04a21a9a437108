"""A campaign as a file: `parse` what tomllib read into a `Plan`, or say which key is at fault; `unparse` it again."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from launchpad.rules import file_parts as parts
from launchpad.rules import file_schedule as schedule
from launchpad.rules import prequeue, tax
from launchpad.rules.file_reading import Fault, Table
from launchpad.rules.file_referrals import read_referrals
from launchpad.rules.file_store import read_store
from launchpad.rules.file_thread import read_thread
from launchpad.rules.file_writing import unparse
from launchpad.rules.framing import read_frames
from launchpad.rules.head_start import LONGEST, SHORTEST
from launchpad.rules.plan import Plan
from launchpad.rules.ranking import RULES, SOURCES

__all__ = ["RESERVED", "Fault", "Plan", "check_slug", "parse", "unparse"]

# Addresses of ours, or likely to become so: no campaign may take one.
RESERVED = frozenset(
    """
    about account accounts admin api assets atom audit auth calendar campaign campaigns community contact csp demo-files
    doctor embed error favicon favicon-ico feed feeds files fonts healthz help hooks imprint legal letters livez login
    logout me media members membership metrics new oauth orders outbox pages pass people permissions photos ping
    privacy readyz rehearsals robots robots-txt search security settings sign-in sign-out sign-up signin signout signup site sitemap
    sitemap-xml state static status support team terms theme unsubscribe uploads webhooks well-known www
    """.split()
)
SECTIONS = (
    "campaign", "target", "schedule", "variants", "waitlist", "launch", "tiers", "limits", "polls", "events", "prompts", "links",
    "delivery", "store", "referrals", "thread", "rehearsal",
)  # fmt: skip
_CAMPAIGN = ("slug", "name", "tagline", "timezone", "currency", "brand", "hue", "story", "hero", "hero_alt", "membership", "vat")
_SLUG = re.compile(r"[a-z0-9](-?[a-z0-9])*\Z")
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}\Z")
_PICTURE = re.compile(r"[\w][\w .-]{0,119}\.(jpe?g|png|webp|gif|avif)\Z", re.IGNORECASE)


def parse(table: dict) -> Plan:
    """The plan in the table that tomllib gives. Raises `Fault`, and nothing else, whatever the table holds."""
    top = Table(table, "", SECTIONS)
    campaign = Table(top.get("campaign"), "campaign", _CAMPAIGN)
    slug = check_slug(campaign.text("slug", 60), "campaign.slug")
    name = campaign.text("name", 120)
    zone = _zone(campaign)
    head_start = schedule.read_head_start(top)
    tiers = schedule.read_tiers(top)
    known = {schedule.MEMBER, *tiers, *head_start}
    milestones = schedule.read_milestones(top, zone, head_start)
    polls = parts.read_polls(top, zone, milestones)
    line = top.table("waitlist", ("access", "rule", "cap", "wave", "pass_hours", "points", "closes", "frames"))
    limits = top.table("limits", ("per_person", "per_order", "hold_minutes"))
    launch = top.table("launch", ("prequeue", "prequeue_minutes", "prequeue_rate"))
    delivery = top.table("delivery", ("date", "note", "shipping"))
    variants = parts.read_variants(top, known)
    return Plan(
        slug=slug,
        name=name,
        timezone=zone.key,
        currency=_currency(campaign),
        milestones=milestones + schedule.poll_closings(polls),
        variants=variants,
        head_start=head_start,
        tagline=campaign.text("tagline", 200, default=""),
        brand=campaign.text("brand", 120, default=name),
        hue=round(campaign.number("hue", 0, 360, default=74)),
        story=campaign.text("story", 50_000, default="", lines=True),
        hero=_hero(campaign),
        hero_alt=campaign.text("hero_alt", 250, default="") if campaign.has("hero") else "",
        membership=campaign.choice("membership", ("open", "request", "invite"), default="open"),
        target=parts.read_target(top),
        tiers=tiers,
        access=line.choice("access", ("all", "passes"), default="all"),
        rule=line.choice("rule", RULES, default="first_come"),
        cap=line.whole("cap", 1, default=None),
        wave=line.whole("wave", 1, default=None),
        pass_hours=line.whole("pass_hours", SHORTEST, LONGEST, default=SHORTEST),
        points=_points(line),
        closes=_closes(line, zone, milestones),
        frames=read_frames(line),
        per_person=limits.whole("per_person", 1, 1000, default=2),
        per_order=_per_order(limits),
        hold_minutes=limits.whole("hold_minutes", 1, 1440, default=10),
        prequeue=launch.flag("prequeue", default=False),
        prequeue_minutes=launch.whole("prequeue_minutes", 1, prequeue.MOST_MINUTES, default=prequeue.MINUTES),
        prequeue_rate=launch.whole("prequeue_rate", 1, prequeue.MOST_RATE, default=prequeue.RATE),
        polls=polls,
        events=parts.read_events(top, zone, milestones),
        prompts=parts.read_prompts(top),
        links=parts.read_links(top),
        delivery_date=delivery.day("date", default=None),
        delivery_note=delivery.text("note", 200, default=""),
        shipping_note=delivery.text("shipping", 200, default=""),
        vat=tax.plain(campaign.number("vat", 0, 100, default=None)),
        store=read_store(top, [variant.sku for variant in variants]),
        referrals=read_referrals(top, known),
        thread=read_thread(top),
        speed=_speed(top),
    )


def _per_order(limits: Table) -> int | None:
    """How many units one order may have: at most as many as a person."""
    most = limits.whole("per_order", 1, 1000, default=None)
    if most is not None and most > limits.whole("per_person", 1, 1000, default=2):
        raise Fault("limits.per_order", "cannot be more than limits.per_person")
    return most


def _closes(line: Table, zone: ZoneInfo, milestones) -> datetime | None:
    """When the waitlist stops taking people: after it opens. After the launch it says nothing, as nobody joins then."""
    closes = line.moment("closes", zone, default=None)
    due = {milestone.name: milestone.due for milestone in milestones}
    if closes is not None and closes <= due["waitlist"]:
        raise Fault("waitlist.closes", "must lie after the waitlist opens")
    return closes


def check_slug(slug: str, key: str = "slug") -> str:
    """The slug, if a campaign may have it; else a Fault at that key."""
    if not isinstance(slug, str) or len(slug) > 60 or not _SLUG.match(slug):
        raise Fault(key, "must be small letters and digits with single hyphens between, at most 60")
    if slug in RESERVED:
        raise Fault(key, "is an address of the site itself, choose another")
    return slug


def _zone(campaign: Table) -> ZoneInfo:
    name = campaign.text("timezone", 64)
    try:
        if not _ZONE.match(name):
            raise ValueError(name)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Fault("campaign.timezone", "must be a time zone such as Europe/Lisbon") from None


def _currency(campaign: Table) -> str:
    code = campaign.text("currency", 3)
    if not re.fullmatch("[A-Z]{3}", code):
        raise Fault("campaign.currency", "must be a code of three capital letters, such as EUR")
    return code


def _hero(campaign: Table) -> str | None:
    if not campaign.has("hero"):
        return None
    name = campaign.text("hero", 120)
    if not _PICTURE.match(name):
        raise Fault("campaign.hero", "must be the name of a picture beside the file, such as aurora.jpg")
    return name


def _points(line: Table) -> dict[str, int]:
    """What sources of points are worth, 0 for nothing; those not named keep what rules.ranking says."""
    points = line.table("points", tuple(SOURCES))
    return {source: points.whole(source, 0, 1000) for source in SOURCES if points.has(source)}


def _speed(top: Table) -> int | None:
    if not top.has("rehearsal"):
        return None
    return top.table("rehearsal", ("speed",)).whole("speed", 1, 100_000, default=2000)
