"""Every web module. The order does not matter: an address of ours never looks like a campaign's."""

from launchpad.web import front, health, pictures, sign_in, stories

BLUEPRINTS = [
    pictures.blueprint,
    stories.blueprint,
    front.blueprint,
    health.blueprint,
    sign_in.blueprint,
    sign_in.out,
]
