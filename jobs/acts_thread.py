"""Acts of the crowd on launch day and after: following, writing, telling stories; and what its host does."""

import re
import zlib

from jobs import pictures
from jobs.player import Player, known
from launchpad.database import db
from launchpad.rules.crowd import Act
from launchpad.services import crowd

FOLLOWS = 1.5  # real seconds for which a reader watches the stream

ENTRY = re.compile(r"thread\?reply_to=(\d+)")
PRESS = re.compile(r'formaction="(/[^"]+/react/\w+)"')


def visit(player: Player, act: Act) -> None:
    player.browser.get(player.home)


def read(player: Player, act: Act) -> None:
    player.browser.get(player.home)
    player.browser.get(f"{player.home}thread")


def follow(player: Player, act: Act) -> None:
    answer = player.browser.get(f"{player.home}state.json")
    seq = re.search(r'"seq": ?(\d+)', answer.text)
    after = max(0, int(seq[1]) - 3) if seq else 0
    player.browser.get(f"{player.home}thread/since/{after}")
    player.browser.watch(f"{player.home}thread/stream?after={after}", FOLLOWS)


def recap(player: Player, act: Act) -> None:
    player.browser.get(f"{player.home}recap")
    player.browser.get(f"{player.home}stories")


def post(player: Player, act: Act) -> None:
    if not known(player):
        return
    here, chance = f"{player.home}thread", zlib.crc32(act.key.encode())
    fields: list = [("text", act.what["text"]), ("kind", act.what["kind"]), ("key", act.key)]
    read = player.browser.get(here).text
    if act.what["answers"] and (found := ENTRY.findall(read)):
        fields.append(("reply_to", found[0]))
    elif act.what["kind"] == "post" and chance % 5 == 0:
        content, shows = pictures.photo(act.key)
        fields += [("photo", ("IMG.jpg", content, "image/jpeg")), ("alt", shows)]
    player.browser.post(here, fields, here)
    if presses := PRESS.findall(read):  # the newest draw most
        player.browser.post(presses[chance % len(presses[:32])], {}, here)


def story(player: Player, act: Act) -> None:
    if not known(player):
        return
    here, what = f"{player.home}stories", act.what
    fields: list = [("text", what["text"]), ("key", act.key)]
    if what["prompt"]:
        fields.append(("prompt", what["prompt"]))
    for number in range(what["photos"]):
        content, shows = pictures.photo(f"{act.key}-{number}")
        fields += [("photo", (f"IMG_{number}.jpg", content, "image/jpeg")), ("alt", shows)]
    if what["agrees"]:
        fields.append(("consent", "site"))
    player.browser.post(here, fields, here)


def update(player: Player, act: Act) -> None:
    if known(player):
        here = f"{player.home}thread"
        player.browser.post(here, {"text": act.what["text"], "kind": "update", "key": act.key}, here)


def review(player: Player, act: Act) -> None:
    """The host looks through the queue: most are shown."""
    if not known(player):
        return
    waiting = crowd.stories_waiting(player.campaign_id)
    db.session.rollback()
    for id in waiting:
        here = f"{player.home}stories/{id}"
        if id % 9 == 4:
            player.browser.post(f"{here}/reject", {"reason": "We could not make out what the photo shows."}, here)
        else:
            player.browser.post(f"{here}/approve", {}, here)
