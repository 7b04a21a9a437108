"""The letters of a timetable: to how many they would go, and what became of them."""

from datetime import timedelta

from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.services import coming, timetable
from tests.make import NOON


def batches(campaign_id: int) -> dict:
    db.session.remove()
    return {b.milestone.name: b for b in coming.batches(db.session.get_one(Campaign, campaign_id))}


def reach(campaign_id: int) -> None:
    for _ in range(20):
        with writing():
            if timetable.reach_next(campaign_id) is None:
                return


def test_whom_each_letter_would_go_to_and_what_became_of_it(given, watch):
    campaign = given.campaign(preview=NOON + timedelta(hours=1))
    people = [given.agreed(), given.agreed(tier="founder"), given.person(member=True)]
    for person in people:
        given.place(campaign, person)
    id, preview = campaign.id, campaign.milestone("preview").id
    found = batches(id)
    assert {name: b.people for name, b in found.items()} == {
        "preview": 2, "waitlist": 2, "head_start_founder": 1, "head_start_member": 2, "launch": 3, "recap": 3,
    }  # fmt: skip
    assert found["recap"].latest - found["recap"].at == timedelta(hours=24)
    watch.step(hours=1)
    reach(id)
    assert "preview" not in batches(id), "what was written is no longer to come"
    sent = coming.sent(db.session.get_one(Campaign, id))
    assert [(s.trigger, s.kind, s.states) for s in sent] == [(f"milestone:{preview}", "preview", {"due": 2})]


def test_with_passes_no_more_are_written_to_than_the_wave_holds(given, watch):
    campaign = given.campaign(access="passes", waitlist={"wave": 2})
    for _ in range(3):
        given.place(campaign, given.person(member=True))
    assert batches(campaign.id)["head_start_member"].people == 2


def test_what_waits_for_a_go_has_no_moment(given, watch):
    campaign = given.campaign()
    with writing() as session:
        session.get_one(Campaign, campaign.id).milestone("launch").waits = True
    found = batches(campaign.id)
    assert found["launch"].at is None and found["recap"].at is None and found["waitlist"].at is not None
