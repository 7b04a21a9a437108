"""Where an order's own page is."""

from launchpad.database import db
from launchpad.models import Campaign, Order
from launchpad.services import tokens


def path_of(order: Order, with_token: bool = True) -> str:
    """The path of an order's page; with its token, for who is not signed in as its person."""
    path = f"/{db.session.get_one(Campaign, order.campaign_id).slug}/orders/{order.number}"
    return f"{path}?token={tokens.make('order', order.id)}" if with_token else path
