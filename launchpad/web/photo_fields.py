"""The photos of a form that was sent: `photo` once for each, and beside it `alt`, what it shows."""

from flask import request

from launchpad.rules.photos import PHOTO_BYTES, PHOTOS
from launchpad.web.forms import clean


def chosen() -> tuple[list[bytes], list[str]]:
    """The photos that were chosen, one more than may be at most, and what each shows.

    An input left empty sends a part without a name: it is none.
    """
    alts = [clean(alt) or "" for alt in request.form.getlist("alt")]
    sent, shows = [], []
    for at, photo in enumerate(request.files.getlist("photo")):
        if photo.filename:
            if len(sent) > PHOTOS:
                break
            sent.append(photo.stream.read(PHOTO_BYTES + 1))
            shows.append(alts[at] if at < len(alts) else "")
    return sent, shows
