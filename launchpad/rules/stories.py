"""What a story must be before it is taken in, and when a prompt asks."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from launchpad.rules import wording
from launchpad.rules.refusals import Refusal

LONGEST = 4000  # characters
PHOTOS = 4
PHOTO_BYTES = 15 * 1024 * 1024
ALT = 250  # characters


def check(text: str, sizes: Sequence[int], alts: Sequence[str], consents: Collection[str]) -> None:
    """Refuse what no story may be. `sizes`: the photos' bytes; `alts`: what each shows; `consents`: scopes ticked."""
    if len(sizes) > PHOTOS:
        raise Refusal("photos", f"A story holds up to {PHOTOS} photos. You chose {len(sizes)}.", "photo")
    if not text and not sizes:
        raise Refusal("empty", "Write a few words, or choose a photo.", "text")
    if len(text) > LONGEST:
        raise Refusal("long", f"A story holds up to {LONGEST:,} characters. Yours has {len(text):,}.", "text")
    for number, size in enumerate(sizes, 1):
        if size > PHOTO_BYTES:
            raise Refusal(
                "photo_bytes",
                f"Photo {number} is larger than {PHOTO_BYTES // 2**20} MB. Send a smaller version.",
                "photo",
            )
        words = alts[number - 1].strip() if number <= len(alts) else ""
        if not words:
            raise Refusal("alt", f"Say in a few words what photo {number} shows, for those who cannot see it.", "alt")
        if len(words) > ALT:
            raise Refusal("alt", f"What photo {number} shows must be said in {ALT} characters.", "alt")
    if unknown := set(consents) - set(wording.SCOPES):
        raise Refusal("consent", f"There is no such consent: {sorted(unknown)[0][:20]}.", "consent")
    if wording.SITE not in consents:
        raise Refusal("consent", "Tick the first box: without your consent your story cannot be shown.", "consent")


def asks(since: str, now: datetime, zone: ZoneInfo, delivery: date | None) -> bool:
    """True when a prompt asks now: from the launch on, or from the day of delivery in the campaign's zone."""
    return since != "delivery" or (delivery is not None and now.astimezone(zone).date() >= delivery)
