"""The parts of a site as real processes, on the database and the Valkey of the tests; and what must be true afterwards."""

import json
import os
import signal
import subprocess
import sys

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Event, Letter, Milestone
from launchpad.outside import processes
from launchpad.rules import timetable
from tests.live.tree import ROOT, UNWANTED


class Site:
    """Starts parts with `launchpad COMMAND`, kills what is left of them at the end."""

    def __init__(self, settings, **environment):
        plain = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        settings.data_dir.chmod(0o700)
        self.environment = {
            **plain, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key, "LAUNCHPAD_DATA_DIR": str(settings.data_dir), **environment,
        }  # fmt: skip
        self.started = []

    def start(self, *command, **seams):
        """One part; with SEAM_CLOCK or SEAM_DEATH through its seams."""
        run = [str(ROOT / "tests/live/seamed.py")] if seams else ["-m", "launchpad"]
        full = [sys.executable, *run, *command]
        environment = {**self.environment, **{name: str(value) for name, value in seams.items()}}
        self.started.append(subprocess.Popen(full, cwd=ROOT, env=environment, start_new_session=True))
        return self.started[-1]

    def doctor(self, *but):
        """What doctor finds at fault, but for checks of these names."""
        full = [sys.executable, "-m", "launchpad", "doctor", "--json"]
        said = subprocess.run(full, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180)
        checks = json.loads(said.stdout)["checks"]
        return {name: check["faults"] for name, check in checks.items() if not check["ok"] and name not in but}

    def kill(self, one):
        """-9, with whatever it forked."""
        processes.tell(processes.in_sessions({one.pid}) | {one.pid}, signal.SIGKILL)
        one.wait(30)

    def clean(self):
        for one in self.started:
            if one.poll() is None:
                os.kill(one.pid, signal.SIGCONT)
            self.kill(one)


def alive(app, *parts):
    """True once each of these has beaten."""
    return all(app.extensions["redis"].get(f"launchpad:beat:{part}") for part in parts)


def reached(*campaign_ids):
    """How many milestones of these are reached."""
    db.session.rollback()
    mine = Milestone.campaign_id.in_(campaign_ids), Milestone.reached_at.is_not(None)
    return db.session.scalar(select(func.count()).select_from(Milestone).where(*mine))


def in_order_and_once(campaign_id):
    """P1, whatever was killed: each in order, none early, one event each, no letter twice; how many there are."""
    db.session.rollback()
    campaign = db.session.get(Campaign, campaign_id)
    opens = [(m, at) for m, at in timetable.openings(campaign.milestones) if m.reached_at]
    assert [m.name for m, _ in opens] == [m.name for m in sorted((m for m, _ in opens), key=lambda m: m.reached_at)]
    assert all(at <= m.reached_at for m, at in opens)
    events = select(func.count()).select_from(Event).filter_by(campaign_id=campaign_id, kind="milestone")
    assert db.session.scalar(events) == len(opens)
    letters = list(db.session.execute(select(Letter.kind, Letter.person_id).filter_by(campaign_id=campaign_id)))
    assert len(letters) == len(set(letters))
    return len(opens)
