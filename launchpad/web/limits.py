"""How often one person may do a thing. Limits live in Redis; while it is away each process counts for itself."""

from flask import current_app, request
from flask_limiter import Limiter
from itsdangerous import BadSignature, URLSafeSerializer

ACTOR = "X-Rehearsal-Actor"


def actor_signature(secret_key: str, actor: str) -> str:
    """The header value with which the crowd of a rehearsal says whom it plays."""
    return URLSafeSerializer(secret_key, salt="rehearsal-actor").dumps(actor)


def actor() -> str | None:
    """Whom the crowd plays in this request, if it truly is the crowd: `<campaign id>:<number>`."""
    try:
        return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="rehearsal-actor").loads(
            request.headers.get(ACTOR, "")
        )
    except BadSignature:
        return None


def client() -> str:
    """Who is counted: a played person, or the client's address."""
    return actor() or request.remote_addr or "unknown"


limiter = Limiter(key_func=client, in_memory_fallback_enabled=True, headers_enabled=True, strategy="moving-window")
