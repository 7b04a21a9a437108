"""Doctor: what must hold about stories and their files (U1, U2)."""

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Photo, Story
from launchpad.outside.files import files
from launchpad.outside.photos import WIDTHS
from launchpad.services import pictures
from launchpad.services.stories import shown


def faults() -> list[str]:
    """One line a fault, with ids; empty when all is well."""
    try:
        return [*_unconsented(), *_withdrawn(), *_missing(), *_strays()]
    except OSError:
        return ["the store of photos does not answer"]


def _unconsented() -> list[str]:
    """Approved stories without consent for the site. The gate hides them; a row that says otherwise is still wrong."""
    ids = db.session.scalars(select(Story.id).where(Story.state == "approved", ~shown()).order_by(Story.id))
    return [f"story {id} is approved without consent for the site" for id in ids]


def _withdrawn() -> list[str]:
    ids = db.session.scalars(
        select(Story.id)
        .distinct()
        .join(Photo, Photo.story_id == Story.id)
        .where(Story.state == "withdrawn")
        .order_by(Story.id)
    )
    return [f"story {id} was taken back and still has photos" for id in ids]


def _missing() -> list[str]:
    kept = {name for name, _ in files().every()}
    known = [(f"photo {id}", key) for id, key in db.session.execute(select(Photo.id, Photo.key).order_by(Photo.id))]
    known += [
        (f"the hero of campaign {id}", key)
        for id, key in db.session.execute(select(Campaign.id, Campaign.hero).where(Campaign.hero.is_not(None)))
    ]
    return [
        f"{what} has no file of {width} pixels"
        for what, key in known
        for width in WIDTHS
        if pictures.name(key, width) not in kept
    ]


def _strays() -> list[str]:
    found = pictures.strays()
    return [f"{len(found)} files belong to no row; upkeep sweeps them"] if found else []
