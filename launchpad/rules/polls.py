"""Polls: when one is open, what counts as a vote, and who sees the results when."""

from collections.abc import Collection
from datetime import datetime

from launchpad.rules.refusals import Refusal

KINDS = ("single", "multiple", "rating")
RESULTS = ("always", "after_vote", "on_close", "team")
RATING = range(1, 6)


def is_open(now: datetime, opens: datetime | None, closes: datetime | None, ended_at: datetime | None = None) -> bool:
    """True from `opens` (None: never) until before `closes` (None: it has none) and before the team ended it."""
    ends = [moment for moment in (closes, ended_at) if moment is not None]
    return opens is not None and opens <= now and all(now < end for end in ends)


def may_see_results(results: str, voted: bool, closed: bool, team: bool = False) -> bool:
    """Whether this person sees the results now. The team always does; closed polls show theirs, save the team's own."""
    if team or results == "always":
        return True
    if results == "team":
        return False
    return closed or (results == "after_vote" and voted)


def check_choices(kind: str, choices: Collection, options: Collection, least: int = 1, most: int | None = None) -> list:
    """The choices as they are to be stored, each once; or raises `Refusal`.

    `options`: the ids that may be chosen; a rating has none and takes one number from 1 to 5. `least` and `most`
    count for `multiple`.
    """
    picked = list(dict.fromkeys(choices))
    allowed = RATING if kind == "rating" else options
    if any(choice not in allowed for choice in picked):
        raise Refusal("unknown_choice", "Please choose from the answers shown.", "choice")
    if kind != "multiple":
        if len(picked) != 1:
            raise Refusal("choices", "Please choose one answer.", "choice")
        return picked
    least = max(1, least)
    most = len(options) if most is None else most
    if not least <= len(picked) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise Refusal("choices", f"Please choose {wanted} answer{'s' if most > 1 else ''}.", "choice")
    return picked
