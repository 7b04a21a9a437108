"""Names under which files are kept: ours alone, small letters, digits and hyphens with one ending."""

import re

_OURS = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\.[a-z0-9]{1,5}")


class Missing(LookupError):
    """There is no file under that name."""


def is_ours(key: str) -> bool:
    """True for a name that we could have given."""
    return _OURS.fullmatch(key) is not None


def ours(key: str) -> str:
    """The name itself when it is one that we give. Raises ValueError for any other, so no path is ever walked."""
    if not is_ours(key):
        raise ValueError("not a name of ours")
    return key
