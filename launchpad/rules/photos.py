"""What a photo that somebody sends must be: how many at once, how large, and said in words as well."""

from collections.abc import Sequence

from launchpad.rules.refusals import Refusal

PHOTOS = 4
PHOTO_BYTES = 15 * 1024 * 1024
ALT = 250  # characters


def check(sizes: Sequence[int], alts: Sequence[str], what: str) -> None:
    """Refuse photos that cannot be taken. `sizes`: their bytes; `alts`: what each shows; `what` holds them ("A story")."""
    if len(sizes) > PHOTOS:
        raise Refusal("photos", f"{what} holds up to {PHOTOS} photos. You chose {len(sizes)}.", "photo")
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
