"""Keys to the control room."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from launchpad.database import db, writing
from launchpad.models import Audit, Campaign, Person, Staff
from launchpad.rules.refusals import Refusal
from launchpad.services import erasure, standing, team
from tests.make import NOON
from tests.races import together


def test_adding_gives_a_role_and_leaves_an_audit_row(app, watch):
    with writing():
        person = team.add("Host@example.com", "moderator")
    assert standing.staff_role(person) == "moderator"
    row = db.session.scalars(select(Audit)).one()
    assert (row.act, row.subject, row.after) == ("staff.add", f"person:{person.id}", {"role": "moderator"})


def test_a_second_time_changes_the_role(app, watch):
    for role in ("moderator", "owner"):
        with writing():
            person = team.add("host@example.com", role)
    assert [row.role for row in db.session.scalars(select(Staff))] == ["owner"]
    assert standing.staff_role(person) == "owner"


def test_no_address_is_refused(app, watch):
    with pytest.raises(Refusal), writing():
        team.add("not an address", "owner")


def held(person) -> list[str]:
    rows = select(Staff).where(Staff.person_id == person.id).order_by(Staff.id)
    return [row.role + (" of one" if row.campaign_id else "") for row in db.session.scalars(rows)]


def test_roles_are_held_beside_each_other_unless_one_includes_the_other(app, given, watch):
    campaign = given.campaign()
    for role, kept in (("host", ["host of one"]), ("analyst", ["host of one", "analyst of one"])):
        with writing():
            person = team.add("mia@example.com", role, db.session.get(Campaign, campaign.id))
        assert held(person) == kept
    watch.set(campaign.milestone("head_start_member").due)
    assert standing.staff_roles(person, campaign) == {"host", "analyst"}
    with writing():
        team.add("mia@example.com", "editor", db.session.get(Campaign, campaign.id))
    assert held(person) == ["editor of one"]
    for less in ("moderator", "analyst"):
        with pytest.raises(Refusal, match="editor here already"), writing():
            team.add("mia@example.com", less, db.session.get(Campaign, campaign.id))
    assert standing.staff_roles(person, given.campaign()) == frozenset()


def test_a_host_leaves_with_launch_day_in_the_campaigns_zone(app, given, watch):
    campaign = given.campaign(preview=NOON.replace(hour=20), timezone="Asia/Tokyo")  # doors open at 05:00 in Tokyo
    with writing():
        person = team.add("mia@example.com", "host", db.session.get(Campaign, campaign.id))
    end = campaign.milestone("launch").due + timedelta(hours=19)  # midnight there
    watch.set(end - timedelta(seconds=1))
    assert standing.staff_roles(person, campaign) == {"host"}
    watch.set(end)
    assert standing.staff_roles(person, campaign) == frozenset()


def test_the_last_owner_cannot_be_demoted_nor_erased(app, given, watch):
    owner = given.person(role="owner")
    id = db.session.scalar(select(Staff.id))
    for act in (lambda: team.change(id, "editor", None), lambda: team.remove(id), lambda: erase_one(owner.id)):
        with pytest.raises(Refusal, match="last owner"), writing():
            act()
    given.person(role="owner")
    with writing():
        team.change(id, "editor", None)
    assert standing.staff_role(db.session.get(Person, owner.id)) == "editor"


def erase_one(id: int) -> None:
    erasure.erase(db.session.get(Person, id))


def test_two_owners_who_take_each_others_keys_at_once_leave_one(app, given, watch):
    assert race(app, given, team.remove) == 1
    assert race(app, given, lambda id: team.change(id, "analyst", None)) == 1


def test_the_race_is_seen_when_each_decides_by_an_earlier_look(app, given, watch, monkeypatch):
    """The negative control: with the lock off, and the owners counted before the other acts, nobody is left."""
    look = team._owners
    seen = []

    def unlocked():
        seen.extend(seen or look())
        return seen[:2]

    monkeypatch.setattr(team, "_owners", unlocked)
    assert race(app, given, team.remove) == 0


def race(app, given, act) -> int:
    """Two owners, and for each a thread that acts on the other's key: how many owners are left."""
    with writing() as session:
        session.execute(delete(Staff))
    for _ in range(2):
        given.person(role="owner")
    ids = list(db.session.scalars(select(Staff.id).order_by(Staff.id)))
    db.session.rollback()
    faults = together(app, [lambda _session, id=id: act(id) for id in ids])
    assert all(isinstance(fault, Refusal) for fault in faults), faults
    return db.session.scalar(select(func.count()).select_from(Staff).where(Staff.role == "owner"))
