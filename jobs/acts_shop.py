"""Acts of the crowd at the checkout: signed in, as a guest, by the link of a letter."""

from jobs.browser import path_in
from jobs.player import Player, known
from launchpad.database import db
from launchpad.rules.crowd import Act
from launchpad.services import crowd


def buy(player: Player, act: Act) -> None:
    if act.what.get("again") and player.bought:
        return
    if known(player):
        _check_out(player, act, f"{player.home}buy")
    else:  # who never confirmed is a stranger like any other
        guest(player, act)


def guest(player: Player, act: Act) -> None:
    _check_out(player, act, f"{player.home}buy", email=player.email, name=player.name)


def by_pass(player: Player, act: Act) -> None:
    """By the link in the head start's letter, without signing in; who got none signs in."""
    letter = crowd.letter_to(player.campaign_id, player.number, "head_start")
    path = path_in(letter.text or "", "/pass/") if letter is not None else ""
    db.session.rollback()
    if path:
        _check_out(player, act, path)
    else:
        buy(player, act)


def _check_out(player: Player, act: Act, path: str, **who: str) -> None:
    what = act.what
    fields = {"sku": what["sku"], "quantity": what["quantity"], "key": act.key, **who}
    if what.get("announce"):
        fields["announce"] = "y"
    for _ in range(2 if what.get("twice") else 1):
        answer = player.browser.post(path, fields, path)
    if answer.reason.endswith("sold_out") and what["else"] != what["sku"]:
        fields |= {"sku": what["else"], "key": f"{act.key}-else"}
        answer = player.browser.post(path, fields, path)
    if not answer.where:
        return
    if not what.get("pays", True):
        return
    player.bought = True
    order, _, token = answer.where.partition("?")
    page = player.browser.get(answer.where)
    if f"{order}/pay" in page.text:
        fields = {"token": token.removeprefix("token=")} if token else {}
        player.browser.post(f"{order}/pay", fields, answer.where)
