"""Stories: sending one, and taking it back. What the public may see is said once, in `shown()`.

The front door of all about stories: the team's word on them is in `reviews`.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError

from launchpad.database import afterwards, db
from launchpad.models import Campaign, Consent, Order, Person, Photo, Prompt, Story
from launchpad.rules import stories as rules
from launchpad.rules import wording
from launchpad.rules.refusals import Refusal
from launchpad.services import lines, pictures, sanctions
from launchpad.services.pictures import Picture
from launchpad.services.reviews import approve, queue, reject, take_down

__all__ = [
    "approve", "approved", "forget", "is_shown", "of", "photo", "prompts", "queue", "reject", "send", "shown",
    "take_down", "withdraw",
]  # fmt: skip


def send(
    campaign: Campaign,
    person: Person,
    text: str,
    prompt_id: int | None = None,
    photos: Sequence[Picture] = (),
    alts: Sequence[str] = (),
    consents: Collection[str] = (),
    key: str = "",
    source: str = "form",
) -> Story:
    """Take in a story; it waits for the team. `photos` are pictures that were taken in, `alts` what each shows.

    The same key again gives the same story, and with another body a refusal. Raises Refusal.
    """
    text = text.strip()
    rules.check(text, [0] * len(photos), alts, consents)
    if prompt_id is not None and prompt_id not in {prompt.id for prompt in prompts(campaign)}:
        raise Refusal("prompt", "That question is not asked now. Choose another, or none.", "prompt")
    if key and (before := _by_key(campaign, person, key)):
        return _same(before, text, prompt_id, alts)
    sanctions.refuse(campaign, person)
    story = Story(
        campaign_id=campaign.id, person_id=person.id, prompt_id=prompt_id, text=text, key=key or None,
        buyer=_has_bought(campaign, person), at=campaign.moment,
    )  # fmt: skip
    story.photos = [
        Photo(position=at, key=photo.key, alt=alt.strip(), width=photo.width, height=photo.height, colour=photo.colour)
        for at, (photo, alt) in enumerate(zip(photos, alts, strict=False), 1)
    ]
    try:
        with db.session.begin_nested():
            db.session.add(story)
    except IntegrityError:  # the same form twice at once: the other one was first
        before = _by_key(campaign, person, key)
        if before is None:
            raise
        return _same(before, text, prompt_id, alts)
    _consent(story, consents, True, source)
    return story


def _by_key(campaign: Campaign, person: Person, key: str) -> Story | None:
    return db.session.scalar(select(Story).filter_by(campaign_id=campaign.id, person_id=person.id, key=key))


def _same(story: Story, text: str, prompt_id: int | None, alts: Sequence[str]) -> Story:
    asked = (text, prompt_id, [alt.strip() for alt in alts])
    if story.state != "withdrawn" and asked != (story.text, story.prompt_id, [photo.alt for photo in story.photos]):
        raise Refusal("key", "This form was sent before with other words. Load the page again and send it once more.")
    return story


def _has_bought(campaign: Campaign, person: Person) -> bool:
    return db.session.scalar(
        select(
            exists().where(Order.campaign_id == campaign.id, Order.person_id == person.id, Order.state == "confirmed")
        )
    )


def _consent(story: Story, scopes: Collection[str], given: bool, source: str) -> None:
    """One row a scope, in the order of the form: what was agreed to or taken back, in which words."""
    for scope in wording.SCOPES:
        if scope in scopes:
            db.session.add(
                Consent(
                    person_id=story.person_id, campaign_id=story.campaign_id, story_id=story.id, given=given,
                    purpose=wording.purpose(scope), wording=wording.VERSION, source=source,
                )
            )  # fmt: skip
    db.session.flush()


def withdraw(person: Person, story: Story) -> None:
    """The author takes a story back: it leaves pages and files at once, and its words are not kept. Twice is once."""
    if story.person_id != person.id:
        raise Refusal("not_yours", "Only who sent a story can take it back.", status=403)
    if story.state == "withdrawn":
        return
    given = {consent.purpose.removeprefix("story:") for consent in story.consents if consent.given}
    _consent(story, given, False, "withdrawn")
    _empty(story)
    story.state = "withdrawn"
    db.session.flush()
    lines.uncredit(db.session.get(Campaign, story.campaign_id), person, "story", f"story:{story.id}")


def forget(person: Person) -> None:
    """Erasure: no words and no photo of this person's stories stay; that there were some does."""
    for story in db.session.scalars(select(Story).where(Story.person_id == person.id)):
        _empty(story)
        story.state = "withdrawn"
    db.session.flush()


def _empty(story: Story) -> None:
    keys = [photo.key for photo in story.photos]
    for photo in list(story.photos):
        db.session.delete(photo)
    story.photos = []
    story.text = ""
    afterwards(lambda: pictures.drop(keys))


def shown() -> ColumnElement[bool]:
    """The gate (U1): the team approved it, and the newest row about the consent for the site says yes."""
    newest = (
        select(Consent.given)
        .where(Consent.story_id == Story.id, Consent.purpose == wording.purpose(wording.SITE))
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate(Story)
        .scalar_subquery()
    )
    return (Story.state == "approved") & newest.is_(True)


def is_shown(story: Story) -> bool:
    """True when the public may see this story now."""
    return db.session.scalar(select(exists().where(Story.id == story.id, shown())))


def approved(campaign: Campaign, prompt_id: int | None = None) -> list[Story]:
    """What the public may see of a campaign, the newest first."""
    rows = select(Story).where(Story.campaign_id == campaign.id, shown())
    if prompt_id is not None:
        rows = rows.where(Story.prompt_id == prompt_id)
    return list(db.session.scalars(rows.order_by(Story.at.desc(), Story.id.desc())))


def of(campaign: Campaign, person: Person) -> list[Story]:
    """A person's own stories, in whatever state, the newest first; those taken back are gone."""
    rows = select(Story).where(
        Story.campaign_id == campaign.id, Story.person_id == person.id, Story.state != "withdrawn"
    )
    return list(db.session.scalars(rows.order_by(Story.id.desc())))


def prompts(campaign: Campaign) -> list[Prompt]:
    """What the campaign asks for now, in the order of its file."""
    rows = db.session.scalars(select(Prompt).where(Prompt.campaign_id == campaign.id).order_by(Prompt.position, Prompt.id))
    return [row for row in rows if rules.asks(row.since, campaign.now, campaign.zone, campaign.delivery)]


def photo(campaign: Campaign, key: str) -> tuple[Photo, Story] | None:
    """A photo of a campaign with its story, or None."""
    found = db.session.execute(
        select(Photo, Story)
        .join(Story, Story.id == Photo.story_id)
        .where(Photo.key == key, Story.campaign_id == campaign.id)
    ).first()
    return (found[0], found[1]) if found else None
