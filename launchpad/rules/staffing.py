"""How long a host stays: a champion is a guest of the team for one day."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

AT_LEAST = timedelta(hours=12)  # after the doors: who opens them at 23:00 is not sent home at midnight


def day_over(launch: datetime, zone: ZoneInfo) -> datetime:
    """The end of the day on which the doors open, in the campaign's zone; never sooner than twelve hours after."""
    local = launch.astimezone(zone)
    midnight = datetime.combine(local.date() + timedelta(days=1), time.min, zone)
    return max(midnight, launch + AT_LEAST)
