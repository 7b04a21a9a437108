"""Tokens in links: derived from a row's id by HMAC, so that none is ever stored and a letter can be written again.

A purpose has signatures of its own: a token for one purpose says nothing to another. They have no end of their own;
the row that they name decides whether they still serve. Purposes: confirm, sign_in, membership, unsubscribe, order,
pass, test_letter, store.
"""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

LONGEST = 200  # no token of ours is longer: what is, is not even looked at


def make(purpose: str, id: int) -> str:
    """The token for a row: the same each time, safe in an address."""
    return _signer(purpose).dumps(id)


def read(purpose: str, token: str) -> int | None:
    """The id that a token was made for, or None when it is not ours or was made for another purpose."""
    if len(token) > LONGEST:
        return None
    try:
        id = _signer(purpose).loads(token)
    except BadSignature:
        return None
    return id if type(id) is int else None


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"launchpad:{purpose}")
