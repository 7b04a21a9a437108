"""Every web module. The order does not matter: an address of ours never looks like a campaign's."""

from launchpad.web import (
    buy,
    community,
    front,
    health,
    membership,
    orders,
    pictures,
    place,
    recap,
    sign_in,
    stories,
    unsubscribe,
    waitlist,
)

BLUEPRINTS = [
    community.blueprint,
    recap.blueprint,
    buy.blueprint,
    orders.blueprint,
    place.blueprint,
    waitlist.blueprint,
    pictures.blueprint,
    stories.blueprint,
    front.blueprint,
    health.blueprint,
    sign_in.blueprint,
    sign_in.out,
    membership.blueprint,
    unsubscribe.blueprint,
]
