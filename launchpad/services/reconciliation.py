"""A file of the store's orders against what its webhooks told: what is new, known, different; and taking it in.

The last resort when webhooks were lost. A file is a look at the store as it stands, so it moves an order forward
(waiting, paid, refunded, cancelled) and never back, and taking the same file in again changes nothing.
"""

from dataclasses import dataclass, field, replace

from launchpad.database import db
from launchpad.models import Campaign, Person
from launchpad.rules import store_orders as rules
from launchpad.rules.store_csv import Sheet
from launchpad.rules.store_orders import STATES, Told
from launchpad.services import audit, store_setup, stores

NEW, KNOWN, DIFFERENT, OTHER = "new", "known", "different", "other"


@dataclass
class Finding:
    """One order of the file: `line` where it begins, `kind` new | known | different | other, and why in words."""

    line: int
    number: str
    kind: str
    why: str
    told: Told


@dataclass
class Check:
    """What taking a file in would do, order by order; `refused` lines cannot be read."""

    findings: list[Finding] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def of(self, kind: str) -> list[Finding]:
        return [one for one in self.findings if one.kind == kind]

    @property
    def work(self) -> list[Finding]:
        """What would be changed."""
        return self.of(NEW) + self.of(DIFFERENT)


def check(campaign: Campaign, provider: str, sheet: Sheet) -> Check:
    """Compare a file with what is known. Writes nothing."""
    found = Check(refused=list(sheet.refused))
    campaigns = [campaign, *(one for one in store_setup.selling_through(provider) if one.id != campaign.id)]
    for line, told in sheet.orders:
        number = told.version.number
        if not any(store_setup.find(one, campaigns) for one in told.version.lines):
            found.findings.append(Finding(line, number, OTHER, "nothing of a campaign is in it", told))
            continue
        row = stores.known(provider, told)
        if row is None:
            found.findings.append(Finding(line, number, NEW, _words(told), told))
            continue
        told = _forward(row.record, told)
        merged = rules.merge(row.record, told)
        before, after = rules.wants(row.record), rules.wants(merged)
        if _said(before) == _said(after) and rules.money_back(row.record) == rules.money_back(merged):
            found.findings.append(Finding(line, number, KNOWN, "as it is here", told))
        else:
            was = rules.version_of(row.record)
            found.findings.append(
                Finding(line, number, DIFFERENT, f"here {was.state if was else 'unknown'}, in the file {_words(told)}", told)
            )
    return found


def take_in(provider: str, findings: list[Finding]) -> int:
    """Take these orders in; how many. Needs writing(). A known order that moved meanwhile is compared once more."""
    for finding in findings:
        row = stores.known(provider, finding.told)
        told = _forward(row.record, finding.told) if row is not None else finding.told
        stores.take_in(provider, told)
    return len(findings)


def kept(campaign: Campaign, actor: Person | None, provider: str, name: str, counts: dict[str, int]) -> None:
    """The act in the log: counts, never names."""
    audit.record(actor, "store.import", campaign, f"campaign:{campaign.id}", None, {"store": provider, **counts}, name[:100])
    db.session.flush()


def counts(found: Check) -> dict[str, int]:
    """How many orders of each kind, and lines that cannot be read."""
    return {kind: len(found.of(kind)) for kind in (NEW, DIFFERENT, KNOWN, OTHER)} | {"refused": len(found.refused)}


def _forward(record: dict, told: Told) -> Told:
    """The file's word, made to count where it moves the order forward, whatever moment the file says for it.

    Lines stay those that the webhooks told, with their ids: a file knows only their sku.
    """
    known = rules.version_of(record)
    if known is None:
        return told
    if STATES.index(told.version.state) <= STATES.index(known.state):
        return replace(told, version=None)
    return replace(told, version=replace(known, state=told.version.state, updated=max(known.updated, told.version.updated)))


def _said(wants: list[rules.Want]) -> list[tuple]:
    return [(want.state, want.sold, want.back, want.kept) for want in wants]


def _words(told: Told) -> str:
    units = sum(line.quantity for line in told.version.lines)
    return f"{told.version.state}, {units} unit{'s' * (units != 1)}"
