"""`launchpad members …`: the community that is there already."""

import sys
from collections import Counter
from pathlib import Path
from typing import NoReturn

import click

from launchpad.commands.application import application
from launchpad.database import writing
from launchpad.rules import members_csv
from launchpad.services import members_file

AT_ONCE = 500  # people a transaction: the site goes on writing in between
LARGEST = 100_000_000  # bytes
SHOWN = 20  # refused lines that are named


@click.group()
def members() -> None:
    """The people of a community."""


@members.command()
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Import the people of FILE.csv: Shopify's or Mailchimp's customer export, or email,name,tier.

    People who agreed to letters become members; a tag that names a tier gives it. Loading a file again changes nothing.
    """
    try:
        if file.stat().st_size > LARGEST:
            _refuse(file, "is larger than 100 MB: split it")
        content = file.read_bytes()
    except OSError as error:
        _refuse(file, f"cannot be read: {error.strerror}")
    with application().app_context():
        try:
            listing = members_csv.read(content, members_file.known_tiers())
        except members_csv.FileFault as fault:
            _refuse(file, str(fault))
        counts: Counter = Counter()
        for start in range(0, len(listing.entries), AT_ONCE):
            with writing():
                counts += members_file.take(listing.entries[start : start + AT_ONCE], listing.source)
    click.echo(f"{counts['new']} new, {counts['known']} known, {len(listing.refused)} refused ({listing.source})")
    click.echo(
        f"{counts['members']} became members; {counts['without']} kept without membership: no consent to letters"
    )
    for line, why in listing.refused[:SHOWN]:
        click.echo(f"refused, line {line}: {why}")
    if len(listing.refused) > SHOWN:
        click.echo(f"refused, and {len(listing.refused) - SHOWN} more")


def _refuse(file: Path, why: str) -> NoReturn:
    click.echo(f"{file.name} {why}", err=True)
    sys.exit(2)
