"""What one of the crowd does, by the site's real pages: opens the page, fills in its form, sends it.

Each act may be played twice: forms carry the act's own key, and what was confirmed stays so.
"""

from jobs import acts_before, acts_shop, acts_thread, acts_voices
from jobs.player import Player
from launchpad.rules.crowd import Act

_ACTS = {
    "membership": acts_before.membership, "confirm_membership": acts_before.confirm_membership,
    "vote": acts_before.vote, "idea": acts_before.idea, "back_idea": acts_before.back_idea,
    "join": acts_before.join, "confirm": acts_before.confirm, "wish": acts_before.wish, "leave": acts_before.leave,
    "unsubscribe": acts_before.unsubscribe,
    "buy": acts_shop.buy, "guest": acts_shop.guest, "pass": acts_shop.by_pass,
    "visit": acts_thread.visit, "read": acts_thread.read, "follow": acts_thread.follow, "post": acts_thread.post,
    "story": acts_thread.story, "recap": acts_thread.recap, "update": acts_thread.update,
    "review": acts_thread.review, "answer": acts_voices.answer,
    "testimonial": acts_voices.testimonial, "choose_testimonials": acts_voices.choose_testimonials,
}  # fmt: skip
KINDS = frozenset(_ACTS)


def play(player: Player, act: Act) -> None:
    """Play one act. Raises NotYet, NoLetter, and what the browser raises."""
    player.browser.act = act.kind
    _ACTS[act.kind](player, act)
