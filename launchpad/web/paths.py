"""Where to go next: only ever a path of ours."""


def ours(path: str | None, otherwise: str = "/") -> str:
    """The path when it is one of this site, else the other one. A browser reads `//x`, `/\\x` and control characters
    as the way to another site, so none of them is."""
    path = path or ""
    here = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if here and len(path) <= 250 else otherwise
