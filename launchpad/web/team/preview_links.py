"""A page made to stand in a preview: its links and forms stay inside, nothing in it asks the server by itself."""

import re
from urllib.parse import quote

from markupsafe import Markup

LEAVING = "leaving"  # what a link out of the campaign's pages leads to, inside the preview

_TAG = re.compile(r"""<([a-zA-Z]+)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_LIVE = re.compile(r"""\s(?:hx-[\w:.-]+|data-campaign)(?:="[^"]*"|='[^']*')?(?=[\s>/]|\Z)""")
_WAY = re.compile(r"""(\s(?:href|action|formaction)=")([^"]*)(")""")
_SCRIPT = re.compile(r"<script\b[^>]*></script>")
_SKIP = re.compile(r'<a class="skip[^>]*>[^<]*</a>')
_BODY = re.compile(r"<body[^>]*>")
_WAYS = ("a", "form", "button", "input", "area")


def inside(html: str, slug: str, prefix: str, site: str) -> str:
    """The page with its links and forms led into the preview. `prefix` is the preview's address of the campaign,
    ending in a slash; `site` the site's own base address."""

    def tag(found: re.Match) -> str:
        if found[1].lower() not in _WAYS:
            return found[0]
        return f"<{found[1]}{_WAY.sub(lambda way: way[1] + led(way[2], slug, prefix, site) + way[3], found[2])}>"

    return _TAG.sub(tag, html)


def still(html: str, bar: Markup) -> str:
    """The page with the bar on top, and nothing in it that asks the server by itself. Of the scripts only the one
    stays that writes local times and lets clocks run."""
    html = _SCRIPT.sub(lambda script: script[0] if "/site.js" in script[0] else "", html)
    html = _TAG.sub(lambda tag: f"<{tag[1]}{_LIVE.sub('', tag[2])}>", html)
    top = _SKIP.search(html) or _BODY.search(html)
    return html[: top.end()] + str(bar) + html[top.end() :] if top else html


def led(way: str, slug: str, prefix: str, site: str) -> str:
    """Where a link or form of the campaign's pages leads in the preview; what is no address of ours stays as it is."""
    path = way.removeprefix(site) if way.startswith(f"{site}/") else way
    if not path.startswith("/") or path.startswith("//"):
        return way
    mine = f"/{slug}"
    if path == mine or path.startswith((f"{mine}/", f"{mine}?", f"{mine}#")):
        return prefix + path.removeprefix(mine).removeprefix("/")
    return f"{prefix}{LEAVING}?to={quote(path, safe='')}"
