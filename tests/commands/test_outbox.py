"""`launchpad outbox`, as scripts and people read it."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from jobs import letters as job
from launchpad.app import create_app
from launchpad.cli import main
from launchpad.commands import outbox
from launchpad.database import writing
from launchpad.services import letters, sign_in


@pytest.fixture
def run(app, monkeypatch):
    monkeypatch.setattr(outbox, "application", lambda: app)
    return lambda *arguments: CliRunner().invoke(main, ["outbox", *arguments])


def test_as_json_it_is_the_whole_ledger_newest_first(run, given, watch):
    campaign, person = given.campaign(slug="lamp"), given.person(member=True, email="ada@example.com")
    order = given.order(campaign, person)
    with writing():
        letters.write("order", person, f"order:{order.id}", campaign)
        sign_in.ask("ada@example.com")
    job.send_due()
    newest, oldest = json.loads(run("--json").output)
    assert newest["kind"] == "sign_in" and newest["campaign"] is None
    assert {key: oldest[key] for key in ("to", "kind", "campaign", "trigger", "state", "moment")} == {
        "to": "ada@example.com",
        "kind": "order",
        "campaign": "lamp",
        "trigger": f"order:{order.id}",
        "state": "sent",
        "moment": "2026-12-01T12:00:00.000000Z",
    }
    assert oldest["subject"] == f"Your order {order.number}" and order.number in oldest["text"]


def test_for_people_it_prints_the_newest_with_their_text(run, given, watch):
    given.person(member=True, email="ada@example.com")
    with writing():
        sign_in.ask("ada@example.com")
    assert "due" in run().output
    job.send_due()
    assert "ada@example.com" in run().output and "/sign-in/" in run().output


def test_without_letters_it_is_an_empty_list(run):
    assert json.loads(run("--json").output) == []


def test_a_database_without_our_tables_is_one_line(settings, tmp_path, monkeypatch):
    url = settings.database_url
    bare = f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3Dnowhere"
    bare = f"sqlite:///{tmp_path}/new.sqlite" if settings.embedded else bare
    empty = create_app(replace(settings, database_url=bare))
    monkeypatch.setattr(outbox, "application", lambda: empty)
    said = CliRunner().invoke(main, ["outbox"])
    assert said.exit_code == 1 and said.output.startswith("Error: The database has no tables yet") and said.output.count("\n") == 1
