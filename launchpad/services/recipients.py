"""Who is written to: selects of person ids, for letters that a milestone writes to many at once.

A real campaign never writes to simulated people; a rehearsal writes to its own and to no other's.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from launchpad.models import Campaign, Order, Person, Place, Reminder
from launchpad.services import consents


def members(campaign: Campaign) -> Select:
    """Members who agreed to letters about launches."""
    return _people(campaign, _agreed_member())


def places(campaign: Campaign, of_tier: ColumnElement[bool], before: datetime) -> Select:
    """People of a tier with a place that counts and was submitted before a campaign moment. A letter of service."""
    return _people(campaign, has_place(campaign.id, Place.submitted_at < before), of_tier)


def passes(campaign: Campaign, of_tier: ColumnElement[bool], since: datetime) -> Select:
    """People of a tier whose place was given a pass from a campaign moment on. A letter of service."""
    return _people(campaign, has_place(campaign.id, Place.pass_from == since), of_tier)


def everyone_waiting(campaign: Campaign) -> Select:
    """For the doors: who has a place that counts or is a member who agreed, and has not bought yet."""
    return _people(campaign, or_(has_place(campaign.id), _agreed_member()), ~has_bought(campaign.id), reachable())


def everyone_involved(campaign: Campaign) -> Select:
    """For the recap: buyers, places that count, and members who agreed."""
    return _people(campaign, or_(has_bought(campaign.id), has_place(campaign.id), _agreed_member()), reachable())


def reminded(campaign: Campaign, event_id: int) -> Select:
    """Who asked to be reminded of a live event, by an address that is theirs. A letter of service."""
    asked = Reminder.event_id == event_id, Reminder.confirmed_at.is_not(None), Reminder.stopped_at.is_(None)
    wants = exists().where(Reminder.person_id == Person.id, *asked).correlate_except(Reminder)
    return _people(campaign, wants, Person.confirmed_at.is_not(None))


def has_place(campaign_id, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on Person that they have a place that counts; `campaign_id` is a number or a column."""
    mine = Place.person_id == Person.id, Place.campaign_id == campaign_id
    return (
        exists().where(*mine, Place.confirmed_at.is_not(None), Place.left_at.is_(None), *more).correlate_except(Place)
    )


def has_bought(campaign_id) -> ColumnElement[bool]:
    """The condition on Person that they have a confirmed order; `campaign_id` is a number or a column."""
    mine = Order.person_id == Person.id, Order.campaign_id == campaign_id
    return exists().where(*mine, Order.state == "confirmed").correlate_except(Order)


def _agreed_member() -> ColumnElement[bool]:
    return and_(Person.member_at.is_not(None), reachable(), consents.wants_marketing())


def reachable() -> ColumnElement[bool]:
    """The condition on Person for any letter about a launch: their address is theirs, and they did not unsubscribe."""
    return and_(Person.unsubscribed_at.is_(None), Person.confirmed_at.is_not(None))


def _people(campaign: Campaign, *conditions: ColumnElement[bool]) -> Select:
    played = Person.played_in.is_(None)
    if campaign.rehearsal:
        played = or_(played, Person.played_in == campaign.id)
    return select(Person.id).where(Person.erased_at.is_(None), played, *conditions)
