"""The picture of a campaign where its address is shared: made once for each of its versions, from its own picture."""

import hashlib
import threading
from collections import OrderedDict
from io import BytesIO

from launchpad.database import db
from launchpad.models import Campaign
from launchpad.outside import card_pictures
from launchpad.outside.file_keys import Missing
from launchpad.services import pictures

MOST = 40  # cards in a process
_made: OrderedDict[str, bytes] = OrderedDict()
_one_pen = threading.Lock()


def drawn(campaign: Campaign, said: str, tones: dict[str, str]) -> bytes:
    """The card as JPEG. Calls out: holds no connection while the store is asked."""
    words = campaign.name, said, campaign.tagline, campaign.brand or campaign.name
    hero = campaign.hero
    known = hashlib.sha256(repr((words, hero, sorted(tones.items()))).encode()).hexdigest()
    if (card := _made.get(known)) is None:
        db.session.rollback()
        with _one_pen:  # fonts are shared, and who waits finds it drawn
            card = _made[known] = _made.get(known) or card_pictures.draw(words, tones, _hero(hero))
            while len(_made) > MOST:
                _made.popitem(last=False)
    return card


def _hero(key: str | None) -> BytesIO | None:
    try:
        return BytesIO(pictures.read(key, 960)) if key else None
    except (Missing, OSError):  # the card is there without it
        return None
