"""Where an order's own page is."""

from launchpad.database import db
from launchpad.models import Campaign, Order
from launchpad.services import tokens


def path_of(order: Order, with_token: bool = True) -> str:
    """The path of an order's page; with its token, for who is not signed in as its person."""
    slug = db.session.get_one(Campaign, order.campaign_id).slug
    return path(slug, order.number, order.id) if with_token else f"/{slug}/orders/{order.number}"


def path(slug: str, number: str, order_id: int) -> str:
    """The path of an order's page with its token."""
    return f"/{slug}/orders/{number}?token={tokens.make('order', order_id)}"
