"""`launchpad doctor`: configuration, processes, and what must always hold in the rows."""

import json
import sys
from collections.abc import Callable

import click
from sqlalchemy.exc import SQLAlchemyError

from launchpad.commands.application import application
from launchpad.database import db
from launchpad.services import health
from launchpad.services.checks import (
    configuration,
    letters,
    line,
    orders,
    passes,
    payments,
    people,
    stock,
    stories,
    thread,
    time,
)


def _processes() -> list[str]:
    return [f"{part}: {state['why']}" for part, state in health.parts().items() if not state["ok"]]


CHECKS: dict[str, Callable[[], list[str]]] = {
    "configuration": configuration.faults,
    "processes": _processes,
    "timetable": time.faults,
    "stock": stock.faults,
    "orders": orders.faults,
    "letters": letters.faults,
    "thread": thread.faults,
    "stories": stories.faults,
    "people": people.faults,
    "line": line.faults,
    "passes": passes.faults,
    "payments": payments.faults,
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def doctor(as_json: bool) -> None:
    """Check configuration, processes and the invariants on the live database; exit 0 when all is well, else 1."""
    with application().app_context():
        found = {name: _look(check) for name, check in CHECKS.items()}
    ok = not any(found.values())
    if as_json:
        checks = {name: {"ok": not faults, "faults": faults} for name, faults in found.items()}
        click.echo(json.dumps({"ok": ok, "checks": checks}, ensure_ascii=False))
    else:
        for name, faults in found.items():
            for line in faults or ["in order"]:
                click.echo(f"{name}: {line}")
    sys.exit(0 if ok else 1)


def _look(check: Callable[[], list[str]]) -> list[str]:
    """One check, on rows as they are now. A database that cannot be asked is a fault of that check."""
    try:
        return check()
    except SQLAlchemyError as fault:
        return [f"the database cannot be asked: {type(fault.__cause__ or fault).__name__}"]
    finally:
        db.session.remove()
