"""What somebody has bought, or is about to pay, in one campaign: what their place and their pass are told apart by."""

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Hold, Order, Person


def paying(campaign: Campaign, person: Person) -> Order | None:
    """The newest order whose units are set aside for them to pay; None once that time, which is real time, is over."""
    live = _of(campaign, person).join(Hold).where(Order.state == "held", Hold.state == "live", Hold.until > clock.now())
    return db.session.scalar(live.limit(1))


def bought(campaign: Campaign, person: Person) -> Order | None:
    """The newest order that is theirs."""
    return db.session.scalar(_of(campaign, person).where(Order.state == "confirmed").limit(1))


def _of(campaign: Campaign, person: Person):
    mine = Order.campaign_id == campaign.id, Order.person_id == person.id
    return select(Order).where(*mine).order_by(Order.id.desc())
