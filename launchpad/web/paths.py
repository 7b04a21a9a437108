"""Where to go next: only ever a path of ours."""

from urllib.parse import urlsplit


def ours(path: str | None, otherwise: str = "/") -> str:
    """The path when it is one of this site, else the other one. A browser reads `//x`, `/\\x` and control characters
    as the way to another site, so none of them is."""
    path = path or ""
    parts = urlsplit(path) if path.isprintable() and "\\" not in path and len(path) <= 250 else None
    if parts is None or not path.startswith("/") or path.startswith("//") or parts.scheme or parts.netloc:
        return otherwise
    return path
