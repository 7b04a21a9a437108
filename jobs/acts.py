"""What one of the crowd does, by the site's real pages: opens the page, fills in its form, sends it.

Each act may be played twice: forms carry the act's own key, and what was confirmed stays so.
"""

import re
from urllib.parse import quote

from jobs import pictures
from jobs.browser import path_in
from jobs.player import Player, known, press
from launchpad.database import db
from launchpad.rules.crowd import Act, persona_of
from launchpad.services import crowd

FOLLOWS = 1.5  # real seconds for which a reader watches the stream

IDEA_VOTE = re.compile(r'action="(/[^"]+/ideas/\d+/vote)\?to=yes"')
CHOICE = re.compile(r'name="choice" value="(\d+)"')
ENTRY = re.compile(r"thread\?reply_to=(\d+)")
REF = re.compile(r"\?ref=([\w-]+)")


def play(player: Player, act: Act) -> None:
    """Play one act. Raises NotYet, NoLetter, and what the browser raises."""
    _ACTS[act.kind](player, act)


def _membership(player: Player, act: Act) -> None:
    fields = {"email": player.email, "name": player.name, "campaign": player.slug, "next": player.home}
    if act.what["marketing"]:
        fields["marketing"] = "y"
    player.browser.post("/membership", fields, f"/membership?campaign={player.slug}")


def _confirm_membership(player: Player, act: Act) -> None:
    press(player, "membership", "/membership/confirm/")


def _vote(player: Player, act: Act) -> None:
    if not known(player):
        return
    here = f"{player.home}polls/{act.what['poll']}"
    offered = list(dict.fromkeys(CHOICE.findall(player.browser.get(here).text)))
    chosen = [offered[place % len(offered)] for place in act.what["choices"]] if offered else ["0"]
    player.browser.post(here, [("choice", one) for one in dict.fromkeys(chosen)], here)


def _idea(player: Player, act: Act) -> None:
    if known(player):
        here = f"{player.home}ideas"
        player.browser.post(here, {"title": act.what["title"], "text": act.what["text"], "key": act.key}, here)


def _back_idea(player: Player, act: Act) -> None:
    if not known(player):
        return
    here = f"{player.home}ideas"
    open_ones = IDEA_VOTE.findall(player.browser.get(here).text)
    if open_ones:
        player.browser.post(open_ones[int(act.what["pick"] * len(open_ones))], {"to": "yes"}, here)


def _join(player: Player, act: Act) -> None:
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


def _confirm(player: Player, act: Act) -> None:
    if press(player, "confirm", "/waitlist/confirm/"):
        _hand_on(player)


def _hand_on(player: Player) -> None:
    found = REF.search(player.browser.get(f"{player.home}place").text)
    if found and found[1] not in player.refs:
        player.refs.append(found[1])


def _wish(player: Player, act: Act) -> None:
    if known(player):
        here = f"{player.home}place"
        player.browser.post(here, {"sku": act.what["sku"], "quantity": act.what["quantity"]}, here)


def _leave(player: Player, act: Act) -> None:
    if known(player):
        player.browser.post(f"{player.home}place/leave", {}, f"{player.home}place")


def _buy(player: Player, act: Act) -> None:
    if act.what.get("again") and player.bought:
        return
    if known(player):
        _check_out(player, act, f"{player.home}buy")
    else:  # who never confirmed is a stranger like any other
        _guest(player, act)


def _guest(player: Player, act: Act) -> None:
    _check_out(player, act, f"{player.home}buy", email=player.email, name=player.name)


def _by_pass(player: Player, act: Act) -> None:
    """By the link in the head start's letter, without signing in; who got none signs in."""
    letter = crowd.letter_to(player.campaign_id, player.number, "head_start")
    path = path_in(letter.text or "", "/pass/") if letter is not None else ""
    db.session.rollback()
    if path:
        _check_out(player, act, path)
    else:
        _buy(player, act)


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


def _post(player: Player, act: Act) -> None:
    if not known(player):
        return
    here = f"{player.home}thread"
    fields = {"text": act.what["text"], "kind": act.what["kind"], "key": act.key}
    if act.what["answers"] and (found := ENTRY.findall(player.browser.get(here).text)):
        fields["reply_to"] = found[0]
    player.browser.post(here, fields, here)


def _story(player: Player, act: Act) -> None:
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


def _unsubscribe(player: Player, act: Act) -> None:
    for kind in ("waitlist", "preview", "doors_open"):
        letter = crowd.letter_to(player.campaign_id, player.number, kind)
        if letter is not None and (path := path_in(letter.text or "", "/unsubscribe/")):
            db.session.rollback()
            player.browser.post(path, {}, path)
            return
    db.session.rollback()


def _visit(player: Player, act: Act) -> None:
    player.browser.get(player.home)


def _read(player: Player, act: Act) -> None:
    player.browser.get(player.home)
    player.browser.get(f"{player.home}thread")


def _follow(player: Player, act: Act) -> None:
    answer = player.browser.get(f"{player.home}state.json")
    seq = re.search(r'"seq": ?(\d+)', answer.text)
    after = max(0, int(seq[1]) - 3) if seq else 0
    player.browser.get(f"{player.home}thread/since/{after}")
    player.browser.watch(f"{player.home}thread/stream?after={after}", FOLLOWS)


def _recap(player: Player, act: Act) -> None:
    player.browser.get(f"{player.home}recap")
    player.browser.get(f"{player.home}stories")


def _update(player: Player, act: Act) -> None:
    if known(player):
        here = f"{player.home}thread"
        player.browser.post(here, {"text": act.what["text"], "kind": "update", "key": act.key}, here)


def _review(player: Player, act: Act) -> None:
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


_ACTS = {
    "membership": _membership, "confirm_membership": _confirm_membership, "vote": _vote, "idea": _idea,
    "back_idea": _back_idea, "join": _join, "confirm": _confirm, "wish": _wish, "leave": _leave, "buy": _buy,
    "guest": _guest, "pass": _by_pass, "post": _post, "story": _story, "unsubscribe": _unsubscribe, "visit": _visit,
    "read": _read,
    "follow": _follow, "recap": _recap, "update": _update, "review": _review,
}  # fmt: skip
KINDS = frozenset(_ACTS)
