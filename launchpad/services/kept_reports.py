"""Reports of rehearsals that outlive them: kept by the slug of the campaign that was rehearsed, newest first."""

import hashlib
import json

from sqlalchemy import select

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, KeptReport, Person
from launchpad.rules.campaign_file import unparse
from launchpad.services import audit
from launchpad.services.plan_rows import plan_of

MOST = 50


def keep(campaign: Campaign) -> KeptReport:
    """Keep the report that a rehearsal has just been given."""
    rehearsal, real = campaign.rehearsal, origin(campaign)
    kept = KeptReport(
        slug=real.slug, rehearsal_id=rehearsal.id, plan=digest(campaign), version=real.version,
        speed=rehearsal.chosen_speed, crowd=rehearsal.crowd, report=rehearsal.report, at=clock.now(),
        behind=int((rehearsal.tally or {}).get("most_behind", 0)),
    )  # fmt: skip
    db.session.add(kept)
    db.session.flush()
    return kept


def origin(campaign: Campaign) -> Campaign:
    """The campaign that a rehearsal was copied from; itself when it was loaded as a rehearsal, or is none."""
    of_id = campaign.rehearsal.of_id if campaign.rehearsal else None
    return (db.session.get(Campaign, of_id) if of_id else None) or campaign


def of(campaign: Campaign) -> list[KeptReport]:
    """The reports kept of a campaign's rehearsals, newest first."""
    kept = select(KeptReport).where(KeptReport.slug == origin(campaign).slug)
    return list(db.session.scalars(kept.order_by(KeptReport.id.desc()).limit(MOST)))


def drop(campaign: Campaign, kept: KeptReport, actor: Person | None) -> None:
    """Delete one kept report."""
    audit.record(actor, "rehearsal.report.drop", campaign, f"report:{kept.id}", {"speed": kept.speed, "crowd": kept.crowd})
    db.session.delete(kept)
    db.session.flush()


def digest(campaign: Campaign) -> str:
    """Twelve characters that are the same for the same plan, whatever it is called and however fast it is played."""
    plan = unparse(plan_of(campaign))
    plan.get("campaign", {}).pop("slug", None)
    plan.get("campaign", {}).pop("hero", None)
    plan.pop("rehearsal", None)
    return hashlib.sha256(json.dumps(plan, sort_keys=True, default=str).encode()).hexdigest()[:12]
