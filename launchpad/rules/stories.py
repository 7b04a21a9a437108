"""What a story must be before it is taken in, and when a prompt asks."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from launchpad.rules import photos, wording
from launchpad.rules.photos import ALT, PHOTO_BYTES, PHOTOS
from launchpad.rules.refusals import Refusal

__all__ = ["ALT", "LONGEST", "PHOTOS", "PHOTO_BYTES", "asks", "check"]

LONGEST = 4000  # characters


def check(text: str, sizes: Sequence[int], alts: Sequence[str], consents: Collection[str]) -> None:
    """Refuse what no story may be. `sizes`: the photos' bytes; `alts`: what each shows; `consents`: scopes ticked."""
    if not text and not sizes:
        raise Refusal("empty", "Write a few words, or choose a photo.", "text")
    if len(text) > LONGEST:
        raise Refusal("long", f"A story holds up to {LONGEST:,} characters. Yours has {len(text):,}.", "text")
    photos.check(sizes, alts, "A story")
    if unknown := set(consents) - set(wording.SCOPES):
        raise Refusal("consent", f"There is no such consent: {sorted(unknown)[0][:20]}.", "consent")
    if wording.SITE not in consents:
        raise Refusal("consent", "Tick the first box: without your consent your story cannot be shown.", "consent")


def asks(since: str, now: datetime, zone: ZoneInfo, delivery: date | None) -> bool:
    """True when a prompt asks now: from the launch on, or from the day of delivery in the campaign's zone."""
    return since != "delivery" or (delivery is not None and now.astimezone(zone).date() >= delivery)
