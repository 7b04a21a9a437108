"""The preview: polls with their votes, ideas with theirs."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, When, Word, Words, to
from launchpad.models.people import Person


class Poll(Base):
    __tablename__ = "polls"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    number: Mapped[int]  # from 1, within its campaign: the <n> of the milestone poll_<n>_closes
    question: Mapped[Line]
    kind: Mapped[Word] = mapped_column(default="single")  # single | multiple | rating
    results: Mapped[Word] = mapped_column(default="after_vote")  # always | after_vote | on_close | team
    opened_at: Mapped[When | None]  # campaign time at which it was started in the thread; None: it opens with the preview
    least: Mapped[int] = mapped_column(default=1)  # choices
    most: Mapped[int] = mapped_column(default=1)

    options: Mapped[list["Option"]] = relationship(
        order_by="Option.position", lazy="selectin", passive_deletes=True, cascade="all"
    )


class Option(Base):
    __tablename__ = "options"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)

    id: Mapped[Identity]
    poll_id: Mapped[int] = to("polls.id")
    position: Mapped[int]  # from 1; for a rating it is the rating itself
    text: Mapped[Line]


class Vote(Base):
    """One person's ballot in one poll; the unique constraint is what makes it one."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("poll_id", "person_id"),)

    id: Mapped[Identity]
    poll_id: Mapped[int] = to("polls.id")
    person_id: Mapped[int] = to("people.id", index=True)
    at: Mapped[When]

    choices: Mapped[list["VoteChoice"]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class VoteChoice(Base):
    __tablename__ = "vote_choices"

    vote_id: Mapped[int] = to("votes.id", primary_key=True)
    option_id: Mapped[int] = to("options.id", primary_key=True, index=True)


class Idea(Base):
    __tablename__ = "ideas"
    __table_args__ = (UniqueConstraint("campaign_id", "person_id", "key"),)

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    person_id: Mapped[int] = to("people.id", index=True)
    title: Mapped[Line]
    text: Mapped[Words] = mapped_column(default="")
    state: Mapped[Word] = mapped_column(default="open")  # open | planned | started | completed | declined | hidden
    held: Mapped[Word | None]  # first | words | reports: hidden until the team has looked
    hidden_from: Mapped[Word | None]  # the state it had before it was hidden
    hidden_why: Mapped[Line | None]  # why the team hid it: its author reads this
    answer: Mapped[Words] = mapped_column(default="")  # what the team says to it
    key: Mapped[Line | None]  # of the form, so that a double click is one idea
    at: Mapped[When]

    person: Mapped[Person] = relationship()


class IdeaVote(Base):
    __tablename__ = "idea_votes"

    idea_id: Mapped[int] = to("ideas.id", primary_key=True)
    person_id: Mapped[int] = to("people.id", primary_key=True, index=True)
    at: Mapped[When]
