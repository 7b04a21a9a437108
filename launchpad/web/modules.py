"""Every web module. The order does not matter: an address of ours never looks like a campaign's."""

from launchpad.web import front, health

BLUEPRINTS = [
    front.blueprint,
    health.blueprint,
]
