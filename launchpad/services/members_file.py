"""Taking in the people of a file: members where they agreed, known without membership where they did not."""

from collections import Counter

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Consent, Milestone, Person
from launchpad.rules.members_csv import Entry
from launchpad.rules.openings import HEAD_START
from launchpad.services import consents, people

SOURCES = ("shopify", "mailchimp", "file")


def known_tiers() -> set[str]:
    """The words that name a tier: member, founder, and every tier of a campaign here."""
    found = {"member", "founder"}
    for tiers in db.session.scalars(select(Campaign.tiers)):
        found |= set(tiers)
    names = db.session.scalars(select(Milestone.name).where(Milestone.name.startswith(HEAD_START, autoescape=True)))
    return found | {name.removeprefix(HEAD_START) for name in names}


def take(entries: list[Entry], source: str) -> Counter:
    """Take in people; loading a file again changes nothing. Counts: new, known, members, agreed, without.

    new      addresses that were not known; `known` those that were
    members  of both, who became a member by it
    without  who did not agree to letters: their address is kept, and they are no member

    What a person said here themselves is never overruled by a file: who unsubscribed stays so.
    """
    counts: Counter = Counter()
    for entry in entries:
        person = people.find(entry.email)
        counts["known" if person else "new"] += 1
        person = person or people.find_or_make(entry.email, entry.name)
        person.name = person.name or entry.name
        if entry.tier and person.tier == "member":
            person.tier = entry.tier
        if entry.agreed:
            people.confirm(person)
            counts["members"] += people.become_member(person, source)
            if _said(person) is None and person.unsubscribed_at is None:
                consents.agree_to_marketing(person, source, "import-1")
        else:
            counts["without"] += 1
            said = _said(person)
            if said is not None and said.given and said.source in SOURCES:
                consents.stop_marketing(person, source)
    db.session.flush()
    return counts


def _said(person: Person) -> Consent | None:
    """The newest word of a person on letters about launches."""
    rows = select(Consent).where(Consent.person_id == person.id, Consent.purpose == consents.MARKETING)
    return db.session.scalar(rows.order_by(Consent.id.desc()).limit(1))
