"""`launchpad worker` with real processes on a real Valkey."""

import os
import signal
import subprocess
import sys

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from jobs.queue import NAMES
from launchpad.commands.parts import QUEUES
from launchpad.outside import processes, valkey
from tests.live import errands
from tests.live.tree import ROOT, UNWANTED
from tests.waiting import until


class Bench:
    """A data folder with Valkey, and the workers started on it."""

    def __init__(self, folder):
        self.folder = folder
        self.server = valkey.start(folder)
        self.redis = redis.Redis.from_url(valkey.url(folder), decode_responses=True)
        self.started = []

    def worker(self, *queues):
        plain = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        command = [sys.executable, "-m", "launchpad", "worker", *queues]
        environment = {**plain, "LAUNCHPAD_DATA_DIR": str(self.folder)}
        self.started.append(subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True))
        return self.started[-1]

    def put(self, queue, errand, *arguments):
        raw = redis.Redis.from_url(valkey.url(self.folder))
        return Queue(queue, connection=raw, serializer=JSONSerializer).enqueue(errand, *arguments)

    def living(self):
        """All workers on this folder: each leads a session, so they are found by what they were given."""
        return processes.marked(str(self.folder), "LAUNCHPAD_DATA_DIR")

    def clean(self):
        processes.tell(self.living(), signal.SIGKILL)
        for one in self.started:
            one.wait(30)
        valkey.shut_down(self.folder)
        self.server.wait(30)


@pytest.fixture
def bench(tmp_path):
    folder = tmp_path / "a data folder"
    folder.mkdir()
    bench = Bench(folder)
    yield bench
    bench.clean()


def test_the_queues_of_the_command_are_those_of_the_jobs():
    assert QUEUES == NAMES


def test_a_job_runs_in_the_application_in_a_fork_of_its_own(bench):
    worker = bench.worker("upkeep")
    bench.put("upkeep", errands.say, "first")
    bench.put("upkeep", errands.say, "second")
    first, second = (until(lambda: bench.redis.get(key)) for key in ("first", "second"))  # noqa: B023
    assert first.startswith("1 from ") and second.startswith("1 from ")
    assert len({first, second, f"1 from {worker.pid}"}) == 3
    assert float(bench.redis.get("launchpad:beat:worker-upkeep")) > 0
    worker.terminate()
    assert worker.wait(30) == 0


def test_all_queues_have_a_worker_each_and_end_together(bench):
    workers = bench.worker()
    for name in NAMES:
        bench.put(name, errands.say, name)
    assert all(until(lambda: bench.redis.get(name)) for name in NAMES)  # noqa: B023
    assert len(bench.living()) == 5
    workers.terminate()
    assert workers.wait(30) == 0
    assert not bench.living()


def test_workers_leave_when_their_supervisor_was_killed(bench):
    workers = bench.worker("upkeep", "letters")
    assert until(lambda: len(bench.living()) == 3 and bench.redis.scard("rq:workers") == 2)
    workers.kill()
    workers.wait(30)
    assert until(lambda: not bench.living())


def test_a_worker_killed_in_a_job_comes_back_without_the_orphan(bench):
    workers = bench.worker("upkeep", "letters")
    bench.put("upkeep", errands.linger, "horse", 60)
    horse = int(until(lambda: bench.redis.get("horse")))
    worker = int(_parent(horse))
    os.kill(worker, signal.SIGKILL)
    assert until(lambda: processes.identity(horse) is None)
    bench.put("upkeep", errands.say, "after")
    assert until(lambda: bench.redis.get("after"))
    assert workers.poll() is None


def test_an_unknown_queue_is_refused(bench):
    assert bench.worker("milestones", "nosuch").wait(20) == 2


def _parent(pid):
    told = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True)
    return told.stdout.strip()
