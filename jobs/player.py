"""One of the crowd while a process plays them: their browser, and how they come in by the letters they get."""

import time
from dataclasses import dataclass, field

from jobs.browser import Browser, path_in
from launchpad.database import db
from launchpad.services import crowd

WAITS = 90.0  # real seconds for a letter that was asked for: a refused one is tried again after 30 and 60


class NotYet(Exception):
    """A letter is under way: try again in a moment."""


class NoLetter(Exception):
    """A letter that has to come did not come."""


@dataclass
class Player:
    """One of the crowd, while this process plays them."""

    campaign_id: int
    slug: str
    number: int
    name: str
    browser: Browser
    refs: list[str]  # codes that any of the crowd hands on
    asked: float = 0.0  # since when a letter is waited for
    before: int = 0  # the newest letter when it was asked for
    bought: bool = False  # as far as this process knows
    sought: set[str] = field(default_factory=set)

    @property
    def home(self) -> str:
        return f"/{self.slug}/"

    @property
    def email(self) -> str:
        return crowd.address_of(self.campaign_id, self.number)


def known(player: Player) -> bool:
    """Signed in, by a letter if need be. False for who has no proven address. Raises NotYet, NoLetter."""
    if player.browser.signed_in:
        return True
    if not crowd.has_proven(player.campaign_id, player.number):
        db.session.rollback()
        return False
    if not player.asked:
        before = crowd.letter_to(player.campaign_id, player.number, "sign_in")
        player.before = before.id if before is not None else 0
        db.session.rollback()
        answer = player.browser.post("/sign-in", {"email": player.email, "next": player.home}, "/sign-in")
        if answer.reason:  # asked too often, say: no letter will come of it
            return False
        player.asked = time.monotonic()
    path = _link(player, "sign_in", "/sign-in/", player.before)
    player.asked = 0.0
    player.browser.post(path, {}, path)
    return player.browser.signed_in


def press(player: Player, kind: str, containing: str) -> bool:
    """Press the button behind a letter's link; False when no letter was ever written, or it has been used."""
    if kind in player.sought:
        return False
    letter = crowd.letter_to(player.campaign_id, player.number, kind)
    gone = letter is None or letter.state in ("suppressed", "expired")
    db.session.rollback()
    if gone:
        return False
    player.asked = player.asked or time.monotonic()
    path = _link(player, kind, containing, 0)
    player.asked = 0.0
    player.sought.add(kind)
    return player.browser.post(path, {}, path).where != ""


def _link(player: Player, kind: str, containing: str, after: int) -> str:
    """The path in the letter that is waited for since `player.asked`."""
    letter = crowd.letter_to(player.campaign_id, player.number, kind, after)
    path = path_in(letter.text or "", containing) if letter is not None and letter.state == "sent" else ""
    db.session.rollback()
    if path:
        return path
    if time.monotonic() - player.asked < WAITS:
        raise NotYet
    player.asked = 0.0
    raise NoLetter(kind)
