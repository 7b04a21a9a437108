"""People, how they sign in, what they agreed to, and who is of the team."""

import secrets

from flask_login import UserMixin
from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from launchpad import clock
from launchpad.database import Base, Identity, Line, When, Word, to


class Person(UserMixin, Base):
    """Anyone known by an e-mail address: a member, a buyer and a member of the team are the same kind of row."""

    __tablename__ = "people"

    id: Mapped[Identity]
    email: Mapped[Line] = mapped_column(unique=True)  # the key of rules.addresses
    name: Mapped[Line] = mapped_column(default="")
    tier: Mapped[Word] = mapped_column(default="member")
    confirmed_at: Mapped[When | None]  # the address is theirs: they used a link that was mailed to it
    member_at: Mapped[When | None]  # in the time of `joined_in` when that is set, else real time
    member_source: Mapped[Line] = mapped_column(default="")  # form, invite:CODE, request, shopify, mailchimp, file, place
    joined_in: Mapped[int | None] = to("campaigns.id", ondelete="SET NULL")  # the campaign that made a member of them
    played_in: Mapped[int | None] = to("campaigns.id", index=True)  # simulated: goes when that rehearsal is wiped
    unsubscribed_at: Mapped[When | None]  # from marketing; letters of service still go
    erased_at: Mapped[When | None]
    merged_into: Mapped[int | None] = to("people.id", ondelete="SET NULL", index=True)  # this address is theirs too
    session_key: Mapped[Word] = mapped_column(default=lambda: secrets.token_hex(16))  # changed = signed out everywhere
    created_at: Mapped[When] = mapped_column(default=clock.now)

    @property
    def is_active(self) -> bool:
        return self.erased_at is None and self.merged_into is None

    @property
    def is_member(self) -> bool:
        return self.member_at is not None and self.confirmed_at is not None

    @property
    def known_as(self) -> str:
        """The name shown to others; never the address."""
        return self.name or "Someone"

    def get_id(self) -> str:
        return f"{self.id}:{self.session_key}"


class Staff(Base):
    """A right to the control room: over every campaign when `campaign_id` is null. One row a role; roles add up."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("person_id", "campaign_id", "role"),
        Index(
            "uq_staff_everywhere", "person_id", "role", unique=True,
            sqlite_where=text("campaign_id IS NULL"), postgresql_where=text("campaign_id IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Identity]
    person_id: Mapped[int] = to("people.id", index=True)
    campaign_id: Mapped[int | None] = to("campaigns.id")
    role: Mapped[Word]  # one of rules.access.STAFF
    until: Mapped[When | None]  # real time from which it fits no more; a host's without one ends with launch day


class SignIn(Base):
    """One chance to sign in, by a link or a code. Only hashes are kept; both are spent by the first success."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_person_id_expires_at", "person_id", "expires_at"),)

    id: Mapped[Identity]
    person_id: Mapped[int] = to("people.id")
    token_hash: Mapped[Line | None] = mapped_column(unique=True)
    code_hash: Mapped[Line | None]
    attempts: Mapped[int] = mapped_column(default=0)  # wrong codes
    next: Mapped[Line] = mapped_column(default="")  # where to go then; a path of ours
    made_at: Mapped[When] = mapped_column(default=clock.now)
    expires_at: Mapped[When]
    used_at: Mapped[When | None]


class Consent(Base):
    """What a person agreed to or withdrew, in which words and when. Rows are only added; the newest decides."""

    __tablename__ = "consents"

    id: Mapped[Identity]
    person_id: Mapped[int] = to("people.id", index=True)
    campaign_id: Mapped[int | None] = to("campaigns.id")
    story_id: Mapped[int | None] = to("stories.id")
    purpose: Mapped[Word]  # marketing | launch | announce | story:site | story:email | story:ads
    given: Mapped[bool]
    wording: Mapped[Word]  # the version of the words that were shown
    source: Mapped[Line] = mapped_column(default="")
    at: Mapped[When] = mapped_column(default=clock.now)


class Invite(Base):
    """A code that makes members and remembers where they came from."""

    __tablename__ = "invites"

    id: Mapped[Identity]
    code: Mapped[Word] = mapped_column(unique=True)
    source: Mapped[Line] = mapped_column(default="")
    tier: Mapped[Word] = mapped_column(default="member")
    most: Mapped[int | None]  # how many may use it; None = any number
    used: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[When | None]
    made_at: Mapped[When] = mapped_column(default=clock.now)


class Joining(Base):
    """A request to become a member, open until the button of its letter is pressed; then it may wait for the team."""

    __tablename__ = "joinings"

    id: Mapped[Identity]
    person_id: Mapped[int] = to("people.id", index=True)
    campaign_id: Mapped[int | None] = to("campaigns.id", index=True)  # whose page it was asked on
    invite_id: Mapped[int | None] = to("invites.id", ondelete="SET NULL")
    name: Mapped[Line] = mapped_column(default="")  # as given; becomes the person's when confirmed
    marketing: Mapped[bool] = mapped_column(default=False)  # the box, as ticked; a consent once confirmed
    next: Mapped[Line] = mapped_column(default="")  # where to go then; a path of ours
    token_hash: Mapped[Line | None] = mapped_column(unique=True)
    made_at: Mapped[When] = mapped_column(default=clock.now)  # real time
    expires_at: Mapped[When]  # real time
    used_at: Mapped[When | None]  # real time; what waits for the team has waited since then
    about: Mapped[str | None] = mapped_column(Text)  # what they say about themselves, for the team
    state: Mapped[Word | None]  # waiting | admitted | declined by the team; None where nobody is asked
    decided_at: Mapped[When | None]  # real time
    decided_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")
    reason: Mapped[Line | None]  # of the team, in the letter
