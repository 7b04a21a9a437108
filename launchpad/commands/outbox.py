"""`launchpad outbox`: the ledger of letters."""

import json

import click

from launchpad.commands.application import application
from launchpad.services import ledger


@click.command()
@click.option("--json", "as_json", is_flag=True, help="All of them, as one list on stdout.")
@click.option(
    "--most", default=50, show_default=True, type=click.IntRange(1, 100_000), help="How many, without --json."
)
def outbox(as_json: bool, most: int) -> None:
    """Show the letters, newest first."""
    with application().app_context():
        rows = ledger.newest(None if as_json else most)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        why = f"  ({row['reason']})" if row["reason"] else ""
        click.echo(f"{row['moment']}  {row['state']:<10}  {row['kind']:<10}  {row['to']}  {row['subject']}{why}")
        for line in (row["text"] or "").splitlines():
            click.echo(f"    {line}")
