"""`launchpad orders …`: orders of the brand's own store, from a file."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from launchpad.commands.application import application
from launchpad.database import db, writing
from launchpad.rules import store_csv
from launchpad.rules.store_orders import PROVIDERS
from launchpad.services import campaigns, reconciliation

AT_ONCE = 200  # orders a transaction: the site goes on selling in between
LARGEST = 100_000_000  # bytes
SHOWN = 20  # refused lines that are named


@click.group()
def orders() -> None:
    """Orders of the brand's own store."""


@orders.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--campaign", "slug", required=True, help="The campaign's slug.")
@click.option("--provider", type=click.Choice(PROVIDERS), required=True, help="The store that the file is of.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def load(file: Path, slug: str, provider: str, dry_run: bool) -> None:
    """Take in FILE.csv where webhooks were lost: Shopify's or WooCommerce's order export, or
    number,email,sku,quantity,amount,currency,at,refunded. Loading a file again changes nothing.
    """
    try:
        if file.stat().st_size > LARGEST:
            _refuse(file, "is larger than 100 MB: split it")
        sheet = store_csv.read(file.read_bytes())
    except OSError as error:
        _refuse(file, f"cannot be read: {error.strerror}")
    except store_csv.FileFault as fault:
        _refuse(file, str(fault))
    with application().app_context():
        campaign = campaigns.by_slug(slug)
        if campaign is None:
            _refuse(file, f"is for no campaign here: there is no {slug}")
        if (campaign.store or {}).get("provider") != provider:
            _refuse(file, f"is not taken in: {slug} does not sell through {provider}")
        found = reconciliation.check(campaign, provider, sheet)
        counts, id = reconciliation.counts(found), campaign.id
        db.session.rollback()
        if not dry_run:
            for start in range(0, len(found.work), AT_ONCE):
                with writing():
                    reconciliation.take_in(provider, found.work[start : start + AT_ONCE])
            with writing() as session:
                reconciliation.kept(session.get(type(campaign), id), None, provider, file.name, counts)
    click.echo(", ".join(f"{many} {kind}" for kind, many in counts.items()) + (" (nothing was changed)" if dry_run else ""))
    for line, why in found.refused[:SHOWN]:
        click.echo(f"refused, line {line}: {why}")
    if len(found.refused) > SHOWN:
        click.echo(f"refused, and {len(found.refused) - SHOWN} more")


def _refuse(file: Path, why: str) -> NoReturn:
    click.echo(f"{file.name} {why}", err=True)
    sys.exit(2)
