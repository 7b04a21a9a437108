"""What doctor says, and with which exit."""

import json

import pytest
from click.testing import CliRunner

from launchpad.commands import doctor
from launchpad.database import writing
from launchpad.models import Variant
from launchpad.services import health


@pytest.fixture
def ask(app, monkeypatch, settings):
    """Runs the command on the app of the tests, in a folder that is nobody else's."""
    settings.data_dir.chmod(0o700)
    monkeypatch.setattr(doctor, "application", lambda: app)
    return lambda *words: CliRunner().invoke(doctor.doctor, words)


@pytest.fixture
def living(app):
    for part in health.BEATING:
        health.beat(part)


def test_all_in_order(ask, living, given, watch):
    given.campaign()
    said = ask("--json")
    assert said.exit_code == 0 and json.loads(said.stdout)["ok"] is True, said.stdout
    assert all(check == {"ok": True, "faults": []} for check in json.loads(said.stdout)["checks"].values())
    assert ask().stdout.count("in order") == len(doctor.CHECKS)


def test_without_processes_that_is_what_it_says(ask, given, watch):
    said = ask("--json")
    checks = json.loads(said.stdout)["checks"]
    assert said.exit_code == 1 and len(checks["processes"]["faults"]) == 2
    assert all(check["ok"] for name, check in checks.items() if name != "processes")


def test_a_broken_row_is_one_line_with_its_id(ask, living, given, watch):
    campaign = given.campaign()
    with writing() as session:
        variant = session.query(Variant).filter_by(campaign_id=campaign.id).one()
        variant.taken, id = 3, variant.id
    said = ask()
    assert said.exit_code == 1 and f"stock: variant {id}: 3 taken, but 0 sold or on hold" in said.stdout.splitlines()
