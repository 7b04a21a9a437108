"""Referrals: who brought whom, what came of it, what it earned; and what the team said about it."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad import clock
from launchpad.database import Base, Identity, Line, When, Word, to
from launchpad.models.people import Person


class Referral(Base):
    """One friend whom somebody brought to a campaign; whoever brought them first. It is credited while `counted`."""

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("campaign_id", "friend_id"),
        Index("ix_referrals_by", "campaign_id", "referrer_id", "id"),
        Index("ix_referrals_state", "campaign_id", "state", "id"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    referrer_id: Mapped[int] = to("people.id", index=True)
    friend_id: Mapped[int] = to("people.id", index=True)
    state: Mapped[Word] = mapped_column(default="waiting")  # waiting | counted | withheld | reversed: rules.referrals
    reasons: Mapped[Line] = mapped_column(default="")  # of rules.referrals.REASONS, with commas between
    network: Mapped[str | None] = mapped_column(String(32))  # a digest with the day's salt; forgotten after a day
    joined_at: Mapped[When]  # campaign time
    seen_at: Mapped[When] = mapped_column(default=clock.now)  # real time; how long the network's mark is kept
    confirmed_at: Mapped[When | None]  # campaign time
    bought_at: Mapped[When | None]  # campaign time; none while they have no order that stands
    decided_at: Mapped[When | None]  # campaign time; the team's word, which no rule changes any more
    decided_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")
    reason: Mapped[Line] = mapped_column(default="")  # the team's words

    referrer: Mapped[Person] = relationship(foreign_keys=[referrer_id], lazy="joined")
    friend: Mapped[Person] = relationship(foreign_keys=[friend_id], lazy="joined")


class Sharer(Base):
    """Somebody who shares: the name they chose for the leaderboard, and what the team said about them."""

    __tablename__ = "sharers"

    campaign_id: Mapped[int] = to("campaigns.id", primary_key=True)
    person_id: Mapped[int] = to("people.id", primary_key=True, index=True)
    shown_as: Mapped[Line] = mapped_column(default="")  # on the leaderboard; empty is not there
    hidden_at: Mapped[When | None]  # real time; the team took them off it
    trusted_at: Mapped[When | None]  # real time; the team knows them: many friends at once are no reason for doubt
    asked: Mapped[Line] = mapped_column(default="")  # happy moments at which they said no, with commas between


class Reward(Base):
    """A reward that somebody reached, once; what was promised is kept in the words of that day."""

    __tablename__ = "rewards"
    __table_args__ = (UniqueConstraint("campaign_id", "person_id", "at"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)
    at: Mapped[int]  # how many friends it takes
    gives: Mapped[Line]
    points: Mapped[int] = mapped_column(default=0)
    tier: Mapped[Word | None]  # given with it
    tier_before: Mapped[Word | None]
    reached_at: Mapped[When]  # campaign time
    lost_at: Mapped[When | None]  # campaign time; friends were withheld since, before it was handed out
    handed_at: Mapped[When | None]  # campaign time
    handed_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")


class AllowedNetwork(Base):
    """A network from which many friends are no reason for doubt: an event's Wi-Fi, an office. The team wrote it down."""

    __tablename__ = "allowed_networks"
    __table_args__ = (UniqueConstraint("campaign_id", "network"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    network: Mapped[Word]  # in the notation 203.0.113.0/24
    note: Mapped[Line] = mapped_column(default="")
    made_at: Mapped[When] = mapped_column(default=clock.now)  # real time
