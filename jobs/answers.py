"""What the site answered to one of the crowd."""

import re
from urllib.parse import urlsplit

import urllib3

BY_STATUS = {
    400: "form",
    403: "not_allowed",
    404: "not_found",
    410: "gone",
    413: "too_large",
    422: "form",
    429: "too_many",
}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: urllib3.HTTPHeaderDict, text: str):
        self.status, self.headers, self.text = status, headers, text

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def where(self) -> str:
        """The path that it leads to, without the part after `#`."""
        return path_of(self.headers.get("Location", "")) if self.status in (302, 303) else ""

    @property
    def reason(self) -> str:
        """Why it was refused; empty when it was not."""
        if self.ok:
            return ""
        return self.headers.get("X-Refusal") or BY_STATUS.get(self.status, str(self.status))

    @property
    def token(self) -> str:
        found = TOKEN.search(self.text)
        return found[1] if found else ""


def path_of(address: str) -> str:
    """The path and query of an address."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
