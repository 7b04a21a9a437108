"""A whole campaign rehearsed by the real processes, its crowd on the real pages: the report is what the rows say."""

import json
import os
import signal
import subprocess
import sys

import pytest

from launchpad.outside import processes
from tests.live.tree import ROOT, Up, real
from tests.waiting import until

FILE = """
[campaign]
slug = "stool"
name = "The Folding Stool"
timezone = "Europe/Helsinki"
currency = "EUR"
brand = "Kanto"
[schedule]
preview = 2027-03-01T09:00:00
waitlist = 2027-03-02T09:00:00
launch = 2027-03-06T18:00:00
recap = 2027-03-07T18:00:00
archive = 2027-03-09T06:00:00
[schedule.head_start]
member = 24
patron = 36
[[variants]]
sku = "STOOL"
name = "Stool"
price = 8900
stock = 6
head_start_stock = 3
[[polls]]
question = "Which wood?"
options = ["Birch", "Pine"]
[[prompts]]
text = "Where does it stand?"
[limits]
per_person = 2
"""
NAMES = ["preview", "waitlist", "head_start_patron", "head_start_member", "launch", "recap", "archive"]


class Site(Up):
    def run(self, *command, timeout=110, **more):
        """A command beside the site."""
        return subprocess.run(
            [sys.executable, "-m", "launchpad", *command], cwd=ROOT, capture_output=True, text=True, timeout=timeout,
            env={**self.environment, "LAUNCHPAD_DATA_DIR": str(self.folder)}, **more,
        )  # fmt: skip

    def load(self, text=FILE):
        path = self.folder.parent / "campaign.toml"
        path.write_text(text)
        loaded = self.run("campaign", "load", str(path))
        assert loaded.returncode == 0, loaded.stderr
        return loaded.stdout.strip()


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "a data folder", real)
    yield site
    site.clean()


def holds(site, report, slug):
    """What a report must say, and what the commands beside it say."""
    assert [m["name"] for m in report["milestones"]] == NAMES and all(m["reached"] for m in report["milestones"])
    assert report["slug"] == slug and report["oversold"] == 0 and report["errors"] == 0, report
    assert report["units"] <= 6 and report["confirmed"] <= report["places"]
    letters = [one for one in json.loads(site.run("outbox", "--json").stdout) if one["campaign"] == slug]
    sent = [one["kind"] for one in letters if one["state"] == "sent"]
    assert {kind: sent.count(kind) for kind in set(sent)} == report["letters"]
    doctor = site.run("doctor", "--json")
    assert doctor.returncode == 0 and json.loads(doctor.stdout)["ok"], doctor.stdout


@pytest.mark.timeout(240)
def test_a_rehearsal_is_played_to_its_end_and_doctor_finds_nothing(site):
    site.start()
    assert until(lambda: site.whole(), 60), site.said()
    slug = site.load()
    assert site.run("rehearse", "nothing").returncode == 2
    played = site.run("rehearse", slug, "--speed", "30000", "--crowd", "12", "--json", "--mishap", "worker", timeout=150)
    assert played.returncode == 0, played.stderr + site.said()
    report = json.loads(played.stdout)
    holds(site, report, f"{slug}-rehearsal")
    assert report["mishaps"]["worker"]["facts"]["killed"] == ["letters", "milestones"]
    assert report["speed"] == 30000 and report["places"] >= 1 and report["letters"]["preview"] >= 4
    listed = {row["slug"]: row for row in json.loads(site.run("campaign", "list", "--json").stdout)}
    assert listed[slug]["phase"] == "draft" and not listed[slug]["rehearsal"]
    assert listed[f"{slug}-rehearsal"]["phase"] == "archived"


@pytest.mark.live
@pytest.mark.timeout(500)
def test_whoever_is_killed_meanwhile_the_report_is_whole(site):
    site.start()
    assert until(lambda: site.whole(), 60), site.said()
    slug = site.load(FILE + "[rehearsal]\nspeed = 6000\n")
    playing = subprocess.Popen(
        [sys.executable, "-m", "launchpad", "rehearse", slug, "--crowd", "60", "--json"], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, env={**site.environment, "LAUNCHPAD_DATA_DIR": str(site.folder)},
    )  # fmt: skip
    try:
        for part in ("worker", "timekeeper", "valkey", "web"):
            until(lambda: False, 8)
            pid = site.pid(part)
            site.kill(pid)
            assert until(lambda: processes.identity(pid) is None)  # noqa: B023
            assert until(lambda: site.whole(), 60), (part, site.said())
        assert playing.wait(300) == 0, site.said()
        holds(site, json.loads(playing.stdout.read()), slug)
    finally:
        if playing.poll() is None:
            os.kill(playing.pid, signal.SIGKILL)
            playing.wait(30)


@pytest.mark.live
@pytest.mark.timeout(700)
def test_whatever_goes_wrong_on_purpose_holds_also_when_the_site_restarts_in_the_middle_of_it(site):
    site.start()
    assert until(lambda: site.whole(), 60), site.said()
    slug = site.load(FILE + "[rehearsal]\nspeed = 6000\n")
    mishaps = ("worker", "mail", "doubles", "bots", "rush")
    chosen = [word for name in mishaps for word in ("--mishap", name)]
    playing = subprocess.Popen(
        [sys.executable, "-m", "launchpad", "rehearse", slug, "--crowd", "40", "--json", *chosen], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**site.environment, "LAUNCHPAD_DATA_DIR": str(site.folder)},
    )  # fmt: skip
    try:
        for line in playing.stderr:  # until the rush has begun
            if "buyers at once" in line:
                break
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(30) == 0
        site.start()
        out, _ = playing.communicate(timeout=500)
        report = json.loads(out)
        holds(site, report, slug)
        assert set(report["mishaps"]) == set(mishaps) and all(one["begun"] for one in report["mishaps"].values())
        facts = {name: one["facts"] for name, one in report["mishaps"].items()}
        assert facts["worker"]["killed"] == ["letters", "milestones"] == sorted(facts["worker"]["back_s"])
        assert facts["mail"]["lost"] == facts["mail"]["twice"] == facts["doubles"]["orders"] == facts["bots"]["counted"] == 0
        assert facts["rush"]["sent"] == 500 and facts["rush"]["orders"] <= 6
    finally:
        if playing.poll() is None:
            os.kill(playing.pid, signal.SIGKILL)
            playing.wait(30)


def test_without_a_site_rehearse_says_so_at_once_and_doctor_finds_its_parts_missing(tmp_path):
    site = Site(tmp_path / "nobody", real)
    site.environment["BASE_URL"] = f"http://127.0.0.1:{site.port}"
    assert site.run("migrate").returncode == 0
    slug = site.load()
    played = site.run("rehearse", slug, timeout=60)
    assert played.returncode == 2 and not played.stdout and len(played.stderr.strip().splitlines()) == 1
    doctor = site.run("doctor", "--json")
    said = json.loads(doctor.stdout)
    assert doctor.returncode == 1 and not said["ok"] and not said["checks"]["processes"]["ok"]
    assert all(check["ok"] for name, check in said["checks"].items() if name != "processes"), said
