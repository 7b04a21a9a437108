"""Keys to the control room."""

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit, Staff
from launchpad.rules.refusals import Refusal
from launchpad.services import standing, team


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
