"""What differs between two campaign files, for the log: by dotted key, before and after."""

from datetime import date

SHOWN = 120  # characters of a value that the log keeps


def changes(before: dict, after: dict) -> tuple[dict[str, object], dict[str, object]]:
    """The keys whose values differ: as they were and as they are. A key that one side lacks is missing there."""
    old, new = dict(flat(before)), dict(flat(after))
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return {k: _shown(old[k]) for k in keys if k in old}, {k: _shown(new[k]) for k in keys if k in new}


def flat(value, path: str = ""):
    """Every value below, with its dotted key; a list of plain values is one value."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from flat(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from flat(item, f"{path}[{number}]")
    else:
        yield path, value


def _shown(value):
    if isinstance(value, date):  # datetimes too
        return value.isoformat()
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return value if not isinstance(value, str) or len(value) <= SHOWN else f"{value[:SHOWN]}… ({len(value)} characters)"
