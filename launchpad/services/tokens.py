"""Tokens in links: derived from a row's id by HMAC, so that none is ever stored and a letter can be written again.

A purpose has signatures of its own: a token for one purpose says nothing to another. They have no end of their own;
the row that they name decides whether they still serve. Purposes: confirm, sign_in, membership, unsubscribe, order,
pass, test_letter, store, inquiry, totals.
"""

import base64
import hmac
import secrets
import struct

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


def trace(purpose: str, *numbers: int) -> str:
    """Whether numbers are still the same, for who may not know them: a few letters that only we can make."""
    return base64.urlsafe_b64encode(_mark(purpose, struct.pack(f">{len(numbers)}Q", *numbers))[:9]).decode()


def seal(purpose: str, *numbers: int) -> str:
    """A token that nobody but us can read: whoever holds it cannot tell one row from another, or from none.

    Two tokens for the same numbers differ. Encrypted with a keystream of HMAC under a fresh nonce, and then signed.
    """
    packed = struct.pack(f">{len(numbers)}Q", *numbers)
    nonce = secrets.token_bytes(12)
    hidden = bytes(a ^ b for a, b in zip(packed, _stream(purpose, nonce), strict=False))
    body = nonce + hidden
    return base64.urlsafe_b64encode(body + _mark(purpose, body)).decode().rstrip("=")


def unseal(purpose: str, token: str) -> tuple[int, ...] | None:
    """The numbers that were sealed for this purpose, or None when the token is not ours."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True) if len(token) <= LONGEST else b""
    except ValueError:
        return None
    body, mark = raw[:-16], raw[-16:]
    if len(body) < 12 or (len(body) - 12) % 8 or len(body) > 12 + 32 or not hmac.compare_digest(mark, _mark(purpose, body)):
        return None
    packed = bytes(a ^ b for a, b in zip(body[12:], _stream(purpose, body[:12]), strict=False))
    return struct.unpack(f">{len(packed) // 8}Q", packed)


def _stream(purpose: str, nonce: bytes) -> bytes:
    """32 bytes, so at most four numbers."""
    return hmac.digest(_key(purpose, "seal"), nonce, "sha256")


def _mark(purpose: str, body: bytes) -> bytes:
    return hmac.digest(_key(purpose, "mark"), body, "sha256")[:16]


def _key(purpose: str, of: str) -> bytes:
    return hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), f"launchpad:{of}:{purpose}".encode(), "sha256")


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"launchpad:{purpose}")
