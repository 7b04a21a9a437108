"""`launchpad` with seams for faults: python tests/live/seamed.py COMMAND …

SEAM_CLOCK   a file with the seconds by which this process's clock is wrong; read at each asking
SEAM_DEATH   POINT:FILE. The worker's kill -9 (of it and of its job) when a milestone's work comes to that point, once:
             `before` its transaction, `inside` it with all effects written, or `after` its commit. FILE says that it was.
SEAM_RELEASE POINT:FILE. The same for the timekeeper when it lets a testimonial be heard: `inside` or `after`
"""

import os
import signal
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from launchpad import clock  # noqa: E402
from launchpad.cli import main  # noqa: E402


def wrong_by(file):
    """A clock that is wrong by as many seconds as the file says."""
    return lambda: datetime.now(UTC) + timedelta(seconds=float(Path(file).read_text()))


def once(flag):
    """True the first time."""
    try:
        os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def die_releasing(point, flag):
    from jobs import testimonials

    owner = testimonials.testimonials if point == "inside" else testimonials
    name = "let_be_heard" if point == "inside" else "_release"
    truly = getattr(owner, name)

    def release(*words, **more):
        heard = truly(*words, **more)
        if heard and once(flag):
            os.kill(os.getpid(), signal.SIGKILL)
        return heard

    setattr(owner, name, release)


def die_at(point, flag):
    from jobs import milestones
    from launchpad.services import effects, timetable

    def die():
        if once(flag):
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

    reach_next, follow, writing = timetable.reach_next, effects.follow, milestones.writing

    def before(campaign_id):
        die()
        return reach_next(campaign_id)

    def inside(campaign, milestone, opening):
        follow(campaign, milestone, opening)
        die()

    @contextmanager
    def after():
        with writing() as session:
            yield session
        die()

    match point:
        case "before":
            timetable.reach_next = before
        case "inside":
            effects.follow = inside
        case "after":
            milestones.writing = after


if __name__ == "__main__":
    if file := os.environ.get("SEAM_CLOCK"):
        clock.source = wrong_by(file)
    if death := os.environ.get("SEAM_DEATH"):
        die_at(*death.split(":", 1))
    if release := os.environ.get("SEAM_RELEASE"):
        die_releasing(*release.split(":", 1))
    main()
