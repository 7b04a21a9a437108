"""The team's word on stories: approve, reject, take down. Each act is in the audit log, in its own transaction."""

from sqlalchemy import select, update

from launchpad.database import db
from launchpad.models import Campaign, Person, Story
from launchpad.rules.refusals import Refusal
from launchpad.services import audit, flag_rows, lines


def queue(campaign: Campaign) -> list[Story]:
    """The stories that wait for the team, the longest waiting first."""
    rows = select(Story).where(Story.campaign_id == campaign.id, Story.state == "waiting")
    return list(db.session.scalars(rows.order_by(Story.at, Story.id)))


def approve(campaign: Campaign, actor: Person | None, story: Story, reason: str = "") -> None:
    """Publish a story that waits or was rejected. Shown only while its author's consent stands. Raises Refusal."""
    _move(campaign, actor, story, "approve", ("waiting", "rejected"), "approved", reason)
    lines.credit(campaign, story.person, "story", f"story:{story.id}")


def reject(campaign: Campaign, actor: Person | None, story: Story, reason: str = "") -> None:
    """Keep a waiting story off the site; its author sees the reason."""
    _move(campaign, actor, story, "reject", ("waiting",), "rejected", reason)


def take_down(campaign: Campaign, actor: Person | None, story: Story, reason: str) -> None:
    """Take a published story off the site; its author sees the reason."""
    _move(campaign, actor, story, "take_down", ("approved",), "rejected", reason)
    lines.uncredit(campaign, story.person, "story", f"story:{story.id}")


def hold(campaign: Campaign, story: Story) -> None:
    """Put a published story back among those that wait: people reported it."""
    back = update(Story).where(Story.id == story.id, Story.state == "approved").values(state="waiting")
    if db.session.execute(back.execution_options(synchronize_session=False)).rowcount:
        db.session.refresh(story)
        lines.uncredit(campaign, story.person, "story", f"story:{story.id}")


def _move(
    campaign: Campaign, actor: Person | None, story: Story, act: str, since: tuple[str, ...], state: str, reason: str
) -> None:
    """One conditional statement, so that a withdrawal which came first is never undone by a click that came late."""
    before, reason = story.state, " ".join(reason.split())[:250]
    if before == state:
        return
    waited = _waited(campaign, story)
    moved = db.session.execute(
        update(Story)
        .where(Story.id == story.id, Story.state.in_(since))
        .values(
            state=state,
            reason="" if state == "approved" else reason,
            reviewed_by=actor.id if actor else None,
            reviewed_at=campaign.moment,
        )
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise Refusal("state", "Its author took this story back, or it was decided meanwhile. Load the page again.")
    db.session.refresh(story)
    flag_rows.settle(campaign, "story", story.id, "dismissed" if state == "approved" else "upheld")
    after = {"state": state} | ({"waited": waited} if waited is not None else {})
    audit.record(actor, f"story.{act}", campaign, f"story:{story.id}", {"state": before}, after, reason)


def _waited(campaign: Campaign, story: Story) -> int | None:
    """How many seconds of campaign time a story waited for the team; None when nobody had to look."""
    since = flag_rows.open_since(campaign, "story", story.id) or (story.at if story.state == "waiting" else None)
    return max(0, round((campaign.moment - since).total_seconds())) if since is not None else None
