"""The form to post in the thread with, as its reader has it: what they may say, and why not where they may not."""

import secrets

from flask import g

from launchpad.rules import access, photos
from launchpad.services import thread
from launchpad.web import bounds, changes
from launchpad.web.permit import me, my_roles

KIND_WORDS = {
    "post": "Post", "question": "Question", "update": "Update", "event": "Event",
    "testimonial": "Testimonial",
}  # fmt: skip


def values(**more) -> dict:
    """The form to post with; why there is none, where somebody may not write."""
    roles, campaign = my_roles(), g.campaign
    team = bool(access.VOICES & roles)
    # to a stranger the moment comes first: signing in helps only while members may write
    untimely = thread.why_not(campaign, frozenset({"member"})) if not team else None
    why_not = untimely or thread.why_not(campaign, roles)
    rule = changes.writing_rule(campaign)
    kinds = thread.TEAM_KINDS if team else thread.KINDS
    return {
        "me": me(),
        "can_post": why_not is None,
        "why_not": why_not,
        "untimely": untimely is not None,
        **rule,
        "exempt": team,
        "shut": rule["closed"] is not None and not team,
        "key": secrets.token_urlsafe(12),
        "kinds": [(kind, KIND_WORDS[kind]) for kind in kinds],
        "answered": None,
        "error": "",
        "text": "",
        "photo_rules": photos,
        "alts": [],
        "fault": "",
        **bounds.of_writing(),
        **more,
    }
