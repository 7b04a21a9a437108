"""Two reports of rehearsals side by side: what differs, in words and numbers."""

from dataclasses import dataclass

LATER = 0.5  # real seconds: a smaller difference in lateness says nothing about the plan

# What there should be none of is worse when there is more of it; of all else more is just more.
BAD = {"oversold", "errors"}
COUNTS = (
    ("places", "Places"), ("confirmed", "of them confirmed"), ("orders", "Orders"), ("units", "Units sold"),
    ("oversold", "Units oversold"), ("entries", "Entries in the thread"), ("stories", "Stories"), ("errors", "Errors"),
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One line of the comparison. `words`: what differs, "" when nothing does; `worse`: it should not."""

    group: str
    name: str
    before: str
    after: str
    words: str
    worse: bool = False


def compare(before: dict, after: dict) -> list[Change]:
    """The later report beside the earlier one: counts, places that bought, letters, refusals, lateness."""
    return [
        *(_count("Counts", label, before.get(key), after.get(key), key in BAD) for key, label in COUNTS),
        _share(before, after),
        *_counts("Letters sent", before.get("letters", {}), after.get("letters", {})),
        *_counts("Refusals", before.get("refusals", {}), after.get("refusals", {})),
        *_lateness(before, after),
    ]


def _count(group: str, name: str, before: int | None, after: int | None, bad: bool = False) -> Change:
    old, new = before or 0, after or 0
    words = f"{abs(new - old):,} {'more' if new > old else 'fewer'}" if new != old else ""
    return Change(group, name, f"{old:,}", f"{new:,}", words, bad and new > old)


def _counts(group: str, before: dict[str, int], after: dict[str, int]) -> list[Change]:
    names = [*after, *(name for name in before if name not in after)]
    return [_count(group, name.replace("_", " "), before.get(name), after.get(name)) for name in sorted(names)]


def _share(before: dict, after: dict) -> Change:
    old, new = _orders_a_place(before), _orders_a_place(after)
    words = ""
    if old is not None and new is not None and round(old) != round(new):
        words = f"{abs(round(new) - round(old))} {'more' if new > old else 'fewer'}"
    said = ["–" if share is None else f"{share:.0f}" for share in (old, new)]
    return Change("Counts", "Orders per 100 confirmed places", *said, words)


def _orders_a_place(report: dict) -> float | None:
    return 100 * report.get("orders", 0) / report["confirmed"] if report.get("confirmed") else None


def _lateness(before: dict, after: dict) -> list[Change]:
    was = {row["name"]: row for row in before.get("milestones", [])}
    now = {row["name"]: row for row in after.get("milestones", [])}
    names = [*now, *(name for name in was if name not in now)]
    return [_late(name, was.get(name), now.get(name)) for name in names]


def _late(name: str, before: dict | None, after: dict | None) -> Change:
    old, new = (row.get("late_s") if row else None for row in (before, after))
    words, worse = "", False
    if before is None or after is None:
        words = "new in the plan" if before is None else "no longer in the plan"
    elif old is None or new is None:
        words, worse = ("reached now" if old is None else "not reached now", new is None) if old != new else ("", False)
    elif abs(new - old) >= LATER:
        words, worse = f"{abs(new - old):.1f} s {'later' if new > old else 'sooner'}", new > old
    return Change("Lateness of milestones", name, _seconds(before, old), _seconds(after, new), words, worse)


def _seconds(row: dict | None, late: float | None) -> str:
    return "–" if row is None else "not reached" if late is None else f"{late:.2f} s"
