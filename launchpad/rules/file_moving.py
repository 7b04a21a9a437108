"""A campaign file's table as that of another campaign: under other names, at another date.

Whatever is a moment or a day in the table moves, whichever key it is at; hours, such as those of a head start, stay as
they are and are counted from where their moment is then.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ANCHORS = ("preview", "launch")  # the moments that a clone can be moved by


def moved(table: dict, anchor: str, to: datetime, distance: bool = False) -> dict:
    """The table with its moment `schedule.<anchor>` at `to`, and everything else moved by as many days.

    Days are counted on the clocks of the campaign's zone: 18:00 stays 18:00 whatever daylight saving does between. With
    `distance` the time of day goes along too: everything moves by as many days, hours and minutes on those clocks as the
    anchor does. Moments come out whole minutes; one that the clocks skip comes as much later, of one that they show twice
    it is the first. Raises OverflowError beyond the years that there are.
    """
    zone = ZoneInfo(table["campaign"]["timezone"])
    was, will = _on_clocks(table["schedule"][anchor], zone), _on_clocks(to, zone)
    days = timedelta(days=(will.date() - was.date()).days)
    new = _each(table, zone, will - was if distance else days, days)
    new["schedule"] = {**new["schedule"], anchor: to}
    return new


def named(table: dict, slug: str, name: str) -> dict:
    """The table for a campaign of that name and address; a real one, also when it was a rehearsal's."""
    return {key: part for key, part in table.items() if key != "rehearsal"} | {
        "campaign": {**table["campaign"], "slug": slug, "name": name}
    }


def _each(value, zone: ZoneInfo, by: timedelta, days: timedelta):
    if isinstance(value, dict):
        return {key: _each(below, zone, by, days) for key, below in value.items()}
    if isinstance(value, list):
        return [_each(below, zone, by, days) for below in value]
    if isinstance(value, datetime):
        return (_on_clocks(value, zone) + by).replace(tzinfo=zone, fold=0).astimezone(UTC)
    return value + days if isinstance(value, date) else value


def _on_clocks(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the zone's clocks show, to the minute."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0, second=0, microsecond=0)
