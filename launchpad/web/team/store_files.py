"""Orders of the store from a file: first what it would change, then taking it in."""

from flask import g, request, url_for

from launchpad.database import writing
from launchpad.rules import store_csv
from launchpad.rules.refusals import Refusal
from launchpad.services import reconciliation
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import room, said
from launchpad.web.team.store import selling, values

LARGEST = 700_000  # bytes of a file in the browser: what is larger goes by the command


@room.post("/store/file")
@permit("orders.change")
def check_file():
    """What taking a file of orders in would do; nothing is changed yet."""
    provider = selling()
    try:
        content, name = _content()
        sheet = store_csv.read(content)
    except (Refusal, store_csv.FileFault) as fault:
        refusal = fault if isinstance(fault, Refusal) else Refusal("file", f"The file {fault}.", "file")
        return refused(refusal, "team/store.html", **values(), failed="file")
    found = reconciliation.check(g.campaign, provider, sheet)
    return page("team/store_file.html", here="store", found=found, name=name, kind=sheet.kind, text=_text(content), shown=200)


@room.post("/store/file/take")
@permit("orders.change")
def take_file():
    """Take it in: what is new, and what moves forward."""
    provider = selling()
    try:
        sheet = store_csv.read(said("text", LARGEST * 2).encode())
        name = said("name", 100)
        with writing():
            found = reconciliation.check(g.campaign, provider, sheet)
            reconciliation.take_in(provider, found.work)
            reconciliation.kept(g.campaign, me(), provider, name, reconciliation.counts(found))
    except (Refusal, store_csv.FileFault) as fault:
        refusal = fault if isinstance(fault, Refusal) else Refusal("file", f"The file {fault}.", "file")
        refresh()
        return refused(refusal, "team/store.html", **values(), failed="file")
    return done(url_for("room.store", all=1, taken=len(found.work), _anchor="orders"))


def _content() -> tuple[bytes, str]:
    chosen = request.files.get("file")
    content = chosen.stream.read(LARGEST + 1) if chosen is not None and chosen.filename else b""
    if not content:
        raise Refusal("file", "Choose the file of orders.", "file")
    if len(content) > LARGEST:
        raise Refusal("file", "That is too large for this page: use the command launchpad orders load.", "file")
    return content, chosen.filename[:100]


def _text(content: bytes) -> str:
    for coding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "latin-1"):
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
