"""Polls: when one is open, what counts as a vote, and who sees the results when."""

from collections.abc import Collection
from datetime import datetime

from launchpad.rules.refusals import Refusal

KINDS = ("single", "multiple", "rating")
RESULTS = ("always", "after_vote", "on_close", "team")
RATING = range(1, 6)
IN_THREAD = 1000  # a campaign's own polls are numbered from 1 as in its file, those started in its thread above this
FEWEST, MOST = 2, 10  # answers of a poll in the thread
LONGEST_ANSWER, LONGEST_QUESTION = 120, 200  # characters
MINUTES = 1440  # at most a day of campaign time


def in_thread(number: int) -> bool:
    """True for the number of a poll that was started in the thread: no file has it, and it opened when it was started."""
    return number > IN_THREAD


def closing(number: int) -> str:
    """What the milestone at which a poll closes is called."""
    return f"poll_{number}_closes"


def closes_in_thread(name: str) -> bool:
    """True for the name of a milestone at which a poll of the thread closes."""
    parts = name.split("_")
    return len(parts) == 3 and parts[0] == "poll" and parts[1].isdigit() and in_thread(int(parts[1]))


def check_asked(question: str, answers: Collection[str], kind: str, results: str, minutes: int) -> tuple[str, list[str]]:
    """The question and its answers as a poll in the thread keeps them, without empty lines; or raises `Refusal`."""
    question, kept = question.strip(), [answer.strip() for answer in answers if answer.strip()]
    if not question or len(question) > LONGEST_QUESTION:
        raise Refusal("question", f"Ask something, in up to {LONGEST_QUESTION} characters.", "question")
    if not FEWEST <= len(kept) <= MOST:
        raise Refusal("answers", f"Give {FEWEST} to {MOST} answers, one a line. You gave {len(kept)}.", "answers")
    if any(len(answer) > LONGEST_ANSWER for answer in kept):
        raise Refusal("answers", f"An answer has at most {LONGEST_ANSWER} characters.", "answers")
    if len({answer.casefold() for answer in kept}) < len(kept):
        raise Refusal("answers", "Two answers are the same.", "answers")
    if kind not in ("single", "multiple"):
        raise Refusal("poll_kind", "Choose whether one or several answers count.", "poll_kind")
    if results not in RESULTS:
        raise Refusal("results", "Choose when the results are shown.", "results")
    if not 1 <= minutes <= MINUTES:
        raise Refusal("minutes", f"A poll in the thread lasts 1 to {MINUTES:,} minutes.", "minutes")
    return question, kept


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
