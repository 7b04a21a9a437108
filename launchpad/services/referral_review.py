"""The team's look at who brought whom: what was withheld and why, letting it count or not, either way round."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from sqlalchemy import case, func, select

from launchpad import clock
from launchpad.database import db
from launchpad.models import AllowedNetwork, Campaign, LinkVisit, Order, Person, Referral, Sharer
from launchpad.rules.referrals import STATES
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, network_marks, referring, rewards, state

MOST = 500  # in one transaction


@dataclass(frozen=True)
class Figures:
    """`looked`: browsers that came by somebody's link, day by day; `k`: counted friends for each confirmed place;
    `orders`: of counted friends, that stand."""

    looked: int
    by_state: dict[str, int]
    bought: int
    orders: int
    k: float | None


def figures(campaign: Campaign) -> Figures:
    """What sharing brought this campaign."""
    rows = select(Referral.state, func.count(), func.count(Referral.bought_at)).where(Referral.campaign_id == campaign.id)
    found = {name: (n, bought) for name, n, bought in db.session.execute(rows.group_by(Referral.state))}
    counted, bought = found.get("counted", (0, 0))
    places = state.confirmed(campaign)
    orders = db.session.scalar(
        select(func.count(Order.id))
        .join(Referral, (Referral.friend_id == Order.person_id) & (Referral.campaign_id == Order.campaign_id))
        .where(Order.campaign_id == campaign.id, Order.state == "confirmed", Referral.state == "counted")
    )
    by_state = {name: found.get(name, (0, 0))[0] for name in STATES}
    looked = db.session.scalar(select(func.sum(LinkVisit.visitors)).where(LinkVisit.campaign_id == campaign.id)) or 0
    return Figures(looked, by_state, bought, orders, counted / places if places else None)


def listed(campaign: Campaign, which: str, by: int | None, before: int | None, most: int) -> Sequence[Referral]:
    """Who brought whom, the newest first: of a state, or of one who shares."""
    query = select(Referral).where(Referral.campaign_id == campaign.id)
    query = query.where(Referral.state == which) if which else query
    query = query.where(Referral.referrer_id == by) if by is not None else query
    query = query.where(Referral.id < before) if before is not None else query
    return db.session.scalars(query.order_by(Referral.id.desc()).limit(most)).unique().all()


def sharers(campaign: Campaign, most: int = 50) -> Sequence[tuple[Person, Sharer | None, int, int]]:
    """Who shares the most: the person, their row, friends that count, friends withheld."""
    counted = func.sum(case((Referral.state == "counted", 1), else_=0))
    withheld = func.sum(case((Referral.state == "withheld", 1), else_=0))
    rows = select(Referral.referrer_id, counted, withheld).where(Referral.campaign_id == campaign.id)
    rows = rows.group_by(Referral.referrer_id).order_by((counted + withheld).desc(), Referral.referrer_id).limit(most)
    return [
        (db.session.get(Person, id), db.session.get(Sharer, (campaign.id, id)), n, kept)
        for id, n, kept in db.session.execute(rows).all()
    ]


def sharer(campaign: Campaign, id: int) -> Person | None:
    """Somebody who brought people here, or stands on the leaderboard."""
    brought = select(Referral.id).where(Referral.campaign_id == campaign.id, Referral.referrer_id == id).limit(1)
    if id >= 2**31 or (db.session.get(Sharer, (campaign.id, id)) is None and db.session.scalar(brought) is None):
        return None
    return db.session.get(Person, id)


def decide(campaign: Campaign, ids: Sequence[int], allow: bool, actor: Person, reason: str) -> int:
    """Let these friends count, or withhold them, whatever a rule says; how many it changed. Raises Refusal: reason."""
    if not allow and not reason.strip():
        raise Refusal("reason", "Say why, in a few words. Only the team reads it.", "reason")
    asked = Referral.campaign_id == campaign.id, Referral.id.in_(list(ids)[:MOST]), Referral.confirmed_at.is_not(None)
    rows = db.session.scalars(select(Referral).where(*asked, Referral.state != "reversed").order_by(Referral.id)).unique().all()
    for id in sorted({row.referrer_id for row in rows}):
        referring.locked(campaign, id)
    changed = 0
    for row in rows:
        changed += referring.put(campaign, row, "counted" if allow else "withheld")
        row.decided_at, row.decided_by, row.reason = campaign.moment, actor.id, reason.strip()[:250]
    db.session.flush()
    for id in {row.referrer_id for row in rows}:
        rewards.recount(campaign, id)
    act = "referral.allow" if allow else "referral.withhold"
    if rows:
        audit.record(actor, act, campaign, after={"friends": len(rows), "changed": changed}, reason=reason.strip())
    return changed


def trust(campaign: Campaign, person: Person, trusted: bool, actor: Person) -> None:
    """The team knows who this is: many friends at once are no reason for doubt; what was withheld for that counts now."""
    sharer = referring.locked(campaign, person.id)
    if (sharer.trusted_at is not None) == trusted:
        return
    sharer.trusted_at = clock.now() if trusted else None
    db.session.flush()
    referring.weigh(campaign, person.id)
    audit.record(actor, "sharer.trust" if trusted else "sharer.doubt", campaign, f"person:{person.id}")


def hide(campaign: Campaign, person: Person, hidden: bool, actor: Person) -> None:
    """Take somebody off the leaderboard, or let them back on."""
    sharer = referring.locked(campaign, person.id)
    if (sharer.hidden_at is not None) == hidden:
        return
    sharer.hidden_at = clock.now() if hidden else None
    audit.record(actor, "sharer.hide" if hidden else "sharer.show", campaign, f"person:{person.id}")
    db.session.flush()


def networks(campaign: Campaign) -> Sequence[AllowedNetwork]:
    """The networks from which many may come."""
    rows = select(AllowedNetwork).where(AllowedNetwork.campaign_id == campaign.id)
    return db.session.scalars(rows.order_by(AllowedNetwork.id)).all()


def allow_network(campaign: Campaign, text: str, note: str, actor: Person) -> int:
    """Many may come from this network: an event's Wi-Fi. How many friends of the last day count now who were withheld
    for nothing else. Raises Refusal: network."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        raise Refusal("network", "Write an address such as 203.0.113.7, or a network such as 203.0.113.0/24.", "network") from None
    if network.prefixlen < (16 if network.version == 4 else 32):
        raise Refusal("network", "That is too many addresses for one place: at most a /16, or a /32 of IPv6.", "network")
    if not any(row.network == str(network) for row in networks(campaign)):
        marks = [network_marks.of_network(campaign, str(address)) for address, _ in zip(network, range(MOST), strict=False)]
        db.session.add(AllowedNetwork(campaign_id=campaign.id, network=str(network), note=note.strip()[:250]))
        audit.record(actor, "network.allow", campaign, after={"network": str(network)}, reason=note.strip())
        return _again(campaign, [mark for mark in marks if mark])
    return 0


def drop_network(campaign: Campaign, id: int, actor: Person) -> None:
    """Many from there are doubtful again, from now on."""
    row = db.session.scalar(select(AllowedNetwork).where(AllowedNetwork.id == id, AllowedNetwork.campaign_id == campaign.id))
    if row is not None:
        db.session.delete(row)
        audit.record(actor, "network.drop", campaign, before={"network": row.network})
        db.session.flush()


def _again(campaign: Campaign, marks: list[str]) -> int:
    """Weigh anew who came from there today, without that mark."""
    here = Referral.campaign_id == campaign.id, Referral.network.in_(marks)
    rows = db.session.scalars(select(Referral).where(*here)).unique().all()
    before = sum(row.state == "counted" for row in rows)
    for row in rows:
        row.network = None
    db.session.flush()
    for id in sorted({row.referrer_id for row in rows}):
        referring.weigh(campaign, id)
    return sum(row.state == "counted" for row in rows) - before
