"""A campaign, its timetable, and the clock of its rehearsal."""

import secrets
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from launchpad import clock
from launchpad.database import Base, Identity, Line, Record, When, Word, Words, to
from launchpad.rules import rehearsal as mapped
from launchpad.rules import timetable
from launchpad.rules.phases import Phase

# A key of session.info: the real moment at which all that is read in this session is true, so that a page and the gate
# that it shows cannot lie on two sides of an opening. `writing()` takes it away: what is decided there asks the clock.
STANDS_AT = "stands_at"


class Campaign(Base):
    """One launch of one product. Its phase is never a column: see `now` and `phase`."""

    __tablename__ = "campaigns"

    id: Mapped[Identity]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[Line]
    tagline: Mapped[Line] = mapped_column(default="")
    brand: Mapped[Line] = mapped_column(default="")
    hue: Mapped[int] = mapped_column(default=74)  # OKLCH degrees
    story: Mapped[Words] = mapped_column(default="")  # Markdown
    hero: Mapped[Line | None]  # the picture's key in the uploads
    hero_alt: Mapped[Line] = mapped_column(default="")
    timezone: Mapped[Word]  # IANA name
    currency: Mapped[Word]  # ISO 4217
    membership: Mapped[Word] = mapped_column(default="open")  # open | request | invite
    access: Mapped[Word] = mapped_column(default="all")  # all | passes
    rule: Mapped[Word] = mapped_column(default="first_come")  # first_come | points | draw
    draw_seed: Mapped[Word] = mapped_column(default=lambda: secrets.token_hex(20), server_default="")  # secret until the draw
    waitlist: Mapped[Record] = mapped_column(default=dict)  # cap, wave, pass_hours, as in the campaign file
    tiers: Mapped[Record] = mapped_column(default=dict)  # tier -> what it is called
    target: Mapped[Record] = mapped_column(default=dict)  # the community target, as in the campaign file
    links: Mapped[Record] = mapped_column(default=dict)  # support, terms, privacy, imprint
    delivery: Mapped[date | None]
    delivery_note: Mapped[Line] = mapped_column(default="")
    vat: Mapped[float | None]  # percent that every price includes; None: nothing is said about a rate
    shipping_note: Mapped[Line] = mapped_column(default="", server_default="")  # what shipping costs, and where to
    per_person: Mapped[int] = mapped_column(default=2)
    per_order: Mapped[int | None]  # units in one order; None: as many as a person may have
    hold_minutes: Mapped[int] = mapped_column(default=10)
    store: Mapped[Record] = mapped_column(default=dict, server_default="{}")  # where it sells: [store] of its file

    referrals: Mapped[Record | None]  # rewards, terms, leaderboard: [referrals] of its file

    version: Mapped[int] = mapped_column(default=1)  # grows with every change of the timetable or the words
    seq: Mapped[int] = mapped_column(default=0)  # of the newest event; moved only by services.events
    held_at: Mapped[When | None]  # campaign time; the milestones stand still since then
    hold_message: Mapped[Line] = mapped_column(default="")
    sales_stopped_at: Mapped[When | None]
    sales_message: Mapped[Line] = mapped_column(default="")
    thread_closed_at: Mapped[When | None]
    thread_message: Mapped[Line] = mapped_column(default="", server_default="")  # what readers see while it is closed
    thread_rules: Mapped[Record | None]  # [thread] of its file: rules.moderation; None is as usual
    recap_words: Mapped[Words] = mapped_column(default="")  # Markdown, the team's own words on the recap
    recap_published_at: Mapped[When | None]
    list_first_until: Mapped[When | None]  # campaign time; after the launch: until then units are offered to the line first
    prequeue: Mapped[Record | None]  # on, minutes, rate: rules.prequeue; None is off
    joins_paused_at: Mapped[When | None]  # real time; the waitlist takes nobody new since then
    joins_message: Mapped[Line] = mapped_column(default="", server_default="")  # what people read meanwhile
    created_at: Mapped[When] = mapped_column(default=clock.now)

    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="campaign", order_by="Milestone.id", lazy="selectin", passive_deletes=True
    )
    rehearsal: Mapped["Rehearsal | None"] = relationship(
        back_populates="campaign", foreign_keys="Rehearsal.campaign_id", lazy="selectin", passive_deletes=True
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def mapping(self) -> mapped.Mapping | None:
        """How campaign time maps to the wall clock: None for a real campaign, whose time is the wall clock."""
        return self.rehearsal.mapping if self.rehearsal else None

    @property
    def latest_reached(self) -> datetime | None:
        return max((m.reached_at for m in self.milestones if m.reached_at), default=None)

    asked_at = None  # no column: the real moment at which `now` or `moment` was asked last
    seen_at = None  # no column: the moment at which a preview shows this campaign (services.previewing)

    @property
    def now(self) -> datetime:
        """Campaign time for the timetable and the gates: stands still while the campaign is held."""
        if self.seen_at is not None:
            return self.seen_at
        return timetable.now(self._real(), self.held_at, self.latest_reached, self.mapping)

    @property
    def moment(self) -> datetime:
        """Campaign time for what people do: goes on while the campaign is held."""
        if self.seen_at is not None:
            return self.seen_at
        return timetable.now(self._real(), None, self.latest_reached, self.mapping)

    def _real(self) -> datetime:
        """The real moment of this asking; within a reading that stands at one moment, that one (see STANDS_AT)."""
        session = object_session(self)
        self.asked_at = (session.info.get(STANDS_AT) if session else None) or clock.now()
        return self.asked_at

    @property
    def pace(self) -> int:
        """How many seconds its clocks go on in a real second: 0 while they stand, in a hold or a paused rehearsal."""
        return 0 if self.held_at is not None else self.rehearsal.speed if self.rehearsal else 1

    @property
    def most_an_order(self) -> int:
        """Units that one order may have."""
        return min(self.per_order or self.per_person, self.per_person)

    @property
    def phase(self) -> Phase:
        return timetable.phase(self.milestones, self.now)

    def milestone(self, name: str) -> "Milestone | None":
        return next((m for m in self.milestones if m.name == name), None)


class Milestone(Base):
    """A moment of the timetable. `reached_at` is set once, in the transaction of its effects."""

    __tablename__ = "milestones"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    name: Mapped[Word]  # preview waitlist head_start_<tier> launch recap archive poll_<n>_closes; launch-2 when reopened
    phase: Mapped[Word | None]  # the phase that begins with it, if one does
    due: Mapped[When]
    hours: Mapped[int | None]  # of a head start: how long before the launch it opens, as printed
    waits: Mapped[bool] = mapped_column(default=False)  # for the team's go
    went_at: Mapped[When | None]  # when the team gave it
    letters: Mapped[bool] = mapped_column(default=True)  # a reopened turn writes only when the team ticks it
    silent: Mapped[bool] = mapped_column(default=False)  # past when the campaign was loaded: reached without letters
    reached_at: Mapped[When | None]  # campaign time
    late: Mapped[float | None]  # real seconds between the opening and the recording of it
    written_at: Mapped[When | None]  # real time at which its letters were written; a recap's wait for the team

    campaign: Mapped[Campaign] = relationship(back_populates="milestones")


class Rehearsal(Base):
    """The clock of a rehearsed campaign, and what came of it: campaign time = campaign_0 + (real - real_0) * speed."""

    __tablename__ = "rehearsals"

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", unique=True)
    of_id: Mapped[int | None] = to("campaigns.id", ondelete="SET NULL")  # the real campaign it was copied from
    real_0: Mapped[When] = mapped_column(default=clock.now)
    campaign_0: Mapped[When]
    speed: Mapped[int] = mapped_column(default=0)  # 0 stands still
    chosen_speed: Mapped[int] = mapped_column(default=2000)  # what Play sets
    crowd: Mapped[int] = mapped_column(default=0)  # how many people are played
    played_at: Mapped[When | None]  # real time of the first Play
    ended_at: Mapped[When | None]  # real time at which the archive milestone was reached
    report: Mapped[Record | None]
    crowd_at: Mapped[When | None]  # campaign time: everything before it has been acted
    crowd_by: Mapped[Word | None]  # which process plays the crowd
    crowd_beat_at: Mapped[When | None]  # real time at which it last said so
    crowd_done_at: Mapped[When | None]  # real time at which nothing was left to act
    reported_at: Mapped[When | None]  # real time at which the report was made, once nothing moved any more
    tally: Mapped[Record] = mapped_column(default=dict)  # what the crowd was told: refusals by reason, errors

    campaign: Mapped[Campaign] = relationship(back_populates="rehearsal", foreign_keys=[campaign_id])

    @property
    def mapping(self) -> mapped.Mapping:
        return mapped.Mapping(self.real_0, self.campaign_0, self.speed)
