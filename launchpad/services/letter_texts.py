"""What a letter says: its templates, filled in from the rows of the moment in which it is sent.

Links are built from BASE_URL alone, and carry tokens that are derived, never stored.
"""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Letter
from launchpad.rules.file_parts import LINKS
from launchpad.services import (
    letters_of_moments,
    letters_of_people,
    letters_of_sales,
    letters_of_sanctions,
    tokens,
    unsubscribing,
)
from launchpad.services.letter_rows import Pointless, address
from launchpad.services.letters import KINDS

__all__ = ["FACTS", "Pointless", "Text", "address", "compose", "message_id"]


@dataclass(frozen=True)
class Text:
    """A letter ready to be sent."""

    subject: str
    text: str
    html: str
    sender: str  # whose letter it is: the brand
    unsubscribe: str  # the one-click address of a marketing letter, else empty


def compose(letter: Letter) -> Text:
    """Write out a letter. Raises Pointless when there is nothing left to say."""
    campaign = db.session.get(Campaign, letter.campaign_id) if letter.campaign_id else None
    unsubscribe = address(f"/unsubscribe/{unsubscribing.token_of(letter.person)}") if letter.marketing else ""
    values = {
        "campaign": campaign,
        "person": letter.person,
        "brand": (campaign.brand or campaign.name) if campaign else _brand(),
        "hue": campaign.hue if campaign else None,
        "campaign_url": address(f"/{campaign.slug}/") if campaign else address("/"),
        "unsubscribe_url": unsubscribe or None,
        "ask_whom": [(name, _ask_whom(campaign, name)) for name in LINKS],
        **FACTS[letter.kind](letter, campaign),
    }
    plain = _render(f"letters/{letter.kind}.txt", values)
    head, _, body = plain.lstrip().partition("\n")
    subject = head.removeprefix("Subject:").strip()
    text = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    return Text(subject[:250], text, _render(f"letters/{letter.kind}.html", values), values["brand"], unsubscribe)


def message_id(letter: Letter, host: str) -> str:
    """The letter's own Message-ID, the same however often it is sent, so that mail programs can show it once."""
    return f"{tokens.make('letter', letter.id)}@{host.partition(':')[0]}"


def _render(name: str, values: dict[str, Any]) -> str:
    # the environment itself, not render_template: there is no request, and no page's values belong into a letter
    return current_app.jinja_env.get_template(name).render(**values)


def _ask_whom(campaign: Campaign | None, name: str) -> str:
    """The campaign's own page of support, terms, privacy or imprint, or else the site's."""
    return ((campaign.links or {}).get(name) if campaign else None) or address(f"/about/{name}")


def _brand() -> str:
    """Who writes when no campaign does: the brand of the newest one."""
    newest = db.session.scalar(select(Campaign.brand).where(Campaign.brand != "").order_by(Campaign.id.desc()).limit(1))
    return newest or "Launchpad"


# By the kind of letter: what its templates are filled in with, of (letter, campaign). Each may raise Pointless.
FACTS = {
    "sign_in": letters_of_people.sign_in_link,
    "membership": letters_of_people.membership_link,
    "request_admitted": letters_of_people.request_admitted,
    "request_declined": letters_of_people.request_declined,
    "staff_invite": letters_of_people.staff_invite,
    "confirm": letters_of_people.confirm,
    "place": letters_of_people.my_place,
    "being_checked": letters_of_people.being_checked,
    "order": letters_of_sales.order,
    "claim": letters_of_sales.claim,
    "reward": letters_of_people.reward,
    "refund": letters_of_sales.refund,
    "head_start": letters_of_sales.head_start,
    "pass_ready": letters_of_sales.one_pass,
    "pass_second_chance": letters_of_sales.one_pass,
    "pass_restock": letters_of_sales.one_pass,
    "preview": letters_of_moments.milestone,
    "waitlist": letters_of_moments.milestone,
    "doors_open": letters_of_moments.milestone,
    "recap": letters_of_moments.milestone,
    "sanction": letters_of_sanctions.given,
    "sanction_over": letters_of_sanctions.over,
    "appeal": letters_of_sanctions.appealed,
    "test": letters_of_people.test,
    "reminder_confirm": letters_of_moments.reminder_confirm,
    "reminder": letters_of_moments.reminder,
    "event_cancelled": letters_of_moments.event_cancelled,
    "help_answer": letters_of_people.help_answer,
}
assert FACTS.keys() == KINDS.keys()
