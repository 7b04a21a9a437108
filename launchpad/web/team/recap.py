"""The team's own words on the recap, and publishing it."""

from flask import g, url_for

from launchpad.database import writing
from launchpad.rules.phases import Phase
from launchpad.rules.refusals import Refusal
from launchpad.services import needs, recap
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team import versions
from launchpad.web.team.frame import room, said


@room.get("/recap", endpoint="recap_words")
@permit("recap.edit")
def words():
    """The form with the words as they are."""
    return page("team/recap.html", **_values(g.campaign.recap_words))


@room.post("/recap", endpoint="recap_edit")
@permit("recap.edit")
def edit():
    """Keep the words."""
    text = g.campaign.recap_words
    try:
        text = said("words", 200_000)
        with writing():
            versions.check()
            recap.edit(g.campaign, me(), text)
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/recap.html", **_values(text))
    return done(url_for("room.recap_words"))


@room.post("/recap/publish", endpoint="recap_publish")
@permit("recap.edit")
def publish():
    """Let the recap's letter go."""
    try:
        with writing():
            if not g.campaign.phase.is_from(Phase.RECAP):
                raise Refusal("not_open", "The recap has not opened yet: there is nothing to publish.")
            recap.publish(g.campaign, me())
    except Refusal as refusal:
        refresh()
        return refused(refusal, "team/recap.html", **_values(g.campaign.recap_words))
    return done(url_for("room.recap_words"))


def _values(text: str) -> dict:
    waiting = needs.recap_waits(g.campaign)
    return {
        "here": "recap",
        "words": text,
        "open": g.phase.is_from(Phase.RECAP),
        "waiting": waiting,
        "version_fields": versions.fields,
    }
