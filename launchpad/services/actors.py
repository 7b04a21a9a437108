"""How the crowd of a rehearsal says whom it plays: a signed header, `<campaign id>:<number>`, counted as one person."""

from itsdangerous import BadSignature, URLSafeSerializer

HEADER = "X-Rehearsal-Actor"


def signature(secret_key: str, actor: str) -> str:
    """The header's value."""
    return _signer(secret_key).dumps(actor)


def actor_of(secret_key: str, value: str) -> str | None:
    """Whom a header's value names, or None when the crowd of this site did not write it."""
    try:
        return _signer(secret_key).loads(value)
    except BadSignature:
        return None


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="rehearsal-actor")
