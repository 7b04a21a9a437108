"""Acts of the crowd until the doors open: becoming a member, the preview, a place on the waitlist."""

import re
from urllib.parse import quote

from jobs.browser import path_in
from jobs.player import Player, known, press
from launchpad.database import db
from launchpad.rules.crowd import Act, persona_of
from launchpad.services import crowd

IDEA_VOTE = re.compile(r'action="(/[^"]+/ideas/\d+/vote)\?to=yes"')
CHOICE = re.compile(r'name="choice" value="(\d+)"')
REF = re.compile(r"\?ref=([\w-]+)")


def membership(player: Player, act: Act) -> None:
    fields = {"email": player.email, "name": player.name, "campaign": player.slug, "next": player.home}
    if act.what["marketing"]:
        fields["marketing"] = "y"
    player.browser.post("/membership", fields, f"/membership?campaign={player.slug}")


def confirm_membership(player: Player, act: Act) -> None:
    press(player, "membership", "/membership/confirm/")


def vote(player: Player, act: Act) -> None:
    if not known(player):
        return
    here = f"{player.home}polls/{act.what['poll']}"
    offered = list(dict.fromkeys(CHOICE.findall(player.browser.get(here).text)))
    chosen = [offered[place % len(offered)] for place in act.what["choices"]] if offered else ["0"]
    player.browser.post(here, [("choice", one) for one in dict.fromkeys(chosen)], here)


def idea(player: Player, act: Act) -> None:
    if known(player):
        here = f"{player.home}ideas"
        player.browser.post(here, {"title": act.what["title"], "text": act.what["text"], "key": act.key}, here)


def back_idea(player: Player, act: Act) -> None:
    if not known(player):
        return
    here = f"{player.home}ideas"
    open_ones = IDEA_VOTE.findall(player.browser.get(here).text)
    if open_ones:
        player.browser.post(open_ones[int(act.what["pick"] * len(open_ones))], {"to": "yes"}, here)


def join(player: Player, act: Act) -> None:
    what, ref = act.what, ""
    if what.get("referred") and player.refs:
        ref = player.refs[act.actor % len(player.refs)]
    if persona_of(player.number) != "waiter":
        known(player)
    fields = {
        "email": player.email,
        "name": player.name,
        "ref": ref,
        "sku": what.get("sku", ""),
        "source": "friend" if ref else "",
    }
    if what.get("marketing"):
        fields["marketing"] = "y"
    answer = player.browser.post(
        f"{player.home}waitlist", fields, player.home + (f"?ref={quote(ref)}" if ref else "")
    )
    if answer.where.endswith("/place"):
        _hand_on(player)


def confirm(player: Player, act: Act) -> None:
    if press(player, "confirm", "/waitlist/confirm/"):
        _hand_on(player)


def _hand_on(player: Player) -> None:
    found = REF.search(player.browser.get(f"{player.home}place").text)
    if found and found[1] not in player.refs:
        player.refs.append(found[1])


def wish(player: Player, act: Act) -> None:
    if known(player):
        here = f"{player.home}place"
        player.browser.post(here, {"sku": act.what["sku"], "quantity": act.what["quantity"]}, here)


def leave(player: Player, act: Act) -> None:
    if known(player):
        player.browser.post(f"{player.home}place/leave", {}, f"{player.home}place")


def unsubscribe(player: Player, act: Act) -> None:
    for kind in ("waitlist", "preview", "doors_open"):
        letter = crowd.letter_to(player.campaign_id, player.number, kind)
        if letter is not None and (path := path_in(letter.text or "", "/unsubscribe/")):
            db.session.rollback()
            player.browser.post(path, {}, path)
            return
    db.session.rollback()
