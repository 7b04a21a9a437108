"""The commands that run the program: all of it, or one part for a host of its own.

Nothing here loads the application at the top: `launchpad web` must not before gunicorn, a supervisor need not.
"""

import sys
from pathlib import Path
from typing import NoReturn

import click

from launchpad import serve
from launchpad import up as one_command
from launchpad.config import Settings, SettingsFault, surroundings
from launchpad.showing import PREPARE, Showing, keep_log

QUEUES = ("milestones", "letters", "upkeep", "rehearsal")  # those of jobs.queue, which a test compares


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data-dir", type=click.Path(path_type=Path), help="LAUNCHPAD_DATA_DIR, or var.")
@click.option("--demo", is_flag=True, help="Load the demo campaign and play it.")
@click.option("--speed", type=click.IntRange(1, 100_000), help="How often faster than the clock the demo plays.")
def up(host: str, port: int, data_dir: Path | None, demo: bool, speed: int | None) -> None:
    """Run everything: Valkey, web, worker and timekeeper as one supervised tree."""
    folder = data_dir or Path(surroundings().get("LAUNCHPAD_DATA_DIR") or "var")
    try:
        if demo:
            keep_log(folder)
        around = {"after_ready": [Showing(speed)], "migrate": PREPARE} if demo else {}
        sys.exit(one_command.up(host, port, folder, **around))
    except SettingsFault as fault:
        refuse(fault)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def web(host: str, port: int) -> None:
    """Serve HTTP: this process becomes gunicorn."""
    try:
        settings = Settings.from_environment()
    except SettingsFault as fault:
        refuse(fault)
    serve.become_gunicorn(settings, host, port)


@click.command()
@click.argument("queues", nargs=-1, metavar="[QUEUE]...")
def worker(queues: tuple[str, ...]) -> None:
    """Run jobs: all queues, or those named, one process each."""
    for unknown in set(queues) - set(QUEUES):
        raise click.BadParameter(f"no queue {unknown!r}; there are {', '.join(QUEUES)}")
    from jobs.worker import work, work_all

    try:
        if len(queues) == 1:
            work(queues[0])
        else:
            work_all(queues or QUEUES)
    except SettingsFault as fault:
        refuse(fault)


@click.command()
def timekeeper() -> None:
    """Watch the clock: move due jobs to their queues, and reach what was missed."""
    from jobs.timekeeper import keep_time

    try:
        keep_time()
    except SettingsFault as fault:
        refuse(fault)


def refuse(fault: SettingsFault) -> NoReturn:
    """One clear line and exit 2: what was asked for cannot be, and nothing was changed."""
    click.echo(f"launchpad: {fault}", err=True)
    sys.exit(2)
