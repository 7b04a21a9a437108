"""Sharing, for who does: what their link brought, the leaderboard they may stand on, and when they are asked to."""

from dataclasses import dataclass

from sqlalchemy import delete, exists, func, select

from launchpad.database import db
from launchpad.models import (
    Campaign,
    LinkVisit,
    Option,
    Order,
    Person,
    Poll,
    Referral,
    Reward,
    Sharer,
    Story,
    Vote,
    VoteChoice,
)
from launchpad.rules.refusals import Refusal
from launchpad.services import consents, previewing, referring, rewards

CONSENT, WORDING = "leaderboard", "leaderboard-1"
LONGEST_NAME = 40
MOST_SHOWN = 20
MOMENTS = ("order", "story", "rating")  # after which somebody is asked to share, each once
HIGH = 4  # of five: a rating from which on somebody is asked


@dataclass(frozen=True)
class Shared:
    """What somebody's link brought. Friends who are looked at, or were found to be none, are in no number of it."""

    looked: int  # browsers that opened the link, day by day
    joined: int
    bought: int
    reached: list[Reward]
    next: object | None  # the nearest rules.referrals.Promise that is still to be reached
    shown_as: str


def of(campaign: Campaign, person: Person) -> Shared:
    """The numbers of one person."""
    joined, bought = referring.counts(campaign, person.id)
    reached = [row for row in rewards.of(campaign, person.id) if row.lost_at is None]
    has = {row.at for row in reached}
    nearest = next((p for p in rewards.promised(campaign) if p.at not in has and p.at > joined), None)
    sharer = db.session.get(Sharer, (campaign.id, person.id))
    looked = select(func.sum(LinkVisit.visitors)).filter_by(campaign_id=campaign.id, person_id=person.id)
    return Shared(db.session.scalar(looked) or 0, joined, bought, reached, nearest, sharer.shown_as if sharer else "")


def terms(campaign: Campaign) -> str:
    """What is true of sharing and its rewards, in the campaign's words or in ours."""
    said = (campaign.referrals or {}).get("terms")
    return said or (
        "A friend counts once, when they join for the first time by your link and confirm their address. Friends are "
        "looked at before they count, which can take a day. Addresses of your own, made-up ones and bought ones do not "
        "count. When you share the link, say that you may get something for it. Rewards cannot be paid out in money."
    )


def leaderboard(campaign: Campaign) -> list[tuple[str, int]] | None:
    """Who brought the most, of those who agreed to be shown: name and friends. None where there is none."""
    if not (campaign.referrals or {}).get("leaderboard"):
        return None
    friends = func.count(Referral.id)
    rows = (
        select(Sharer.shown_as, friends)
        .join(Referral, (Referral.referrer_id == Sharer.person_id) & (Referral.campaign_id == Sharer.campaign_id))
        .where(Sharer.campaign_id == campaign.id, Sharer.shown_as != "", Sharer.hidden_at.is_(None))
        .where(Referral.state == "counted")
        .group_by(Sharer.person_id, Sharer.shown_as)
        .order_by(friends.desc(), func.min(Referral.confirmed_at), Sharer.person_id)
    )
    return [tuple(row) for row in db.session.execute(rows.limit(MOST_SHOWN))]


def show_me(campaign: Campaign, person: Person, name: str) -> None:
    """Stand on the leaderboard under a name; "" takes it off at once. Each is a row of consent. Raises Refusal: name."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise Refusal("name", f"A name has at most {LONGEST_NAME} characters here.", "shown_as")
    if "@" in name:
        raise Refusal("name", "Choose a name that is no address: everyone reads it.", "shown_as")
    if name and leaderboard(campaign) is None:
        raise Refusal("leaderboard", "This campaign has no leaderboard.")
    sharer = referring.locked(campaign, person.id)
    if sharer.shown_as == name:
        return
    sharer.shown_as = name
    consents.record(person, CONSENT, bool(name), WORDING, f"invite:{campaign.slug}", campaign)
    db.session.flush()


def moment(campaign: Campaign, person: Person | None) -> str | None:
    """The happy moment for which somebody is asked to share now, or None: after they bought, after their story was
    taken, after they rated high. Each moment asks until they say no to it."""
    if person is None or previewing.shown() is not None:
        return None
    sharer = db.session.get(Sharer, (campaign.id, person.id))
    said_no = sharer.asked.split(",") if sharer else ()
    same = {"campaign_id": campaign.id, "person_id": person.id}
    happened = {
        "order": exists().where(Order.campaign_id == campaign.id, Order.person_id == person.id, Order.state == "confirmed"),
        "story": select(Story.id).filter_by(**same, state="approved").exists(),
        "rating": exists().where(
            Poll.campaign_id == campaign.id, Poll.kind == "rating", Vote.poll_id == Poll.id, Vote.person_id == person.id,
            VoteChoice.vote_id == Vote.id, Option.id == VoteChoice.option_id, Option.position >= HIGH,
        ),
    }
    for name, what in happened.items():
        if name not in said_no and db.session.scalar(select(what)):
            return name
    return None


def not_now(campaign: Campaign, person: Person, name: str) -> None:
    """Somebody does not want to be asked for this moment again. Raises Refusal for a moment that there is not."""
    if name not in MOMENTS:
        raise Refusal("moment", "There is no such question.")
    sharer = referring.locked(campaign, person.id)
    if name not in sharer.asked.split(","):
        sharer.asked = ",".join(filter(None, [sharer.asked, name]))
    db.session.flush()


def forget(person: Person) -> None:
    """Somebody is erased: the name they chose goes. That friends came, and what was owed, stays as numbers."""
    db.session.execute(delete(Sharer).where(Sharer.person_id == person.id))
