"""Pictures as files: taken in under a new key, read back, let go, and swept when no row names them any more."""

import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, EntryPhoto, Photo
from launchpad.outside import photos
from launchpad.outside.files import Missing, files
from launchpad.rules.refusals import Refusal

YOUNG = timedelta(hours=2)  # a file is kept before its row is committed: so long it may be without one
TYPE = "image/webp"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Picture:
    """A picture that was taken in: its key, its size in pixels, its dominant colour."""

    key: str
    width: int
    height: int
    colour: str


def take_in(content: bytes, shape: tuple[int, int] | None = None) -> Picture:
    """Make a picture ours and keep its renditions. Calls out: hold no transaction. Raises Refusal."""
    made = photos.prepare(content, shape)
    key = secrets.token_hex(16)
    try:
        for width, rendition in made.renditions.items():
            files().keep(name(key, width), rendition, TYPE)
    except OSError as fault:
        log.error("a picture could not be kept", extra={"why": type(fault).__name__})
        drop([key])
        raise Refusal(
            "photo_unkept", "Photos cannot be kept at the moment. Try again in a minute.", "photo", 503
        ) from None
    return Picture(key, made.width, made.height, made.colour)


def take_in_all(contents: list[bytes]) -> list[Picture]:
    """Take in all of them, or none."""
    taken: list[Picture] = []
    try:
        for content in contents:
            taken.append(take_in(content))
    except BaseException:
        drop([picture.key for picture in taken])
        raise
    return taken


def copy(key: str) -> str | None:
    """Keep the renditions of a picture once more, under a key of their own. Calls out: hold no transaction.

    None when there is no file of it any more. Raises Refusal when they cannot be kept.
    """
    made, found = secrets.token_hex(16), False
    try:
        for width in photos.WIDTHS:
            with suppress(Missing):
                files().keep(name(made, width), files().read(name(key, width)), TYPE)
                found = True
    except OSError as fault:
        log.error("a picture could not be copied", extra={"why": type(fault).__name__})
        drop([made])
        raise Refusal("photo_unkept", "The picture cannot be copied at the moment. Try again in a minute.", None, 503) from None
    return made if found else None


def name(key: str, width: int) -> str:
    """The name of a rendition's file."""
    return f"{key}-{width}.webp"


def read(key: str, width: int) -> bytes:
    """A rendition's bytes. Raises files.Missing."""
    return files().read(name(key, width))


def drop(keys: list[str]) -> None:
    """Let go of all renditions of these pictures. What cannot be dropped now is found by the sweep."""
    for key in keys:
        for width in photos.WIDTHS:
            try:
                files().drop(name(key, width))
            except OSError as fault:  # the store is away: the rows are gone, so nobody can read it meanwhile
                log.warning("a picture could not be dropped", extra={"why": type(fault).__name__})


def strays() -> list[str]:
    """Files that no row names and that are too old to be just arriving: a crash or a wiped rehearsal left them."""
    known = set(db.session.scalars(select(Photo.key))) | set(db.session.scalars(select(EntryPhoto.key)))
    known |= set(db.session.scalars(select(Campaign.hero).where(Campaign.hero.is_not(None))))
    before = clock.now() - YOUNG
    return [file for file, kept in files().every() if kept < before and file.rpartition("-")[0] not in known]


def sweep() -> int:
    """Drop the strays; how many there were. Safe to run at any time, and twice."""
    found = strays()
    for file in found:
        files().drop(file)
    return len(found)
