"""Tables, constraints and one-line properties; one family a file."""

from launchpad.database import Base
from launchpad.models.audit import Audit
from launchpad.models.calendar import CalendarKey, Removal
from launchpad.models.campaigns import Campaign, Milestone, Rehearsal
from launchpad.models.claims import Claim
from launchpad.models.doubts import Doubt
from launchpad.models.inquiries import Inquiry, InquiryLine
from launchpad.models.letters import Letter
from launchpad.models.lines import LineBlock, LineExit, PlaceMove
from launchpad.models.live_events import LiveEvent, Reminder
from launchpad.models.moderation import Flag, Sanction
from launchpad.models.numbers import LinkVisit, Visit
from launchpad.models.passes import Pass, Waiting
from launchpad.models.payments import Hook, Payment, Pull, Refund, Task
from launchpad.models.people import Consent, Invite, Joining, Person, SignIn, Staff
from launchpad.models.preview import Idea, IdeaVote, Option, Poll, Vote, VoteChoice
from launchpad.models.reactions import Reaction, ReactionCount
from launchpad.models.readiness import Duty, TestLetter
from launchpad.models.referrals import AllowedNetwork, Referral, Reward, Sharer
from launchpad.models.rehearsals import CrowdRefusal, KeptReport, Mishap
from launchpad.models.shop import Allowance, Hold, Order, TierTaken, Variant
from launchpad.models.site import Page
from launchpad.models.stores import StoreCode, StoreOrder
from launchpad.models.stories import Photo, Prompt, Story
from launchpad.models.testimonials import Testimonial
from launchpad.models.thread import Entry, EntryPhoto, Event, PurchaseLine
from launchpad.models.waitlist import Place

__all__ = [
    "AllowedNetwork",
    "Allowance",
    "Audit",
    "Referral",
    "Reward",
    "Sharer",
    "CalendarKey",
    "Campaign",
    "Claim",
    "Consent",
    "CrowdRefusal",
    "Doubt",
    "Duty",
    "Entry",
    "EntryPhoto",
    "Event",
    "Flag",
    "Hold",
    "Hook",
    "Idea",
    "IdeaVote",
    "Inquiry",
    "InquiryLine",
    "Invite",
    "Joining",
    "KeptReport",
    "Letter",
    "LineBlock",
    "LineExit",
    "LinkVisit",
    "PlaceMove",
    "LiveEvent",
    "Milestone",
    "Mishap",
    "Option",
    "Order",
    "Page",
    "Pass",
    "Payment",
    "Person",
    "Photo",
    "Place",
    "Poll",
    "Prompt",
    "Pull",
    "PurchaseLine",
    "Reaction",
    "ReactionCount",
    "Refund",
    "Rehearsal",
    "Sanction",
    "Removal",
    "Reminder",
    "SignIn",
    "Staff",
    "StoreCode",
    "StoreOrder",
    "Story",
    "Task",
    "TestLetter",
    "Testimonial",
    "TierTaken",
    "Variant",
    "Visit",
    "Vote",
    "VoteChoice",
    "Waiting",
]

# SQLite gives the id of a deleted row to the next one, unless told not to. Links are derived from ids: one that was made
# for a row of a wiped rehearsal must never open somebody else's.
for table in Base.metadata.tables.values():
    if "id" in table.c:
        table.dialect_options["sqlite"]["autoincrement"] = True
