"""The gate of buying, from rows: whether somebody may buy now, from when they may, and what is left for them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Allowance, Campaign, Pass, Person, Place, TierTaken, Variant
from launchpad.rules import head_start, rehearsal, timetable
from launchpad.rules import stock as bounds
from launchpad.rules.refusals import Refusal
from launchpad.services import pass_rows, stock
from launchpad.services.waitlist import place_of


@dataclass(frozen=True)
class Row:
    """A variant as one person may buy it: `price` in minor units, `left` for them at this stage, of `total`."""

    sku: str
    name: str
    price: int
    left: int
    total: int


@dataclass(frozen=True)
class Offer:
    """What a buy panel shows. `at` is the campaign moment from which this person may buy; None when none is known."""

    open: bool
    public: bool  # anyone may buy
    reason: str  # why not, as a code; "" when open
    message: str  # and as a sentence
    at: datetime | None
    rows: list[Row] = field(default_factory=list)
    limit: int = 0  # per person
    allowed: int = 0  # that this person may still take
    per_order: int = 0
    hold: timedelta = timedelta()  # real time to pay in

    @property
    def most(self) -> int:
        """Units that this person may put into one order now."""
        return min(self.allowed, self.per_order)

    @property
    def left(self) -> int:
        return sum(row.left for row in self.rows)

    @property
    def sold_out(self) -> bool:
        return self.left == 0


def offer(campaign: Campaign, person: Person | None, place: Place | None = None) -> Offer:
    """What somebody is offered at the campaign's now. `person` has proven who they are; None is a stranger."""
    now = campaign.now
    place = place or place_of(campaign, person)
    public = head_start.is_public(now, timetable.opening(campaign.milestones, "launch"))
    tier = tier_of(person)
    rows = [_row(variant, tier, public) for variant in variants_of(campaign)]
    allowed = max(0, campaign.per_person - _taken(campaign, person))
    mine = pass_of(campaign, place)
    if mine is not None and mine.live(now) and needs_pass(campaign, now):
        allowed = min(allowed, mine.units)
    no = refusal(campaign, person, place, now, left=max((row.left for row in rows), default=0), allowance=allowed)
    return Offer(
        open=no is None, public=public, reason=no.reason if no else "", message=_words(campaign, no) if no else "",
        at=moment_of(campaign, person, place), rows=rows, limit=campaign.per_person, allowed=allowed,
        per_order=campaign.most_an_order, hold=hold_length(campaign),
    )  # fmt: skip


def refusal(
    campaign: Campaign,
    person: Person | None,
    place: Place | None,
    now: datetime,
    left: int,
    allowance: int | None = None,
) -> Refusal | None:
    """Why this person may not buy at that moment, or None; computed anew from rows and clock at every request."""
    mine = pass_of(campaign, place)
    return head_start.refusal(
        now,
        timetable.tier_opening(campaign.milestones, tier_of(person) or "member"),
        timetable.opening(campaign.milestones, "launch"),
        place.submitted_at if place else None,
        place.confirmed_at if place else None,
        left,
        allowance=allowance,
        archive_opening=timetable.sale_ends(campaign.milestones, now),
        stopped=campaign.sales_stopped_at is not None,
        access=campaign.access,
        pass_from=place.pass_from if place else None,
        pass_until=place.pass_until if place else None,
        pass_state=pass_rows.state(mine) if mine else "",
        list_first_until=campaign.list_first_until,
    )


def needs_pass(campaign: Campaign, now: datetime) -> bool:
    """True while only a pass buys: in a head start that follows the line, and while the line is served first."""
    if head_start.is_public(now, timetable.opening(campaign.milestones, "launch")):
        return head_start.offered_to_the_line(now, campaign.list_first_until)
    return campaign.access == "passes"


def pass_of(campaign: Campaign, place: Place | None) -> Pass | None:
    """The newest pass of a place, live or not, where a campaign has passes."""
    with_passes = campaign.access == "passes" or campaign.list_first_until is not None
    return pass_rows.newest(place) if with_passes else None


def moment_of(campaign: Campaign, person: Person | None, place: Place | None) -> datetime | None:
    """From when this person may buy: their tier's opening if their place was there before it, else the launch's.

    What waits for a go counts as opening at its due until that has passed, and is None from then on.
    """
    now = campaign.now
    launch = timetable.expected(campaign.milestones, "launch", now)
    if person is None or place is None or not place.counted:
        return launch
    if campaign.access == "passes":
        return place.pass_from if place.pass_from and now < place.pass_until else launch
    if not is_early(campaign, person, place):
        return launch
    return timetable.expected_tier(campaign.milestones, tier_of(person), now)


def is_early(campaign: Campaign, person: Person, place: Place) -> bool:
    """True when a place comes with a head start: it was asked for before its tier's opening, or has a live pass."""
    launch = timetable.opening(campaign.milestones, "launch")
    if not place.counted:
        return False
    if campaign.access == "passes":
        mine = place.pass_from if place.pass_from and campaign.now < place.pass_until else None
        return mine is not None and (launch is None or mine < launch)
    tier = timetable.tier_opening(campaign.milestones, tier_of(person))
    if tier is None:  # it waits for a go, so nobody came too late; without any head start there is none
        return bool(timetable.head_start_tiers(campaign.milestones))
    return place.submitted_at < tier and (launch is None or tier < launch)


def hold_length(campaign: Campaign, crowd: bool = False) -> timedelta:
    """How long units are set aside for one checkout, in real time; shorter for the crowd of a rehearsal."""
    speed = campaign.rehearsal.speed if campaign.rehearsal else None
    return rehearsal.hold_length(campaign.hold_minutes, speed, crowd)


def tier_of(person: Person | None) -> str:
    """The tier that somebody's price and head start follow; none for a stranger, who has proven no address."""
    return person.tier if person is not None else ""


def variants_of(campaign: Campaign) -> list[Variant]:
    """What a campaign sells, in its own order."""
    return list(
        db.session.scalars(
            select(Variant).where(Variant.campaign_id == campaign.id).order_by(Variant.position, Variant.id)
        )
    )


def _row(variant: Variant, tier: str, public: bool) -> Row:
    left = bounds.left(bounds.ceiling(public, variant.stock, variant.head_start_stock), variant.taken)
    if not public and (capped := stock.cap_of(variant, tier)):
        taken = db.session.get(TierTaken, (variant.id, capped[0]))
        left = min(left, bounds.left(capped[1], taken.taken if taken else 0))
    return Row(variant.sku, variant.name, variant.price_for(tier), left, variant.stock)


def _taken(campaign: Campaign, person: Person | None) -> int:
    row = db.session.get(Allowance, (campaign.id, person.id)) if person is not None else None
    return row.taken if row else 0


def _words(campaign: Campaign, no: Refusal) -> str:
    return campaign.sales_message if no.reason == "stopped" and campaign.sales_message else no.message
