"""`launchpad campaign …`: campaigns as files."""

import json
import sys
from pathlib import Path

import click
import tomli_w

from launchpad.commands.application import application
from launchpad.database import writing
from launchpad.outside import photos
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_text import LARGEST, table_of
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, pictures, plans


@click.group()
def campaign() -> None:
    """Campaigns as files."""


@campaign.command()
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Create or update the campaign of FILE.toml; prints its slug. A fault is one line with the key, and exit 2."""
    try:
        with application().app_context():
            click.echo(load_file(file))
    except Fault as fault:
        click.echo(f"{file.name}: {fault}", err=True)
        sys.exit(2)


def load_file(file: Path) -> str:
    """Load a campaign file; its slug. Raises Fault, and changes nothing then."""
    plan = campaign_file.parse(_table(file))
    key = _picture(file.parent, plan.hero) if plan.hero else None
    try:
        with writing():
            row = plans.load(plan)
            plans.set_hero(row, key)
            return row.slug
    except BaseException:
        pictures.drop([key] if key else [])
        raise


def _table(file: Path) -> dict:
    try:
        if file.stat().st_size > LARGEST:
            raise Fault("file", "is larger than a campaign file can be")
        return table_of(file.read_bytes())
    except OSError as error:
        raise Fault("file", f"cannot be read: {error.strerror}") from None


def _picture(folder: Path, name: str) -> str:
    """Take the picture in; its key."""
    try:
        return pictures.take_in((folder / name).read_bytes(), photos.HERO).key
    except OSError:
        raise Fault("campaign.hero", f"there is no picture {name} beside the file") from None
    except Refusal as refusal:
        raise Fault("campaign.hero", f"{name}: {refusal.message}") from None


@campaign.command()
@click.argument("slug")
def save(slug: str) -> None:
    """Print the campaign as a file; its picture is written beside where this runs, when it has one."""
    with application().app_context():
        row = campaigns.by_slug(slug)
        if row is None:
            click.echo(f"There is no campaign {slug}.", err=True)
            sys.exit(2)
        plan = plans.plan_of(row)
        if row.hero:
            Path(plan.hero).write_bytes(pictures.read(row.hero, max(photos.WIDTHS)))
        sys.stdout.write(tomli_w.dumps(campaign_file.unparse(plan), multiline_strings=True))


@campaign.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One array of objects.")
def list_(as_json: bool) -> None:
    """The campaigns, what is playing first."""
    with application().app_context():
        rows = [
            {"slug": c.slug, "name": c.name, "phase": c.phase.value, "rehearsal": c.rehearsal is not None}
            for c in campaigns.every()
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['slug']:40} {row['phase']:9} {row['name']}{' (rehearsal)' if row['rehearsal'] else ''}")
