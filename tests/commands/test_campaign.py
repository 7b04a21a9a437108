"""`launchpad campaign …` as somebody at a terminal meets it."""

import json
import tomllib

import pytest
from click.testing import CliRunner
from PIL import Image

from launchpad.cli import main
from launchpad.commands import campaign as commands
from launchpad.services import campaigns
from tests.services.test_plans import FILE


@pytest.fixture
def run(app, monkeypatch, tmp_path):
    """Run a command in the test's app, from a folder of its own."""
    monkeypatch.setattr(commands, "application", lambda: app)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "aurora.toml").write_text(FILE)
    return lambda *words: CliRunner().invoke(main, words, catch_exceptions=False)


def test_load_prints_the_slug(run):
    result = run("campaign", "load", "aurora.toml")
    assert (result.exit_code, result.stdout) == (0, "aurora-lamp\n")


def test_a_fault_is_one_line_with_the_key_exit_2_and_nothing_changed(run, tmp_path):
    (tmp_path / "bad.toml").write_text(FILE.replace('"Oak"', "7"))
    result = run("campaign", "load", "bad.toml")
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and "variants[0].name" in result.stderr
    assert campaigns.by_slug("aurora-lamp") is None


@pytest.mark.parametrize("text", ["[campaign", "\x00", "a = [" * 2000, ""])
def test_what_is_not_a_campaign_file_is_one_line_too(run, tmp_path, text):
    (tmp_path / "bad.toml").write_text(text)
    result = run("campaign", "load", "bad.toml")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_one_line_too(run):
    result = run("campaign", "load", "nowhere.toml")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1


def test_a_hero_beside_the_file_comes_along(run, tmp_path):
    Image.new("RGB", (800, 600), "orange").save(tmp_path / "lamp.jpg")
    (tmp_path / "hero.toml").write_text(FILE.replace('currency = "EUR"', 'currency = "EUR"\nhero = "lamp.jpg"'))
    assert run("campaign", "load", "hero.toml").exit_code == 0
    assert campaigns.by_slug("aurora-lamp").hero


def test_a_hero_that_is_missing_or_no_picture_is_a_fault_at_its_key(run, tmp_path):
    (tmp_path / "hero.toml").write_text(FILE.replace('currency = "EUR"', 'currency = "EUR"\nhero = "lamp.jpg"'))
    assert "campaign.hero" in run("campaign", "load", "hero.toml").stderr
    (tmp_path / "lamp.jpg").write_bytes(b"not a picture")
    result = run("campaign", "load", "hero.toml")
    assert result.exit_code == 2 and "campaign.hero" in result.stderr
    assert campaigns.by_slug("aurora-lamp") is None


def test_what_is_saved_loads_as_the_same(run, tmp_path):
    run("campaign", "load", "aurora.toml")
    saved = run("campaign", "save", "aurora-lamp").stdout
    assert tomllib.loads(saved)["campaign"]["slug"] == "aurora-lamp"
    (tmp_path / "again.toml").write_text(saved)
    assert run("campaign", "load", "again.toml").exit_code == 0
    assert run("campaign", "save", "aurora-lamp").stdout == saved


def test_list_says_what_there_is(run):
    run("campaign", "load", "aurora.toml")
    rows = json.loads(run("campaign", "list", "--json").stdout)
    assert rows == [{"slug": "aurora-lamp", "name": "Aurora Lamp", "phase": rows[0]["phase"], "rehearsal": False}]
    assert "aurora-lamp" in run("campaign", "list").stdout


def test_diff_says_what_a_file_would_change_and_exits_1_and_0_when_nothing(run, tmp_path):
    run("campaign", "load", "aurora.toml")
    same = run("campaign", "diff", "aurora-lamp", "aurora.toml")
    assert (same.exit_code, same.stdout) == (0, "")
    new = FILE.replace("2026-12-12T18:00:00", "2026-12-13T18:00:00").replace('"Oak"', '"Oak, oiled"')
    (tmp_path / "new.toml").write_text(new + '\n[[prompts]]\ntext = "And now?"\n')
    result = run("campaign", "diff", "aurora-lamp", "new.toml")
    assert result.exit_code == 1 and result.stdout.splitlines() == [
        "~ schedule.launch: 2026-12-12 18:00+00:00 → 2026-12-13 18:00+00:00",
        "~ variants[0].name (OAK): “Oak” → “Oak, oiled”",
        "+ prompts[1].text (And now?): “And now?”",
        "+ prompts[1].from (And now?): “launch”",
    ]
    (tmp_path / "bad.toml").write_text(FILE.replace('"Oak"', "7"))
    assert run("campaign", "diff", "aurora-lamp", "bad.toml").exit_code == 2
    assert run("campaign", "diff", "aurora-lamp", "nowhere").exit_code == 2


def test_clone_prints_the_slug_and_moves_everything_by_days(run, watch):
    run("campaign", "load", "aurora.toml")
    shown = run("campaign", "clone", "aurora-lamp", "aurora-two", "--launch", "2027-04-02T18:00", "--dry-run")
    assert "2027-04-02 18:00+01:00  launch" in shown.stdout and campaigns.by_slug("aurora-two") is None
    result = run("campaign", "clone", "aurora-lamp", "aurora-two", "--launch", "2027-04-02T18:00")
    assert (result.exit_code, result.stdout) == (0, "aurora-two\n") and "2027-03-22 09:00+00:00  preview" in result.stderr
    result = run("campaign", "diff", "aurora-lamp", "aurora-two")
    assert result.exit_code == 1 and all("schedule" in x or "closes" in x or ".at" in x for x in result.stdout.splitlines())
    for words in (
        ["aurora-two", "--launch", "2027-04-02T18:00"],
        ["three"],
        ["three", "--launch", "soon"],
        ["three", "--launch", "2020-01-01T18:00"],
        ["three", "--launch", "2027-03-28T01:30"],  # the clocks skip it
    ):
        result = run("campaign", "clone", "aurora-lamp", *words)
        assert result.exit_code == 2 and result.stderr.count("\n") == 1 and result.stdout == ""
