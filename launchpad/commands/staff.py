"""`launchpad staff …`: who works in the control room."""

import json
import sys
from typing import NoReturn

import click
from flask import current_app

from launchpad.commands.application import application
from launchpad.database import writing
from launchpad.models import Campaign
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, people, sign_in, standing, team

EVERYWHERE = "-"  # as a campaign, in the list for people


@click.group()
def staff() -> None:
    """Who works in the control room."""


@staff.command()
@click.argument("email")
@click.option("--role", type=click.Choice(team.ROLES), default="owner", show_default=True)
@click.option("--campaign", "slug", metavar="SLUG", help="A key to that campaign alone; else to every one.")
def add(email: str, role: str, slug: str | None) -> None:
    """Give EMAIL a key to the control room; prints a one-time address that signs them in, good for 24 hours."""
    with application().app_context():
        try:
            with writing():
                path = sign_in.link_for(team.add(email, role, _campaign(slug)), next="/team/")
        except Refusal as refusal:
            _stop(refusal.message)
        click.echo(current_app.extensions["settings"].base_url + path)


@staff.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One array of objects.")
def list_(as_json: bool) -> None:
    """Every key: whose, which role, to which campaign (- is every one), until when."""
    with application().app_context():
        rows = [
            {
                "email": person.email,
                "role": row.role,
                "campaign": campaign.slug if campaign else None,
                "until": row.until.isoformat() if row.until else None,
                "ended": standing.ended(row.role, row.until, campaign),
            }
            for row, person, campaign in team.every()
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        end = "ended" if row["ended"] else f"until {row['until']}" if row["until"] else ""
        click.echo(f"{row['email']:40} {row['role']:10} {row['campaign'] or EVERYWHERE:30} {end}".rstrip())


@staff.command()
@click.argument("email")
@click.option("--campaign", "slug", metavar="SLUG", help="The keys to that campaign alone; else all of them.")
def remove(email: str, slug: str | None) -> None:
    """Take back EMAIL's keys. The last owner's stays: somebody has to be able to get in."""
    with application().app_context():
        try:
            with writing():
                count = _take_back(email, slug)
        except Refusal as refusal:
            _stop(refusal.message)
        click.echo(f"{count} key{'s' * (count != 1)} taken back")


def _take_back(email: str, slug: str | None) -> int:
    person, campaign = people.find(email), _campaign(slug)
    rows = team.held(person, campaign) if person else []
    if not rows:
        raise Refusal("unknown", f"{email} has no such key.")
    for row in rows:
        team.remove(row.id)
    return len(rows)


def _campaign(slug: str | None) -> Campaign | None:
    """Raises Refusal for a campaign that there is not."""
    found = campaigns.by_slug(slug) if slug else None
    if slug and found is None:
        raise Refusal("campaign", f"There is no campaign {slug}.")
    return found


def _stop(message: str) -> NoReturn:
    click.echo(f"launchpad: {message}", err=True)
    sys.exit(2)
