"""The team's numbers: each against rows made by hand, on both sides of every boundary."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Campaign, Consent, Letter, Option, Order, Person, Story, Variant, Visit, Vote, VoteChoice
from launchpad.services import buying, polls, recap_numbers, stories
from launchpad.services.glance import glance
from launchpad.services.numbers import Sold, numbers
from tests.make import NOON

TICK = timedelta(microseconds=1)


@pytest.fixture
def campaign(given, watch) -> Campaign:
    """It is the last microsecond before its launch."""
    row = given.campaign("lamp", stock=20)
    watch.set(row.milestone("launch").due - TICK)
    return row


def buy(campaign, person, quantity=1, key="k", ref="") -> Order:
    with writing() as session:
        campaign, person = session.get(Campaign, campaign.id), session.get(Person, person.id)
        owner = buying.person_owner(person)
        return buying.pay(buying.buy(campaign, person, "OAK", quantity, key, owner, ref=ref))


def test_an_empty_campaign_has_zeros_and_no_shares(campaign):
    found = numbers(campaign)
    assert (found.visitors, found.visits) == (0, {})
    assert (found.submitted, found.confirmed, found.left, found.buyers) == (0, 0, 0, 0)
    assert found.sold == found.refunded == Sold()
    assert list(found.by_source) == ["member", "joined", "referred", "cold"]
    assert (found.voters, found.eligible, found.sent, found.shown, found.letters) == (0, 0, 0, 0, [])
    assert found.conversion is found.participation is found.member_share is found.community_share is None


def test_places_count_once_confirmed_and_not_once_left(campaign, given):
    kept, left, unconfirmed, gone = (given.person() for _ in range(4))
    given.place(campaign, kept)
    given.place(campaign, left, left_at=NOON)
    given.place(campaign, unconfirmed, confirmed=False)
    given.place(campaign, gone, confirmed=False, left_at=NOON)
    given.place(given.campaign("other"), kept)
    found = numbers(campaign)
    assert (found.submitted, found.confirmed, found.left) == (2, 1, 2)


def test_an_order_at_the_very_launch_is_after_the_head_start(campaign, given, watch):
    early, late, both = (given.person(member=True) for _ in range(3))
    for person in (early, late, both):
        given.place(campaign, person)
    buy(campaign, early)
    buy(campaign, both)
    watch.step(microseconds=1)
    buy(campaign, late)
    buy(campaign, both, key="again")
    found = numbers(campaign)
    assert (found.early, found.late, found.buyers, found.confirmed) == (2, 1, 3, 3)
    assert found.by_stage["head_start"] == Sold(2, 2, 2 * 12900)
    assert found.by_stage["launch"] == Sold(2, 2, 2 * 12900)
    assert found.conversion == 1.0


@pytest.mark.parametrize("state", ["held", "ended", "cancelled", "refunded", "parked"])
def test_only_confirmed_orders_make_buyers_and_revenue(campaign, given, state):
    person = given.person(member=True)
    given.place(campaign, person)
    given.order(campaign, person, state=state)
    found = numbers(campaign)
    assert (found.buyers, found.conversion, found.sold) == (0, 0.0, Sold())
    assert found.refunded == (Sold(1, 1, 12900) if state == "refunded" else Sold())


def test_a_buyer_counts_for_the_waitlist_only_with_a_place_that_counts(campaign, given):
    stranger, left, unconfirmed = (given.person() for _ in range(3))
    given.place(campaign, left, left_at=NOON)
    given.place(campaign, unconfirmed, confirmed=False)
    for person in (stranger, left, unconfirmed):
        given.order(campaign, person)
    elsewhere = given.person()
    given.place(campaign, elsewhere)
    given.order(given.campaign("other"), elsewhere)
    found = numbers(campaign)
    assert (found.confirmed, found.buyers, found.sold.orders) == (1, 0, 3)


def test_revenue_by_source_and_what_is_the_communitys(campaign, given):
    for source, quantity in (("member", 3), ("joined", 2), ("referred", 1), ("cold", 4)):
        given.order(campaign, given.person(), quantity=quantity, source=source)
    given.order(campaign, given.person(), source="member", state="refunded")
    found = numbers(campaign)
    assert {source: sold.units for source, sold in found.by_source.items()} == {
        "member": 3, "joined": 2, "referred": 1, "cold": 4,
    }  # fmt: skip
    assert found.sold == Sold(4, 10, 10 * 12900)
    assert (found.member_share, found.community_share) == (0.3, 0.5)


def test_a_member_since_exactly_the_previews_opening_has_joined(campaign, given, watch):
    opening = campaign.milestone("preview").due
    before = given.person(member_at=opening - TICK, confirmed_at=opening - TICK)
    at = given.person(member_at=opening, confirmed_at=opening)
    watch.set(campaign.milestone("launch").due)
    buy(campaign, before)
    buy(campaign, at)
    found = numbers(campaign)
    assert (found.by_source["member"].orders, found.by_source["joined"].orders) == (1, 1)


def vote(poll, person, option=0) -> None:
    with writing() as session:
        session.add(
            Vote(poll_id=poll.id, person_id=person.id, at=NOON, choices=[VoteChoice(option_id=poll.options[option].id)])
        )


def test_a_voter_counts_once_over_all_polls(campaign, given):
    first, second = given.poll(campaign), given.poll(campaign, number=2)
    both, one, _none = (given.person(member=True) for _ in range(3))
    vote(first, both), vote(second, both), vote(second, one)
    vote(given.poll(given.campaign("other")), given.person(member=True))
    found = numbers(campaign)
    assert (found.voters, found.eligible) == (2, 4)
    assert found.participation == 0.5


def test_who_became_a_member_at_the_closing_could_not_vote(campaign, given):
    given.poll(campaign)
    closing = polls.window(campaign, 1)[1]
    given.person(member_at=closing - TICK, confirmed_at=closing)
    given.person(member_at=closing, confirmed_at=closing)
    given.person(member_at=NOON)  # never confirmed the address
    given.person(member=True, erased_at=NOON)
    given.person(member=True, played_in=campaign.id)  # simulated, and this campaign is real
    assert numbers(campaign).eligible == 1


def test_a_rehearsals_own_people_could_vote_in_it(given, watch):
    rehearsal = given.campaign("played", rehearsal=True)
    given.poll(rehearsal)
    closing = polls.window(rehearsal, 1)[1]
    mine = {"played_in": rehearsal.id, "joined_in": rehearsal.id, "confirmed_at": closing}
    given.person(member_at=closing - TICK, **mine)
    given.person(member_at=closing, **mine)
    given.person(member_at=closing + timedelta(days=900), confirmed_at=closing)  # real time: before all of it
    assert numbers(rehearsal).eligible == 2


def story(campaign, person, state, consents=()) -> None:
    with writing() as session:
        row = Story(campaign_id=campaign.id, person_id=person.id, text="Mine", state=state, at=NOON)
        session.add(row)
        session.flush()
        for given in consents:
            session.add(
                Consent(
                    person_id=person.id,
                    campaign_id=campaign.id,
                    story_id=row.id,
                    purpose="story:site",
                    given=given,
                    wording="x",
                )
            )


def test_stories_by_state_and_shown_only_with_a_consent_that_stands(campaign, given):
    person = given.person()
    for state, consents in (
        ("waiting", [True]), ("approved", [True]), ("approved", [True, False]), ("rejected", [True]), ("withdrawn", []),
    ):  # fmt: skip
        story(campaign, person, state, consents)
    found = numbers(campaign)
    assert found.stories == {"waiting": 1, "approved": 2, "rejected": 1, "withdrawn": 1}
    assert (found.sent, found.shown) == (5, 1)
    assert found.shown == len(stories.approved(campaign))


def test_letters_and_visits_are_told_by_kind_and_phase(campaign, given):
    person, other = given.person(), given.campaign("other")
    with writing() as session:
        for n, (kind, state) in enumerate((("order", "sent"), ("order", "failed"), ("recap", "suppressed"))):
            session.add(
                Letter(
                    campaign_id=campaign.id,
                    person_id=person.id,
                    kind=kind,
                    trigger=f"t:{n}",
                    marketing=False,
                    state=state,
                    at=NOON,
                )
            )
        session.add(Letter(person_id=person.id, kind="sign_in", trigger="s", marketing=False, at=NOON))
        for row, day, phase, count in (
            (campaign, 1, "launch", 5), (campaign, 2, "launch", 7), (campaign, 1, "preview", 2),
            (other, 1, "launch", 90),
        ):  # fmt: skip
            session.add(Visit(campaign_id=row.id, day=date(2026, 12, day), phase=phase, visitors=count, views=count))
    found = numbers(campaign)
    assert [(t.kind, t.states) for t in found.letters] == [
        ("order", {"sent": 1, "failed": 1}),
        ("recap", {"suppressed": 1}),
    ]
    assert list(found.visits.items()) == [("preview", 2), ("launch", 12)], "in the order of the phases"
    assert found.visitors == 14


def test_the_room_the_recap_and_the_numbers_agree(campaign, given, watch):
    for n in range(4):
        person = given.person(member=True)
        given.place(campaign, person, confirmed=n != 3, left_at=NOON if n == 2 else None)
        given.order(campaign, person, quantity=2, source=("member", "joined", "cold", "referred")[n])
    found, room, recap = numbers(campaign), glance(campaign), recap_numbers.numbers(campaign)
    assert (found.submitted, found.confirmed, found.buyers) == (room.submitted, room.confirmed, room.buyers)
    assert (found.sold.orders, found.sold.units, found.sold.revenue) == (room.orders, room.units, room.revenue)
    assert (found.confirmed, found.buyers, found.conversion) == (recap.places, recap.waited, recap.conversion)
    assert (found.member_share, found.community_share) == (recap.member_share, recap.community_share)
    assert db.session.scalar(select(Variant.taken)) == 8 and db.session.scalar(select(Option.id)) is None
