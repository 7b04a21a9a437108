"""Letters about a person's own address, key and place: what is true of each when it is sent."""

from typing import Any

from launchpad.database import db
from launchpad.models import Campaign, Inquiry, InquiryLine, Joining, Letter, Reward, SignIn, TestLetter
from launchpad.rules import timetable
from launchpad.services import doubts, membership, sharing, sign_in, team, test_letters, tokens, waitlist
from launchpad.services.letter_rows import Pointless, address, place_of, row_of


def sign_in_link(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = row_of(SignIn, letter)
    if row.used_at is not None:
        raise Pointless("the link was used")
    return {"url": address(f"/sign-in/{sign_in.token_of(row)}"), "code": sign_in.code_of(row)}


def staff_invite(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = row_of(SignIn, letter)
    if row.used_at is not None:
        raise Pointless("the link was used")
    keys = team.of(letter.person)
    if not keys:
        raise Pointless("the key was taken back")
    campaigns = {key.campaign_id: db.session.get(Campaign, key.campaign_id) for key in keys if key.campaign_id}
    return {
        "url": address(sign_in.path_of(row)),
        "keys": [(key.role, campaigns.get(key.campaign_id), key.until) for key in keys],
    }


def membership_link(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = row_of(Joining, letter)
    if row.used_at is not None:
        raise Pointless("the link was used")
    url = address(f"/membership/confirm/{membership.token_of(row)}")
    return {"url": url, "waits": membership.leads_to(row) == "request"}


def request_admitted(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = row_of(Joining, letter)
    if row.state != "admitted" or not letter.person.is_member:
        raise Pointless("it was decided otherwise")
    return {"url": address(f"/{campaign.slug}/" if campaign else "/me"), "reason": row.reason}


def request_declined(letter: Letter, campaign: Campaign | None) -> dict[str, Any]:
    row = row_of(Joining, letter)
    if row.state != "declined" or letter.person.member_at is not None:
        raise Pointless("it was decided otherwise")
    return {"url": address(f"/{campaign.slug}/" if campaign else "/"), "reason": row.reason}


def confirm(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = place_of(letter)
    if place.confirmed_at is not None:
        raise Pointless("the place is confirmed")
    return {"url": address(f"/{campaign.slug}/waitlist/confirm/{tokens.make('confirm', place.id)}")}


def my_place(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = place_of(letter)
    opens = timetable.tier_opening(campaign.milestones, letter.person.tier)
    return {
        "url": address(f"/{campaign.slug}/place"),
        "number": waitlist.position(place),
        "opens": opens,
        "late": opens is not None and place.submitted_at >= opens,
        "doors": timetable.opening(campaign.milestones, "launch"),
    }


def being_checked(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    place = place_of(letter)
    doubt = doubts.of(place)
    if doubt is None or not doubts.holds(campaign, place):
        raise Pointless("the place counts already")
    return {"url": address(f"/{campaign.slug}/waitlist/checked"), "by": doubts.until(campaign, doubt)}


def reward(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row = row_of(Reward, letter)
    if row.lost_at is not None:
        raise Pointless("the friends who earned it do not count")
    return {"reward": row, "url": address(f"/{campaign.slug}/invite"), "terms": sharing.terms(campaign)}


def test(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row = row_of(TestLetter, letter)
    if row.arrived_at is not None:
        raise Pointless("it is known to have arrived")
    return {"url": address(f"/{campaign.slug}/letter-arrived/{test_letters.token_of(row)}")}


def help_answer(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    line = row_of(InquiryLine, letter)
    if letter.person.confirmed_at is None:
        raise Pointless("the address was never confirmed: the answer stands on the page")
    row = db.session.get_one(Inquiry, line.inquiry_id)
    url = address(f"/{campaign.slug}/help/{row.id}?token={tokens.make('inquiry', row.id)}")
    return {"answer": line.text, "asked": row.lines[0].text, "url": url}
