"""`launchpad campaign …`: campaigns as files."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
import tomli_w

from launchpad.commands import diff_text
from launchpad.commands.application import application
from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.outside import photos
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_diff import differences
from launchpad.rules.file_reading import Table
from launchpad.rules.file_text import LARGEST, table_of
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, cloning, pictures, plans


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
        row = _known(slug)
        plan = plans.plan_of(row)
        if row.hero:
            Path(plan.hero).write_bytes(pictures.read(row.hero, max(photos.WIDTHS)))
        sys.stdout.write(tomli_w.dumps(campaign_file.unparse(plan), multiline_strings=True))


@campaign.command()
@click.argument("slug")
@click.argument("new_slug")
@click.option("--launch", metavar="MOMENT", help="When its doors open, by the campaign's clocks: 2027-03-01T18:00.")
@click.option("--preview", metavar="MOMENT", help="When its preview opens, in place of --launch.")
@click.option("--name", help="What it is called; as the other one, unless said.")
@click.option("--distance", is_flag=True, help="Move everything by as many hours too, not by days alone.")
@click.option("--dry-run", is_flag=True, help="Show its moments, and make nothing.")
def clone(slug, new_slug, launch, preview, name, distance, dry_run) -> None:
    """Make NEW-SLUG of what SLUG is made of, at another date; its moments are shown, its slug is printed.

    Every moment moves by as many days and keeps its time of day; head starts keep their hours. People, places, votes
    and orders stay behind, and the stock is whole again.
    """
    with application().app_context():
        try:
            if (launch is None) == (preview is None):
                raise Refusal("when", "Say when: --launch, or --preview.")
            source, anchor = _known(slug), "launch" if launch else "preview"
            to = _moment(anchor, launch or preview, source)
            plan = cloning.plan_of_clone(source, new_slug, name or source.name, anchor, to, distance)
            for milestone in sorted(plan.milestones, key=lambda m: m.due):
                click.echo(f"{diff_text.moment(milestone.due, source.zone)}  {milestone.name}", err=not dry_run)
            if not dry_run:
                click.echo(_clone(source, plan))
        except (Fault, Refusal) as fault:
            click.echo(fault.message if isinstance(fault, Refusal) else str(fault), err=True)
            sys.exit(2)


def _clone(source: Campaign, plan: campaign_file.Plan) -> str:
    id, hero = source.id, source.hero
    db.session.rollback()  # lets go of the connection while the picture is copied
    key = pictures.copy(hero) if hero else None
    try:
        with writing():
            return cloning.clone(campaigns.by_id(id), plan, None, key).slug
    except BaseException:
        pictures.drop([key] if key else [])
        raise


def _moment(key: str, text: str, row: Campaign) -> datetime:
    try:
        return Table({key: datetime.fromisoformat(text)}, "", None).moment(key, row.zone)
    except ValueError:
        raise Fault(key, "must be a date and time, such as 2027-03-01T18:00") from None


@campaign.command()
@click.argument("slug")
@click.argument("other")
def diff(slug: str, other: str) -> None:
    """What is different in OTHER, a file or a campaign, from the campaign SLUG. Exit 0: nothing; 1: something."""
    file = Path(other)
    with application().app_context():
        before = campaign_file.unparse(plans.plan_of(_known(slug)))
        try:
            is_file = file.suffix == ".toml" or file.exists()
            plan = campaign_file.parse(_table(file)) if is_file else plans.plan_of(_known(other))
        except Fault as fault:
            click.echo(f"{file.name}: {fault}", err=True)
            sys.exit(2)
    after = campaign_file.unparse(plan)
    found = differences(before, after, apart=not is_file)
    for line in diff_text.lines(found, before, after):
        click.echo(line)
    sys.exit(1 if found else 0)


def _known(slug: str) -> Campaign:
    """The campaign; without it the command ends with exit 2."""
    row = campaigns.by_slug(slug)
    if row is None:
        click.echo(f"There is no campaign {slug}.", err=True)
        sys.exit(2)
    return row


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
