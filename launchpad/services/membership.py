"""Becoming a member: asked for with an address, settled by the button of the letter that goes there."""

import hashlib
from datetime import UTC, timedelta

from sqlalchemy import ColumnElement, select, update

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Joining, Person
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, consents, invites, letters, membership_requests, people, sign_in, tokens
from launchpad.services.wakes import wake

LIFE = timedelta(days=7)  # of real time
ABOUT = 500  # characters that somebody may say about themselves to the team
WAYS = ("open", "request", "invite")  # how one becomes a member: the later, the stricter
EVERY = sign_in.UNCONFIRMED_EVERY


def way_in(campaign: Campaign | None, played: bool = False) -> str:
    """How one becomes a member now, without a code: of WAYS.

    Membership is the site's, so the strictest counts: while any campaign that people can still take part in asks for a
    code, all doors do, or one could walk in by another; else while any has its team look at each request, all do
    (invite over request over open). A rehearsal asks only for itself; its simulated people meet no other rule.

    A confirmed place on a waitlist makes a member whatever this says (services.waitlist): that door is the campaign's.
    """
    asked = {campaign.membership} if campaign is not None else set()
    if not played:
        asked |= {one.membership for one in campaigns.every() if one.rehearsal is None and one.phase != Phase.ARCHIVED}
    return max(asked, key=WAYS.index, default="open")


def ask(
    email: str,
    name: str = "",
    code: str = "",
    marketing: bool = False,
    campaign: Campaign | None = None,
    next: str = "",
    played_in: int | None = None,
    about: str = "",
) -> None:
    """Write the letter with the button, at most one in ten minutes. It says nothing back about the address.

    `about` is for the team, where it looks at each request. Raises Refusal for an address that is none, and for a code
    that is missing or does not serve.
    """
    key = people.key_of(email)
    if not code and way_in(campaign, played_in is not None) == "invite":
        raise Refusal("code", "Membership is by invitation for now. Please enter your invite code.", "code")
    invite = invites.check(code) if code else None
    if played_in is None and campaign is not None and campaign.rehearsal:
        played_in = campaign.id
    person = people.find_or_make(key, played_in=played_in)
    now = clock.now()
    wake("letters")  # either way, so that the work behind the answer is alike as well
    if sign_in.written_lately(person, now - EVERY):
        return
    row = Joining(
        person_id=person.id, campaign_id=campaign.id if campaign else None, invite_id=invite.id if invite else None,
        name=name[:250], marketing=marketing, next=next[:250], made_at=now, expires_at=now + LIFE,
        about=about.strip()[:ABOUT] or None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.token_hash = _token_hash(token_of(row))
    db.session.flush()
    letters.write("membership", person, f"membership:{row.id}", campaign)


def token_of(row: Joining) -> str:
    """The token in the link of a request; its moment is part of it, as for signing in."""
    return tokens.make(f"membership:{row.made_at.astimezone(UTC).isoformat()}", row.id)


def usable(token: str) -> Joining | None:
    """The request that a link would settle now, or None. It changes nothing."""
    return db.session.scalar(select(Joining).where(Joining.token_hash == _token_hash(token), *_open()))


def leads_to(row: Joining) -> str:
    """What the button does, as the rules stand now: `member`, or `request` where the team looks first."""
    person = db.session.get(Person, row.person_id)
    campaign = db.session.get(Campaign, row.campaign_id) if row.campaign_id else None
    if row.invite_id is not None or person.member_at is not None:
        return "member"
    return "request" if way_in(campaign, person.played_in is not None) == "request" else "member"


def confirm(token: str) -> Joining | None:
    """Settle a request: its person is a member from now on, or waits for the team. None when there is none, or
    somebody was first.

    An invite code is counted when it made a member. Raises Refusal when it was used up meanwhile.
    """
    id = db.session.scalar(
        update(Joining)
        .where(Joining.token_hash == _token_hash(token), *_open())
        .values(used_at=clock.now())
        .returning(Joining.id)
    )
    if id is None:
        return None
    row = db.session.get(Joining, id, populate_existing=True)
    person = db.session.get(Person, row.person_id)
    campaign = db.session.get(Campaign, row.campaign_id) if row.campaign_id else None
    people.confirm(person)
    if person.member_at is None:
        _admit(row, person, campaign)
    person.name = person.name or row.name
    if row.marketing:
        consents.agree_to_marketing(person, _source(campaign), campaign=campaign)
    db.session.flush()
    return row


def _admit(row: Joining, person: Person, campaign: Campaign | None) -> None:
    if row.invite_id is None:
        way = way_in(campaign, person.played_in is not None)
        if way == "invite":
            raise Refusal("code", "Membership is by invitation by now. Join again with an invite code.", "code")
        if way == "request":
            membership_requests.receive(row, person)
        else:
            people.become_member(person, "form", campaign)
        return
    invite = invites.count(row.invite_id)
    people.become_member(person, f"invite:{invite.code}", campaign, invite.tier)


def _source(campaign: Campaign | None) -> str:
    return f"membership:{campaign.slug}" if campaign else "membership"


def _open() -> list[ColumnElement[bool]]:
    standing = select(Person.id).where(Person.erased_at.is_(None))
    return [Joining.used_at.is_(None), Joining.expires_at > clock.now(), Joining.person_id.in_(standing)]


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
