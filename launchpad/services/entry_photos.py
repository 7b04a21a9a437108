"""The photos of entries: kept with their entry, read while it is shown, gone for good once its words are."""

from collections.abc import Sequence

from sqlalchemy import select

from launchpad.database import afterwards, db
from launchpad.models import Campaign, Entry, EntryPhoto
from launchpad.services import pictures
from launchpad.services.pictures import Picture


def attach(entry: Entry, photos: Sequence[Picture], alts: Sequence[str]) -> None:
    """Give a new entry its photos: `photos` are pictures that were taken in, `alts` what each shows."""
    entry.photos = [
        EntryPhoto(position=at, key=photo.key, alt=alt.strip(), width=photo.width, height=photo.height, colour=photo.colour)
        for at, (photo, alt) in enumerate(zip(photos, alts, strict=True), 1)
    ]
    db.session.flush()


def drop(entry: Entry) -> None:
    """Its words are gone for good, so are its photos: the rows now, the files after the commit."""
    keys = [photo.key for photo in entry.photos]
    if not keys:
        return
    entry.photos = []
    db.session.flush()
    afterwards(lambda: pictures.drop(keys))


def find(campaign: Campaign, key: str) -> Entry | None:
    """The entry of a campaign that a photo belongs to."""
    rows = select(Entry).join(EntryPhoto, EntryPhoto.entry_id == Entry.id)
    return db.session.scalar(rows.where(EntryPhoto.key == key, Entry.campaign_id == campaign.id))
