"""Tables, constraints and one-line properties; one family a file."""

from launchpad.models.audit import Audit
from launchpad.models.campaigns import Campaign, LiveEvent, Milestone, Prompt, Rehearsal
from launchpad.models.letters import Letter
from launchpad.models.numbers import Visit
from launchpad.models.people import Consent, Invite, Joining, Person, SignIn, Staff
from launchpad.models.preview import Idea, IdeaVote, Option, Poll, Vote, VoteChoice
from launchpad.models.shop import Allowance, Hold, Order, TierTaken, Variant
from launchpad.models.site import Page
from launchpad.models.stories import Photo, Story
from launchpad.models.thread import Entry, Event
from launchpad.models.waitlist import Place

__all__ = [
    "Allowance", "Audit", "Campaign", "Consent", "Entry", "Event", "Hold", "Idea", "IdeaVote", "Invite", "Joining", "Letter",
    "LiveEvent", "Milestone", "Option", "Order", "Page", "Person", "Photo", "Place", "Poll", "Prompt", "Rehearsal",
    "SignIn", "Staff", "Story", "TierTaken", "Variant", "Visit", "Vote", "VoteChoice",
]  # fmt: skip
