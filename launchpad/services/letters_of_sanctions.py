"""Letters about silence and ban: what is true of each when it is sent."""

from typing import Any

from launchpad.models import Campaign, Letter, Sanction
from launchpad.services.letter_rows import Pointless, address, row_of


def _facts(letter: Letter, campaign: Campaign) -> tuple[Sanction, dict[str, Any]]:
    row = row_of(Sanction, letter)
    return row, {"sanction": row, "url": address(f"/{campaign.slug}/appeal/{row.id}")}


def given(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row, facts = _facts(letter, campaign)
    if row.lifted_at is not None or (row.until is not None and row.until <= campaign.moment):
        raise Pointless("it is over")
    return facts


def over(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    return _facts(letter, campaign)[1]


def appealed(letter: Letter, campaign: Campaign) -> dict[str, Any]:
    row, facts = _facts(letter, campaign)
    if row.answered_at is None:
        raise Pointless("the answer was taken back")
    return facts | {"ends": row.lifted_at is not None}
