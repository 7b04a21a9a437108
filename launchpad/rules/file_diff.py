"""What differs between two campaign files, for people: key by key, and row by row of their lists.

Rows of a list are the same row when they are called the same (a variant by its SKU, a poll by its question …), wherever
they stand; what is left over on both sides is taken in order, as a row that was renamed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

from launchpad.rules.file_changes import flat

NAMED_BY = {"variants": "sku", "polls": "question", "events": "title", "prompts": "text"}
LONG = 160  # characters of a text that is shown line by line
MOST_LINES = 400
_NOTHING = object()


@dataclass(frozen=True)
class Difference:
    """One key, as it was and as it would be; None where that side does not have it.

    `key` is that of the newer file, or of the older for what is gone; `row` is what its row of a list is called.
    """

    key: str
    row: str
    before: object
    after: object

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Of a long text: its lines with `+`, `-`, `@` (somewhere below) or a space. Empty for anything else."""
        texts = [text if isinstance(text, str) else "" for text in (self.before, self.after)]
        if not all(isinstance(v, str | None) for v in (self.before, self.after)) or not any(map(_is_long, texts)):
            return []
        old, new = (text.splitlines() for text in texts)
        found = list(unified_diff(old, new, lineterm="", n=1))[2:]
        return [(line[:1], line[1:] if line[:1] != "@" else "") for line in found[:MOST_LINES]]


def differences(before: dict, after: dict, apart: bool = False) -> list[Difference]:
    """Every key whose values differ, in the order of the files. `apart`: of two campaigns, whose addresses always do.

    Two pictures count as the same: a file has their name only, and a saved one has a name of ours.
    """
    old, new = _comparable(before, apart), _comparable(after, apart)
    found: list[Difference] = []
    for name in {**old, **new}:
        was, will = old.get(name, _NOTHING), new.get(name, _NOTHING)
        if any(_is_rows(value) for value in (was, will)):
            found += _of_rows(name, was if was is not _NOTHING else [], will if will is not _NOTHING else [])
        else:
            found += _of_values(name, "", was, name, will)
    return found


def _comparable(table: dict, apart: bool) -> dict:
    campaign = {key: value for key, value in table.get("campaign", {}).items() if not (apart and key == "slug")}
    return {**table, "campaign": campaign | ({"hero": "a picture"} if "hero" in campaign else {})}


def _of_rows(name: str, old: list, new: list) -> Iterator[Difference]:
    pairs, places = _pairs(name, old, new), []
    for was, will in pairs:
        row = _called(name, new[will] if will is not None else old[was])
        if was is not None and will is not None:
            places.append((was, row))
        at = f"{name}[{was if will is None else will}]"
        yield from _of_values(at, row, _NOTHING if was is None else old[was], at, _NOTHING if will is None else new[will])
    if places != sorted(places):
        yield Difference(name, "", [row for _, row in sorted(places)], [row for _, row in places])


def _pairs(name: str, old: list, new: list) -> list[tuple[int | None, int | None]]:
    """Places in both lists, in the order of the new one; what is gone comes last."""
    left = list(range(len(old)))
    pairs: dict[int, int | None] = {}
    for will, row in enumerate(new):
        same = next((was for was in left if _called(name, old[was]) == _called(name, row)), None)
        if same is not None:
            left.remove(same)
        pairs[will] = same
    for will in [will for will, was in pairs.items() if was is None]:
        if will in left and len(old) == len(new):  # the same place of lists that are as long: it was renamed
            left.remove(will)
            pairs[will] = will
    return [(was, will) for will, was in pairs.items()] + [(was, None) for was in left]


def _of_values(old_key: str, row: str, was, new_key: str, will) -> Iterator[Difference]:
    old = dict(flat(was, old_key)) if was is not _NOTHING else {}
    new = dict(flat(will, new_key)) if will is not _NOTHING else {}
    for key in {**old, **new}:
        if old.get(key) != new.get(key):
            yield Difference(key, row, old.get(key), new.get(key))


def _called(name: str, row) -> str:
    return str(row.get(NAMED_BY.get(name, ""), "")) if isinstance(row, dict) else ""


def _is_rows(value) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _is_long(text: str) -> bool:
    return len(text) > LONG or "\n" in text
