"""Pictures as files: photos of stories for those who may see them now, and the campaign's hero for everyone."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, g, request

from launchpad.database import db
from launchpad.models import Entry, EntryPhoto, Photo, Story
from launchpad.outside.file_keys import Missing, is_ours
from launchpad.outside.photos import WIDTHS
from launchpad.services import entry_photos, pictures, stories
from launchpad.web.load import of_campaign
from launchpad.web.permit import may, me, permit

blueprint = of_campaign(Blueprint("pictures", __name__, url_prefix="/<slug>"))

# A withdrawn or rejected photo is out of every cache within a minute: some seconds are left for the way.
PUBLIC = "public, max-age=45"


@blueprint.get("/photos/<key>-<int:width>.webp")
@permit("story.see")
def photo(key: str, width: int):
    """A rendition of a photo: public while its story is shown, else for its author and the team alone."""
    found = stories.photo(g.campaign, key) if width in WIDTHS and is_ours(pictures.name(key, width)) else None
    if found is None:
        abort(404)
    _, story = found
    public = stories.is_shown(story)
    if not (public or _mine(story) or may("stories.review")):
        abort(404)
    return _sent(key, width, PUBLIC if public else "private, no-store")


@blueprint.get("/thread/photos/<key>-<int:width>.webp")
@permit("thread.read")
def of_entry(key: str, width: int):
    """A rendition of a photo in the thread: public while its entry is shown, else for its author and the team alone."""
    ours = width in WIDTHS and is_ours(pictures.name(key, width))
    entry = entry_photos.find(g.campaign, key) if ours else None
    if entry is None:
        abort(404)
    public = entry.state == "shown"
    if not (public or _mine(entry) or may("thread.moderate")):
        abort(404)
    return _sent(key, width, PUBLIC if public else "private, no-store")


def _mine(story: Story | Entry) -> bool:
    person = me()
    return person is not None and story.person_id == person.id


@blueprint.get("/hero-<int:width>.webp")
@permit("campaign.see")
def hero(width: int):
    """A rendition of the campaign's picture."""
    if not g.campaign.hero or width not in WIDTHS:
        abort(404)
    return _sent(g.campaign.hero, width, PUBLIC)


def _sent(key: str, width: int, cache: str) -> Response:
    """The file, or 304 for who has it: what is kept under a name never changes."""
    tag = f"{key[:16]}-{width}"
    response = Response(mimetype=pictures.TYPE)
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache
    response.headers["Content-Disposition"] = "inline"
    if request.if_none_match.contains(tag):
        response.status_code = 304
        return response
    db.session.rollback()  # lets go of the connection while the store is asked (O1)
    try:
        response.set_data(pictures.read(key, width))
    except Missing:
        abort(404)
    except OSError:
        abort(503)
    return response


@blueprint.app_template_global()
def photos_of(slug: str) -> Callable[[Photo, int], str]:
    """For templates: the addresses of a campaign's photos, by photo and width."""
    return lambda photo, width: f"/{slug}/photos/{photo.key}-{width}.webp"


@blueprint.app_template_global()
def entry_photos_of(slug: str) -> Callable[[EntryPhoto, int], str]:
    """For templates: the same for photos in a campaign's thread."""
    return lambda photo, width: f"/{slug}/thread/photos/{photo.key}-{width}.webp"
