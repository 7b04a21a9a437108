"""What is left of rehearsals: whom each thing happened to, and the reports that are kept."""

from flask import abort, g, request, url_for

from launchpad.database import db, writing
from launchpad.models import KeptReport
from launchpad.rules.report_changes import compare
from launchpad.services import happened, kept_reports
from launchpad.web.answers import done, page
from launchpad.web.forms import clean
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import cursor, room


@room.get("/rehearsal/people")
@permit("rehearse")
def rehearsed_people():
    """The people of a rehearsal, to choose one of."""
    _refuse_real()
    tier, who = (clean(request.args.get(name, ""))[:60] for name in ("tier", "who"))
    rows, older = happened.people(g.campaign, tier, who, cursor())
    return page(
        "team/rehearsed_people.html", here="rehearsal", rows=rows, tier=tier, who=who,
        tiers=[(name, g.campaign.tiers.get(name, name)) for name in happened.tiers(g.campaign)],
        older=url_for("room.rehearsed_people", tier=tier or None, who=who or None, before=older) if older else None,
    )  # fmt: skip


@room.get("/rehearsal/people/<int:id>")
@permit("rehearse")
def rehearsed_person(id: int):
    """All that happened to one of them."""
    _refuse_real()
    person = happened.person(g.campaign, id)
    if person is None:
        abort(404)
    return page("team/rehearsed_person.html", here="rehearsal", person=person, story=happened.story(g.campaign, person))


@room.get("/rehearsal/reports/<int:id>")
@permit("rehearse")
def rehearsal_report(id: int):
    """One kept report, and what differs from the one before it."""
    kept = kept_reports.of(g.campaign)
    mine = next((one for one in kept if one.id == id), None)
    if mine is None:
        abort(404)
    before = next((one for one in kept if one.id < id), None)
    changes = compare(before.report, mine.report) if before else []
    return page("team/rehearsal_report.html", here="rehearsal", kept=mine, before=before, changes=changes)


@room.post("/rehearsal/reports/<int:id>/drop")
@permit("rehearse")
def drop_report(id: int):
    """Delete one kept report; one that is gone already is no fault."""
    with writing():
        found = db.session.get(KeptReport, id)
        if found is not None:
            if found.slug != kept_reports.origin(g.campaign).slug:
                abort(404)
            kept_reports.drop(g.campaign, found, me())
    return done(url_for("room.rehearsal", _anchor="kept"))


def _refuse_real() -> None:
    """The people of a real campaign are not shown here."""
    if g.campaign.rehearsal is None:
        abort(404)
