"""The campaign's event log: an append-only, gapless sequence of what changed."""

from dataclasses import dataclass

from sqlalchemy import select, update

from launchpad.database import db, lastly
from launchpad.models import Campaign, Entry, Event
from launchpad.services.wakes import wake


@dataclass(frozen=True)
class _Said:
    campaign: Campaign
    kind: str
    entry: Entry | None
    audience: str


def announce(campaign: Campaign, kind: str, entry: Entry | None = None, audience: str = "all") -> None:
    """Record that something changed, for everyone who follows the campaign.

    The `seq` is taken as the last act before the commit, under the campaign's row lock: whoever sees `seq` n has
    every event below n, so a viewer who resumes misses nothing.
    """
    said = db.session().info.setdefault("events", [])
    if not said:
        lastly(_record)
    said.append(_Said(campaign, kind, entry, audience))


def _record() -> None:
    session = db.session()
    session.flush()
    for said in sorted(session.info["events"], key=lambda s: s.campaign.id):
        seq = session.scalar(
            update(Campaign).where(Campaign.id == said.campaign.id).values(seq=Campaign.seq + 1).returning(Campaign.seq)
        )
        session.add(
            Event(
                campaign_id=said.campaign.id,
                seq=seq,
                kind=said.kind,
                entry_id=said.entry.id if said.entry else None,
                audience=said.audience,
                at=said.campaign.moment,
            )
        )
        wake("thread", said.campaign.id)


def since(campaign_id: int, seq: int, most: int, team: bool = False) -> list[tuple[Event, Entry | None]]:
    """The events after `seq`, oldest first, at most so many, each with its entry as it stands now.

    One statement, so that no entry is newer than the newest event read with it. To all but the team an event of the
    team's comes without its entry, so that the numbers have no gap.
    """
    rows = db.session.execute(
        select(Event, Entry)
        .outerjoin(Entry, Entry.id == Event.entry_id)
        .where(Event.campaign_id == campaign_id, Event.seq > seq)
        .order_by(Event.seq)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return [(event, entry if team or event.audience == "all" else None) for event, entry in rows]
