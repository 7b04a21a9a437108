"""`launchpad members load` and `launchpad staff add`, as somebody at a terminal meets them."""

import json

import pytest
from click.testing import CliRunner

from launchpad.cli import main
from launchpad.commands import members, staff
from launchpad.database import db
from launchpad.services import people, sign_in, standing


@pytest.fixture
def run(app, watch, monkeypatch):
    for module in (members, staff):
        monkeypatch.setattr(module, "application", lambda: app)

    def call(*arguments):
        return CliRunner().invoke(main, [str(one) for one in arguments])

    return call


def test_it_says_how_many_were_new_known_and_refused_and_why(run, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(
        "email,name,tier,marketing\nada@example.com,Ada,founder,\nnobody,Ben,,\ncleo@example.com,Cleo,,no\n"
    )
    result = run("members", "load", file)
    assert result.exit_code == 0
    assert "2 new, 0 known, 1 refused" in result.output and "line 3" in result.output
    assert "1 became members; 1 kept without" in result.output
    assert "0 new, 2 known, 1 refused" in run("members", "load", file).output
    db.session.rollback()
    assert people.find("ada@example.com").tier == "founder"


@pytest.mark.parametrize("content", [b"name\nAda\n", b"", b"\0\1\2"])
def test_a_file_that_is_none_is_one_line_and_exit_2(run, tmp_path, content):
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    result = run("members", "load", file)
    assert result.exit_code == 2 and len(result.output.strip().splitlines()) == 1
    assert run("members", "load", tmp_path / "missing.csv").exit_code == 2
    assert run("members", "load", tmp_path).exit_code == 2


def test_staff_add_prints_an_address_that_signs_in_once(run, watch):
    result = run("staff", "add", "host@example.com")
    assert result.exit_code == 0
    address = result.output.strip()
    assert address.startswith("http://127.0.0.1:8000/sign-in/")
    token = address.rsplit("/", 1)[1]
    watch.step(hours=23, minutes=59)
    db.session.rollback()
    assert sign_in.usable(token).next == "/team/"
    assert standing.staff_role(people.find("host@example.com")) == "owner"
    watch.step(minutes=1)
    assert sign_in.usable(token) is None


def test_staff_is_listed_and_keys_are_taken_back(run, given, watch):
    given.campaign("lamp")
    assert run("staff", "add", "olga@example.com").exit_code == 0
    assert run("staff", "add", "hana@example.com", "--role", "host", "--campaign", "lamp").exit_code == 0
    listed = json.loads(run("staff", "list", "--json").output)
    assert [(row["email"], row["role"], row["campaign"]) for row in listed] == [
        ("olga@example.com", "owner", None), ("hana@example.com", "host", "lamp"),
    ]  # fmt: skip
    assert "hana@example.com" in run("staff", "list").output
    assert run("staff", "remove", "hana@example.com", "--campaign", "lamp").exit_code == 0
    for words in (("remove", "olga@example.com"), ("remove", "x@example.com"), ("add", "x@example.com", "--campaign", "no")):
        result = run("staff", *words)
        assert result.exit_code == 2 and "Traceback" not in result.output
    assert len(json.loads(run("staff", "list", "--json").output)) == 1


def test_staff_add_refuses_what_is_no_address(run):
    result = run("staff", "add", "host")
    assert result.exit_code == 2 and "Traceback" not in result.output
