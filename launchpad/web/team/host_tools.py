"""What a host has at hand on the page of the day, beside speaking: the next testimonial, open questions, the thread's doors."""

from flask import g

from launchpad.models import Entry
from launchpad.rules import moderation, posts
from launchpad.services import poll_entries, questions, slow_mode, testimonials, thread
from launchpad.services.polls import Card
from launchpad.web.permit import may

MOST = 6  # open questions at once: the longest waiting
POLLS = 5  # of the newest polls, those that are open


def tools() -> dict:
    """The values of `team/_host_tools.html`."""
    campaign = g.campaign
    asked = questions.open_ones(campaign, MOST)
    following = testimonials.following(campaign)
    return {
        "following": following,
        "following_at": testimonials.moments(campaign).get(following.id) if following else None,
        "queue_count": len(testimonials.queue(campaign)) if following else 0,
        "asked": asked,
        "asked_count": questions.open_count(campaign) if len(asked) == MOST else len(asked),
        "replies": questions.replies(campaign, asked),
        "running": _running(),
        "closed_words": posts.closed_words(campaign.thread_closed_at, campaign.thread_message),
        "can_close": may("thread.close"),
        "slow": slow_mode.seconds(campaign),
        "paces": moderation.PACES,
    }


def _running() -> list[tuple[Entry, Card]]:
    """The polls of the thread that are open, the newest first."""
    entries = thread.of_kind(g.campaign, "poll", POLLS)
    cards = poll_entries.cards(g.campaign, None, entries)
    return [(entry, cards[entry.id]) for entry in entries if entry.id in cards and cards[entry.id].open]
