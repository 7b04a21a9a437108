"""What members made: words and photos, shown only after consent and approval."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from launchpad.database import Base, Identity, Line, When, Word, Words, to
from launchpad.models.people import Consent, Person


class Prompt(Base):
    """What a story may answer to. `since` says whether it asks from the launch on or once goods were delivered."""

    __tablename__ = "prompts"

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id", index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")  # in the order of the file
    text: Mapped[Line]
    template: Mapped[Words] = mapped_column(default="")
    since: Mapped[Word] = mapped_column(default="launch")  # launch | delivery


class Story(Base):
    __tablename__ = "stories"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id", "key"),
        Index("ix_stories_campaign_id_state", "campaign_id", "state"),
    )

    id: Mapped[Identity]
    campaign_id: Mapped[int] = to("campaigns.id")
    person_id: Mapped[int] = to("people.id", index=True)
    prompt_id: Mapped[int | None] = to("prompts.id", ondelete="SET NULL")
    text: Mapped[Words]
    state: Mapped[Word] = mapped_column(default="waiting")  # waiting | approved | rejected | withdrawn
    reason: Mapped[Line] = mapped_column(default="")  # why it was rejected or taken down
    buyer: Mapped[bool] = mapped_column(default=False)  # had a confirmed order when sending
    key: Mapped[Line | None]  # of the form, so that a double click is one story
    reviewed_by: Mapped[int | None] = to("people.id", ondelete="SET NULL")
    reviewed_at: Mapped[When | None]  # campaign time
    at: Mapped[When]  # campaign time

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    photos: Mapped[list["Photo"]] = relationship(
        order_by="Photo.position", lazy="selectin", cascade="all", passive_deletes=True
    )
    consents: Mapped[list[Consent]] = relationship(order_by=Consent.id, lazy="selectin", viewonly=True)


class Photo(Base):
    """A re-encoded picture. The file's name is ours and unguessable; its renditions are `<key>-<width>.webp`."""

    __tablename__ = "photos"

    id: Mapped[Identity]
    story_id: Mapped[int] = to("stories.id", index=True)
    position: Mapped[int]
    key: Mapped[Word] = mapped_column(unique=True)
    alt: Mapped[Line]
    width: Mapped[int]
    height: Mapped[int]
    colour: Mapped[Word] = mapped_column(default="")  # the dominant one, shown while it loads
