"""Marks of networks and browsers: digests under a salt of the day, to notice that two sign-ups come from one hand.

The salt comes from the site's key and the day, so a mark compares with those of its day alone; nobody can turn it back
into an address. Those in Redis are gone within minutes, those on rows of referrals within a day. No cookie is needed.
"""

import hmac
from ipaddress import ip_address, ip_network

from flask import current_app
from redis import RedisError
from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import AllowedNetwork, Campaign
from launchpad.rules.referrals import SAME_HAND
from launchpad.services import previewing

# The machine itself, or a proxy in front that nobody declared: it says nothing about who asks.
_OURSELVES = frozenset({"127.0.0.1", "::1", "unknown", ""})


def of_network(campaign: Campaign, client: str) -> str | None:
    """The mark of a client's network address; None for what says nothing, and for networks that the team allows."""
    if client in _OURSELVES or allowed(campaign, client):
        return None
    return _digest(campaign, "network", client)


def allowed(campaign: Campaign, client: str) -> bool:
    """True when the team wrote down that many may come from there."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    networks = db.session.scalars(select(AllowedNetwork.network).where(AllowedNetwork.campaign_id == campaign.id))
    return any(address in ip_network(network) for network in networks)


def looked(campaign: Campaign, person_id: int, client: str, agent: str) -> None:
    """Somebody looked at their own link in this browser. Redis away: it goes unnoticed, the page does not care."""
    if previewing.shown() is not None or client in _OURSELVES:
        return
    try:
        mark = _digest(campaign, "hand", f"{client} {agent}")
        current_app.extensions["redis"].set(f"sharing:{campaign.id}:{person_id}", mark, ex=SAME_HAND)
    except RedisError:
        pass


def same_hand(campaign: Campaign, person_id: int, client: str, agent: str) -> bool:
    """True when the browser of this sign-up is the one in which that person looked at their link minutes ago."""
    if client in _OURSELVES or allowed(campaign, client):
        return False
    try:
        seen = current_app.extensions["redis"].get(f"sharing:{campaign.id}:{person_id}")
    except RedisError:
        return False
    return seen is not None and seen.decode() == _digest(campaign, "hand", f"{client} {agent}")


def _digest(campaign: Campaign, kind: str, value: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    said = f"{clock.now().date().isoformat()} {campaign.id} {kind} {value}"
    return hmac.digest(key, said.encode("utf-8", "replace"), "sha256").hex()[:24]
