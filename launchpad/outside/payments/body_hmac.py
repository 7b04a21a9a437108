"""The proof that Shopify and WooCommerce share: base64 of an HMAC-SHA256 over the raw body."""

import base64
import hashlib
import hmac

from launchpad.outside.payments.events import Forged


def check(raw: bytes, said: str | None, secret: str) -> None:
    """Raise Forged unless the signature is theirs; compared in constant time."""
    mine = base64.b64encode(hmac.digest(secret.encode(), raw, "sha256"))
    if not hmac.compare_digest(mine, (said or "").strip().encode("utf-8", "replace")):
        raise Forged


def event_id(kind: str, raw: bytes) -> str:
    """The same for each repetition. Made of what was signed: ids in the headers are outside the signature."""
    return hashlib.sha256(kind.encode("utf-8", "replace") + b"\n" + raw).hexdigest()
